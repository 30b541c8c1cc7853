"""Which of the decoded pictures are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from app.analysis.request import FramePolicy, Sampling
from app.media.picture import Picture


def select(pictures: Iterable[Picture], policy: FramePolicy) -> Iterator[Picture]:
    """Pass on what ``policy`` asks for; KEYFRAMES passes all, as the decoder already gives nothing else."""
    if policy.sampling is Sampling.EVERY:
        return _every(pictures, int(policy.amount))
    if policy.sampling is Sampling.FPS:
        return _on_ticks(pictures, _tick(policy.amount))
    return iter(pictures)


def _every(pictures: Iterable[Picture], step: int) -> Iterator[Picture]:
    for number, picture in enumerate(pictures):
        if number % step == 0:
            yield picture


def _last_moment(picture: Picture) -> Fraction:
    shown = picture.time.exact
    return (
        shown if picture.duration is None else max(shown, shown + picture.duration - picture.time.time_base)
    )


def _tick(rate: Fraction) -> Callable[[int], Fraction]:
    return lambda number: number / rate


def _on_ticks(pictures: Iterable[Picture], tick: Callable[[int], Fraction]) -> Iterator[Picture]:
    """Pass the picture that is shown at each tick, counted from the first picture; each at most once."""
    number = 0
    first: Fraction | None = None
    waiting: Picture | None = None
    for picture in pictures:
        shown = picture.time.exact
        first = shown if first is None else first
        if waiting is not None and first + tick(number) < shown:
            yield waiting
            while first + tick(number) < shown:
                number += 1
        waiting = picture
    if waiting is not None and first is not None and first + tick(number) <= _last_moment(waiting):
        yield waiting
