"""Which of the decoded pictures are looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from app.analysis.request import FramePolicy, Sampling
from app.media.picture import Picture


def select(pictures: Iterable[Picture], policy: FramePolicy) -> Iterator[Picture]:
    """Pass on what ``policy`` asks for; KEYFRAMES passes all, as the decoder already gives nothing else."""
    if policy.sampling is Sampling.EVERY:
        return _every(pictures, int(policy.amount))
    if policy.sampling is Sampling.FPS:
        return _on_ticks(pictures, policy.amount)
    return iter(pictures)


def _every(pictures: Iterable[Picture], step: int) -> Iterator[Picture]:
    for number, picture in enumerate(pictures):
        if number % step == 0:
            yield picture


def _on_ticks(pictures: Iterable[Picture], rate: Fraction) -> Iterator[Picture]:
    """Pass the picture that is shown at each tick, counted from the first picture; each at most once."""
    rest = iter(pictures)
    waiting = next(rest, None)
    if waiting is None:
        return
    begun = tick = waiting.time.exact
    for picture in rest:
        shown = picture.time.exact
        if tick < shown:
            yield waiting
            tick = begun + math.ceil((shown - begun) * rate) / rate
        waiting = picture
    if tick <= _last_moment(waiting):
        yield waiting


def _last_moment(picture: Picture) -> Fraction:
    shown = picture.time.exact
    return (
        shown if picture.duration is None else max(shown, shown + picture.duration - picture.time.time_base)
    )
