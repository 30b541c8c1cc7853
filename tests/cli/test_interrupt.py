"""Ctrl+C in the middle of an analysis."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")


def test_an_interrupted_analysis_ends_with_130_and_leaves_nothing(sample_video: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    command = [
        sys.executable,
        "-m",
        "app",
        "analyze",
        str(sample_video),
        "--frames",
        "all",
        "--json",
        str(out),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "%" in line:
                running.send_signal(signal.SIGINT)
                break
        rest = running.stderr.read()
    assert running.returncode == 130
    assert rest.strip().splitlines()[-1] == "reelscope: Interrupted."
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []
