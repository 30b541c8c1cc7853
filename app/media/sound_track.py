"""One sound track as it is played: without gaps, from any time on, at any speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.core.audio import Samples
from app.core.time import TimeSpan
from app.media.resampling import SoundForm
from app.media.sound_pieces import SoundWish, sound_pieces
from app.media.tempo import Tempo, lead_s

if TYPE_CHECKING:
    from app.core.cancel import CancelToken

_PIECE_S = 0.05
"""Small pieces: the first is heard sooner."""
_SILENCE_S = 0.5
"""A gap of an hour is no reason to make an hour of zeros."""


def sound_from(
    path: Path,
    *,
    audio_track: int,
    start_s: float,
    rate: int,
    channels: int,
    cancel: CancelToken | None = None,
    tell_gap: Callable[[TimeSpan], None] | None = None,
) -> Iterator[Samples]:
    """Yield the sound from the shown time ``start_s`` on, float32 (n, channels), -1..1, to its last sample.

    The first sample is the one heard at ``start_s``. Where the track begins later or has a gap there is
    silence, so that ``n`` samples always last ``n / rate`` seconds of the file; ``tell_gap`` is told of it
    before it comes, in shown times.

    Raises: as ``sound_pieces``.
    """
    start = Fraction(max(0.0, start_s))
    form = SoundForm(rate, channels, _PIECE_S)
    given = 0
    for piece in sound_pieces(SoundWish(path, audio_track, TimeSpan(float(start)), form, cancel)):
        kept = piece.after(start)
        missing = round((kept.start - start) * rate) - given
        if missing > 0 and tell_gap is not None:
            tell_gap(TimeSpan(float(start + Fraction(given, rate)), float(kept.start)))
        for length in _lengths(missing, round(_SILENCE_S * rate)):
            yield np.zeros((length, channels), np.float32)
        given += max(0, missing)
        if len(kept.samples):
            given += len(kept.samples)
            yield _clean(kept.samples, channels)


def played_sound(
    path: Path,
    *,
    audio_track: int,
    start_s: float,
    speed: float,
    rate: int,
    channels: int,
    cancel: CancelToken | None = None,
    tell_gap: Callable[[TimeSpan], None] | None = None,
) -> Iterator[Samples]:
    """Yield ``sound_from`` at ``speed``, the pitch kept; ``n`` samples last ``n * speed / rate`` s.

    Raises: as ``sound_from``.
    """
    tempo = Tempo(rate, channels, speed)
    lead = lead_s(rate, speed)
    if start_s < lead:
        ready = tempo.feed(np.zeros((round((lead - start_s) * rate), channels), np.float32))
        if len(ready):
            yield ready
    begin_s = max(0.0, start_s - lead)
    for samples in sound_from(
        path, audio_track=audio_track, start_s=begin_s, rate=rate, channels=channels, cancel=cancel,
        tell_gap=tell_gap,
    ):  # fmt: skip
        ready = tempo.feed(samples)
        if len(ready):
            yield ready
    last = tempo.finish()
    if len(last):
        yield last


def _lengths(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, most)
        total -= most


def _clean(samples: Samples, channels: int) -> Samples:
    # Damaged float sound can hold anything; resampling overshoots full scale a little.
    cleaned = np.nan_to_num(samples.reshape(-1, channels))
    return np.clip(cleaned, -1.0, 1.0, out=cleaned)
