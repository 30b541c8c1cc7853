from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import DeviceMissingError, HardwareError
from app.core.geometry import Size
from app.media.hardware import HardwareChoice, HardwareReport, StreamFacts
from app.media.hardware_decision import Decision, HardwareTrials
from app.media.hardware_trial import Figures, Speed

FILM = Path("film.mp4")
KNOWN = ("alpha", "beta", "gamma")
QUICK, SLOW = Speed(0.1, 0.002, 0.001, 0.02), Speed(0.1, 0.01, 0.01, 0.1)
WINS, LOSES = Figures(QUICK, SLOW), Figures(SLOW, QUICK)
PLAYS_ONLY = Figures(Speed(0.1, 0.002, 0.001, 0.1), SLOW)


@dataclass
class Trials:
    """Answers for each device as told, and remembers who was tried."""

    answers: dict[str, Figures | HardwareError]
    tried: list[str] = field(default_factory=list)
    size: Size = field(default_factory=lambda: Size(1920, 1080))
    devices: tuple[str, ...] = KNOWN

    def __call__(
        self, device: str, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None
    ) -> Figures:
        self.tried.append(device)
        answer = self.answers[device]
        if isinstance(answer, HardwareError):
            raise answer
        return answer

    def facts(self, _path: Path, _track: int) -> StreamFacts:
        return StreamFacts("h264", "High", "yuv420p", self.size, Fraction(25), frozenset(self.devices))


def trials_of(answers: Trials) -> HardwareTrials:
    return HardwareTrials(trial=answers, known=lambda: KNOWN, facts=answers.facts)


def test_the_first_that_serves_is_used_and_later_ones_are_not_tried() -> None:
    answers = Trials({"alpha": DeviceMissingError("no driver"), "beta": WINS})
    report = HardwareReport("auto", "beta", (("alpha", "no driver"),))
    assert trials_of(answers).decide(FILM, 0, HardwareChoice()) == Decision(report, report)
    assert answers.tried == ["alpha", "beta"]


def test_none_tries_nothing() -> None:
    answers = Trials({})
    report = HardwareReport("none")
    assert trials_of(answers).decide(FILM, 0, HardwareChoice("none")) == Decision(report, report)
    assert not answers.tried


def test_a_codec_that_devices_do_not_know_needs_no_trial() -> None:
    answers = Trials({"gamma": LOSES}, devices=("gamma",))
    report = trials_of(answers).decide(FILM, 0, HardwareChoice()).playing
    assert report.used is None
    assert report.rejected == (
        ("alpha", "FFmpeg's h264 decoder cannot use it"),
        ("beta", "FFmpeg's h264 decoder cannot use it"),
        ("gamma", "slower than software here (100 against 500 pictures/s)"),
    )
    assert answers.tried == ["gamma"]


def test_seeking_stays_with_software_where_that_is_faster() -> None:
    decision = trials_of(Trials({"alpha": PLAYS_ONLY})).decide(FILM, 0, HardwareChoice())
    assert decision.playing == HardwareReport("auto", "alpha")
    assert decision.seeking == HardwareReport(
        "auto", None, (("alpha", "no gain in seeking (100 ms, software 100 ms)"),)
    )


def test_what_is_named_is_used_even_where_it_is_slow() -> None:
    answers = Trials({"beta": LOSES})
    assert trials_of(answers).decide(FILM, 0, HardwareChoice("beta")).playing.used == "beta"
    assert answers.tried == ["beta"]


@pytest.mark.parametrize("answer", [HardwareError("its pictures differ"), DeviceMissingError("no driver")])
def test_what_is_named_is_not_used_where_it_does_not_work(answer: HardwareError) -> None:
    report = trials_of(Trials({"beta": answer})).decide(FILM, 0, HardwareChoice("beta")).playing
    assert report == HardwareReport("beta", None, (("beta", str(answer)),))


def test_a_name_remembered_from_another_machine() -> None:
    report = trials_of(Trials({})).decide(FILM, 0, HardwareChoice("delta")).playing
    assert report.rejected == (("delta", "this program's FFmpeg does not know it"),)


def test_files_of_one_kind_need_one_trial() -> None:
    answers = Trials({"alpha": WINS})
    trials = trials_of(answers)
    trials.decide(FILM, 0, HardwareChoice())
    trials.decide(Path("another.mp4"), 0, HardwareChoice())
    assert answers.tried == ["alpha"]
    answers.size = Size(3840, 2160)
    trials.decide(FILM, 0, HardwareChoice())
    assert answers.tried == ["alpha", "alpha"]


def test_a_missing_device_is_not_looked_for_again() -> None:
    answers = Trials({"alpha": DeviceMissingError("no driver")}, devices=("alpha",))
    trials = trials_of(answers)
    trials.decide(FILM, 0, HardwareChoice())
    answers.size = Size(3840, 2160)
    trials.decide(FILM, 0, HardwareChoice())
    assert answers.tried == ["alpha"]


def test_a_device_that_was_lost_is_not_used_again() -> None:
    trials = trials_of(Trials({"alpha": WINS, "beta": LOSES, "gamma": LOSES}))
    trials.decide(FILM, 0, HardwareChoice())
    trials.forget("alpha", "it was lost")
    report = trials.decide(FILM, 0, HardwareChoice()).playing
    assert report.used is None
    assert report.rejected[0] == ("alpha", "it was lost")
