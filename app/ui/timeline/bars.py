"""What of many runs and levels is worth painting: at most something per pixel."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from app.core.events import LoudnessFound
from app.ui.found.lanes import Run
from app.ui.time_scale import TimeScale

_LEAST_LOUDEST = 0.05
"""A file that never gets louder is shown as quiet, not blown up."""

Floats = npt.NDArray[np.float64]


class Bar(NamedTuple):
    """A stretch to paint: pixels from ``left`` to ``right``, and the best confidence in it."""

    left: float
    right: float
    confidence: float


class Stretch(Protocol):
    """What begins and ends, seconds."""

    @property
    def start_s(self) -> float:
        """Where it begins."""

    @property
    def end_s(self) -> float:
        """Where it ends."""


class RunColumns:
    """The runs of a lane as columns, made once, asked at every zoom."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.starts, self.ends = _column(runs, "start_s"), _column(runs, "end_s")
        self.confidences = _column(runs, "confidence")

    @classmethod
    def certain(cls, stretches: Sequence[Stretch]) -> RunColumns:
        """Return the columns of stretches without a confidence of their own."""
        made = cls(())
        made.starts, made.ends = _column(stretches, "start_s"), _column(stretches, "end_s")
        made.confidences = np.ones(len(stretches))
        return made

    def bars(self, scale: TimeScale, least_width: float = 2.0, gap: float = 1.0) -> list[Bar]:
        """Return what is visible, each bar at least ``least_width`` wide.

        Bars whose distance is below ``gap`` pixels become one: no more are returned than pixels can show.
        """
        first = int(np.searchsorted(self.ends, scale.time_of(0), side="left"))
        last = int(np.searchsorted(self.starts, scale.time_of(scale.width), side="right"))
        if first >= last:
            return []
        left = scale.margin + (self.starts[first:last] - scale.start_s) * scale.pixels_per_s
        ends = scale.margin + (self.ends[first:last] - scale.start_s) * scale.pixels_per_s
        right = np.maximum(ends, left + least_width)
        furthest = np.maximum.accumulate(right)
        begins = np.flatnonzero(np.append(True, left[1:] - furthest[:-1] >= gap))
        lasts = np.append(begins[1:], len(left)) - 1
        best = np.maximum.reduceat(self.confidences[first:last], begins)
        columns = zip(left[begins].tolist(), furthest[lasts].tolist(), best.tolist(), strict=True)
        return [Bar(*column) for column in columns]


def _column(of: Sequence[object], name: str) -> Floats:
    return np.fromiter(map(attrgetter(name), of), np.float64, len(of))


class HitColumns:
    """Times of what was found, seconds, ascending; ``here_s`` is the one that is looked at."""

    def __init__(self, times: Floats, here_s: float | None = None) -> None:
        self.times = times
        self.here_s = here_s

    def strokes(self, scale: TimeScale) -> list[int]:
        """Return the pixels to mark, each once."""
        first, last = np.searchsorted(self.times, (scale.time_of(0), scale.time_of(scale.width)))
        x = scale.margin + (self.times[first:last] - scale.start_s) * scale.pixels_per_s
        return list(np.unique(np.round(x).astype(np.int64)).tolist())


class LevelColumns:
    """Peak levels of the whole file as columns; ``loudest`` is the highest of them, for scaling."""

    def __init__(self, blocks: Sequence[LoudnessFound]) -> None:
        starts = [
            each.start_s + each.step_s * np.arange(len(each.peaks), dtype=np.float64) for each in blocks
        ]
        steps = [np.full(len(each.peaks), each.step_s) for each in blocks]
        peaks = [np.array(each.peaks, dtype=np.float64) for each in blocks]
        empty = np.empty(0, dtype=np.float64)
        self.starts: Floats = np.concatenate(starts) if starts else empty
        self.steps: Floats = np.concatenate(steps) if steps else empty
        self.peaks: Floats = np.concatenate(peaks) if peaks else empty
        self.loudest = max(_LEAST_LOUDEST, float(self.peaks.max(initial=0.0)))

    def levels(self, scale: TimeScale, pitch: int = 3) -> list[tuple[float, float]]:
        """Return (x, level): the highest peak of every ``pitch`` pixels that sound was heard in."""
        first = int(np.searchsorted(self.starts + self.steps, scale.start_s, side="left"))
        last = int(np.searchsorted(self.starts, scale.end_s, side="right"))
        if first >= last:
            return []
        # Fixed to the file's time, not to the screen: the sound must not flicker while it pans.
        cell_s = pitch / scale.pixels_per_s
        if cell_s <= float(self.steps[first]):
            x = scale.margin + (self.starts[first:last] - scale.start_s) * scale.pixels_per_s
            return list(zip(x.tolist(), self.peaks[first:last].tolist(), strict=True))
        cells = np.floor(self.starts[first:last] / cell_s).astype(np.int64)
        begins = np.flatnonzero(np.append(True, np.diff(cells) > 0))
        highest = np.maximum.reduceat(self.peaks[first:last], begins)
        x = scale.margin + (cells[begins].astype(np.float64) * cell_s - scale.start_s) * scale.pixels_per_s
        return list(zip(x.tolist(), highest.tolist(), strict=True))
