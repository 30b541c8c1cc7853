"""The transcript as text to be read, not shown: one line for each segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.core.errors import ExportError
from app.core.results import Segment
from app.core.time import format_timecode
from app.export.wrapping import clean

_LATEST_S = 1e9


def plain(segments: Iterable[Segment], *, speakers: bool = True) -> str:
    """Return what is said, a line for each segment; it begins with the name where somebody else speaks."""
    return "".join(f"{line}\n" for _, line in _lines(segments, speakers=speakers))


def timed(segments: Iterable[Segment], *, speakers: bool = True) -> str:
    """Return what is said with its times: ``[00:00:01.000 --> 00:00:02.500] NAME: text``.

    Raises:
        ExportError: a time is out of all bounds.
    """
    return "".join(
        f"[{_clock(each.start_s)} --> {_clock(max(each.start_s, each.end_s))}] {line}\n"
        for each, line in _lines(segments, speakers=speakers)
    )


def _lines(segments: Iterable[Segment], *, speakers: bool) -> Iterator[tuple[Segment, str]]:
    before = ""
    for segment in segments:
        text = clean(segment.text)
        if not text:
            continue
        name = clean(segment.speaker or "") if speakers else ""
        yield segment, f"{name}: {text}" if name not in ("", before) else text
        before = name


def _clock(time_s: float) -> str:
    if not abs(time_s) <= _LATEST_S:
        raise ExportError("The text cannot be written: a time in the transcript is out of all bounds.")
    return format_timecode(max(0.0, time_s))
