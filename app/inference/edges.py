"""Where speech begins and ends to the hundredth of a second, by loudness.

A voice activity network tells speech from noise well, but its edges are up to 0.4 s off: it needs a moment to
be sure, and stays so for a moment. Where the speech stands out of what is around it, its loudness tells more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.inference.loudness_gate import percentile
from app.inference.speech_words import Levels, Stretch

_BEFORE_START_S, _AFTER_START_S = 0.6, 0.15
_BEFORE_END_S, _AFTER_END_S = 0.2, 0.3
"""An edge is looked for so far around where it was taken to be."""
_BREATH_S = 0.2
"""A longer silence outside of the edge ends the search: what is beyond it is something else."""
SURROUNDINGS_S = 1.0
"""How loud it is around is heard in so much sound before the start or after the end."""
_ABOVE_DB = 8.0
"""What is so much louder than its surroundings is speech."""
_PROMINENT_DB = 18.0
"""Speech that stands out less keeps its edges."""

_Db = npt.NDArray[np.float32]


def sharpened(speech: Sequence[Stretch], levels: Levels, levels_from_s: float = 0.0) -> list[Stretch]:
    """Return the stretches with their edges where loudness rises and falls; still ascending and apart.

    Args:
        speech: ascending, apart.
        levels: loudness, with SURROUNDINGS_S on both sides where there is so much.
        levels_from_s: where the first level lies on the axis of the stretches.
    """
    moved = [Stretch(start - levels_from_s, end - levels_from_s) for start, end in speech]
    found = []
    for index, stretch in enumerate(moved):
        free_from = moved[index - 1].end_s if index else 0.0
        free_until = moved[index + 1].start_s if index + 1 < len(moved) else float("inf")
        room = Stretch((free_from + stretch.start_s) / 2, min((stretch.end_s + free_until) / 2, 1e9))
        found.append(_sharpened(stretch, room, levels))
    return [Stretch(start + levels_from_s, end + levels_from_s) for start, end in found]


def _sharpened(stretch: Stretch, room: Stretch, levels: Levels) -> Stretch:
    frames = 1 / levels.step_s
    first, last = round(stretch.start_s * frames), round(stretch.end_s * frames)
    if last - first < 3 or last > len(levels.db):
        return stretch
    low = max(round((stretch.start_s - _BEFORE_START_S) * frames), round(room.start_s * frames), 0)
    high = min(round((stretch.end_s + _AFTER_END_S) * frames), round(room.end_s * frames))
    quiet, breath = round(SURROUNDINGS_S * frames), round(_BREATH_S * frames)
    loud = percentile(levels.db[first:last], 90) - _PROMINENT_DB
    start = _outermost(
        levels.db[low : min(first + round(_AFTER_START_S * frames), last)][::-1],
        _floor(levels.db[max(0, first - quiet) : first]), loud, breath,
    )  # fmt: skip
    inside = max(last - round(_BEFORE_END_S * frames), first)
    end = _outermost(levels.db[inside:high], _floor(levels.db[last : last + quiet]), loud, breath)
    start_s = (
        stretch.start_s
        if start is None
        else (min(first + round(_AFTER_START_S * frames), last) - start) / frames
    )
    end_s = stretch.end_s if end is None else (inside + end) / frames
    return Stretch(start_s, end_s) if start_s < end_s else stretch


def _outermost(db: _Db, floor: float, loud: float, breath: int) -> int | None:
    """Frames, from inside outwards, until the last loud one; None where loudness tells nothing."""
    if floor > loud:
        return None
    speech = np.flatnonzero(db >= floor + _ABOVE_DB)
    if not len(speech):
        return None
    far = np.flatnonzero(np.diff(speech) > breath)
    return int(speech[far[0]] if len(far) else speech[-1]) + 1


def _floor(db: _Db) -> float:
    """The level where it is quiet; infinite where nothing is known."""
    return percentile(db, 25) if len(db) >= 5 else float("inf")
