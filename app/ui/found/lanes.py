"""When each class is to be seen: runs of pictures in which it was found, one lane for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.events import Done
from app.ui.found.filter import Filter

if TYPE_CHECKING:
    from app.ui.found.findings import Findings

_STANDS_S = 2.0
"""While more is to come, a picture may stand for this long, though nobody looked at what follows."""

_CLOSE = 0.1
"""This share of the pictures that were looked at lies the nearest to the next one."""

_SAME_S = 1e-6

Times = npt.NDArray[np.float64]


class Run(NamedTuple):
    """A stretch of time over which a class was found in every picture looked at.

    A picture stands for the time up to the next one that was looked at, as far as none is still to come in
    between; ``confidence`` is the best within.
    """

    start_s: float
    end_s: float
    confidence: float


class Lane(NamedTuple):
    """The runs of one class, in order of time, never touching."""

    label: str
    class_id: int
    runs: tuple[Run, ...]


def lanes_of(findings: Findings, shown: Filter) -> tuple[Lane, ...]:
    """Return one lane for each class that is not switched off, by class number, then name."""
    looked_at = findings.objects.looked_at()
    until = _stand_until(findings, looked_at)
    return tuple(
        Lane(each.label, each.class_id, merge_runs(*each.passing(shown.confidence), looked_at, until))
        for each in findings.objects.classes
        if each.label not in shown.hidden
    )


def merge_runs(times: Times, confidences: Times, looked_at: Times, until: Times) -> tuple[Run, ...]:
    """Join the detections of one class to runs.

    Args:
        times: shown times of the detections, ascending, each one of ``looked_at``; may repeat.
        confidences: of the detections, the same length.
        looked_at: times of all pictures a detector looked at, strictly ascending.
        until: for each of ``looked_at``, until when it stands: at most until the next one.
    """
    if not len(times):
        return ()
    places = np.searchsorted(looked_at, times)
    gaps_before = np.cumsum(np.append(0, until[:-1] < looked_at[1:]))
    steps = places + gaps_before[places]
    starts = np.flatnonzero(np.diff(steps, prepend=steps[0] - 2) > 1)
    lasts = np.append(starts[1:], len(places)) - 1
    best = np.maximum.reduceat(confidences, starts)
    columns = zip(times[starts].tolist(), until[places[lasts]].tolist(), best.tolist(), strict=True)
    return tuple(Run(*column) for column in columns)


def _stand_until(findings: Findings, looked_at: Times) -> Times:
    """Until when each picture stands: until the next one, once no more come in between.

    Before that the film is known in places only, and what was not looked at must not seem to be.
    """
    if not len(looked_at):
        return looked_at
    duration_s = findings.media.duration_s if findings.media else None
    until = np.append(looked_at[1:], max(_last_ends(looked_at, duration_s), float(looked_at[-1])))
    if isinstance(findings.outcome, Done):
        return until
    index = findings.index
    if index.whole and findings.objects.only_looked_at(index.keyframe_pts):
        keyframes = np.array([each.time_s for each in index.keyframes])
        alone = np.append(keyframes, np.inf)[np.searchsorted(keyframes, looked_at + _SAME_S)]
    else:
        apart = np.diff(looked_at)
        usual = 2 * float(np.quantile(apart, _CLOSE)) if len(apart) else 0.0
        alone = looked_at + max(_STANDS_S, usual)
    known: Times = np.minimum(until, alone)
    return known


def _last_ends(looked_at: Times, duration_s: float | None) -> float:
    """Until when the last picture stands: as long as pictures usually do, within the file."""
    usual = float(np.median(np.diff(looked_at))) if len(looked_at) > 1 else 0.5
    end_s = float(looked_at[-1]) + usual
    return end_s if duration_s is None else min(end_s, duration_s)
