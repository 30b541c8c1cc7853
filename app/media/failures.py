"""What went wrong inside FFmpeg, as one sentence for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av.error

from app.core.errors import FileMissingError, MediaError
from app.media.names import shown_name

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (av.error.PermissionError, "you are not allowed to read it"),
    (av.error.IsADirectoryError, "it is a folder"),
    (av.error.TimeoutError, "reading it took too long"),
    (av.error.ExitError, "reading it took too long"),
    (av.error.MemoryError, "it needs more memory than there is"),
    (av.error.DecoderNotFoundError, "there is no decoder for it here"),
    (av.error.PatchWelcomeError, "it uses a feature that no decoder here knows"),
    (av.error.NotImplementedError, "it uses a feature that no decoder here knows"),
    (av.error.InvalidDataError, "its data is damaged, or it is no media file"),
    (av.error.ArgumentError, "its data is damaged"),
    (av.error.EOFError, "it ends too early"),
)


def reason_of(error: Exception) -> str:
    """Return why FFmpeg failed, as the second half of a sentence ("... cannot be read: REASON.")."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:].rstrip(".")


def media_error(path: Path, error: av.error.FFmpegError) -> MediaError | FileMissingError:
    """Return the error to raise for what FFmpeg reported about ``path``."""
    if isinstance(error, av.error.FileNotFoundError):
        return missing_file(path)
    return MediaError(f"{shown_name(path)} cannot be read: {reason_of(error)}.")


def missing_file(path: Path) -> FileMissingError:
    """Return the error for a file that is not there."""
    return FileMissingError(f"There is no file {shown_name(path)} in {shown_folder(path)}.")


def shown_folder(path: Path) -> str:
    """Return the folder of ``path`` for a sentence."""
    parent = path.absolute().parent
    return str(parent.parent / shown_name(parent)) if parent.name else str(parent)


@contextmanager
def told_to_user(path: Path) -> Iterator[None]:
    """Turn whatever FFmpeg raises inside into a MediaError with one sentence about ``path``."""
    try:
        yield
    except av.error.FFmpegError as error:
        raise media_error(path, error) from error
