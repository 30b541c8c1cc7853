"""The trial's real child processes: those that crash, hang, talk nonsense, say yes, and our own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DeviceMissingError, HardwareError
from app.media.hardware import known_devices
from app.media.hardware_trial import MARK, Figures, Speed
from app.media.trial_process import Command, own_command, try_device
from tests.system_calls import SystemCalls

FIGURES = Figures(Speed(0.1, 0.01, 0.001, 0.02), Speed(0.1, 0.02, 0.02, 0.05))


def running(code: str) -> Command:
    def command(_device: str, _track: int, _path: Path) -> Sequence[str]:
        return [sys.executable, "-I", "-c", code]

    return command


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "it failed when it was tried (exit code 3)"),
        ("print('yes')", "its trial gave no clear answer"),
        (f"print({MARK!r})", "its trial gave no clear answer"),
        (f"print({MARK!r} + '[1]')", "its trial gave no clear answer"),
        (f"print({MARK!r} + '" + '{"hardware": {}, "software": {}}' + "')", "its trial gave no clear answer"),
        (
            f"print({MARK!r} + '" + '{"reason": "no NVIDIA driver", "missing": true}' + "')",
            "no NVIDIA driver",
        ),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)) * 4096)", "its trial gave no clear answer"),
        ("import time; print('yes', flush=True); time.sleep(60)", "it gave no answer within 0.5 s"),
    ],
)
def test_a_child_that_gives_no_figures(sample_video: Path, code: str, reason: str) -> None:
    with pytest.raises(HardwareError) as refused:
        try_device("cuda", sample_video, command=running(code), limit_s=0.5 if "sleep" in code else 60)
    assert str(refused.value) == reason


@pytest.mark.skipif(sys.platform == "win32", reason="signals are a matter of POSIX")
def test_a_child_that_crashes(sample_video: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    with pytest.raises(HardwareError, match=r"^it crashed when it was tried \(SIGSEGV\)$"):
        try_device("cuda", sample_video, command=running(code))


def test_a_program_that_is_not_there(sample_video: Path) -> None:
    def command(_device: str, _track: int, _path: Path) -> Sequence[str]:
        return ["/there/is/no/such/program"]

    with pytest.raises(HardwareError, match=r"^it could not be tried"):
        try_device("cuda", sample_video, command=command)


def test_a_child_that_says_yes(sample_video: Path) -> None:
    code = f"print('driver 1.2'); print({MARK!r} + {json.dumps(asdict(FIGURES))!r}); print('bye')"
    assert try_device("cuda", sample_video, command=running(code)) == FIGURES


def test_cancelling_ends_the_child(sample_video: Path) -> None:
    token = CancelToken()
    code = "import time; time.sleep(600)"
    timer = threading.Timer(0.3, token.cancel)
    timer.start()
    with pytest.raises(CancelledError):
        try_device("cuda", sample_video, cancel=token, command=running(code), limit_s=300)
    timer.join()


def test_a_cancelled_trial_does_not_begin(sample_video: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        try_device("cuda", sample_video, cancel=token, command=running("import time; time.sleep(600)"))


@pytest.mark.parametrize("device", known_devices())
def test_our_own_child_answers_for_every_device_known_here(device: str, sample_video: Path) -> None:
    """Where a device is there it gives figures, else a clause for people."""
    try:
        figures = try_device(device, sample_video)
    except HardwareError as error:
        said = str(error)
    else:
        said = f"it decodes {1 / figures.hardware.picture_s:.0f} pictures a second"
    assert re.fullmatch(r"\w[^\n]{5,120}[^.\n]", said)
    assert "Errno" not in said


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="there is an NVIDIA chip here")
@pytest.mark.skipif(sys.platform != "linux" or "cuda" not in known_devices(), reason="needs a CUDA build")
def test_a_missing_driver_is_called_that(sample_video: Path) -> None:
    with pytest.raises(DeviceMissingError, match=r"^no NVIDIA driver$"):
        try_device("cuda", sample_video)


def test_a_file_with_an_odd_name(sample_video: Path, tmp_path: Path) -> None:
    odd = tmp_path / "-o weird:näme\n.mp4"
    shutil.copy(sample_video, odd)
    with pytest.raises(HardwareError) as refused:
        try_device("drm" if "drm" in known_devices() else known_devices()[-1], odd)
    assert "cannot use it" in str(refused.value)


def test_the_child_imports_no_qt_and_writes_nothing(
    sample_video: Path, tmp_path: Path, repository: Path, blank_environment: dict[str, str]
) -> None:
    home, calls = tmp_path / "home", SystemCalls(tmp_path / "calls.txt")
    home.mkdir()
    environment = {**blank_environment, "HOME": str(home), "PYTHONPATH": str(repository),
                   "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
    done = subprocess.run(
        calls.watched(list(own_command("cuda", 0, sample_video))),
        cwd=home, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert MARK in done.stdout
    assert "sample.mp4" in calls.text
    assert calls.written_files() == []
    assert "sa_family=AF_INET" not in calls.text
    assert calls.qt_files() == []
    assert list(home.rglob("*")) == []


def test_the_frozen_program_is_its_own_child(sample_video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    command = own_command("cuda", 1, sample_video)
    assert command == [sys.executable, "--hardware-trial", "cuda", "1", str(sample_video.absolute())]
