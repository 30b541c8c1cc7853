"""Subtitle tracks of text inside a video: which they are, and opening one to read it alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import MediaError
from app.media.names import shown_name
from app.media.opening import decoder_of, open_media, read_only

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.subtitles.stream import SubtitleStream

TEXT_CODECS = frozenset({"subrip", "ass", "ssa", "webvtt", "mov_text", "text"})
"""Subtitles made of text, by FFmpeg's names; the others are pictures, or data that nothing here draws."""


@contextmanager
def open_text_track(path: Path, track: int) -> Iterator[tuple[InputContainer, SubtitleStream]]:
    """Open subtitle track number ``track`` of a video, from 0; only its packets are read, where that can be.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or there is no such track of text.
    """
    with open_media(path) as container:
        streams = container.streams.subtitles
        stream = streams[track] if 0 <= track < len(streams) else None
        decoder = decoder_of(stream) if stream is not None else None
        if stream is None or decoder is None or decoder.codec.canonical_name not in TEXT_CODECS:
            raise MediaError(f"{shown_name(path)} has no text subtitles number {track + 1}.")
        read_only(container, stream)
        yield container, stream
