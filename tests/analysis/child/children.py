"""Children that do as a test wants, in place of the engine's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.analysis.child.process import Command, EngineProcess, engine_command
from app.analysis.child.supervision import StartChild
from app.analysis.request import AnalysisRequest
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.events import Event
from app.core.results import MediaInfo

MEDIA = MediaInfo("film.mp4", "film.mp4", 0, None, "mov", 0.0, 2.0, None, ())
REQUEST = AnalysisRequest(Path("film.mp4"))

PRELUDE = """
import os, signal, sys, time
from app.analysis.child.messages import *
from app.analysis.child.wire import encode, read_order
from app.core.events import *
from app.core.results import Keyframe, MediaInfo
orders, pipe = sys.stdin.buffer, sys.stdout.buffer
def say(*said):
    for each in said:
        pipe.write(encode(each))
    pipe.flush()
media = MediaOpened(MediaInfo("film.mp4", "film.mp4", 0, None, "mov", 0.0, 2.0, None, ()))
found = KeyframesFound((Keyframe(0, 0.0),))
"""


def acting(code: str) -> StartChild:
    """A child that runs ``code``; ``orders``, ``say``, ``media`` and ``found`` are there."""

    def command() -> Sequence[str]:
        return [sys.executable, "-c", PRELUDE + code]

    return lambda: EngineProcess(command)


def our_own(*, memory: int | None = None) -> Command:
    """The real child; with ``memory`` it may use no more bytes of address space than these."""
    if memory is None:
        return engine_command
    code = (
        f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory})); "
        "sys.argv[0] = 'app'; runpy.run_module('app', run_name='__main__')"
    )
    return lambda: [sys.executable, "-c", code, *list(engine_command())[-2:]]


def new_control() -> Control:
    """One that nobody has touched yet."""
    return Control(CancelToken())


def with_timer(seconds: float, act: Callable[[], None], events: Iterator[Event]) -> list[Event]:
    """All events, while something else happens after some time."""
    timer = threading.Timer(seconds, act)
    timer.start()
    try:
        return list(events)
    finally:
        timer.join()
