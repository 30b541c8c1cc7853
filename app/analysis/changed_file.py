"""What a document has to say where its file did not stay what it was."""

from __future__ import annotations

from pathlib import Path

from app.media.file_status import FileChange, FileStatus, change_of

_SENTENCES = {
    FileChange.GROWN: "The file grew while it was analysed: what came later may be missing.",
    FileChange.SHRUNK: "The file was cut short while it was analysed: what it lost may be missing.",
    FileChange.REPLACED: "The file was written anew while it was analysed: the results may not fit together.",
    FileChange.GONE: "The file was removed or renamed while it was analysed.",
    FileChange.UNREADABLE: "The file could no longer be read when its analysis ended.",
}


def warning_about(path: Path, before: FileStatus | None) -> str | None:
    """Return a sentence where the file is no longer as it was ``before``; None where it is."""
    return None if before is None else _SENTENCES.get(change_of(path, before))
