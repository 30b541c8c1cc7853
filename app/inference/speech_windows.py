"""Sound as it streams in, cut into windows of bounded length, each with its speech packed into pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.inference.regions import (
    Piece,
    PieceRule,
    Probabilities,
    Region,
    RegionRule,
    find_regions,
    pack,
    samples,
    split_long,
)

WINDOW_S = 30.0
"""So much new sound is gathered before it is looked at: about what the model hears at once, so that the first
text needs no more than that read."""
_BRIDGED_S = 1.0
"""Gaps up to this are filled with silence; a longer one ends the run of sound."""
_SEEN_BEHIND_S = 1.0
_JITTER_S = 0.01
"""Blocks that miss each other by less than this follow each other."""


PACKING = PieceRule()


@dataclass(frozen=True, slots=True)
class Listener:
    """A way to tell speech.

    Attributes:
        values: gives 0..1 per ``frame`` samples of a sound, the last frame filled up; gets those that it gave
            for the first frames of that sound before, which it need not compute again.
        frame: samples.
        rule: how regions come from values.
        step_s: so much new sound is gathered before it is looked at. Where a value does not change by what
            comes later, little: then a piece is known as soon as it is full.
        finds_edges: false where regions say nothing about when somebody begins and ends to speak.
    """

    values: Callable[[Samples, Probabilities], Probabilities]
    frame: int
    rule: RegionRule
    step_s: float = WINDOW_S
    finds_edges: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A stretch of sound without gaps, and what is to be recognised in it now.

    Attributes:
        sound: float32, 16 kHz, mono.
        start: shown time of the first sample, exact.
        pieces: in order; positions count from the first sample.
        done: samples that no later window will come back to.
        goes_on: whether speech has begun behind the pieces, for a later window to give.
    """

    sound: Samples
    start: Fraction
    pieces: tuple[Piece, ...]
    done: int
    goes_on: bool = False

    def time_s(self, position: int) -> float:
        """Return the shown time of a sample."""
        return float(self.start + Fraction(position, SAMPLE_RATE))


def windows(
    blocks: Iterator[AudioBlock],
    listener: Listener,
    cancel: CancelToken,
    *,
    window_s: float | None = None,
    rule: PieceRule = PACKING,
) -> Iterator[Window]:
    """Gather blocks and yield windows; what may go on behind a window's end is kept for the next.

    Sound that fits into one piece is heard as it is: silence costs nothing there, and where some is left out
    a word beside it may be heard wrong.
    Memory: a window and the longest span of a piece, about three minutes of sound.
    """
    enough = samples(listener.step_s if window_s is None else window_s)
    gathered = _Gathered()
    for block in blocks:
        cancel.raise_if_cancelled()
        if not gathered.continues_with(block):
            if gathered.length:
                yield _look(gathered, listener, rule, last=True)
            gathered = _Gathered()
        gathered.add(block)
        if gathered.new >= enough:
            yield _look(gathered, listener, rule, last=False)
    if gathered.length:
        yield _look(gathered, listener, rule, last=True)


class _Gathered:
    """Sound without gaps that was not yet dealt with; it begins at a frame of the listener.

    Attributes:
        start: shown time of the first sample.
        length: samples.
        new: of these, not looked at yet.
        settled: samples at the beginning that were dealt with all the same, less than a frame.
        whole: whether nothing was dropped yet.
        values: what the listener said of the first frames.
    """

    def __init__(self) -> None:
        self._parts: list[Samples] = []
        self.start = Fraction(0)
        self.length = 0
        self.new = 0
        self.settled = 0
        self.whole = True
        self.values: Probabilities = np.zeros(0, np.float32)

    @property
    def end(self) -> Fraction:
        return self.start + Fraction(self.length, SAMPLE_RATE)

    def continues_with(self, block: AudioBlock) -> bool:
        return self.length == 0 or block.start - self.end <= Fraction(_BRIDGED_S)

    def add(self, block: AudioBlock) -> None:
        if self.length == 0:
            self.start = block.start
        missing = block.start - self.end
        added = block.samples
        if missing > Fraction(_JITTER_S):
            self._append(np.zeros(round(missing * SAMPLE_RATE), np.float32))
        elif missing < -Fraction(_JITTER_S):
            added = added[round(-missing * SAMPLE_RATE) :]
        self._append(added)

    def _append(self, sound: Samples) -> None:
        if len(sound):
            self._parts.append(sound)
            self.length += len(sound)
            self.new += len(sound)

    def sound(self) -> Samples:
        joined = np.concatenate(self._parts)
        self._parts = [joined]
        return joined

    def drop(self, count: int, frame: int) -> None:
        """Forget the first samples, and call the rest looked at."""
        frames = count // frame
        rest = self.sound()[frames * frame :].copy()
        self.start += Fraction(frames * frame, SAMPLE_RATE)
        self._parts, self.length, self.new = [rest], len(rest), 0
        self.values = self.values[frames:]
        self.settled = count - frames * frame
        self.whole = self.whole and count == 0


def _look(gathered: _Gathered, listener: Listener, rule: PieceRule, *, last: bool) -> Window:
    sound, start = gathered.sound(), gathered.start
    if not last:
        # The last frame waits until it is whole: listeners go on from frame to frame.
        sound = sound[: len(sound) // listener.frame * listener.frame]
    gathered.values = listener.values(sound, gathered.values)
    regions = _regions(sound, gathered, listener, rule)
    fits = gathered.whole and len(sound) <= samples(rule.longest_s)
    found = (
        _as_it_is(regions, len(sound)) if fits else pack(regions, len(sound), rule, first=gathered.settled)
    )
    if last:
        pieces, done = found, len(sound)
    else:
        pieces, done = ([], 0) if fits else _settled(found, len(sound), rule)
    window = Window(sound, start, tuple(pieces), done, goes_on=len(pieces) < len(found))
    gathered.drop(done, listener.frame)
    return window


def _regions(sound: Samples, gathered: _Gathered, listener: Listener, rule: PieceRule) -> list[Region]:
    longest = samples(rule.longest_s) - 2 * samples(rule.margin_s)
    values, first = gathered.values, gathered.settled
    found = find_regions(values, listener.frame, len(sound), listener.rule)
    rest = [Region(max(region.start, first), region.end) for region in found if region.end > first]
    return [part for region in rest for part in split_long(region, longest, values, listener.frame)]


def _as_it_is(regions: list[Region], total: int) -> list[Piece]:
    """One piece of all sound, where there is speech in it."""
    return [Piece(0, total, tuple(regions), (Region(0, total),))] if regions else []


def _settled(pieces: list[Piece], total: int, rule: PieceRule) -> tuple[list[Piece], int]:
    """Return the pieces that later sound cannot change, and where the next window must begin.

    The last piece waits, for there may be room in it, until speech that is still to come would lie too far
    away. So does one right behind which nothing was seen yet: its edges are found by what surrounds it.
    """
    quiet_from = max(0, total - samples(rule.margin_s))
    if not pieces:
        return [], quiet_from
    last = pieces[-1]
    seen_from = total - samples(_SEEN_BEHIND_S)
    for index, piece in enumerate(pieces[:-1]):
        if piece.end > seen_from:
            return pieces[:index], piece.start
    if last.start + samples(rule.longest_span_s) <= total and last.regions[-1].end <= quiet_from:
        return pieces, max(last.end, quiet_from)
    return pieces[:-1], last.start
