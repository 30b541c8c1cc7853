"""Pictures without a decoder: only times matter here."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from app.core.geometry import Orientation, Size
from app.core.time import MediaTime
from app.media.picture import Picture


def pictures_at(times: Iterable[Fraction | int], *, last: Fraction | None = None) -> list[Picture]:
    """Return pictures shown at ``times``, in seconds, each until the next; the last for ``last``."""
    exact = [Fraction(time) for time in times]
    time_base = Fraction(1, 90_000)
    lengths = [after - before for before, after in pairwise(exact)]
    return [
        Picture(
            decoded=cast("Any", None),
            time=MediaTime(int(time / time_base), time_base),
            time_s=float(time),
            duration=length,
            keyframe=True,
            source_size=Size(16, 16),
            display_size=Size(16, 16),
            orientation=Orientation(),
        )
        for time, length in zip(exact, [*lengths, last], strict=True)
    ]
