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

from app.analysis.device_survey import DecodingRow, Surveyor
from app.analysis.provider_process import MARK, Command, own_command, try_provider
from app.analysis.provider_trial import compare
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DeviceError, HardwareError, ModelError
from app.inference import native_session
from app.inference.agreement import Agreement
from app.inference.devices import PROVIDERS, Device
from app.inference.verdicts import ProviderFigures, Verdict, VerdictBook, judge
from app.media.hardware import known_devices, stream_facts
from app.media.hardware_book import DecodingBook
from app.media.hardware_trial import Figures, Speed
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


def test_vectors_are_compared_too(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = models_dir / "osnet_x0_25.onnx"
    use(monkeypatch, fakes.FakeRuntime())
    assert compare(model, "cuda", rounds=1).agreement == Agreement(3)
    use(monkeypatch, fakes.FakeRuntime(spoil=lambda given: {name: -value for name, value in given.items()}))
    agreement = compare(model, "cuda", rounds=1).agreement
    assert agreement.output_apart == pytest.approx(2.0)
    assert not agreement.holds


@pytest.mark.parametrize("runs", [0, 7])
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


def surveyor(tmp_path: Path, trial: Trials) -> Surveyor:
    return Surveyor(VerdictBook(tmp_path / "devices.json"), try_model=trial, providers=lambda: (CPU, CUDA))


def test_a_survey_measures_once_and_anew_when_told(tmp_path: Path) -> None:
    model = onnx_models.doubling(tmp_path / "m.onnx")
    trial = Trials(judge(FIGURES))
    asked = surveyor(tmp_path, trial)
    first, second = (list(asked.survey(None, [model])) for _ in range(2))
    assert [step.trying for step in first] == ["cuda with m", ""]
    assert second == first[-1:]
    (found,) = second[0].models
    assert (found.chosen.name, found.verdicts) == ("cuda", (("cuda", judge(FIGURES)),))
    assert trial.asked == 1
    trial.verdict = Verdict(False, "it crashed when it was tried (SIGSEGV)")
    last = list(asked.survey(None, [model], again=True))[-1]
    assert (last.complete, last.models[0].chosen.name, trial.asked) == (True, "cpu", 2)


def test_a_survey_of_what_is_no_model_says_so(tmp_path: Path) -> None:
    asked = surveyor(tmp_path, Trials(judge(FIGURES)))
    (known,) = asked.survey(None, [tmp_path / "none.onnx"])
    assert "cannot be read" in known.models[0].fault


def test_a_survey_of_decoding_grows_row_by_row(tmp_path: Path, sample_video: Path) -> None:
    speed = Speed(0.1, 0.002, 0.001, 0.02)

    def trial(device: str, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None) -> Figures:
        if device == "qsv":
            raise HardwareError("no Intel graphics driver")
        return Figures(speed, Speed(0.1, 0.02, 0.02, 0.05))

    facts = stream_facts(sample_video)
    names = [name for name in known_devices() if name in facts.devices]
    book = DecodingBook(tmp_path / "decoding.json")
    asked = Surveyor(
        VerdictBook(tmp_path / "m.json"), book, try_decoding=trial, decoders=lambda: [*names, "odd"]
    )
    steps = list(asked.survey(sample_video, []))
    assert [len(step.decoding) for step in steps] == [*range(1, len(names) + 2), len(names) + 2]
    rows = {row.name: row for row in steps[-1].decoding}
    assert rows["odd"] == DecodingRow("odd", False, "FFmpeg's h264 decoder cannot use it")
    for name in names:
        right = (False, "no Intel graphics driver") if name == "qsv" else (True, "500 pictures/s of h264")
        assert (rows[name].available, rows[name].reason) == right
        assert book.find(name, facts) is not None
