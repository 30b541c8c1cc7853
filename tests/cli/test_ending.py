"""How the process of a command ends: everything that was promised is done, nothing is taken down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import app

WITNESSES = """
import atexit, os, sys, threading

class Kept:
    def __del__(self, write=os.write):
        write(1, b"taken down\\n")

def in_a_thread():
    threading.main_thread().join()
    print("a thread")
    atexit.register(print, "at exit")

sys.kept = Kept()
threading.Thread(target=in_a_thread).start()
import app.main
sys.exit(app.main.{function}())
"""


def _ran(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_was_promised_is_done_and_nothing_is_taken_down() -> None:
    done = _ran(WITNESSES.format(function="program"), "--version")
    assert done.stdout.splitlines() == [f"reelscope {app.__version__}", "a thread", "at exit"]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_inside_another_program_leaves_that_alone() -> None:
    done = _ran(WITNESSES.format(function="main"), "--version")
    assert done.stdout.splitlines()[-1] == "taken down"


def test_a_fault_that_nobody_caught_is_shown() -> None:
    code = "import app.main; app.main.main = lambda words: 1 / 0; app.main.program()"
    done = _ran(code, "--version")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("words", "code", "lines"),
    [
        (("probe", "SAMPLE", "--json"), 0, None),
        (("probe", "TEXT"), 1, 0),
        (("probe", "MISSING"), 2, 0),
        (("probe",), 2, 0),
    ],
)
def test_exit_codes_and_output_arrive(
    words: tuple[str, ...], code: int, lines: int | None, sample_video: Path, tmp_path: Path
) -> None:
    text = tmp_path / "no-video.mp4"
    text.write_text("hello", encoding="utf-8")
    files = {"SAMPLE": str(sample_video), "TEXT": str(text), "MISSING": str(tmp_path / "missing.mp4")}
    done = subprocess.run(
        [sys.executable, "-m", "app", *(files.get(word, word) for word in words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert bool(done.stderr) is (code != 0)
    if lines is None:
        assert done.stdout.endswith("}\n")
    else:
        assert len(done.stdout.splitlines()) == lines
