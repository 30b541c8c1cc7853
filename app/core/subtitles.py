"""Subtitles: what is written over the picture, and when. Pure values, searched by time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

_MOST_AT_ONCE = 6
"""Cues shown together; a file that piles up more than this shows the latest of them."""


@dataclass(frozen=True, slots=True)
class StyledText:
    """A stretch of text in one style; it may hold line breaks."""

    text: str
    italic: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class SubtitleCue:
    """What is shown during [start_s, end_s).

    Attributes:
        start_s, end_s: seconds from the start of the container.
        parts: the text, stretch by stretch.
        at_top: at the upper edge of the picture instead of the lower one.
    """

    start_s: float
    end_s: float
    parts: tuple[StyledText, ...]
    at_top: bool = False

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class CueTable:
    """All cues known of a track, by start; asked by time in O(log n), however they overlap."""

    cues: tuple[SubtitleCue, ...] = ()
    _changes: tuple[float, ...] = field(default=(), repr=False)
    _shown: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, cues: Iterable[SubtitleCue]) -> Self:
        """Sort cues, drop doubles, and note at which times what is shown changes."""
        unique = sorted(dict.fromkeys(cues), key=lambda cue: (cue.start_s, cue.end_s))
        ordered = tuple(cue for cue in unique if cue.end_s > cue.start_s)
        edges = [(cue.start_s, 1, place) for place, cue in enumerate(ordered)]
        edges += [(cue.end_s, 0, place) for place, cue in enumerate(ordered)]
        changes: list[float] = []
        shown: list[tuple[int, ...]] = []
        now: dict[int, None] = {}
        for time_s, begins, place in sorted(edges):
            if begins:
                now[place] = None
            else:
                del now[place]
            latest = tuple(now)[-_MOST_AT_ONCE:] if len(now) <= 4 * _MOST_AT_ONCE else _latest(now)
            if changes and changes[-1] == time_s:
                shown[-1] = latest
            else:
                changes.append(time_s)
                shown.append(latest)
        return cls(ordered, tuple(changes), tuple(shown))

    def at(self, time_s: float) -> tuple[SubtitleCue, ...]:
        """Return what is shown at a time, the earliest first; nothing in a pause."""
        place = bisect_right(self._changes, time_s) - 1
        return tuple(self.cues[each] for each in self._shown[place]) if place >= 0 else ()


def _latest(now: dict[int, None]) -> tuple[int, ...]:
    """The last few of very many, without walking through all of them."""
    backwards = reversed(now)
    few = [next(backwards) for _ in range(_MOST_AT_ONCE)]
    return tuple(reversed(few))


NO_CUES = CueTable()
