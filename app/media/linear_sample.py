"""What linear decoding shows at random times, at keyframes and at both ends, noted in one pass."""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from app.media.checksum import crc
from app.media.picture import Picture


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as it is remembered: its time stamp, its shown time in seconds, its checksum."""

    pts: int
    time_s: float
    crc: int

    @classmethod
    def of(cls, picture: Picture) -> Self:
        """Note ``picture``; costs reading all its planes."""
        return cls(picture.pts, picture.time_s, crc(picture))


def seen(picture: Picture | None) -> Seen | None:
    """Note ``picture``, if there is one."""
    return None if picture is None else Seen.of(picture)


@dataclass(frozen=True, slots=True)
class Sample:
    """A random time: the picture shown then and its neighbours (None beyond the ends)."""

    time_s: float
    before: Seen | None
    shown: Seen
    after: Seen | None


@dataclass(frozen=True, slots=True)
class LinearSample:
    """What one pass over the pictures of a track left.

    Attributes:
        pictures: how many there were.
        first, last: of them; None where there was none.
        keyframes: those of the wanted pts that were met.
        samples: one for each random time.
    """

    pictures: int
    first: Seen | None
    last: Seen | None
    keyframes: tuple[Seen, ...]
    samples: tuple[Sample, ...]


def sample_linear(
    pictures: Iterable[Picture], key_pts: Collection[int], count: int, rng: random.Random
) -> LinearSample:
    """Go once through ``pictures``, as decoded from the start, and note some of them.

    Memory holds three pictures at a time and a few numbers for each one noted, however long the film is.
    """
    draw = _Draw(count, rng)
    number = 0
    first = last = None
    shown: Picture | None = None
    keyframes: list[Seen] = []
    for before, shown, after in _with_neighbours(pictures):
        number += 1
        if number == 1:
            first = Seen.of(shown)
        if shown.pts in key_pts:
            keyframes.append(Seen.of(shown))
        draw.meet(number, before, shown, after)
    if shown is not None:
        last = Seen.of(shown)
    return LinearSample(number, first, last, tuple(keyframes), draw.samples)


class _Draw:
    """Draws ``count`` of the pictures that come by, each with equal chances, without knowing how many come.

    Each place draws for itself and keeps the i-th picture with probability 1/i: it is enough to draw the
    number of the next one kept, which is beyond j with probability i/j.
    """

    def __init__(self, count: int, rng: random.Random) -> None:
        self._rng = rng
        self._due = [(1, place) for place in range(count)]
        self._kept: dict[int, Sample] = {}

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What was drawn."""
        return tuple(self._kept[place] for place in sorted(self._kept))

    def meet(self, number: int, before: Picture | None, shown: Picture, after: Picture | None) -> None:
        """Look at the picture ``number``, counted from 1."""
        if after is not None and after.time_s <= shown.time_s:
            return  # it is never shown; the next one that is takes its chance
        noted: tuple[Seen | None, Seen, Seen | None] | None = None
        while self._due and self._due[0][0] <= number:
            place = self._due[0][1]
            if noted is None:
                noted = seen(before), Seen.of(shown), seen(after)
            self._kept[place] = Sample(self._moment(shown, after), *noted)
            following = int(number / (1.0 - self._rng.random())) + 1
            heapq.heapreplace(self._due, (following, place))

    def _moment(self, shown: Picture, after: Picture | None) -> float:
        """A time, seconds, at which ``shown`` is shown."""
        end_s = shown.time_s + float(shown.duration or 0) if after is None else after.time_s
        time_s = shown.time_s + self._rng.random() * (end_s - shown.time_s)
        return time_s if shown.time_s <= time_s < end_s else shown.time_s


def _with_neighbours(
    pictures: Iterable[Picture],
) -> Iterator[tuple[Picture | None, Picture, Picture | None]]:
    before: Picture | None = None
    shown: Picture | None = None
    for after in pictures:
        if shown is not None:
            yield before, shown, after
        before, shown = shown, after
    if shown is not None:
        yield before, shown, None
