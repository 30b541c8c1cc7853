"""Pieces of sound made ready to be recognised, with all that is needed afterwards to place their words."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace

from app.core.audio import SAMPLE_RATE, Samples
from app.core.time import TimeSpan
from app.inference.edges import SURROUNDINGS_S, sharpened
from app.inference.loudness_gate import GATE_FRAME, GATE_RULE, VOWELS_HZ, band_levels, gate_values
from app.inference.regions import Piece, find_regions
from app.inference.shortening import shortened
from app.inference.speech_windows import Window
from app.inference.speech_words import Levels, Stretch

_AUDIBLE = replace(GATE_RULE, enter=0.5, leave=0.33)
"""Where all sound is recognised, this tells where there may be speech in it: what stands 9 dB out of its
surroundings, less than the gate asks for, which decides what is heard at all."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadyPiece:
    """A piece that holds nothing of its window any more, so that some can wait.

    Attributes:
        piece: where it lies in its window.
        sound: what is heard of it.
        speech: where somebody speaks, seconds from its start.
        told: the same for others to see, shown time.
        levels: how loud it is where vowels are, moment by moment.
        start_s, end_s: shown time.
        followed: whether another piece is known to come.
    """

    piece: Piece
    sound: Samples
    speech: tuple[Stretch, ...]
    told: tuple[TimeSpan, ...]
    levels: Levels
    start_s: float
    end_s: float
    followed: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """All sound before ``time_s``, shown time, was dealt with."""

    time_s: float


def ready_pieces(
    windows: Iterable[Window], *, finds_edges: bool
) -> Generator[ReadyPiece | Reached, None, None]:
    """Yield the pieces of windows in order, and how far the sound is dealt with where that is no piece's end.

    Args:
        windows: as they come.
        finds_edges: as in ``Listener``.
    """
    begun = False
    for window in windows:
        if not begun:
            begun = True
            yield Reached(window.time_s(0))
        last = len(window.pieces) - 1
        for index, piece in enumerate(window.pieces):
            yield _ready(window, piece, finds_edges=finds_edges, followed=index < last or window.goes_on)
        if not window.pieces or window.pieces[-1].end < window.done:
            yield Reached(window.time_s(window.done))


def _ready(window: Window, piece: Piece, *, finds_edges: bool, followed: bool) -> ReadyPiece:
    speech = _speech(window.sound, piece, finds_edges=finds_edges)
    start_s = window.time_s(piece.start)
    told = speech if finds_edges else _audible(window.sound, piece)
    return ReadyPiece(
        piece,
        shortened(window.sound, piece),
        tuple(speech),
        tuple(TimeSpan(start_s + start, start_s + end) for start, end in told),
        Levels(band_levels(window.sound[piece.start : piece.end], VOWELS_HZ), GATE_FRAME / SAMPLE_RATE),
        start_s,
        window.time_s(piece.end),
        followed,
    )


def _audible(sound: Samples, piece: Piece) -> list[Stretch]:
    """Where there may be speech in a piece that is recognised as a whole, seconds from its start."""
    regions = find_regions(gate_values(sound), GATE_FRAME, len(sound), _AUDIBLE)
    inside = (
        Stretch(max(0, start - piece.start) / SAMPLE_RATE, (min(end, piece.end) - piece.start) / SAMPLE_RATE)
        for start, end in regions
    )
    return [stretch for stretch in inside if stretch.end_s > stretch.start_s]


def _speech(sound: Samples, piece: Piece, *, finds_edges: bool) -> list[Stretch]:
    """Where somebody speaks, seconds from the piece's start."""
    speech = [
        Stretch((region.start - piece.start) / SAMPLE_RATE, (region.end - piece.start) / SAMPLE_RATE)
        for region in piece.regions
    ]
    if not finds_edges:
        return speech
    first = max(0, piece.start - round(SURROUNDINGS_S * SAMPLE_RATE))
    around = sound[first : piece.end + round(SURROUNDINGS_S * SAMPLE_RATE)]
    levels = Levels(band_levels(around), GATE_FRAME / SAMPLE_RATE)
    return sharpened(speech, levels, (first - piece.start) / SAMPLE_RATE)
