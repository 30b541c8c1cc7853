"""Subtitles as a transcript: from a file of their own, or a text track of a video."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import MediaError
from app.core.languages import UNKNOWN, language_code
from app.core.results import Segment, Transcript
from app.media.cue_text import said_in
from app.media.named_lines import with_named_speakers
from app.media.names import one_line, shown_name
from app.media.opening import start_of
from app.media.rolled_up import unrolled
from app.media.subtitle_files import open_subtitle_file
from app.media.subtitle_track import MOST_CUES
from app.media.text_tracks import open_text_track

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.subtitles.stream import SubtitleStream

_UNTOLD_S = 5.0
"""How long a cue lasts at most where the file does not tell."""


@dataclass(frozen=True, slots=True)
class SubtitlesRead:
    """Subtitles as a transcript; ``note`` is a sentence where something could not be read, else empty."""

    transcript: Transcript
    note: str = ""


def read_file(path: Path, *, cancel: CancelToken | None = None) -> SubtitlesRead:
    """Read a subtitle file; its times count from the start of the video.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be read, or holds no subtitles.
        CancelledError: between two cues.
    """
    with open_subtitle_file(path) as opened:
        streams = opened.container.streams.subtitles
        segments = _segments(opened.container, streams[0], Fraction(0), cancel) if streams else ()
        left_out = opened.left_out
    if not segments:
        raise MediaError(f"{shown_name(path)} holds no subtitles that can be read.")
    language = _language_in_name(path)
    transcript = Transcript(language, segments, source=shown_name(path))
    return SubtitlesRead(transcript, _note(path, left_out))


def read_track(path: Path, track: int, *, cancel: CancelToken | None = None) -> SubtitlesRead:
    """Read subtitle track number ``track`` of a video, from 0.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or there is no such track of text.
        CancelledError: between two packets.
    """
    with open_text_track(path, track) as (container, stream):
        segments = _segments(container, stream, start_of(container), cancel)
        name = one_line((stream.language or "").strip())
    if not segments:
        raise MediaError(f"Subtitle track {track + 1} of {shown_name(path)} holds no text.")
    source = f"subtitle track {track + 1} of {shown_name(path)}"
    return SubtitlesRead(Transcript(language_code(name), segments, source=source))


def _note(path: Path, left_out: int) -> str:
    if not left_out:
        return ""
    what, were = ("1 cue", "was") if left_out == 1 else (f"{left_out} cues", "were")
    return f"{what} of {shown_name(path)} could not be read and {were} left out."


def _language_in_name(path: Path) -> str:
    """``film.en.srt`` is English; ``film.en.forced.srt`` is, too."""
    for part in reversed(path.name.split(".")[1:-1][-2:]):
        language = language_code(part)
        if language != UNKNOWN:
            return language
    return UNKNOWN


def _segments(
    container: InputContainer, stream: SubtitleStream, start: Fraction, cancel: CancelToken | None
) -> tuple[Segment, ...]:
    codec = stream.codec_context.codec.canonical_name
    events = list(islice(_events(container, stream, start, codec, cancel), MOST_CUES))
    found = []
    for begins, ends, payload in unrolled(events) if codec == "webvtt" else events:
        start_s, end_s = round(begins, 3), round(ends, 3)
        found += [
            Segment(start_s, end_s, each.text, words=each.words, speaker=each.speaker or None)
            for each in said_in(payload, codec, start_s, end_s)
        ]
    return with_named_speakers(sorted(found, key=lambda segment: (segment.start_s, segment.end_s)))


def _events(
    container: InputContainer, stream: SubtitleStream, start: Fraction, codec: str, cancel: CancelToken | None
) -> Iterator[tuple[float, float, str]]:
    """Yield start, end and payload of each cue; one without an end lasts until the next begins."""
    open_ended: tuple[float, str] | None = None
    for packet in container.demux(stream):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if packet.pts is None or packet.time_base is None:
            continue
        begins = float(packet.pts * Fraction(packet.time_base) - start)
        if open_ended is not None:
            yield open_ended[0], min(max(begins, open_ended[0]), open_ended[0] + _UNTOLD_S), open_ended[1]
            open_ended = None
        lasts = float((packet.duration or 0) * Fraction(packet.time_base))
        payload = _payload(packet, codec)
        if lasts > 0:
            yield begins, begins + lasts, payload
        else:
            open_ended = begins, payload
    if open_ended is not None:
        yield open_ended[0], open_ended[0] + _UNTOLD_S, open_ended[1]


def _payload(packet: Packet[SubtitleStream], codec: str) -> str:
    data = bytes(packet)
    if codec != "mov_text":
        return data.decode("utf-8", "replace")
    text = data[2 : 2 + int.from_bytes(data[:2], "big")]
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    return text.decode("utf-8", "replace")
