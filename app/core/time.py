"""Time as media files keep it: integer pts in units of a rational time_base, never frame number / rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import total_ordering

from app.core.errors import UsageError

FrameRate = Fraction
"""Pictures per second. Only an approximation where the rate varies."""


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class MediaTime:
    """A point on a stream's own clock.

    Attributes:
        pts: presentation time stamp, in units of ``time_base``; may be negative.
        time_base: seconds per unit, above zero.

    Two times are equal when they name the same instant, whatever their time bases.
    """

    pts: int
    time_base: Fraction

    def __post_init__(self) -> None:
        if self.time_base <= 0:
            raise ValueError(f"time_base must be above zero, not {self.time_base}")

    @property
    def exact(self) -> Fraction:
        """Seconds, exactly."""
        return self.pts * self.time_base

    @property
    def seconds(self) -> float:
        """Seconds, rounded to the nearest float: for display and for documents."""
        return float(self.exact)

    @classmethod
    def at(cls, seconds: Fraction | int, time_base: Fraction) -> MediaTime:
        """Return the last tick of ``time_base`` that is not after ``seconds``."""
        return cls(_floor_div(Fraction(seconds), time_base), time_base)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MediaTime):
            return NotImplemented
        return self.exact == other.exact

    def __lt__(self, other: MediaTime) -> bool:
        if not isinstance(other, MediaTime):
            return NotImplemented
        return self.exact < other.exact

    def __hash__(self) -> int:
        return hash(self.exact)


def _floor_div(value: Fraction, unit: Fraction) -> int:
    return int(value // unit)


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """A half-open stretch of shown time [start_s, end_s), in seconds from the container's start.

    An ``end_s`` of infinity means "to the end of the file".
    """

    start_s: float
    end_s: float = float("inf")

    def __post_init__(self) -> None:
        if not self.start_s <= self.end_s:
            raise ValueError(f"a span cannot end ({self.end_s}) before it starts ({self.start_s})")

    @property
    def duration_s(self) -> float:
        """Length in seconds; infinite for an open span."""
        return self.end_s - self.start_s

    def __contains__(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.end_s

    def intersection(self, other: TimeSpan) -> TimeSpan | None:
        """Return the common part, or None where the two do not overlap."""
        start, end = max(self.start_s, other.start_s), min(self.end_s, other.end_s)
        return TimeSpan(start, end) if start < end else None

    def shifted(self, by_s: float) -> TimeSpan:
        """Return the same length, moved by ``by_s`` seconds."""
        return TimeSpan(self.start_s + by_s, self.end_s + by_s)


WHOLE = TimeSpan(0.0)
"""From the container's start to its end."""


def format_timecode(seconds: float, decimals: int = 3, *, separator: str = ".") -> str:
    """Return ``HH:MM:SS.mmm`` (SRT wants ``,`` as separator); hours grow beyond two digits as needed."""
    scale = 10**decimals
    ticks = round(abs(seconds) * scale)
    whole, fraction = divmod(ticks, scale)
    minutes, secs = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and ticks else ""
    text = f"{sign}{hours:02d}:{minutes:02d}:{secs:02d}"
    return f"{text}{separator}{fraction:0{decimals}d}" if decimals else text


def format_short(seconds: float, decimals: int = 0) -> str:
    """Return ``M:SS`` or ``H:MM:SS``, as labels on a ruler and in lists."""
    hours, minutes, rest = format_timecode(max(0.0, seconds), decimals).split(":")
    return f"{int(hours)}:{minutes}:{rest}" if int(hours) else f"{int(minutes)}:{rest}"


# The digits are limited to what a float of seconds can tell apart.
_CLOCK = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,4}):)?(\d{1,9})(?:[.,](\d{1,18}))?")


def parse_time(text: str) -> Fraction:
    """Read ``12``, ``12.5``, ``1:23.4`` or ``1:02:03,456`` as exact seconds.

    Raises:
        UsageError: the text is no time.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"'{text}' is not a time: write seconds (83.2) or a clock (1:23.2, 0:01:23.200).")
    hours, minutes, secs, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(secs)
    if minutes is not None and int(secs) >= 60:
        raise UsageError(f"'{text}' is not a time: seconds after a colon stay below 60.")
    if hours is not None and int(minutes) >= 60:
        raise UsageError(f"'{text}' is not a time: minutes after a colon stay below 60.")
    return whole + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else Fraction(0))


def parse_span(text: str) -> TimeSpan:
    """Read ``START-END``, either side may be missing (``-10``, ``5-``).

    Raises:
        UsageError: the text is no range, or it ends before it starts.
    """
    start_text, dash, end_text = text.partition("-")
    if not dash or not (start_text.strip() or end_text.strip()):
        raise UsageError(f"'{text}' is not a range: write START-END, for example 1:00-2:30.")
    start = float(parse_time(start_text)) if start_text.strip() else 0.0
    end = float(parse_time(end_text)) if end_text.strip() else float("inf")
    if end <= start:
        raise UsageError(f"The range '{text}' ends before it starts.")
    return TimeSpan(start, end)
