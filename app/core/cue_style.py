"""How a transcript is cut into subtitles: what houses of subtitling agree on, as numbers.

Sources of the defaults: Netflix, "Timed Text Style Guide: General Requirements" (at least 5/6 of a second,
at most 7 seconds, two frames apart, gaps of less than half a second closed to that, two lines) and "English
(USA) Timed Text Style Guide" (42 characters a line, 20 characters a second for adults; 17 were usual before
and still are in other languages and for children).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from app.core.errors import UsageError

_BOUNDS = {
    "line_columns": (8, 500),
    "lines": (1, 8),
    "reading_speed": (1, 1000),
    "shortest_s": (0, 60),
    "longest_s": (0.5, 3600),
    "gap_s": (0, 10),
    "close_below_s": (0, 10),
}


@dataclass(frozen=True, slots=True)
class CueStyle:
    """The shape of cues and when they are shown; a rule that is 0 is not applied.

    Attributes:
        line_columns: the longest line; a wide (East Asian) character takes two columns.
        lines: of a cue, at most.
        reading_speed: columns a second; a cue is shown for longer, where there is room, until it can be read.
        shortest_s: a cue is shown for so long, where there is room.
        longest_s: a cue is shown no longer; what is said for longer becomes several cues.
        gap_s: so much lies between two cues that follow each other: two frames of film.
        close_below_s: a shorter gap would only flicker, and is closed to ``gap_s``.
        speakers: whether names are written before what they say, where they are known.
    """

    line_columns: int = 42
    lines: int = 2
    reading_speed: float = 20.0
    shortest_s: float = 0.833
    longest_s: float = 7.0
    gap_s: float = 0.083
    close_below_s: float = 0.5
    speakers: bool = True

    def __post_init__(self) -> None:
        """Refuse what makes no subtitles.

        Raises:
            UsageError: a number is out of its bounds.
        """
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            off = value == 0 and name not in ("line_columns", "lines")
            if not (math.isfinite(value) and (off or least <= value <= most)):
                words = name.removesuffix("_s").replace("_", " ")
                raise UsageError(f"{value:g} makes no sense for '{words}': {least:g} to {most:g} does.")

    def with_times_kept(self) -> CueStyle:
        """Return the same shape, shown exactly as long as it is said."""
        return CueStyle(self.line_columns, self.lines, 0, 0, 0, 0, 0, self.speakers)

    @property
    def keeps_times(self) -> bool:
        """Whether no rule changes when a cue is shown."""
        return self == self.with_times_kept()


USUAL = CueStyle()
"""The defaults."""

NAMES = tuple(each.name for each in fields(CueStyle))
