"""What speech costs: kept where it was measured, said in words, never invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.record_file import RecordFile
from app.core.time import WHOLE, TimeSpan
from app.inference import speech_pace
from app.inference.speech_pace import (
    FILE_VERSION,
    PaceBook,
    SpeechPace,
    cost_words,
    sound_length_s,
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "ggml-base.bin"
    path.write_bytes(bytes(1_420_000))
    return path


def book(tmp_path: Path) -> PaceBook:
    return PaceBook(RecordFile(tmp_path / "cache" / "pace.json", FILE_VERSION))


def test_what_was_measured_is_found_again_by_another_start(model: Path, tmp_path: Path) -> None:
    assert book(tmp_path).find(model) is None
    assert not (tmp_path / "cache").exists()
    book(tmp_path).note(model, SpeechPace(3.5, 0.2))
    assert book(tmp_path).find(model) == SpeechPace(3.5, 0.2)


def test_another_file_or_number_of_threads_was_not_measured(model: Path, tmp_path: Path) -> None:
    kept = book(tmp_path)
    kept.note(model, SpeechPace(3.5), threads=4)
    assert kept.find(model, 4) == SpeechPace(3.5)
    assert kept.find(model, 3) is None
    model.write_bytes(bytes(1000))
    assert kept.find(model, 4) is None
    model.unlink()
    assert kept.find(model, 4) is None
    kept.note(model, SpeechPace(1.0))


def test_a_run_gives_the_middle_of_its_pieces_the_first_apart(model: Path) -> None:
    kept = PaceBook()
    kept.note(model, SpeechPace(9.0, load_s=0.5))
    kept.note_run(model, [])
    assert kept.find(model) == SpeechPace(9.0, 0.5)
    kept.note_run(model, [8.0, 2.0, 3.0, 2.5])
    assert kept.find(model) == SpeechPace(2.5, 0.5)
    kept.note_run(model, [7.0])
    assert kept.find(model) == SpeechPace(7.0, 0.5)


@pytest.mark.parametrize(
    "record", [None, {}, {"piece_s": "x", "load_s": 0}, {"piece_s": -1.0, "load_s": 0.0}]
)
def test_nonsense_in_the_file_is_no_measurement(model: Path, tmp_path: Path, record: object) -> None:
    kept = book(tmp_path)
    kept.note(model, SpeechPace(3.5))
    assert kept.file is not None
    stored = json.loads(kept.file.path.read_bytes())
    stored["records"] = dict.fromkeys(stored["records"], record)
    kept.file.path.write_text(json.dumps(stored), encoding="utf-8")
    assert book(tmp_path).find(model) is None


def test_a_file_that_cannot_be_written_costs_only_the_next_start(model: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    kept = book(tmp_path)
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system says
        kept.note(model, SpeechPace(3.5))
    assert kept.find(model) == SpeechPace(3.5)


@pytest.mark.parametrize(
    ("pace", "sound_s", "words"),
    [
        (None, 240.0, "1.4 MB, not measured on this machine yet"),
        (SpeechPace(3.5, 0.2), 0.5, "1.4 MB, up to about 4 s"),
        (SpeechPace(3.5, 0.2), 240.0, "1.4 MB, up to about 32 s"),
        (SpeechPace(3.5), 3600.0, "1.4 MB, up to about 7 min"),
        (SpeechPace(60.0), 3 * 3600.0, "1.4 MB, up to about 6:07 h"),
        (SpeechPace(1.0), None, "1.4 MB, 30 x as fast as speech"),
        (SpeechPace(59.0), None, "1.4 MB, 0.5 x as fast as speech"),
    ],
)
def test_the_words(model: Path, pace: SpeechPace | None, sound_s: float | None, words: str) -> None:
    assert cost_words(model, pace, sound_s) == words


def test_a_large_model_that_is_held_twice_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    monkeypatch.setattr(speech_pace, "usual_lanes", lambda _model, threads: threads)
    assert cost_words(large, None, None, 2).startswith("200 MB, twice in memory, ")
    assert cost_words(large, None, None, 1).startswith("200 MB, not ")


def test_nothing_is_said_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert cost_words(tmp_path / "none.bin", None, 1.0) == ""


@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(0.01, 100.0))
def test_more_sound_never_takes_less(one: float, other: float, piece_s: float) -> None:
    pace = SpeechPace(piece_s, 0.3)
    assert pace.longest_s(min(one, other)) <= pace.longest_s(max(one, other))
    assert pace.longest_s(one) >= 0.3 + piece_s * one / 30.0


def test_the_length_is_that_of_the_range() -> None:
    assert sound_length_s(100.0, WHOLE) == 100.0
    assert sound_length_s(100.0, TimeSpan(90.0, 200.0)) == 10.0
    assert sound_length_s(None, TimeSpan(5.0, 9.0)) == 4.0
    assert sound_length_s(None, WHOLE) is None
