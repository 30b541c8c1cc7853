"""What becomes of an analysis whose child misbehaves: children that do so on purpose."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import pytest

from app.analysis.child.process import EngineProcess
from app.analysis.child.supervision import analyse_in_child
from app.analysis.child.watchdog import PATIENCE, Patience
from app.core.control import Control
from app.core.errors import UsageError
from app.core.events import Cancelled, Done, Event, Failed, KeyframesFound, MediaOpened
from app.core.results import Keyframe
from tests.analysis.child.children import REQUEST, acting, new_control

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are a matter of POSIX")
KEPT = " What was found until then is kept."
_NEVER = 100_000
ENDLESS = Patience(tick_s=0.05, start=_NEVER, silent=4, mute=_NEVER, idle=_NEVER, busy=_NEVER)
"""Gives up only what is stopped: how slow a machine is must decide nothing here."""


def run(code: str, control: Control | None = None, patience: Patience = ENDLESS) -> list[Event]:
    before = set(threading.enumerate())
    events = list(analyse_in_child(REQUEST, control or new_control(), start=acting(code), patience=patience))
    assert set(threading.enumerate()) == before
    return events


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param(
            "os.kill(os.getpid(), signal.SIGSEGV)", "a decoder or a model crashed (SIGSEGV)", marks=posix
        ),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGKILL)",
            "its process was killed (SIGKILL), perhaps because memory ran short",
            marks=posix,
        ),
        pytest.param("os.kill(os.getpid(), signal.SIGSTOP)", "its process was stopped from outside",
                     marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")),
        ("os._exit(0)", "its process ended by itself (exit code 0)"),
        ("os._exit(7)", "its process ended by itself (exit code 7)"),
        ("os.write(1, encode(found)[:-1]); os._exit(7)", "its process ended by itself (exit code 7)"),
    ],
)  # fmt: skip
def test_what_was_found_survives_the_child(code: str, sentence: str) -> None:
    """The child reports, then something happens to it."""
    opened, found, outcome = run("say(media, found)\n" + code)
    assert isinstance(opened, MediaOpened)
    assert isinstance(found, KeyframesFound)
    assert isinstance(outcome, Failed)
    assert outcome.sentence == f"The analysis broke off: {sentence}.{KEPT}"
    assert outcome.result is not None
    assert outcome.result.keyframes == (Keyframe(0, 0.0),)


def test_what_was_said_until_then_survives_the_child() -> None:
    code = "from app.core.results import Segment; say(media, SegmentFound(Segment(0.5, 1.0, 'Seven')))"
    outcome = run(f"{code}; os._exit(7)")[-1]
    assert isinstance(outcome, Failed)
    assert outcome.result is not None
    assert outcome.result.transcript is not None
    assert [segment.text for segment in outcome.result.transcript.segments] == ["Seven"]


@pytest.mark.parametrize(
    ("code", "patience", "sentence"),
    [
        ("time.sleep(60)", replace(ENDLESS, mute=20), "it no longer answers"),
        (
            "while True: say(Heartbeat(0.01)); time.sleep(0.02)",
            replace(ENDLESS, idle=20),
            "it did nothing for",
        ),
        (
            "while True: say(Heartbeat(time.monotonic())); time.sleep(0.21)",
            replace(ENDLESS, busy=40),
            "it came no further for",
        ),
    ],
)
def test_a_child_that_hangs_is_ended(code: str, patience: Patience, sentence: str) -> None:
    *_, outcome = run(f"say(media, found)\n{code}", patience=patience)
    assert isinstance(outcome, Failed)
    assert outcome.sentence.startswith(f"The analysis broke off: {sentence}")
    assert outcome.result is not None
    assert len(outcome.result.keyframes) == 1


def test_of_a_child_that_found_nothing_nothing_is_kept() -> None:
    assert run("os._exit(7)") == [
        Failed("The analysis broke off: its process ended by itself (exit code 7).", None)
    ]


@pytest.mark.expect_log("talked nonsense")
@pytest.mark.parametrize(
    "code",
    ["os.write(1, b'Assertion failed: hell froze over\\n')", "os.write(1, encode(found)[:-1]); os.close(1)"],
)
def test_nonsense_ends_the_child(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analysis.child.process._REAP_S", 0.2)
    *_, outcome = run(f"say(media)\n{code}\ntime.sleep(60)")
    assert isinstance(outcome, Failed)
    assert (
        outcome.sentence == f"The analysis broke off: its process said something that makes no sense.{KEPT}"
    )


def test_a_program_that_is_not_there_is_a_failure() -> None:
    def start() -> EngineProcess:
        return EngineProcess(lambda: ["/there/is/no/such/program"])

    (outcome,) = analyse_in_child(REQUEST, new_control(), start=start)
    assert isinstance(outcome, Failed)
    assert outcome.sentence.startswith("The analysis cannot begin: no process can be started")


@pytest.mark.parametrize(
    ("ended", "outcome", "sentence"),
    [
        ("Ending.DONE", Done, ""),
        ("Ending.CANCELLED", Cancelled, ""),
        ("Ending.FAILED, 'It rained.'", Failed, "It rained."),
        ("Ending.NO_MEMORY", Failed, f"The analysis broke off: there is not enough memory.{KEPT}"),
    ],
)
def test_the_childs_own_outcome(ended: str, outcome: type[Event], sentence: str) -> None:
    *_, last = run(f"say(media, found, Ended({ended}))")
    assert isinstance(last, outcome)
    assert isinstance(last, Done | Cancelled | Failed)
    assert last.result is not None
    assert len(last.result.keyframes) == 1
    assert getattr(last, "sentence", "") == sentence


@pytest.mark.expect_log("Traceback of a child")
def test_a_fault_is_logged() -> None:
    *_, last = run("say(media, Ended(Ending.FAULT, 'Traceback of a child'))")
    assert isinstance(last, Failed)
    assert "Traceback" not in last.sentence


def test_wrong_usage_is_raised() -> None:
    with pytest.raises(UsageError, match=r"^There is no file\.$"):
        run("say(Ended(Ending.WRONG_USAGE, 'There is no file.'))")


def test_a_child_that_does_not_stop_is_killed() -> None:
    assert PATIENCE.cancel_s < 1.0
    control = new_control()
    events = analyse_in_child(REQUEST, control, start=acting("say(media, found)\ntime.sleep(60)"))
    next(events)
    next(events)
    control.cancel.cancel()
    (outcome,) = events
    assert isinstance(outcome, Cancelled)
    assert outcome.result is not None
    assert len(outcome.result.keyframes) == 1


def test_a_child_that_stops_when_told_to_has_the_last_word() -> None:
    code = "say(media)\nwhile read_order(orders) != Stop(): pass\nsay(found, Ended(Ending.CANCELLED))"
    control = new_control()
    events = analyse_in_child(REQUEST, control, start=acting(code))
    next(events)
    control.cancel.cancel()
    found, outcome = events
    assert isinstance(found, KeyframesFound)
    assert isinstance(outcome, Cancelled)


ECHO = """
say(media)
while (order := read_order(orders)) is not None:
    say(WarningRaised(repr(order)[:40]))
    if order == Steer(False, 7.0):
        say(Ended(Ending.DONE))
"""


def test_pausing_and_looking_elsewhere_reach_the_child() -> None:
    control = new_control()
    control.focus_s = 3.0
    said = []
    for event in analyse_in_child(REQUEST, control, start=acting(ECHO)):
        said.append(getattr(event, "sentence", ""))
        if said[-1].startswith("Begin"):
            control.focus_s = 3.1
            control.pause()
        elif said[-1].startswith("Steer(paused=True"):
            control.focus_s = 7.0
            control.resume()
    assert [each for each in said if each and not each.startswith("Begin")] == [
        "Steer(paused=False, focus_s=3.0)",
        "Steer(paused=True, focus_s=3.1)",
        "Steer(paused=False, focus_s=7.0)",
    ]


def test_a_paused_child_may_do_nothing() -> None:
    control = new_control()
    control.pause()
    code = "say(media)\nfor _ in range(60): say(Heartbeat(0.01)); time.sleep(0.02)\nsay(Ended(Ending.DONE))"
    *_, outcome = run(code, control, replace(ENDLESS, idle=20, busy=20))
    assert isinstance(outcome, Done)


def test_leaving_early_ends_the_child() -> None:
    before = set(threading.enumerate())
    children: list[EngineProcess] = []

    def start() -> EngineProcess:
        children.append(acting("say(media, found)\ntime.sleep(60)")())
        return children[-1]

    events = analyse_in_child(REQUEST, new_control(), start=start)
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert not children[0].alive
    assert set(threading.enumerate()) == before


def test_a_child_that_talks_much_waits_for_who_reads() -> None:
    """Thousands of messages, in order, none lost; while nobody takes them they are not kept here."""
    code = "say(media, *(Progress(Stage.PICTURES, float(i), None) for i in range(5000)), Ended(Ending.DONE))"
    events = analyse_in_child(REQUEST, new_control(), start=acting(code))
    next(events)
    heard = list(events)
    assert [event.done_s for event in heard[:-1]] == [float(i) for i in range(5000)]  # type: ignore[union-attr]
    assert isinstance(heard[-1], Done)
