"""The sound of a file as 16 kHz mono float32, each block at its true time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.time import WHOLE, TimeSpan
from app.media.resampling import Piece
from app.media.sound_pieces import SoundWish, Warn, sound_pieces

if TYPE_CHECKING:
    from app.core.cancel import CancelToken


def audio_blocks(
    path: Path | str,
    *,
    audio_track: int = 0,
    span: TimeSpan = WHOLE,
    block_s: float = 1.0,
    cancel: CancelToken | None = None,
    warn: Warn | None = None,
) -> Iterator[AudioBlock]:
    """Yield the sound shown in ``span`` in blocks of ``block_s`` seconds; the last before a gap is shorter.

    Any codec, rate and layout; mixed down as FFmpeg does. Priming samples are left out where the file tells
    of them. Gaps and late starts stay: no block spans a gap, blocks never overlap. What is damaged is left
    out and told to ``warn``, one sentence for each kind. A block or two are in memory at any time. The file
    is open while the iterator lives; use it in one thread.

    Raises:
        MediaError: the file cannot be opened, or has no such sound track.
        DecodeError: nothing of the track can be decoded.
        CancelledError: between two packets.
    """
    wish = SoundWish(Path(path), audio_track, span, cancel=cancel)
    yield from _joined(sound_pieces(wish, warn), max(1, round(block_s * SAMPLE_RATE)))


def _joined(pieces: Iterable[Piece], size: int) -> Iterator[AudioBlock]:
    """Join touching pieces to blocks of ``size`` samples."""
    waiting: list[Samples] = []
    start, length = Fraction(0), 0
    for piece in pieces:
        if length and piece.start != start + Fraction(length, SAMPLE_RATE):
            yield _block(waiting, start)
            waiting, length = [], 0
        if not length:
            start = piece.start
        waiting.append(piece.samples)
        length += len(piece.samples)
        while length >= size:
            joined = np.concatenate(waiting)
            yield _block([joined[:size]], start)
            waiting, length = [joined[size:]], length - size
            start += Fraction(size, SAMPLE_RATE)
    if length:
        yield _block(waiting, start)


def _block(parts: list[Samples], start: Fraction) -> AudioBlock:
    samples = np.concatenate(parts)
    # Damaged float sound can hold anything; resampling overshoots full scale a little.
    np.nan_to_num(samples, copy=False)
    np.clip(samples, -1.0, 1.0, out=samples)
    return AudioBlock(samples, start)
