"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from app.core.errors import ExportError

_REASONS = {
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "the file would be larger than allowed",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "its links lead in a circle",
}


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: a reader sees the old file or the whole new one, never a part.

    The data goes to OUTPUT plus a suffix in the same folder, is flushed to the disk and then renamed. A link
    stays a link, its target is replaced; permissions are those of the old file, or of any new one. What is no
    file (a pipe, ``/dev/null``) is written to as it is. May be called from any thread.

    Raises:
        ExportError: it cannot be written; nothing is left behind and the old file is as it was.
    """
    try:
        old = _status(path)
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if old is not None and not stat.S_ISREG(old.st_mode):
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data, old)
    except (OSError, ValueError) as error:
        raise ExportError(f"'{path}' cannot be written: {_reason(path, error)}.") from error


def _status(path: Path) -> os.stat_result | None:
    """Return what stands at ``path``, links followed; None where nothing does."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, old: os.stat_result | None) -> None:
    if old is not None and not os.access(
        target, os.W_OK, effective_ids=os.access in os.supports_effective_ids
    ):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    temporary = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    # O_BINARY exists on Windows only, where the default would turn every \n into \r\n.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if old is not None:
            temporary.chmod(stat.S_IMODE(old.st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _reason(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "the name is not allowed"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"there is no folder '{Path(os.path.realpath(path)).parent}'"
    return _REASONS.get(error.errno or 0, error.strerror or str(error))
