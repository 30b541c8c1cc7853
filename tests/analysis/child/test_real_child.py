"""Our own child: what it finds is what the engine finds here; its end is the end of it."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from app.analysis.child.entry import EAGER
from app.analysis.child.messages import Begin
from app.analysis.child.process import EngineProcess, Nothing, engine_command
from app.analysis.child.supervision import analyse_in_child
from app.analysis.child.wire import encode
from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest
from app.core.events import (
    Cancelled,
    Done,
    Event,
    Failed,
    MediaOpened,
    PictureAnalysed,
    PieceHeard,
    Progress,
    StageFinished,
)
from app.core.own_program import own_environment
from app.core.results import AnalysisResult, RunInfo
from tests.analysis.child.children import new_control, our_own
from tests.system_calls import SystemCalls

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can")


def in_child(request: AnalysisRequest) -> list[Event]:
    return list(analyse_in_child(request, new_control()))


def run_aside(outcome: Event) -> AnalysisResult:
    assert isinstance(outcome, Done)
    run = outcome.result.run
    assert {stage.name for stage in run.stages}
    return replace(outcome.result, run=RunInfo("", 0.0, run.device, ()))


def without_clocks(events: list[Event]) -> list[str]:
    """Events in an order that does not depend on which pass was quicker; no measured times."""
    said = [event for event in events if not isinstance(event, Done | Progress)]
    return sorted(repr(_without_clock(event)) for event in said)


def _without_clock(event: Event) -> Event:
    match event:
        case StageFinished():
            return replace(event, seconds=0.0)
        case PieceHeard():
            return replace(event, took_s=0.0)
        case _:
            return event


def test_events_and_document_are_those_of_the_engine_itself(everything: AnalysisRequest) -> None:
    direct, through = list(analyse(everything)), in_child(everything)
    assert run_aside(through[-1]) == run_aside(direct[-1])
    assert without_clocks(through) == without_clocks(direct)


@pytest.mark.parametrize("name", ["am_sample_missing_stsd.mp4", "mdn_flower.webm"])
def test_real_files_give_the_same(media_dir: Path, name: str) -> None:
    request = AnalysisRequest(media_dir / name, thumbnails=True)
    direct, through = list(analyse(request)), in_child(request)
    assert run_aside(through[-1]) == run_aside(direct[-1])
    assert without_clocks(through) == without_clocks(direct)


def test_a_name_that_is_no_text(sample_video: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff weird:n\xc3\xa4me\n.mp4"))
    try:
        shutil.copy(sample_video, odd)
    except OSError:
        pytest.skip("the file system takes no such name")
    request = AnalysisRequest(odd)
    assert run_aside(in_child(request)[-1]) == run_aside(list(analyse(request))[-1])


def test_a_file_that_does_not_open(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video" * 100)
    assert in_child(AnalysisRequest(broken)) == list(analyse(AnalysisRequest(broken)))


@linux
def test_too_little_memory_is_a_failure(everything: AnalysisRequest) -> None:
    """Enough to start with, too little for the models: whatever breaks first, it is told."""
    start = partial(EngineProcess, our_own(memory=420 * 2**20))
    *_, outcome = analyse_in_child(everything, new_control(), start=start)
    assert isinstance(outcome, Failed)
    assert outcome.sentence


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("MemoryError", 4),
        ("ImportError('libav.so: failed to map segment from shared object')", 4),
        ("ImportError('no such module')", 3),
        ("KeyboardInterrupt", 3),
    ],
)
def test_a_child_that_cannot_even_begin_ends(error: str, code: int) -> None:
    """Its ears, already open, must not keep it alive: nobody would ever tell it to end."""
    program = (
        "import sys\n"
        "from app.analysis.child import entry\n"
        "class Slot:\n"
        f"    def take(self): raise {error}\n"
        "entry.Slot.take = Slot.take\n"
        "entry.main(sys.argv[1:])\n"
    )
    child = EngineProcess(lambda: [sys.executable, "-c", program, str(os.getpid()), EAGER])
    assert child.take(60) is Nothing.GONE
    assert child.end() == code


@pytest.mark.parametrize(
    ("place", "error", "code"),
    [
        # Thread.start() waits for ever for a thread that dies here.
        ("threading.Thread._set_ident", "MemoryError", 4),
        ("entry.read_order", "MemoryError", 4),
        ("entry.read_order", "ValueError('nonsense')", 3),
    ],
)
def test_a_child_whose_ears_die_ends(place: str, error: str, code: int) -> None:
    """Whether they began or not: it would wait for its request until the watchdog ends it."""
    program = (
        "import sys, threading\n"
        "from app.analysis.child import entry\n"
        f"def die(*_): raise {error}\n"
        f"{place} = die\n"
        "entry.main(sys.argv[1:])\n"
    )
    child = EngineProcess(lambda: [sys.executable, "-c", program, str(os.getpid()), EAGER])
    gone = child.take(60)
    assert (gone, child.end()) == (Nothing.GONE, code)


def test_cancelling_the_real_child_keeps_what_was_found(everything: AnalysisRequest) -> None:
    control = new_control()
    outcome = None
    for event in analyse_in_child(everything, control):
        if isinstance(event, PictureAnalysed):
            control.cancel.cancel()
        outcome = event
    assert isinstance(outcome, Cancelled)
    assert outcome.result is not None
    assert outcome.result.keyframes


@pytest.mark.skipif(sys.platform == "win32", reason="signals are a matter of POSIX")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_killing_the_real_child_keeps_what_was_found(
    everything: AnalysisRequest, number: signal.Signals
) -> None:
    children: list[EngineProcess] = []

    def start() -> EngineProcess:
        children.append(EngineProcess())
        return children[0]

    outcome = None
    for event in analyse_in_child(everything, new_control(), start=start):
        if isinstance(event, MediaOpened):
            os.kill(children[0].pid, number)
        outcome = event
    assert isinstance(outcome, Failed)
    assert number.name in outcome.sentence
    assert outcome.result is not None


def test_a_child_ends_with_its_pipe() -> None:
    """Nobody is left to hear it: it ends while it waits, whatever the system."""
    child = subprocess.Popen(
        engine_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=own_environment()
    )
    said, _ = child.communicate(timeout=60)
    assert child.returncode != 0
    assert said == b""


@linux
def test_a_child_that_is_stopped_ends_with_the_program(tmp_path: Path) -> None:
    """A program that is killed leaves nothing behind, be its child stopped."""
    code = (
        "import os, signal, time\n"
        "from app.analysis.child.process import EngineProcess\n"
        "child = EngineProcess()\n"
        "here, patience_s = os.getpriority(os.PRIO_PROCESS, 0), time.monotonic() + 60\n"
        "while os.getpriority(os.PRIO_PROCESS, child.pid) <= here:\n"
        "    assert time.monotonic() < patience_s\n"
        "    time.sleep(0.01)\n"
        "os.kill(child.pid, signal.SIGSTOP)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env=own_environment()
    ) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        descriptor = os.pidfd_open(child)
        program.kill()
    try:
        assert select.select([descriptor], [], [], 60)[0]
    finally:
        os.close(descriptor)


def test_what_native_code_prints_does_not_get_between(sample_video: Path) -> None:
    code = (
        "import os, sys\n"
        "from app.analysis.child import entry\n"
        "import app.analysis.engine as engine\n"
        "real = engine.notes_and_events\n"
        "def noisy(request, control):\n"
        "    for each in real(request, control):\n"
        "        os.write(1, b'warning: something' * 50); print('more'); os.system('echo from a child')\n"
        "        assert sys.stdin.read() == ''\n"
        "        yield each\n"
        "engine.notes_and_events = noisy\n"
        "entry.main(sys.argv[1:])\n"
    )

    def command() -> Sequence[str]:
        return [sys.executable, "-c", code, str(os.getpid())]

    *_, outcome = analyse_in_child(
        AnalysisRequest(sample_video), new_control(), start=partial(EngineProcess, command)
    )
    assert isinstance(outcome, Done)


@linux
def test_the_child_yields_to_others(sample_video: Path) -> None:
    child = EngineProcess()
    try:
        child.tell(Begin(AnalysisRequest(sample_video)))
        assert not isinstance(child.take(60), Nothing)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == 19
        assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "800"
    finally:
        child.end()


def test_the_child_loads_no_qt_and_writes_nothing(
    everything: AnalysisRequest, tmp_path: Path, repository: Path, blank_environment: dict[str, str]
) -> None:
    home, calls = tmp_path / "home", SystemCalls(tmp_path / "calls.txt")
    home.mkdir()
    environment = {
        **blank_environment,
        "HOME": str(home),
        "PYTHONPATH": str(repository),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    # Its parent, whose end would be its own, is strace.
    command = calls.watched(["sh", "-c", 'exec "$0" "$@" $PPID', *engine_command()[:-1]])
    with subprocess.Popen(
        command, cwd=home, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(encode(Begin(replace(everything, speech=None))))
        child.stdin.flush()
        said = child.stdout.read()
    assert b"Ended" in said
    assert calls.written_files() == []
    assert "sa_family=AF_INET" not in calls.text
    assert calls.qt_files() == []
    assert list(home.rglob("*")) == []
