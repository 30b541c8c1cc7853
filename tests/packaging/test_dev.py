"""dev.py: the pieces that decide what is installed and what is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dev


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What dev.py would have run; everything it tries succeeds."""
    made: list[list[str]] = []

    def record(command: list[str], **_: Any) -> int:
        made.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(subprocess, "call", record)
    return made


@pytest.fixture
def fresh_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which nothing was set up yet."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'reelscope'\n", encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


def _pretend_venv(tree: Path) -> None:
    python = tree / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()


@pytest.fixture
def working_venv(fresh_tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _pretend_venv(fresh_tree)
    monkeypatch.setattr(dev, "_runs", lambda command: True)
    return fresh_tree


def test_the_second_call_installs_nothing(working_venv: Path, calls: list[list[str]]) -> None:
    dev.ensure_environment("test")
    assert len(calls) == 1
    dev.ensure_environment("test")
    dev.ensure_environment()
    assert len(calls) == 1


def test_another_extra_is_added_to_those_that_are_there(working_venv: Path, calls: list[list[str]]) -> None:
    dev.ensure_environment("test")
    dev.ensure_environment("dev")
    assert calls[-1][-1] == f"{working_venv}[dev,test]"


def test_changed_metadata_installs_again(working_venv: Path, calls: list[list[str]]) -> None:
    dev.ensure_environment()
    (working_venv / "pyproject.toml").write_text("[project]\nname = 'other'\n", encoding="utf-8")
    dev.ensure_environment()
    assert len(calls) == 2


def test_a_failed_installation_is_not_remembered(working_venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(dev.SetupError, match="installation failed"):
        dev.ensure_environment()
    assert not dev.STAMP.exists()


def test_a_damaged_stamp_installs_again(working_venv: Path, calls: list[list[str]]) -> None:
    dev.ensure_environment()
    dev.STAMP.write_text("{", encoding="utf-8")
    dev.ensure_environment()
    assert len(calls) == 2
    assert json.loads(dev.STAMP.read_text(encoding="utf-8"))["extras"] == []


def test_without_ensurepip_the_environment_is_made_without_pip(
    fresh_tree: Path, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian without python3-venv: only the outer pip works, and it installs into the environment."""

    def runs(command: list[str]) -> bool:
        return "import ensurepip" not in command and command[0] != str(dev.PYTHON)

    monkeypatch.setattr(dev, "_runs", runs)
    monkeypatch.setattr(dev, "_installed_state", dict)
    (fresh_tree / ".venv").mkdir()
    dev.ensure_environment()
    assert calls[0][1:5] == ["-m", "venv", "--clear", "--without-pip"]
    assert calls[1][:5] == [sys.executable, "-m", "pip", "--python", str(dev.PYTHON)]


def test_without_any_pip_it_says_what_to_install(fresh_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "_runs", lambda command: False)
    with pytest.raises(dev.SetupError, match="python3-pip"):
        dev._pip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux needs system packages")
class TestSystemPackages:
    """What is asked of apt, and when."""

    @pytest.fixture(autouse=True)
    def bare_system(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "_loads", lambda library: False)
        monkeypatch.setattr(dev, "_has_fonts", lambda: True)

    def test_a_window_needs_more_than_headless_qt(self) -> None:
        headless = dev.missing_packages(display=False, tests=False)
        assert "libegl1" in headless
        assert "libxcb-cursor0" not in headless
        assert "libxcb-cursor0" in dev.missing_packages(display=True, tests=False)

    def test_installers_need_tools_of_their_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert "nsis" in dev.missing_packages(display=False, tests=False, installers=True)
        assert "nsis" not in dev.missing_packages(display=True, tests=True)

    def test_a_failing_apt_stops_nothing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        failed = subprocess.CompletedProcess([], 100, "", "no route to host")
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
        dev.ensure_system(display=True, tests=True)
        said = capsys.readouterr().err
        assert "no route to host" in said
        assert "sudo apt-get update && sudo apt-get install libegl1" in said

    def test_who_may_not_install_is_told_the_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(subprocess, "run", None)
        dev.ensure_system(display=False, tests=False)
        assert "sudo apt-get update && sudo apt-get install libegl1 libgl1" in capsys.readouterr().err


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing needs to be installed."""
    monkeypatch.setattr(dev, "ensure_environment", lambda *extras: None)
    monkeypatch.setattr(dev, "ensure_system", lambda **wishes: None)


def test_without_a_display_the_sample_is_analysed(
    ready: None, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "has_display", lambda: False)
    assert dev.main(["run"]) == 0
    (command,) = calls
    assert command[1:] == [
        "-P", "-m", "app", "analyze", str(dev.SAMPLE), "--json", "sample.json", "--srt", "sample.srt",
    ]  # fmt: skip


def test_with_a_display_the_window_opens_on_the_video(
    ready: None, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "has_display", lambda: True)
    assert dev.main(["run", "holiday.mkv"]) == 0
    assert calls[0][1:] == ["-P", "-m", "app", "holiday.mkv"]


def test_the_exit_code_of_a_failed_command_is_kept(ready: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "has_display", lambda: False)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 3)
    assert dev.main(["run", "a.mp4", "b.mp4"]) == 3


def test_options_after_test_go_to_pytest(
    ready: None, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "_runs", lambda command: True)
    assert dev.main(["test", "-x", "-k", "time"]) == 0
    assert calls[0][1:3] == ["-m", "pytest"]
    assert calls[0][-3:] == ["-x", "-k", "time"]


def test_where_qt_cannot_be_loaded_the_rest_is_tested(
    ready: None, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "_runs", lambda command: False)
    dev.main(["test"])
    assert calls[0][-2:] == ["-p", "no:pytest-qt"]


@pytest.mark.parametrize(
    ("cores", "words", "options"),
    [
        (1, [], []),
        (2, [], ["-n", "2", "--dist", "worksteal"]),
        (64, ["-x"], ["-n", "4", "--dist", "worksteal"]),
        (8, ["-n0"], []),
        (8, ["--pdb"], []),
    ],
)
def test_tests_are_shared_among_the_cores(
    ready: None,
    calls: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    words: list[str],
    options: list[str],
) -> None:
    monkeypatch.setattr(dev, "_runs", lambda command: True)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    dev.main(["test", *words])
    assert calls[0][1:] == ["-m", "pytest", *options, *words]


def test_check_runs_everything_whatever_fails_first(ready: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []

    def failing(command: list[str], **_: Any) -> int:
        run.append(command[2])
        return 1 if command[2] == "ruff" else 0

    monkeypatch.setattr(subprocess, "call", failing)
    assert dev.main(["check"]) == 1
    assert run == ["ruff", "mypy", "deptry", "pytest"]


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["fly"]) == 2
    assert "no command 'fly'" in capsys.readouterr().err


def test_trials_that_do_not_exist_are_not_called_passed(
    fresh_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["soak"]) == 1
    assert "There are no long trials yet." in capsys.readouterr().err


def test_it_needs_the_standard_library_alone(repository: Path) -> None:
    """In an isolated interpreter without any installed package it still tells what it can do."""
    command = [sys.executable, "-I", "-S", str(repository / "dev.py"), "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert all(name in done.stdout for name in dev.COMMANDS)


def test_the_test_command_of_ci_is_the_one_of_the_readme(repository: Path) -> None:
    text = (repository / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 dev.py test" in text
