"""For how long cues are shown, so that they can be read: only their ends move, and only into free room.

The rules are those of `core.cue_style`. A cue begins when it is said. Its end becomes, in this order:

1. earlier, so that the gap to the cue that follows is left, but never by more than half of its time;
2. later, as far as there is room, until it is shown for the shortest time and can be read;
3. the gap before the next cue, where less than a glance would lie between them;
4. earlier, where it would be shown for longer than the longest time.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from app.core.cue_style import CueStyle


def shown_until(
    spans: Sequence[tuple[int, int]], widths: Sequence[int], style: CueStyle, until_ms: int | None = None
) -> list[int]:
    """Return when each cue ends, in milliseconds; always after it begins.

    Cues overlap where they did before. An overlap shorter than what is closed otherwise, and than half of the
    earlier cue, is taken for inaccuracy and ends.

    Args:
        spans: (start, end) of each cue in ms, by start.
        widths: how many columns each has to be read.
        style: the rules.
        until_ms: where the film ends; no cue is lengthened beyond.
    """
    starts = [start for start, _ in spans]
    close = _ms(style.close_below_s)
    ends = []
    for number, ((start, end), width) in enumerate(zip(spans, widths, strict=True)):
        after = max(end - close, start + _half(start, end))
        place = bisect_left(starts, after, lo=number + 1)
        following = starts[place] if place < len(starts) else None
        ends.append(_end(start, end, _wanted(width, style), following, until_ms, style))
    return ends


def _end(
    start: int, end: int, wanted: int, following: int | None, until_ms: int | None, style: CueStyle
) -> int:
    free = math.inf if until_ms is None else until_ms
    if following is not None:
        before_next = following - _ms(style.gap_s)
        free = min(free, before_next)
        end = max(min(end, before_next), start + _half(start, end))
    end = max(end, int(min(start + wanted, free)))
    if following is not None and following - end < _ms(style.close_below_s):
        end = max(end, int(free))
    return min(end, start + _ms(style.longest_s)) if style.longest_s else end


def _wanted(width: int, style: CueStyle) -> int:
    """For how many ms a cue has to be shown to be read."""
    reading = math.ceil(width / style.reading_speed * 1000) if style.reading_speed else 0
    return max(_ms(style.shortest_s), reading)


def _half(start: int, end: int) -> int:
    return (end - start + 1) // 2


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
