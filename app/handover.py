"""One window for one user and display: a second start hands its files to the window that runs.

Here is all of it that needs no toolkit, so that the second process ends before anything heavy is loaded:
where they meet, what is said, and the side that calls. The side called is `app.ui.instance_server`.

They meet at a local socket in a folder that only its owner may enter; no other computer can. The window says
READY when it listens, so one that hangs is noticed before anything was sent; then come four bytes of length
(big endian) and the absolute paths, each ended by a zero byte; the window answers TAKEN.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.folders import settings_path

READY = b"reelscope1\n"
TAKEN = b"taken\n"
LENGTH_BYTES = 4
MAX_BYTES = 2**20
"""Of all paths together: some ten thousand files."""

GREETING_S = 1.5
"""A window that does not answer for so long hangs: the second start opens one of its own."""

ANSWER_S = 3.0
"""How long a window that greeted may take to say that it has the files."""

_LONGEST_ADDRESS = 100
"""The system's limit for the name of a local socket is 104 to 108 bytes."""


def pack(paths: Sequence[Path]) -> bytes:
    """Return the message that names files; relative paths are made absolute.

    Raises:
        ValueError: the names are longer than MAX_BYTES together, or one holds a zero byte.
    """
    names = [os.fsencode(path.absolute()) for path in paths]
    body = b"".join(name + b"\0" for name in names)
    if len(body) > MAX_BYTES or body.count(b"\0") != len(names):
        raise ValueError("too many names, or one that no file can have")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def unpack(body: bytes) -> tuple[Path, ...]:
    """Return the files that a message without its length names.

    Raises:
        ValueError: it is no such message.
    """
    if not body:
        return ()
    if not body.endswith(b"\0"):
        raise ValueError("the last name has no end")
    paths = tuple(Path(os.fsdecode(name)) for name in body[:-1].split(b"\0"))
    if not all(path.is_absolute() for path in paths):
        raise ValueError("a name does not begin at the root")
    return paths


def address() -> Path | None:
    """Return where the window of this user on this display is met; None where there is no safe place."""
    shown_on = [os.environ.get(name, "") for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")]
    identity = "\0".join([str(settings_path()), *shown_on])
    name = hashlib.sha256(os.fsencode(identity)).hexdigest()[:16]
    if sys.platform == "win32":
        return Path(f"reelscope-{name}")
    folder = _private_folder()
    return None if folder is None else folder / name


@contextmanager
def claimed(at: Path) -> Iterator[bool]:
    """Hold the right to become the window that is met there; False where another process holds it now.

    Inside, a socket that nobody listens at may be removed. The right ends with the block, or the process.
    """
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    folder = os.open(at.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(folder)


def somebody_listens(at: Path) -> bool:
    """Whether a process, hanging or not, has the socket open; a file left by one that died is none."""
    if not hasattr(socket, "AF_UNIX"):
        return False
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as line:
        line.setblocking(False)
        try:
            line.connect(os.fspath(at))
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True


def hand_over(paths: Sequence[Path], at: Path | None = None) -> bool:
    """Give files to the window that runs; False where there is none, or it does not answer.

    Without files the window is only brought to the front. Waits GREETING_S + ANSWER_S at most.
    """
    at = at or address()
    if at is None or not hasattr(socket, "AF_UNIX"):
        return False
    try:
        message = pack(paths)
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as line:
            line.settimeout(GREETING_S)
            line.connect(os.fspath(at))
            if _read(line, len(READY)) != READY:
                return False
            line.settimeout(ANSWER_S)
            line.sendall(message)
            return _read(line, len(TAKEN)) == TAKEN
    except (OSError, ValueError):
        return False


def _read(line: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        more = line.recv(length - len(read))
        if not more:
            break
        read += more
    return read


def _private_folder() -> Path | None:
    """A folder of this user's that nobody else may enter; made where it is missing."""
    user = os.getuid()
    bases = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]
    for base in bases:
        folder = Path(base) / f"reelscope-{user}"
        if not base or len(os.fsencode(folder)) + 17 > _LONGEST_ADDRESS:
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o077:
            return folder
    return None
