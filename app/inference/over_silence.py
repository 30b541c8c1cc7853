"""Text where nobody was found to speak: kept where the sound leaves room for doubt, else dropped.

Whisper likes to hear something in silence, and a voice activity model misses soft speech now and then. What
is kept carries the mark ``over-silence``, so that a person can decide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.inference.loudness_gate import percentile
from app.inference.speech_words import Levels, Spoken, Stretch

_LEAST_DB = -50.0
"""Whoever speaks is louder than this."""
_ABOVE_FLOOR_DB = 9.0
"""So far above the quiet of its surroundings stands what may be a voice: as far as the loudness gate asks for
a region to go on."""
_FLOOR_PERCENTILE = 12.0
_LEAST_S = 0.2
"""For so long in all."""
_LEAST_SURE = 0.5
"""Below this the model itself holds its words for more likely wrong than right."""


def may_be_speech(words: Sequence[Spoken], place: Stretch, levels: Levels) -> bool:
    """Whether words that were written over no speech are to be kept.

    Args:
        words: what was written.
        place: where, seconds, on the axis of ``levels``.
        levels: of the whole piece of sound, whose quietest parts are the floor.
    """
    if not words or sum(word.probability for word in words) / len(words) < _LEAST_SURE:
        return False
    first, last = round(place.start_s / levels.step_s), round(place.end_s / levels.step_s)
    under = levels.db[max(0, first) : max(0, last)]
    if len(under) == 0:
        return False
    floor_db = percentile(levels.db, _FLOOR_PERCENTILE)
    loud = under >= max(_LEAST_DB, floor_db + _ABOVE_FLOOR_DB)
    return bool(np.count_nonzero(loud) * levels.step_s >= _LEAST_S)
