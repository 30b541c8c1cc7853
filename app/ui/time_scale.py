"""Where a time stands on the strip: the pure arithmetic of zooming, panning and ruler marks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MIN_SPAN_S = 0.2
"""The closest zoom: so many seconds across the strip."""

_STEPS_S = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    3600, 7200, 14400, 36000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The visible stretch of time across a width in pixels.

    Attributes:
        duration_s: length of the file; the visible stretch never leaves [0, duration_s].
        start_s, span_s: the visible stretch.
        width: pixels of the whole view.
        margin: pixels left free at either side of the stretch, so that what stands at an edge is seen whole.
    """

    duration_s: float
    start_s: float
    span_s: float
    width: float
    margin: float = 0.0

    @classmethod
    def whole(cls, duration_s: float, width: float, margin: float = 0.0) -> TimeScale:
        """Show the whole file."""
        return cls(duration_s, 0.0, max(duration_s, MIN_SPAN_S), max(width, 1.0 + 2 * margin), margin)

    @property
    def end_s(self) -> float:
        """The right edge."""
        return self.start_s + self.span_s

    @property
    def pixels_per_s(self) -> float:
        """How wide a second is."""
        return (self.width - 2 * self.margin) / self.span_s

    @property
    def shows_all(self) -> bool:
        """Whether nothing is outside."""
        return self.span_s >= max(self.duration_s, MIN_SPAN_S)

    def x_of(self, time_s: float) -> float:
        """Return the pixel of a time, which may lie outside."""
        return self.margin + (time_s - self.start_s) * self.pixels_per_s

    def time_of(self, x: float) -> float:
        """Return the time at a pixel: the inverse of ``x_of``."""
        return self.start_s + (x - self.margin) / self.pixels_per_s

    def clamped_time(self, x: float) -> float:
        """Return the time at a pixel, kept inside the file."""
        return min(max(self.time_of(x), 0.0), self.duration_s)

    def zoomed(self, factor: float, at_x: float) -> TimeScale:
        """Show ``1 / factor`` of the stretch; the time under ``at_x`` stays there unless an edge is met."""
        longest = max(self.duration_s, MIN_SPAN_S)
        span_s = min(max(self.span_s / factor, MIN_SPAN_S), longest)
        share = (at_x - self.margin) / (self.width - 2 * self.margin)
        start_s = self.time_of(at_x) - share * span_s
        return replace(self, span_s=span_s, start_s=start_s)._kept_inside()

    def panned(self, pixels: float) -> TimeScale:
        """Move the view to the right by some pixels (negative: to the left)."""
        return replace(self, start_s=self.start_s + pixels / self.pixels_per_s)._kept_inside()

    def resized(self, width: float) -> TimeScale:
        """Spread the same stretch over another width."""
        return replace(self, width=max(width, 1.0 + 2 * self.margin))

    def lengthened(self, duration_s: float) -> TimeScale:
        """The file proves to be of another length; a view of the whole stays one."""
        if self.shows_all:
            return TimeScale.whole(duration_s, self.width, self.margin)
        span_s = min(self.span_s, max(duration_s, MIN_SPAN_S))
        return replace(self, duration_s=duration_s, span_s=span_s)._kept_inside()

    def following(self, time_s: float) -> TimeScale:
        """Turn the page when the playhead leaves the view; no movement while it is inside."""
        if self.shows_all or self.start_s <= time_s <= self.end_s:
            return self
        return replace(self, start_s=time_s - self.span_s * 0.1)._kept_inside()

    def _kept_inside(self) -> TimeScale:
        last_start = max(0.0, self.duration_s - self.span_s)
        return replace(self, start_s=min(max(self.start_s, 0.0), last_start))


@dataclass(frozen=True, slots=True)
class RulerMarks:
    """Where the ruler is marked: labelled times, small marks between, and decimals its labels need."""

    labelled: tuple[float, ...]
    small: tuple[float, ...]
    decimals: int


def ruler_marks(scale: TimeScale, label_width: float = 88.0, divisions: int = 5) -> RulerMarks:
    """Choose round times for labels at least ``label_width`` pixels apart, and divisions between them."""
    wanted = label_width / scale.pixels_per_s
    step = next((each for each in _STEPS_S if each >= wanted), math.ceil(wanted / 36000) * 36000)
    parts = divisions if step not in (2, 15, 30, 120, 900, 1800, 7200) else {15: 3, 30: 3}.get(int(step), 4)
    small_step = step / parts
    first, last = math.ceil(scale.start_s / small_step), math.floor(scale.end_s / small_step)
    labelled = tuple(each * small_step for each in range(first, last + 1) if each % parts == 0)
    small = tuple(each * small_step for each in range(first, last + 1) if each % parts)
    decimals = 0 if step >= 1 else (1 if step >= 0.1 else 2)
    return RulerMarks(labelled, small, decimals)
