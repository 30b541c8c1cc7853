"""The long trials in their short form, each in a process of its own: only so its memory says something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def soak(repository: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.soak", *words],
        cwd=repository, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.qt
def test_seeks_and_opened_files_leave_no_memory_behind(repository: Path) -> None:
    done = soak(repository, "player", "--short")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all right" in done.stdout


def test_the_sample_is_exact(repository: Path) -> None:
    done = soak(repository, "exact", "--short")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exact: sample.mp4: 0 of " in done.stdout


def test_a_leak_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.soak import __main__ as command
    from tests.soak import player

    def leaking(short: bool) -> bool:
        held = [player.Held(100.0, 80.0), player.Held(100.0, 111.0)]
        monkeypatch.setattr(player, "Watcher", _Idle)
        monkeypatch.setattr(player, "_held", lambda watcher, clip: held.pop(0))
        return player.trial(tmp_path / "clip.mp4", [tmp_path / "other.mp4"], seeks=10)

    monkeypatch.setattr(player, "run", leaking)
    assert command.main(["player"]) == 1
    assert "grown by 31.0, allowed are 30" in capsys.readouterr().out
    assert command.main(["nothing"]) == 2


class _Idle:
    """A watcher of no file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Idle:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def open(self, path: Path) -> float:
        return 1.0

    def visit(self, time_s: float, *, exact: bool = True) -> None:
        return None
