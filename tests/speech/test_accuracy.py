"""Words, segments and times against what was said, and against what whisper.cpp's own program hears.

All conditions, the long ones too, are gone through by `python3 dev.py soak accuracy`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inference.hearing import blocks_of
from tests.speech.conditions import CONDITIONS, SHORT
from tests.speech.hearing import SILERO, heard
from tests.speech.recordings import made, phrases
from tests.speech.scoring import Score, recorded, score


def check(found: Score, name: str) -> None:
    assert found.errors <= recorded()[name]["errors"], str(found)
    assert found.segments == found.utterances, str(found)
    assert max(found.edges_off_s) <= 0.3, str(found)
    assert found.starts_right >= 0.9, str(found)


@pytest.mark.parametrize("name", ["white-20db", "one-second", "starts-5s", "far-apart"])
def test_by_silero_no_word_more_is_wrong_than_in_whisper_cli(name: str, models_dir: Path) -> None:
    recording = made(CONDITIONS[name])
    check(score(recording, heard(blocks_of(recording.sound), models_dir / SILERO)), name)


@pytest.mark.parametrize("name", ["clean", "pink-15db", "hum50-20db", "one-phrase"])
def test_by_loudness_no_word_more_is_wrong_than_in_whisper_cli(name: str) -> None:
    recording = made(CONDITIONS[name])
    check(score(recording, heard(blocks_of(recording.sound), None)), name)


def test_a_long_recording_stays_right(models_dir: Path) -> None:
    """With one beam, which takes a third of the time of five."""
    recording = made(CONDITIONS["3-minutes"])
    found = score(recording, heard(blocks_of(recording.sound), models_dir / SILERO, beam_size=1))
    check(found, "3-minutes")
    assert found.error_rate < 0.05


def test_every_condition_is_recorded_as_it_is_made() -> None:
    for name, plan in CONDITIONS.items():
        recording, known = made(plan), recorded()[name]
        assert (len(recording.words), len(recording.said)) == (known["words"], known["utterances"]), name
        assert known["words"] > 0


def test_the_phrases_are_what_their_list_says() -> None:
    found = phrases()
    assert len(found) == 80
    for phrase in found:
        length_s = len(phrase.sound) / 16_000
        assert len(phrase.starts_s) == len(phrase.words)
        assert list(phrase.starts_s) == sorted(phrase.starts_s)
        assert 0.0 == phrase.starts_s[0] <= phrase.starts_s[-1] < length_s
        assert 0.45 < float(abs(phrase.sound).max()) <= 0.51


def test_short_conditions_are_short() -> None:
    assert all(plan.seconds <= 90.0 for plan in SHORT.values())
