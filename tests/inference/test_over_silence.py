"""Text over no speech: kept where something is to be heard, dropped where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from app.inference.recognition import RawSegment, Token
from app.inference.speech_segments import settle
from app.inference.speech_words import Levels, Stretch

STEP_S = 0.02
SPEECH = [Stretch(1.0, 3.0)]


def _levels(murmur_db: float, floor_db: float = -70.0, *, lasts_s: float = 1.0) -> Levels:
    """Ten seconds: speech from 1 to 3 s, a murmur from 6 s on, the floor elsewhere."""
    db = np.full(500, floor_db, np.float32)
    db[50:150] = -20.0
    db[300 : 300 + round(lasts_s / STEP_S)] = murmur_db
    return Levels(db, STEP_S)


def _raw(start_s: float, end_s: float, text: bytes, probability: float = 0.9) -> RawSegment:
    return RawSegment(start_s, end_s, tuple(Token(b" " + word, probability) for word in text.split()))


def _texts(raw: list[RawSegment], levels: Levels) -> list[str]:
    return [each.text for each in settle(raw, SPEECH, levels, 100.0)]


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        (_levels(-35.0), True),
        (_levels(-70.0), False),
        (_levels(-55.0), False),  # far above the floor, but near silence
        (_levels(-42.0, floor_db=-48.0), False),  # noise that hardly moves
        (_levels(-38.0, floor_db=-48.0), True),
        (_levels(-35.0, lasts_s=0.1), False),  # a click
    ],
)
def test_the_sound_decides_what_is_kept(levels: Levels, kept: bool) -> None:
    texts = _texts([_raw(1.0, 3.0, b"hello world"), _raw(6.0, 7.0, b"softly said")], levels)
    assert texts == (["hello world", "softly said"] if kept else ["hello world"])


def test_what_the_model_does_not_believe_itself_is_dropped() -> None:
    assert _texts([_raw(6.0, 7.0, b"softly said", 0.4)], _levels(-35.0)) == []


def test_what_is_kept_stands_where_it_was_heard_between_its_neighbours() -> None:
    raw = [_raw(1.0, 3.0, b"hello"), _raw(5.9, 7.5, b"softly said"), _raw(7.0, 7.5, b"and on")]
    kept = settle(raw, SPEECH, _levels(-35.0, lasts_s=2.0), 100.0)
    assert [(each.start_s, each.end_s) for each in kept] == [(101.0, 103.0), (105.9, 107.0), (107.0, 107.5)]
    assert all(
        each.start_s <= word.start_s <= word.end_s <= each.end_s for each in kept for word in each.words
    )


def test_a_note_of_silence_is_no_text() -> None:
    blank = RawSegment(6.0, 7.0, (Token(b"[BLANK_AUDIO]", 0.9),))
    assert _texts([blank], _levels(-35.0)) == []
