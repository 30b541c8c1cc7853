"""Short sounds that the voice activity network gives nothing are heard by it once more, without its memory.

The network remembers what it heard: after a minute of talk and noise it may give a clear word 0.03 that it
gives 0.98 when it begins to listen a moment before. Asking it again about all sound would cost as much again;
what it misses is a word on its own, so only what stands out of its surroundings for as long as that is
asked about. Beginning anew it may take a tone or a knock for a voice, so it begins twice and the lower value
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from app.core.audio import Samples
from app.inference.loudness_gate import GATE_FRAME, GATE_RULE, gate_values
from app.inference.regions import Probabilities, Region, RegionRule, find_regions, samples

_STANDS_OUT = replace(GATE_RULE, shortest_s=0.2)
_LONGEST_S = 2.0
"""As long as a word or a few."""
_APART_S = 0.3
"""A sound nearer to speech that was found was not missed: the network took it for something else."""
_BEGINS_BEFORE_S = (0.5, 1.0)
_GOES_ON_S = 0.3
_SURROUNDINGS_S = 10.0
"""So much sound before what is new tells how loud it is around, and holds what was cut off at its end."""


def reconsidered(
    sound: Samples,
    values: Probabilities,
    known: int,
    frame: int,
    rule: RegionRule,
    anew: Callable[[Samples], Probabilities],
) -> Probabilities:
    """Return ``values`` with those of missed sounds as the network gives them when it begins anew.

    Args:
        sound: float32, 16 kHz, mono.
        values: probability of speech, one for each ``frame`` samples; not changed.
        known: so many of them were reconsidered before.
        frame: samples.
        rule: how regions come from values.
        anew: gives the values of a sound by a network without memory.
    """
    found = values.copy()
    skipped = max(0, known - samples(_SURROUNDINGS_S) // frame)
    rest = sound[skipped * frame :]
    for region in _missed(rest, find_regions(values[skipped:], frame, len(rest), rule)):
        first, last = skipped + region.start // frame, skipped - (-region.end // frame)
        again = [_from(sound, frame, first, last, samples(each), anew) for each in _BEGINS_BEFORE_S]
        found[first:last] = np.maximum(found[first:last], np.minimum(*again))
    return found


def _from(
    sound: Samples,
    frame: int,
    first: int,
    last: int,
    before: int,
    anew: Callable[[Samples], Probabilities],
) -> Probabilities:
    """The values of frames [first, last), heard from ``before`` samples earlier."""
    begin = max(0, first - before // frame)
    return anew(sound[begin * frame : last * frame + samples(_GOES_ON_S)])[first - begin : last - begin]


def _missed(sound: Samples, speech: Sequence[Region]) -> list[Region]:
    if not _has_room(len(sound), speech):
        return []
    return [
        region
        for region in find_regions(gate_values(sound), GATE_FRAME, len(sound), _STANDS_OUT)
        if region.length <= samples(_LONGEST_S) and _is_apart(region, speech)
    ]


def _has_room(total: int, speech: Sequence[Region]) -> bool:
    """Whether some pause is long enough for a sound that was missed; spares most talk the look for one."""
    if not speech:
        return True
    pauses = [after.start - before.end for before, after in pairwise(speech)]
    outer = max(speech[0].start, total - speech[-1].end) + samples(_APART_S)
    return max([*pauses, outer]) >= samples(_STANDS_OUT.shortest_s + 2 * _APART_S)


def _is_apart(region: Region, speech: Sequence[Region]) -> bool:
    gaps = (max(other.start - region.end, region.start - other.end) for other in speech)
    return min(gaps, default=samples(_APART_S)) >= samples(_APART_S)
