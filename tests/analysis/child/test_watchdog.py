"""A child that hangs is told from one that is slow or rests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from app.analysis.child.watchdog import Look, Patience, Vital, Watchdog, look_at

PATIENCE = Patience(start=50, silent=3, mute=10, idle=20, busy=100)


def ticks_until_given_up(watchdog: Watchdog, *, resting: bool = False, most: int = 200) -> tuple[int, str]:
    for tick in range(1, most + 1):
        said = watchdog.tick(resting=resting)
        if said is not None:
            return tick, said
    return most, ""


def seen(vital: Vital | None) -> Look:
    return lambda: vital


def working() -> Look:
    cpu_s = 0.0

    def look() -> Vital:
        nonlocal cpu_s
        cpu_s += 1.0
        return Vital(stopped=False, cpu_s=cpu_s)

    return look


@pytest.mark.parametrize(
    ("look", "gives_up"),
    [
        (seen(Vital(stopped=True, cpu_s=5.0)), (3, "its process was stopped from outside")),
        (seen(Vital(stopped=False, cpu_s=0.1)), (10, "it no longer answers")),
        (seen(None), (10, "it no longer answers")),
        (working(), (100, "it came no further for 1:40 min")),
    ],
)
def test_a_silent_child(look: Look, gives_up: tuple[int, str]) -> None:
    watchdog = Watchdog(PATIENCE, look)
    watchdog.came_further()
    assert ticks_until_given_up(watchdog) == gives_up


@pytest.mark.parametrize(
    ("look", "gives_up"),
    [
        (seen(Vital(stopped=True, cpu_s=0.0)), (3, "its process was stopped from outside")),
        (seen(Vital(stopped=False, cpu_s=0.1)), (50, "it did not begin")),
        (working(), (50, "it did not begin")),
        (seen(None), (50, "it did not begin")),
    ],
)
def test_a_child_that_never_says_anything(look: Look, gives_up: tuple[int, str]) -> None:
    assert ticks_until_given_up(Watchdog(PATIENCE, look)) == gives_up


def test_a_child_that_lives_and_does_nothing() -> None:
    watchdog = Watchdog(PATIENCE, seen(None))
    for tick in range(1, 20):
        watchdog.heartbeat(0.005 * tick)
        assert watchdog.tick(resting=False) is None
    watchdog.heartbeat(0.1)
    assert watchdog.tick(resting=False) == "it did nothing for 0:20 min"


def test_a_child_that_works_and_comes_no_further() -> None:
    watchdog = Watchdog(PATIENCE, seen(None))
    for tick in range(1, 100):
        watchdog.heartbeat(float(tick))
        assert watchdog.tick(resting=False) is None
    assert watchdog.tick(resting=False) == "it came no further for 1:40 min"


def test_a_child_that_comes_further_is_never_given_up() -> None:
    watchdog = Watchdog(PATIENCE, seen(None))
    for _ in range(1000):
        watchdog.came_further()
        assert watchdog.tick(resting=False) is None


def test_a_child_that_rests_may_do_nothing_but_not_be_silent() -> None:
    watchdog = Watchdog(PATIENCE, seen(Vital(stopped=True, cpu_s=0.0)))
    for _ in range(1000):
        watchdog.heartbeat(0.0)
        assert watchdog.tick(resting=True) is None
    assert ticks_until_given_up(watchdog, resting=True) == (2, "its process was stopped from outside")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_process_seen_from_outside() -> None:
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint('x', flush=True)\ntime.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        vital = look_at(child.pid)
        assert vital is not None
        assert not vital.stopped
        assert vital.cpu_s == pytest.approx(0.3, abs=0.15)
        os.kill(child.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        vital = look_at(child.pid)
        assert vital is not None
        assert vital.stopped
        child.kill()
    assert look_at(child.pid) is None
