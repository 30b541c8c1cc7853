"""Pieces without their long silences: what the model hears, and its times brought back to the sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.inference.recognition import RawSegment
from app.inference.regions import Piece


def shortened(sound: Samples, piece: Piece) -> Samples:
    """Return what is heard of a piece.

    Args:
        sound: the sound on whose axis the piece lies.
        piece: where.
    """
    return np.concatenate([sound[part.start : part.end] for part in piece.kept])


def back_in_time(segment: RawSegment, piece: Piece) -> RawSegment:
    """Turn times of what was heard into times from the piece's first sample.

    Where silence was left out a start belongs to what comes after it, an end to what was before.
    """
    start = _position(round(segment.start_s * SAMPLE_RATE), piece, before_joint=False)
    end = _position(round(segment.end_s * SAMPLE_RATE), piece, before_joint=True)
    return replace(segment, start_s=start / SAMPLE_RATE, end_s=max(start, end) / SAMPLE_RATE)


def _position(heard: int, piece: Piece, *, before_joint: bool) -> int:
    """Samples from the piece's start, for ``heard`` samples from the start of what was heard."""
    for part in piece.kept[:-1]:
        if heard < part.length or (before_joint and heard == part.length):
            return part.start + heard - piece.start
        heard -= part.length
    last = piece.kept[-1]
    return last.start + min(heard, last.length) - piece.start
