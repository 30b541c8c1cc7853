"""The engine's child is killed, crashed, stopped and starved at random moments: the window lives.

What is done to it is told in POSIX signals. On Windows TerminateProcess is SIGKILL and an access violation
(exit code 0xC0000005) is SIGSEGV; a job object's memory limit starves, NtSuspendProcess stops. On macOS the
signals are the same; it knows no limit for a process that already runs.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from app.analysis.child.process import EngineProcess
from app.analysis.child.watchdog import look_at
from app.ui.analysis_work import WorkState
from app.ui.message import Message, Tone
from app.ui.session import Session
from tests.conftest import REPOSITORY
from tests.soak.offscreen import Offscreen

SAMPLE = REPOSITORY / "resources" / "sample" / "sample.mp4"
_ROOM_BYTES = 0

Hurt = Callable[[int], None]


def run(short: bool) -> bool:
    """Print what became of each; whether the window always went on, said why and kept what was found."""
    if sys.platform != "linux":
        print("kills: skipped, it knows how to hurt a process on Linux only")
        return True
    return Trial(random.Random(5)).hurt(5 if short else 50)


class Trial:
    """One window, whose analyses break off again and again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._children: list[EngineProcess] = []
        self._said: list[Message] = []
        self._wrong: list[str] = []
        self._endings: Counter[str] = Counter()

    def hurt(self, times: int) -> bool:
        """Break ``times`` analyses off, each in one of the ways; after each the next must work."""
        hurts = [_crash, _kill, _starve, _stop]
        with Offscreen(start_child=self._start) as offscreen:
            offscreen.session.said.connect(self._said.append)
            offscreen.open(SAMPLE)
            whole_s = self._whole(offscreen)
            for number in range(times):
                self._break_off(offscreen, hurts[number % len(hurts)], whole_s)
            self._whole(offscreen)
        for ending, count in sorted(self._endings.items()):
            print(f"  {count:3} x {ending}")
        for wrong in self._wrong:
            print(f"  WRONG: {wrong}")
        print(
            f"kills: {times} analyses broken off, {len(self._wrong)} went wrong; the last one was whole again"
        )
        return not self._wrong

    def _start(self) -> EngineProcess:
        self._children.append(EngineProcess())
        return self._children[-1]

    def _whole(self, offscreen: Offscreen) -> float:
        """An analysis nobody disturbs; how long it took."""
        begun = time.monotonic()
        offscreen.session.analyse()
        offscreen.wait(lambda: not offscreen.session.work.state.under_way)
        if offscreen.session.work.state is not WorkState.DONE:
            self._wrong.append(f"an analysis left alone ended {offscreen.session.work.state.name}")
        return time.monotonic() - begun

    def _break_off(self, offscreen: Offscreen, hurt: Hurt, whole_s: float) -> None:
        session = offscreen.session
        while True:
            self._said.clear()
            session.analyse()
            offscreen.settle(max(1, round(self._rng.uniform(0.05, 0.7) * whole_s * 1000)))
            if session.work.state is not WorkState.ANALYSING:
                continue  # it was over before
            working = [child for child in self._children if child.alive]
            for child in working:
                hurt(child.pid)
            break
        found = _found(session)
        offscreen.wait(lambda: not session.work.state.under_way)
        self._judge(offscreen, hurt, found)

    def _judge(self, offscreen: Offscreen, hurt: Hurt, found: tuple[int, int]) -> None:
        session, name = offscreen.session, (hurt.__doc__ or "").rstrip(".")
        state, left = session.work.state, _found(session)
        said = [message.sentence for message in self._said if message.tone is Tone.FAILURE]
        ending = re.sub(r"\d+", "N", said[0]) if said else state.name
        self._endings[f"{name}: {ending}"] += 1
        if state is WorkState.DONE and hurt is _starve:
            return  # it needed no more than it had
        if state is not WorkState.FAILED or len(said) != 1:
            self._wrong.append(f"{name}: {state.name}, said {said}")
        elif left[0] < found[0] or left[1] < found[1]:
            self._wrong.append(f"{name}: of what was found {found} not all was kept")
        elif not offscreen.window.isVisible():
            self._wrong.append(f"{name}: the window is gone")


def _found(session: Session) -> tuple[int, int]:
    """How many pictures were looked at, and how many lines were heard."""
    findings = session.file.findings
    return findings.objects.looked_at_count, len(findings.speech.segments)


def _crash(pid: int) -> None:
    """Crashed."""
    os.kill(pid, signal.SIGSEGV)


def _kill(pid: int) -> None:
    """Killed."""
    os.kill(pid, signal.SIGKILL)


def _stop(pid: int) -> None:
    """Stopped."""
    os.kill(pid, signal.SIGSTOP)


def _starve(pid: int) -> None:
    """Starved of memory."""
    import resource

    if look_at(pid) is None:
        return
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
    room = pages * os.sysconf("SC_PAGE_SIZE") + _ROOM_BYTES
    resource.prlimit(pid, resource.RLIMIT_AS, (room, room))
