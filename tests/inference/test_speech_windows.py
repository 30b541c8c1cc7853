"""Streams of sound cut into windows: nothing lost, nothing twice, times exact, memory bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.inference.regions import Probabilities, RegionRule
from app.inference.shortening import shortened
from app.inference.speech_windows import PACKING, WINDOW_S, Listener, Window, windows
from tests.inference.hearing import blocks_of

FRAME = 320
RULE = RegionRule(hangover_s=0.1, shortest_s=0.02, padding_s=0.0)


def loudest(sound: Samples, _known: Probabilities | None = None) -> Probabilities:
    """A listener that knows: the peak of each frame."""
    padded = np.zeros(-(-len(sound) // FRAME) * FRAME, np.float32)
    padded[: len(sound)] = np.abs(sound)
    return np.asarray(padded.reshape(-1, FRAME).max(axis=1), np.float32)


EXACT = Listener(loudest, FRAME, RULE)


def cut(blocks: Iterator[AudioBlock], window_s: float = 10.0) -> list[Window]:
    return list(windows(blocks, EXACT, CancelToken(), window_s=window_s))


def recognised(found: Sequence[Window]) -> list[tuple[Fraction, Samples]]:
    """What would be sent to the model, without silences: exact start and samples of each stretch."""
    return [
        (window.start + Fraction(part.start, SAMPLE_RATE), window.sound[part.start : part.end])
        for window in found
        for piece in window.pieces
        for part in piece.kept
    ]


def calls(found: Sequence[Window]) -> list[Samples]:
    """The sound of each call of the model."""
    return [shortened(window.sound, piece) for window in found for piece in window.pieces]


@st.composite
def talk(draw: st.DrawFn) -> Samples:
    """Up to a minute of silence and of numbered sound: sample n holds a value that only it has."""
    parts = []
    for _ in range(draw(st.integers(1, 8))):
        parts.append(np.zeros(draw(st.integers(1, 6 * 50)) * FRAME, bool))
        parts.append(np.ones(draw(st.integers(1, 12 * 50)) * FRAME, bool))
    loud = np.concatenate(parts)
    ramp = 0.6 + 0.4 * np.arange(len(loud)) / len(loud)
    return np.where(loud, ramp, 0.0).astype(np.float32)


@settings(max_examples=40)
@given(talk(), st.fractions(-5, 100, max_denominator=90_000), st.integers(1000, 40_000), st.floats(5.0, 40.0))
def test_all_speech_is_recognised_once_at_its_own_time(
    sound: Samples, start: Fraction, block: int, window_s: float
) -> None:
    found = cut(blocks_of(sound, start, block), window_s)
    assert all(len(heard) <= PACKING.longest_s * SAMPLE_RATE for heard in calls(found))
    pieces = recognised(found)
    again = np.zeros_like(sound)
    until = start
    for piece_start, samples in pieces:
        assert piece_start >= until
        position = (piece_start - start) * SAMPLE_RATE
        assert position.denominator == 1
        again[int(position) : int(position) + len(samples)] = samples
        until = piece_start + Fraction(len(samples), SAMPLE_RATE)
    np.testing.assert_array_equal(again, sound)


@settings(max_examples=25)
@given(talk(), st.floats(1.0, 8.0))
def test_looking_more_often_finds_the_same_pieces(sound: Samples, step_s: float) -> None:
    long = np.concatenate([sound, sound, sound])
    often, seldom = (recognised(cut(blocks_of(long), seconds)) for seconds in (step_s, WINDOW_S))
    assert [(start, len(part)) for start, part in often] == [(start, len(part)) for start, part in seldom]


@settings(max_examples=25)
@given(talk(), st.floats(1.0, 8.0))
def test_sound_that_fits_into_a_piece_is_heard_as_it_is(sound: Samples, step_s: float) -> None:
    fits = sound[: round(PACKING.longest_s * SAMPLE_RATE)]
    heard = calls(cut(blocks_of(fits), step_s))
    assert len(heard) == bool(np.any(fits >= 0.5))
    for each in heard:
        np.testing.assert_array_equal(each, fits)


def test_the_end_of_longer_sound_is_not_heard_with_its_silence() -> None:
    sound = np.zeros(60 * SAMPLE_RATE, np.float32)
    sound[40 * SAMPLE_RATE : 41 * SAMPLE_RATE] = 0.9
    (heard,) = calls(cut(blocks_of(sound), 5.0))
    assert len(heard) == 2 * SAMPLE_RATE


def test_a_short_gap_between_blocks_is_silence_and_keeps_its_length() -> None:
    tone = np.full(SAMPLE_RATE, 0.9, np.float32)
    blocks = [AudioBlock(tone, Fraction(1)), AudioBlock(tone, Fraction(5, 2))]
    (window,) = cut(iter(blocks))
    assert window.start == 1
    assert len(window.sound) == round(2.5 * SAMPLE_RATE)
    (piece,) = window.pieces
    assert [(window.time_s(region.start), window.time_s(region.end)) for region in piece.regions] == [
        (1.0, 2.0),
        (2.5, 3.5),
    ]


def test_a_long_gap_between_blocks_ends_a_window() -> None:
    tone = np.full(SAMPLE_RATE, 0.9, np.float32)
    blocks = [AudioBlock(tone, Fraction(0)), AudioBlock(tone, Fraction(10_000, 3))]
    first, second = cut(iter(blocks))
    assert (first.start, second.start) == (Fraction(0), Fraction(10_000, 3))
    assert (len(first.pieces), len(second.pieces)) == (1, 1)


def test_blocks_that_overlap_are_heard_once() -> None:
    ramp = np.linspace(0.6, 0.9, 2 * SAMPLE_RATE, dtype=np.float32)
    blocks = [AudioBlock(ramp[:20_000], Fraction(0)), AudioBlock(ramp[16_000:], Fraction(1))]
    (window,) = cut(iter(blocks))
    np.testing.assert_array_equal(window.sound, ramp)


def test_speech_without_a_pause_is_cut_into_pieces() -> None:
    sound = np.full(100 * SAMPLE_RATE, 0.9, np.float32)
    heard = calls(cut(blocks_of(sound), WINDOW_S))
    assert sum(map(len, heard)) == len(sound)
    assert max(map(len, heard)) <= PACKING.longest_s * SAMPLE_RATE


def test_a_window_says_whether_speech_goes_on_behind_it() -> None:
    """As a piece is only full once something lies behind it, all but the last ones do."""
    talk = np.full(100 * SAMPLE_RATE, 0.9, np.float32)
    lonely = np.concatenate([talk[: 5 * SAMPLE_RATE], np.zeros(200 * SAMPLE_RATE, np.float32)])
    assert [window.goes_on for window in cut(blocks_of(talk), WINDOW_S)][-1] is False
    assert all(window.goes_on for window in cut(blocks_of(talk), WINDOW_S)[:-1])
    assert not any(window.goes_on for window in cut(blocks_of(lonely), WINDOW_S) if window.pieces)


def test_silence_costs_no_call_of_the_model() -> None:
    """Two minutes of speech between four minutes of silence: pauses of a second stay."""
    part = np.concatenate([np.full(5 * SAMPLE_RATE, 0.9, np.float32), np.zeros(10 * SAMPLE_RATE, np.float32)])
    heard = calls(cut(blocks_of(np.tile(part, 24)), WINDOW_S))
    assert len(heard) == 6
    assert sum(map(len, heard)) <= 24 * 6 * SAMPLE_RATE


def test_a_listener_hears_each_frame_once() -> None:
    """It is told what it said of a frame before, so that it can go on behind it."""
    looked_at: list[int] = []

    def counting(sound: Samples, known: Probabilities) -> Probabilities:
        np.testing.assert_array_equal(known, loudest(sound)[: len(known)])
        looked_at.append(-(-len(sound) // FRAME) - len(known))
        return loudest(sound)

    sound = np.tile(np.concatenate([np.full(50_001, 0.9, np.float32), np.zeros(70_000, np.float32)]), 20)
    list(windows(blocks_of(sound), Listener(counting, FRAME, RULE), CancelToken(), window_s=10.0))
    assert sum(looked_at) == -(-len(sound) // FRAME)
    assert max(looked_at) <= 11 * SAMPLE_RATE / FRAME


def test_hours_of_sound_are_held_three_minutes_at_a_time() -> None:
    sparse = np.concatenate([np.full(SAMPLE_RATE, 0.9, np.float32), np.zeros(29 * SAMPLE_RATE, np.float32)])
    dense = np.full(30 * SAMPLE_RATE, 0.9, np.float32)

    def film() -> Iterator[AudioBlock]:
        for number in range(120):
            part = sparse if number < 60 else dense
            yield from blocks_of(part, Fraction(30 * number), 10 * SAMPLE_RATE)

    found = windows(film(), EXACT, CancelToken())
    lengths = [len(window.sound) for window in found]
    assert max(lengths) <= 180 * SAMPLE_RATE


def test_no_sound_gives_no_window() -> None:
    assert cut(iter([])) == []
    assert cut(iter([AudioBlock(np.zeros(0, np.float32), Fraction(3))])) == []


def test_silence_gives_windows_without_pieces() -> None:
    found = cut(blocks_of(np.zeros(30 * SAMPLE_RATE, np.float32)))
    assert [window.pieces for window in found] == [()] * len(found)
    assert found[-1].time_s(found[-1].done) == 30.0


def test_gathering_stops_when_cancelled() -> None:
    cancel = CancelToken()
    taken = 0

    def endless() -> Iterator[AudioBlock]:
        nonlocal taken
        while True:
            taken += 1
            if taken == 3:
                cancel.cancel()
            yield AudioBlock(np.zeros(SAMPLE_RATE, np.float32), Fraction(taken))

    with pytest.raises(CancelledError):
        list(windows(endless(), EXACT, cancel))
    assert taken == 3
