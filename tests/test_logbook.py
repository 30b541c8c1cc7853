"""What went wrong is written down; what is shared of it names nobody's files and repeats nobody's words."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.log_text import PRIVATE, TwoPartFormatter, place_of, shareable, shareable_trace
from app.logbook import LAST_CRASH, LOG_NAME, last_crash, last_lines

REPOSITORY = Path(__file__).resolve().parent.parent

_BEGIN = """
import logging, os, sys, threading
from pathlib import Path
from app.logbook import Logbook
book = Logbook(Path(sys.argv[1]))
book.open()
"""

_UNHAPPY = (
    _BEGIN
    + """
log = logging.getLogger("app.test")
log.info("Nothing to keep")
log.warning("A file '%s' is odd", "holiday in Rome.mp4")
logging.getLogger("library").error("cannot read /home/anna/secret.mov")
def raising():
    try:
        raise ValueError("she said 'my password is rose'")
    except ValueError as error:
        raise KeyError("holiday.mkv") from error
thread = threading.Thread(target=raising)
thread.start()
thread.join()
book.close()
"""
)

_CRASHING = _BEGIN + "\nimport ctypes\nctypes.string_at(0)\n"

_LOOKING = _BEGIN + "\nprint(book.crashed)\nbook.close()\n"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def _run(code: str, logs: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(logs)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_without_a_fault_nothing_stays(logs: Path) -> None:
    assert _run(_LOOKING, logs).stdout == "False\n"
    assert not list(logs.iterdir())


def test_exceptions_and_warnings_are_kept_and_told_at_the_next_start(logs: Path) -> None:
    assert _run(_UNHAPPY, logs).returncode == 0
    text = (logs / LOG_NAME).read_text(encoding="utf-8")
    assert "holiday in Rome.mp4" in text
    assert "she said" in text
    assert "Nothing to keep" not in text
    assert _run(_LOOKING, logs).stdout == "True\n"
    assert _run(_LOOKING, logs).stdout == "False\n"


def test_what_is_shared_of_the_log_is_private_to_nobody(logs: Path) -> None:
    _run(_UNHAPPY, logs)
    shared = "\n".join(last_lines(logs))
    assert "WARNING app.test: A file '%s' is odd" in shared
    assert "builtins.ValueError" in shared
    assert "builtins.KeyError" in shared
    assert " in raising" in shared
    for secret in ("Rome", "holiday", "anna", "secret", "password", "rose"):
        assert secret not in shared


@pytest.mark.skipif(sys.platform == "win32", reason="faults end a process otherwise on Windows")
def test_a_native_crash_leaves_a_trace_and_the_next_start_tells_it(logs: Path) -> None:
    assert _run(_CRASHING, logs).returncode < 0
    assert _run(_LOOKING, logs).stdout == "True\n"
    assert "Segmentation fault" in (logs / LAST_CRASH).read_text(encoding="utf-8")
    told = last_crash(logs)
    assert told[0] == "Fatal Python error: Segmentation fault"
    assert any("string_at" in line for line in told)
    assert not any(str(Path.home()) in line or sys.prefix in line for line in told)


def test_the_trace_of_a_window_that_runs_is_left_alone(logs: Path) -> None:
    logs.mkdir()
    mine = logs / f"running-{os.getppid()}.txt"
    mine.touch()
    assert _run(_LOOKING, logs).stdout == "False\n"
    assert mine.exists()


def test_a_crash_of_a_process_that_had_the_same_number_is_told(logs: Path) -> None:
    """In a container each start may get the number of the one before."""
    logs.mkdir()
    looking = _BEGIN.replace("book.open()", "") + (
        "(Path(sys.argv[1]) / f'running-{os.getpid()}.txt').write_text('Fatal Python error: Aborted')\n"
        "book.open()\nprint(book.crashed)\nbook.close()\n"
    )
    assert _run(looking, logs).stdout == "True\n"
    assert "Aborted" in (logs / LAST_CRASH).read_text(encoding="utf-8")


def test_where_nothing_can_be_written_the_program_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert _run(_LOOKING, tmp_path / "taken").stdout == "False\n"


class _SaidError(Exception):
    """Repeats something private."""


def _raise(words: str) -> None:
    raise _SaidError(words)


@given(
    st.text(),
    st.lists(st.text(st.characters(exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"), min_size=4)),
)
def test_whatever_was_filled_in_is_on_private_lines(words: str, more: list[str]) -> None:
    told = "\n".join([words, *more])
    with pytest.raises(_SaidError) as caught:
        _raise(told)
    place = (_SaidError, caught.value, caught.value.__traceback__)
    record = logging.LogRecord("app.x", logging.ERROR, "x.py", 1, "It said %s", (told,), place)
    kept = shareable(TwoPartFormatter("%(message)s").format(record))
    assert kept[0].endswith("ERROR app.x: It said %s")
    assert [line.strip() for line in kept[1:-1]] == ["tests.test_logbook._SaidError", kept[2].strip()]
    assert kept[-1].endswith(" in _raise")


def test_a_line_break_hides_nothing_in_front_of_the_mark() -> None:
    record = logging.LogRecord("app.x", logging.ERROR, "x.py", 1, "It said %s", ("a\r\nb\rc",), None)
    lines = TwoPartFormatter().format(record).splitlines()
    assert [line.startswith(PRIVATE) for line in lines] == [False, True, True, True]


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("/home/anna/reelscope/app/ui/session.py", "app/ui/session.py"),
        (r"C:\Users\anna\Reelscope\_internal\app\main.py", "app/main.py"),
        ("/opt/venv/lib/python3.11/site-packages/av/container.py", "site-packages/av/container.py"),
        ("/home/anna/secret/script.py", "script.py"),
        ("<string>", "<string>"),
        ("", ""),
    ],
)
def test_places_in_the_code_tell_no_folder(file: str, place: str) -> None:
    assert place_of(file) == place


def test_a_trace_is_told_without_folders_and_without_anything_unknown() -> None:
    text = (
        "Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n"
        '  File "/home/anna/app/main.py", line 7 in main\nholiday.mp4\n'
    )
    assert shareable_trace(text) == [
        "Fatal Python error: Aborted",
        "Current thread 0x1 (most recent call first):",
        "  at app/main.py:7 in main",
    ]


def test_the_report_names_versions_and_no_file(logs: Path) -> None:
    from app.analysis.problem_report import problem_report
    from app.settings import Settings

    _run(_UNHAPPY, logs)
    settings = Settings(recent=("/home/anna/holiday.mp4",), detector="annas-model")
    text = problem_report(settings, logs)
    assert "FFmpeg " in text
    assert "onnxruntime " in text
    assert "A file '%s' is odd" in text
    assert not any(secret in text for secret in ("anna", "holiday", "Rome"))
