"""Ctrl+C in the middle of an analysis."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")


@pytest.mark.parametrize("words", [(), ("--jobs", "2")])
def test_an_interrupted_analysis_ends_with_130_and_leaves_nothing(
    sample_video: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    videos = [str(sample_video)] * 3
    command = [
        sys.executable,
        "-m",
        "app",
        "analyze",
        *videos,
        "--frames",
        "all",
        "-o",
        str(tmp_path),
        *words,
    ]
    children: list[int] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "%" in line:
                children = children_of(running.pid)
                running.send_signal(signal.SIGINT)
                break
        rest = running.stderr.read()
    assert running.returncode == 130
    assert rest.strip().splitlines()[-1] == "reelscope: Interrupted."
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []
    if sys.platform == "linux":
        assert len(children) == (2 if words else 0)
        assert [child for child in children if Path(f"/proc/{child}").exists()] == []


def children_of(process: int) -> list[int]:
    """The processes that any of its threads started; none where the system does not tell."""
    told = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for file in told for number in file.read_text(encoding="ascii").split()]
