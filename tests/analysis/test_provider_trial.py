"""Trials of devices for models: real child processes, and our own trial with a device that is made up."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from app.analysis.device_survey import ModelTrials
from app.analysis.provider_process import MARK, Command, own_command, try_provider
from app.analysis.provider_trial import compare
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DeviceError, ModelError
from app.inference import native_session
from app.inference.agreement import Agreement
from app.inference.devices import PROVIDERS, Device
from app.inference.verdicts import ProviderFigures, Verdict, VerdictBook, judge
from tests.inference import devices as fakes
from tests.inference import onnx_models

CPU = Device("cpu", PROVIDERS["cpu"], "")
CUDA = Device("cuda", PROVIDERS["cuda"], "")
FIGURES = ProviderFigures(20.0, 5.0, 900.0, Agreement(60, 0.001, 0.01))


def running(code: str) -> Command:
    def command(_device: str, _model: Path) -> Sequence[str]:
        return [sys.executable, "-I", "-c", code]

    return command


def printing(reply: object) -> Command:
    return running(f"print({MARK!r} + {json.dumps(reply)!r})")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (running("raise SystemExit(3)"), "it failed when it was tried (exit code 3)"),
        (running("print('yes')"), "its trial gave no clear answer"),
        (printing({}), "its trial gave no clear answer"),
        (printing({**asdict(FIGURES), "cpu_ms": None}), "its trial gave no clear answer"),
        (printing({"reason": "it failed: cuda stopped working"}), "it failed: cuda stopped working"),
        (running("import time; time.sleep(60)"), "it gave no answer within 0.5 s"),
    ],
)
def test_a_child_that_gives_no_figures(command: Command, reason: str) -> None:
    limit_s = 0.5 if "0.5" in reason else 60
    assert try_provider(CUDA, Path("m.onnx"), command=command, limit_s=limit_s) == Verdict(False, reason)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are a matter of POSIX")
def test_a_child_that_crashes() -> None:
    command = running("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    verdict = try_provider(CUDA, Path("m.onnx"), command=command)
    assert verdict == Verdict(False, "it crashed when it was tried (SIGSEGV)")


def test_a_child_that_gives_figures_is_judged() -> None:
    assert try_provider(CUDA, Path("m.onnx"), command=printing(asdict(FIGURES))) == judge(FIGURES)


def test_cancelling_ends_the_child() -> None:
    token = CancelToken()
    timer = threading.Timer(0.2, token.cancel)
    timer.start()
    with pytest.raises(CancelledError):
        try_provider(CUDA, Path("m.onnx"), cancel=token, command=running("import time; time.sleep(600)"))
    timer.join()


def test_our_own_child_says_why_a_device_cannot_be_used(sample_dir: Path) -> None:
    """No build of ONNX Runtime has all: the child meets a device that is not in this one."""
    verdict = try_provider(Device("qnn", PROVIDERS["qnn"], ""), sample_dir / "shapes.onnx")
    assert not verdict.used
    assert verdict.reason.startswith("This ONNX Runtime has no device 'qnn'")


def test_our_own_child_says_what_is_no_detector(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no detector"):
        try_provider(CPU, onnx_models.doubling(tmp_path / "m.onnx"))


def test_the_frozen_program_is_its_own_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command("cuda", tmp_path / "m") == [
        sys.executable,
        "--provider-trial",
        "cuda",
        f"{tmp_path / 'm'}",
    ]


def use(monkeypatch: pytest.MonkeyPatch, runtime: fakes.FakeRuntime) -> None:
    monkeypatch.setattr(native_session, "runtime", lambda: runtime)


def test_a_device_that_computes_the_same_agrees(sample_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, fakes.FakeRuntime())
    figures = compare(sample_dir / "shapes.onnx", "cuda", rounds=1)
    assert figures.agreement == Agreement(120, 0.0, 0.0)
    assert min(figures.cpu_ms, figures.device_ms, figures.start_ms) > 0


@pytest.mark.parametrize(
    ("spoil", "holds"),
    [
        (lambda answers: {name: value.astype(np.float16) for name, value in answers.items()}, True),
        (lambda answers: {name: value * np.float32(1.2) for name, value in answers.items()}, False),
        (lambda answers: {name: np.full_like(value, np.nan) for name, value in answers.items()}, False),
        (lambda answers: {name: np.zeros_like(value) for name, value in answers.items()}, False),
    ],
)
def test_answers_of_half_precision_agree_and_wrong_ones_do_not(
    sample_dir: Path, monkeypatch: pytest.MonkeyPatch, spoil: fakes.Spoil, holds: bool
) -> None:
    use(monkeypatch, fakes.FakeRuntime(spoil=spoil))
    assert compare(sample_dir / "shapes.onnx", "cuda", rounds=1).agreement.holds is holds


@pytest.mark.parametrize("runs", [0, 3, 6, 7])
def test_a_device_that_gives_up_in_its_trial_has_failed_it(
    sample_dir: Path, monkeypatch: pytest.MonkeyPatch, runs: int
) -> None:
    use(monkeypatch, fakes.FakeRuntime(runs=runs))
    with pytest.raises(DeviceError, match="it failed: cuda stopped working"):
        compare(sample_dir / "shapes.onnx", "cuda", rounds=1)


class Trials:
    """Answers in place of child processes."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict, self.asked = verdict, 0

    def __call__(self, device: Device, model: Path, *, cancel: CancelToken | None = None) -> Verdict:
        self.asked += 1
        return self.verdict


def test_a_survey_measures_once_and_anew_when_told(tmp_path: Path) -> None:
    model = onnx_models.doubling(tmp_path / "m.onnx")
    trial, told = Trials(judge(FIGURES)), list[str]()
    trials = ModelTrials(VerdictBook(tmp_path / "devices.json"), trial=trial, devices=lambda: (CPU, CUDA))
    surveys = [trials.survey(model, tell=told.append) for _ in range(2)]
    assert surveys[0] == surveys[1]
    assert (trial.asked, told) == (1, ["cuda with m"])
    assert (surveys[0].chosen.name, surveys[0].verdicts) == ("cuda", (("cuda", judge(FIGURES)),))
    trial.verdict = Verdict(False, "it crashed when it was tried (SIGSEGV)")
    assert trials.survey(model, again=True).chosen.name == "cpu"
    assert trial.asked == 2


def test_a_survey_of_what_is_no_model_says_so(tmp_path: Path) -> None:
    trials = ModelTrials(VerdictBook(tmp_path / "devices.json"), devices=lambda: (CPU, CUDA))
    assert "cannot be read" in trials.survey(tmp_path / "none.onnx").fault
