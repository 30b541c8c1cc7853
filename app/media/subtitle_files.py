"""Subtitle files that lie beside a video, or that somebody opens: found by name, read as text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import MediaError
from app.media.failures import told_to_user
from app.media.names import shown_name
from app.media.opening import check_file, open_subtitle_text
from app.media.subtitle_mending import form_of, mended
from app.media.text_encoding import decode_text

if TYPE_CHECKING:
    from av.container import InputContainer

SUFFIXES = {".srt": "srt", ".vtt": "webvtt", ".ass": "ass", ".ssa": "ass"}
"""Suffix of a subtitle file, and FFmpeg's name of its format."""

MAX_BYTES = 16 * 2**20
"""A larger file holds no subtitles: those of a long film take a tenth of a megabyte."""

_MOST_NAMES = 20_000
_MOST_BESIDE = 32


def is_subtitle_file(path: Path) -> bool:
    """Whether a file is one of subtitles, by its name."""
    return path.suffix.lower() in SUFFIXES


def subtitles_beside(video: Path) -> tuple[Path, ...]:
    """Return the subtitle files in the folder of a video that carry its name, the plainest name first.

    ``film.srt`` and ``film.en.srt`` belong to ``film.mkv``. A folder that cannot be read has none.
    """
    stem = video.stem + "."
    found = []
    try:
        with os.scandir(video.absolute().parent) as entries:
            for _, entry in zip(range(_MOST_NAMES), entries, strict=False):
                if entry.name.startswith(stem) and is_subtitle_file(Path(entry.name)) and entry.is_file():
                    found.append(Path(entry.path))
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda path: (len(path.name), path.name))[:_MOST_BESIDE])


@dataclass(frozen=True, slots=True)
class OpenedSubtitles:
    """A subtitle file that is being read; ``left_out`` cues of it cannot be."""

    container: InputContainer
    left_out: int


@contextmanager
def open_subtitle_file(path: Path) -> Iterator[OpenedSubtitles]:
    """Open a subtitle file, whatever its encoding; nothing else is read on its behalf.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it is too large, not readable, or no text.
    """
    text = read_subtitle_text(path)
    form = form_of(text, SUFFIXES.get(path.suffix.lower(), "srt"))
    text, left_out = mended(text, form)
    with told_to_user(path), open_subtitle_text(text, form) as container:
        yield OpenedSubtitles(container, left_out)


def read_subtitle_text(path: Path) -> str:
    """Return the text of a subtitle file; raises as ``open_subtitle_file``."""
    check_file(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MediaError(f"{shown_name(path)} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise MediaError(f"{shown_name(path)} is too large for a file of subtitles.")
    text = decode_text(data)
    if text is None:
        raise MediaError(f"{shown_name(path)} holds no text, so no subtitles can be read from it.")
    return text
