"""The long trials in their short form, each in a process of its own: only so its memory says something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.clips import FOLDER_VARIABLE
from tests.soak import engine


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


@pytest.mark.slow
@pytest.mark.qt
def test_the_window_outlives_its_engine(repository: Path) -> None:
    done = soak(repository, "kills", "--short")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all right" in done.stdout


def test_the_sample_is_exact(repository: Path) -> None:
    done = soak(repository, "exact", "--short")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exact: sample.mp4: 0 of " in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the memory of a process")
def test_the_engine_keeps_its_memory(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening reads the index, an analysis grows with its findings alone, and none leaves a thing behind."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    done = soak(repository, "engine", "--short")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong" not in done.stdout
    assert done.stdout.count("200 keyframes") == 2
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_grows_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {"number": 0, "live": 1_000_000, "resident": 100.0}
    many = [{**kept, "live": 1_000_000 + number * 52_000} for number in range(5)]
    monkeypatch.setattr(engine, "_told", lambda *_: iter(many))
    assert not engine.repeated(engine.SAMPLE, warm=1, count=4)
    one = {
        "tenths": [90.0] * 10, "end": 99.0, "peak": 501.0, "opened_s": 1.0, "opened_bytes": 60_000_000,
        "bytes": 1, "keyframes": 5399, "last_s": 10_796.0, "warnings": ["a warning"],
    }  # fmt: skip
    monkeypatch.setattr(engine, "_told", lambda *_: iter([one]))
    assert not engine.huge(Path("film.mp4"), engine.FILM)
    said = [line.partition("wrong: ")[2] for line in capsys.readouterr().out.splitlines() if "wrong" in line]
    assert said == [
        "each analysis leaves memory behind", "more than the index was read to open it",
        "it took too much memory", "memory grew in the second half", "keyframes are missing",
        "times are wrong", "a warning",
    ]  # fmt: skip


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
