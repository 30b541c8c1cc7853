"""Reading the cues of a text subtitle track, from the file of the video or from one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error

from app.core.cancel import CancelToken
from app.core.errors import MediaError
from app.core.subtitles import SubtitleCue
from app.media.ass_text import read_event
from app.media.names import shown_name
from app.media.opening import start_of
from app.media.subtitle_files import open_subtitle_file
from app.media.text_tracks import open_text_track

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.subtitles.stream import SubtitleStream

MOST_CUES = 200_000
"""More than a hundred films hold; what comes after is left out."""

_BEFORE_S = 30
"""So much before the place asked for is read first: what began earlier may still be shown."""

_UNTOLD_S = 5.0
"""How long a cue stays at most where the file does not tell."""

_UNKNOWN_MS = 2**32 - 1


def track_cues(
    path: Path, track: int, *, near_s: float = 0.0, cancel: CancelToken | None = None
) -> Iterator[SubtitleCue]:
    """Yield the cues of subtitle track number ``track``: from ``near_s`` to the end, then from the start.

    Cues near the seam may come twice. Only packets of the track are read, where the format allows that.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or there is no such track of text.
        CancelledError: between two packets.
    """
    with open_text_track(path, track) as (container, stream):
        start = start_of(container)
        from_s = max(0.0, near_s - _BEFORE_S)
        left = MOST_CUES
        if from_s > 0 and _seek(container, Fraction(from_s) + start):
            for cue in islice(_cues(container, stream, start, cancel), left):
                left -= 1
                yield cue
            if not _seek(container, start):
                return
        for cue in islice(_cues(container, stream, start, cancel), left):
            if from_s > 0 and cue.start_s > from_s + _BEFORE_S:
                return
            yield cue


def file_cues(path: Path, *, cancel: CancelToken | None = None) -> Iterator[SubtitleCue]:
    """Yield the cues of a subtitle file, in its order; its times count from the start of the video.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be read, or holds no subtitles.
        CancelledError: between two cues.
    """
    with open_subtitle_file(path) as opened:
        streams = opened.container.streams.subtitles
        found = False
        if streams:
            for cue in islice(_cues(opened.container, streams[0], Fraction(0), cancel), MOST_CUES):
                found = True
                yield cue
    if not found:
        raise MediaError(f"{shown_name(path)} holds no subtitles that can be read.")


def _seek(container: InputContainer, to_s: Fraction) -> bool:
    try:
        container.seek(int(to_s * av.time_base))
    except av.error.FFmpegError:
        return False
    return True


def _cues(
    container: InputContainer, stream: SubtitleStream, start: Fraction, cancel: CancelToken | None
) -> Iterator[SubtitleCue]:
    """Yield cues in the order of the packets; one without an end lasts until the next begins."""
    open_ended: SubtitleCue | None = None
    for packet in container.demux(stream):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if packet.pts is None or packet.time_base is None:
            continue
        begins = float(packet.pts * Fraction(packet.time_base) - start)
        if open_ended is not None:
            yield _until(open_ended, begins)
            open_ended = None
        for cue in _decoded(packet, stream, begins):
            if cue.end_s > cue.start_s:
                yield cue
            else:
                open_ended = cue
    if open_ended is not None:
        yield _until(open_ended, open_ended.start_s + _UNTOLD_S)


def _decoded(packet: Packet[SubtitleStream], stream: SubtitleStream, begins: float) -> Iterator[SubtitleCue]:
    try:
        decoded = stream.codec_context.decode2(packet)
    except av.error.FFmpegError:
        return
    if decoded is None:
        return
    lasts = float((packet.duration or 0) * Fraction(packet.time_base or 0))
    if not lasts and 0 < decoded.end_display_time < _UNKNOWN_MS:
        lasts = decoded.end_display_time / 1000
    for rect in decoded.rects:
        parts, at_top = read_event(getattr(rect, "ass", b""))
        if parts:
            yield SubtitleCue(begins, begins + lasts, parts, at_top)


def _until(cue: SubtitleCue, end_s: float) -> SubtitleCue:
    return SubtitleCue(cue.start_s, min(end_s, cue.start_s + _UNTOLD_S), cue.parts, cue.at_top)
