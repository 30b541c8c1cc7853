"""Measuring a speech model in a child process, and what the survey of devices says of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.analysis.device_survey import SpeechSurvey, Surveyor
from app.analysis.speech_trial import measure, try_speech
from app.core.cancel import CancelToken
from app.core.errors import ModelError
from app.inference.speech_pace import PaceBook, SpeechPace


def test_a_model_is_measured_in_a_child(sample_dir: Path) -> None:
    pace = try_speech(sample_dir / "digits-q5_0.bin")
    assert 0.0 < pace.piece_s < 300.0
    assert 0.0 < pace.load_s < 300.0


def test_a_model_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"lmgg")
    with pytest.raises(ModelError, match="damaged"):
        measure(broken)
    with pytest.raises(ModelError, match="damaged"):
        try_speech(broken)


@pytest.mark.parametrize(
    ("program", "reason"),
    [("import os; os.abort()", "it crashed"), ("print('reelscope-speech-trial:{}')", "no clear answer")],
)
def test_a_child_that_crashes_or_babbles_is_a_sentence(program: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        try_speech(Path("base.bin"), command=lambda model: [sys.executable, "-c", program])


def test_the_survey_measures_once(sample_dir: Path) -> None:
    digits, asked = sample_dir / "digits-q5_0.bin", list[Path]()

    def trial(model: Path, *, cancel: CancelToken | None = None) -> SpeechPace:
        asked.append(model)
        return SpeechPace(2.0, 0.1)

    surveyor = Surveyor(pace_book=PaceBook(), try_speech=trial)
    for _ in range(2):
        *steps, last = surveyor.survey(None, [], speech=[digits])
        assert [step.trying for step in steps] == ["the speed of digits-q5_0"]
        assert last.speech == (SpeechSurvey(digits, SpeechPace(2.0, 0.1)),)
    assert asked == [digits]


def test_the_survey_goes_on_behind_a_model_that_cannot_be_used(sample_dir: Path, tmp_path: Path) -> None:
    def trial(model: Path, *, cancel: CancelToken | None = None) -> SpeechPace:
        raise ModelError("It is damaged.")

    surveyor = Surveyor(pace_book=PaceBook(), try_speech=trial)
    last = list(surveyor.survey(None, [], speech=[tmp_path / "a.bin", sample_dir / "digits-q5_0.bin"]))[-1]
    assert [each.fault for each in last.speech] == ["It is damaged."] * 2
    assert last.complete
