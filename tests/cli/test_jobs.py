"""``analyze --jobs``: several files at a time, each in a process of its own; the same results."""

from __future__ import annotations

import io
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.analysis.child.process import EngineProcess
from app.analysis.child.supervision import analyse_in_child
from app.analysis.request import AnalysisRequest
from app.cli import analyze as command
from app.cli.progress import ProgressBoard
from app.cli.side_by_side import Told, side_by_side
from app.core.control import Control
from app.core.events import Cancelled, Event, Failed, Progress, Stage
from tests.cli.conftest import Reelscope

LIGHT = ("--detect", "none", "--speech", "none", "--quiet")


@pytest.fixture
def three(sample_video: Path, tmp_path: Path) -> list[Path]:
    """Three videos of different names."""
    folder = tmp_path / "in"
    folder.mkdir()
    return [Path(shutil.copy(sample_video, folder / f"{name}.mp4")) for name in ("one", "two", "three")]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_the_same_results_as_one_by_one(reelscope: Reelscope, three: list[Path], out: Path) -> None:
    """Byte for byte but for the part that tells of the run: models included."""
    said, written = [], []
    for jobs in (1, 2):
        done = reelscope("analyze", *three[:2], "--range", "0-10", "-o", out, "--jobs", jobs, "--quiet")
        assert done.code == 0, done.err
        said.append(done.out)
        files = sorted(out.iterdir())
        assert [file.name for file in files] == ["one.json", "one.srt", "two.json", "two.srt"]
        written.append([_without_run(file) for file in files])
    assert written[0] == written[1]
    assert said[0] == said[1]


def _without_run(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".json":
        return text
    document = json.loads(text)
    assert document["run"].pop("elapsed_s") > 0
    return json.dumps(document | {"run": sorted(document["run"])}), text[: text.index('"run"')]


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be shortened there")
def test_a_mapped_file_that_is_cut_short_costs_one_sentence(
    reelscope: Reelscope, sample_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file alone is mapped by a child, too: what comes after its end is SIGBUS."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGBUS)"

    def in_child(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        return analyse_in_child(
            request, control, start=lambda: EngineProcess(lambda: [sys.executable, "-c", code])
        )

    monkeypatch.setattr(command, "_in_child", in_child)
    done = reelscope("analyze", sample_video, *LIGHT, "--input", "mapped")
    assert done.code == 1
    assert done.err == (
        "reelscope: sample.mp4: The analysis broke off: "
        "the file was cut short while it was mapped into memory (SIGBUS).\n"
    )


def test_one_that_crashes_costs_one_sentence(
    reelscope: Reelscope, three: list[Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]

    def in_child(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        if request.path.stem == "two":
            return analyse_in_child(request, control, start=lambda: EngineProcess(lambda: crash))
        return analyse_in_child(request, control)

    monkeypatch.setattr(command, "_in_child", in_child)
    done = reelscope("analyze", *three, out / "missing.mp4", *LIGHT, "-o", out, "--jobs", 2)
    assert done.code == 2
    complaints = sorted(done.err.splitlines())
    assert len(complaints) == 2
    assert complaints[0].startswith("reelscope: There is no file missing.mp4")
    assert complaints[1].startswith("reelscope: two.mp4: The analysis broke off: ")
    assert sorted(file.name for file in out.iterdir()) == ["one.json", "three.json"]
    assert [line for line in done.out.splitlines() if "(0:24" in line] == [
        line for line in done.out.splitlines() if line.startswith(("one.mp4", "three.mp4"))
    ]


@pytest.mark.parametrize("words", [("--jobs", "0"), ("--jobs", "many"), ("--jobs", "-1"), ("--jobs",)])
def test_a_number_that_is_none(reelscope: Reelscope, sample_video: Path, words: tuple[str, ...]) -> None:
    assert reelscope("analyze", sample_video, *LIGHT, *words).code == 2


def test_where_results_cannot_go_nothing_begins(reelscope: Reelscope, three: list[Path], out: Path) -> None:
    """The folder is where the first video lies under the name of its own result."""
    video = three[0].rename(out / "one.json")
    done = reelscope("analyze", video, three[1], *LIGHT, "-o", out, "--jobs", 2)
    assert done.code == 2
    assert "is the file that is read" in done.err
    assert (out / "two.json").exists()


# --- the order of things, without processes ---------------------------------------------------------------


def requests(count: int) -> list[AnalysisRequest]:
    return [AnalysisRequest(Path(f"{number}.mp4")) for number in range(count)]


def test_as_many_run_as_asked_for_and_begin_in_order() -> None:
    lock, running, most, begun = threading.Lock(), set[str](), [0], list[str]()
    two_run = threading.Barrier(2)

    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        with lock:
            running.add(request.path.name)
            begun.append(request.path.name)
            most[0] = max(most[0], len(running))
        two_run.wait(10)
        yield Progress(Stage.PICTURES, 1.0, 2.0)
        with lock:
            running.discard(request.path.name)
        yield Failed("done", None)

    told = list(side_by_side(requests(6), 2, analyse))
    assert most == [2]
    assert sorted(begun) == [f"{number}.mp4" for number in range(6)]
    for number in range(6):
        mine = [type(each.what) for each in told if each.number == number]
        assert mine == [Progress, Failed]


def test_an_error_ends_one_and_is_told() -> None:
    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        if request.path.name == "1.mp4":
            raise RuntimeError("broken")
        yield Failed("done", None)

    told = {each.number: each.what for each in side_by_side(requests(3), 2, analyse)}
    assert isinstance(told[1], RuntimeError)
    assert (told[0], told[2]) == (Failed("done", None), Failed("done", None))


def test_too_little_memory_for_all_threads_leaves_the_rest_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refusing(thread: threading.Thread) -> None:
        if thread.name == "reelscope-job-1":
            raise RuntimeError("can't start new thread")
        start(thread)

    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        yield Failed("done", None)

    monkeypatch.setattr(threading.Thread, "start", refusing)
    assert [each.number for each in side_by_side(requests(3), 2, analyse)] == [0, 1, 2]


def test_who_leaves_stops_all_and_begins_no_more() -> None:
    begun = list[str]()

    def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
        begun.append(request.path.name)
        yield Progress(Stage.PICTURES, 0.0, None)
        stopped = threading.Event()
        with closing_link(control, stopped):
            assert stopped.wait(10)
        yield Cancelled(None)

    said = side_by_side(requests(50), 2, analyse)
    with closing(said):
        assert isinstance(next(said), Told)
    assert len(begun) <= 2


class closing_link:  # noqa: N801 - used as a word of the language
    """Sets an event when somebody cancels."""

    def __init__(self, control: Control, event: threading.Event) -> None:
        self._forget = control.cancel.on_cancel(event.set)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        self._forget()


# --- what a terminal shows --------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Keeps what is written; says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_line_for_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("app.cli.progress._REDRAW_S", -1.0)
    terminal = Terminal()
    board = ProgressBoard(quiet=False, stream=terminal)
    for number, name in enumerate(("first.mp4", "second.mp4")):
        board.begin(number, name, (Stage.PICTURES,))
        board.take(number, Progress(Stage.PICTURES, 5.0, 10.0))
    terminal.truncate(0)
    terminal.seek(0)
    board.take(0, Progress(Stage.PICTURES, 9.0, 10.0))
    erased, _, drawn = terminal.getvalue().rpartition("\x1b[J")
    assert erased == "\x1b[1A\r"
    first, second = drawn.split("\n")
    assert (first.partition(" ")[0], second.partition(" ")[0]) == ("first.mp4", "second.mp4")
    assert "90%" in first
    assert "50%" in second
    assert max(len(first), len(second)) < 60
    board.end(1)
    board.take(0, Progress(Stage.PICTURES, 9.5, 10.0))
    assert "\n" not in terminal.getvalue().rpartition("\x1b[J")[2]
    board.clear()
    assert terminal.getvalue().endswith("\r\x1b[J")
