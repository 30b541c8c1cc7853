"""Model files on disk: copied whole or not at all, with what was noted of them beside them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.cancel import CancelToken
from app.inference.model_kind import ModelKind

_NOTE_SUFFIX = ".sha256"
_COPY_BYTES = 1 << 20
_KIND_LINE = "# kind: "


@dataclass(frozen=True, slots=True)
class Note:
    """What was noted when a file was added: its SHA-256, and what it is for where its name does not tell."""

    sha256: str
    kind: ModelKind | None = None


def note_file(path: Path) -> Path:
    """Return where the note on a model lies: beside it, in the form that ``sha256sum -c`` reads."""
    return path.with_name(path.name + _NOTE_SUFFIX)


def read_note(path: Path) -> Note | None:
    """Return the note on a model; None: there is none. Where it has no checksum, that is "unreadable"."""
    try:
        lines = note_file(path).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Note("unreadable")
    sums = [line.split()[0].lower() for line in lines if line.split() and not line.startswith("#")]
    named = next((line.removeprefix(_KIND_LINE).strip() for line in lines if line.startswith(_KIND_LINE)), "")
    kind = next((kind for kind in ModelKind if kind.value == named), None)
    return Note(sums[0] if sums else "unreadable", kind)


def write_note(path: Path, note: Note) -> None:
    """Note something on a model.

    Raises:
        OSError: it cannot be written.
    """
    kind = f"{_KIND_LINE}{note.kind.value}\n" if note.kind is not None else ""
    write_whole(note_file(path), f"{note.sha256}  {path.name}\n{kind}".encode())


def copy_whole(source: Path, target: Path, cancel: CancelToken | None = None) -> str:
    """Copy a file beside its final name, rename it, and return its SHA-256.

    Raises:
        OSError: it cannot be copied; nothing is left of it.
        CancelledError: ``cancel`` was set; nothing is left of it either.
    """
    hashed = hashlib.sha256()
    with source.open("rb") as file, _appearing(target) as copy:
        while chunk := file.read(_COPY_BYTES):
            if cancel is not None:
                cancel.raise_if_cancelled()
            hashed.update(chunk)
            copy.write(chunk)
    return hashed.hexdigest()


def write_whole(target: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    with _appearing(target) as file:
        file.write(data)


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    """Write a file under a passing name in the same folder; it takes its name once it is safely on disk."""
    descriptor, passing = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(passing).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(passing).unlink()
        raise
