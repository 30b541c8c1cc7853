"""Transcripts as subtitles: SubRip (SRT) and WebVTT. Text in UTF-8 without a mark, lines ending in LF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.core.results import Segment
from app.core.time import format_timecode
from app.export.cues import Cue, cues

# SubRip has no escapes, and its readers take tags, {overrides} and \N for markup: full-width twins are text.
_SRT_TWINS = str.maketrans("<>{}\\", "\uff1c\uff1e\uff5b\uff5d\uff3c")
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt(segments: Iterable[Segment]) -> str:
    r"""Return SubRip; no segments give an empty text.

    ``< > { } \`` become their full-width twins: nothing else keeps players from taking them for markup. Hours
    have as many digits as they need.

    Raises:
        ExportError: a time is out of all bounds.
    """
    blocks = (f"{_times(cue, ',')}\n{_payload(cue, _SRT_TWINS)}\n\n" for cue in cues(segments))
    return "".join(f"{number}\n{block}" for number, block in enumerate(blocks, 1))


def vtt(segments: Iterable[Segment]) -> str:
    """Return WebVTT; no segments give the head line alone.

    Raises:
        ExportError: a time is out of all bounds.
    """
    blocks = (f"\n{_times(cue, '.')}\n{_payload(cue, _VTT_ESCAPES)}\n" for cue in cues(segments))
    return "WEBVTT\n" + "".join(blocks)


def _times(cue: Cue, separator: str) -> str:
    start, end = (format_timecode(ms / 1000, separator=separator) for ms in (cue.start_ms, cue.end_ms))
    return f"{start} --> {end}"


def _payload(cue: Cue, table: Mapping[int, str | int]) -> str:
    return "\n".join(line.translate(table) for line in cue.lines)
