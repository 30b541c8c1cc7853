"""Which box of a picture is the one that was followed in the picture before."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.geometry import iou
from app.core.results import Detection

LEAST_OVERLAP = 0.2
"""Boxes of neighbouring pictures that share less than this (intersection over union) are two things."""


def same_thing(before: Detection, now: Iterable[Detection]) -> Detection | None:
    """Return the box of ``before``'s thing among ``now``; None where it is lost.

    A track is its own box, wherever it went, and no other. Without tracks: the box of the same label that
    overlaps most.
    """
    alike = [each for each in now if each.label == before.label]
    if before.track_id is not None:
        return next((each for each in alike if each.track_id == before.track_id), None)
    best = max(alike, key=lambda each: iou(each.box, before.box), default=None)
    return best if best is not None and iou(best.box, before.box) >= LEAST_OVERLAP else None
