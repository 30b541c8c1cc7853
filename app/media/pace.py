"""How fast pictures follow each other: the stated rate, and whether it holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import islice, pairwise
from statistics import median_low
from typing import TYPE_CHECKING

import av.error

from app.media.key_packets import lists_all_samples, time_base_of
from app.media.opening import read_only

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_LISTED = 20_000
_READ_PACKETS = 400
_READ_BYTES = 16 * 2**20
"""A recording whose rate varies shows it soon, and opening a long file must stay quick: of an index 20 000
entries are looked at (10 minutes and more, some ms), where packets must be read 400 or 16 MiB of them."""

_ROUNDING_S = Fraction(3, 2000)
"""Times that once were rounded to milliseconds differ by up to one of them from step to step."""

_TOLERANCE = Fraction(1, 20)
"""Steps this much off the usual one still count as equal; so many odd steps (drops, cuts) are no varying
rate."""

_FASTEST = 999
"""Rates from 1000 on are units of a clock (FLV and Matroska count milliseconds), not pictures."""


def picture_times(container: InputContainer, stream: VideoStream) -> tuple[int, ...]:
    """Return times of the first pictures in order, in units of the time_base: enough to judge their pace.

    Reads packets where the container does not list its samples: open it for this alone.
    """
    if lists_all_samples(container, stream):
        listed = islice(stream.index_entries, _LISTED)
        return tuple(sorted({entry.timestamp for entry in listed if not entry.is_discard}))
    read_only(container, stream)
    times: set[int] = set()
    packets = size = 0
    try:
        for packet in container.demux(stream):
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None and packet.size:
                times.add(time)
            packets, size = packets + 1, size + packet.size
            if packets >= _READ_PACKETS or size >= _READ_BYTES:
                break
    except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError):
        # What was read until the damage has to do.
        return tuple(sorted(times))
    return tuple(sorted(times))


def is_variable(times: Iterable[int], time_base: Fraction) -> bool:
    """Tell whether the steps between ``times`` (rising) differ, beyond rounding and an odd drop."""
    steps = [after - before for before, after in pairwise(times)]
    if len(steps) < 2:
        return False
    usual = median_low(steps)
    # Steps are whole numbers; rounded down, what they are compared with is one, too, and quick to compare.
    slack = math.floor(max(Fraction(3, 2), _ROUNDING_S / time_base, usual * _TOLERANCE))
    # The hidden reference pictures of VP9 stand one tick before the picture that is shown.
    steps = [step for step in steps if 10 * step > usual]
    odd = sum(abs(step - usual) > slack for step in steps)
    return odd > 1 and odd > len(steps) * _TOLERANCE


def sensible_rate(stream: VideoStream, times: Sequence[int]) -> Fraction | None:
    """Return the stated average rate; None where there is none or no step between pictures is near it."""
    rate = stream.average_rate
    if not rate or not 0 < rate <= _FASTEST:
        return None
    steps = [after - before for before, after in pairwise(times) if after > before]
    if not steps:
        return Fraction(rate)
    step = 1 / (rate * time_base_of(stream))
    # Fields that are coded apart step twice as fast as pictures; the average itself may lie between steps.
    return Fraction(rate) if Fraction(2, 5) * min(steps) <= step <= Fraction(5, 2) * max(steps) else None
