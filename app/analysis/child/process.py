"""The program's side: a child process, what it says, and its end."""

from __future__ import annotations

import enum
import os
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.analysis.child.entry import EAGER, WORD
from app.analysis.child.messages import Order, Said
from app.analysis.child.wire import WireError, encode, read_said
from app.core.own_program import LOWER_PRIORITY, NO_CONSOLE, own_command, own_environment

_CAPACITY = 256
"""Messages that may wait here; thumbnails are the largest, some 30 kB each."""

_REAP_S = 5.0
"""A child whose pipe has ended ends itself: a large one takes a moment to be taken down."""

Command = Callable[[], Sequence[str]]
"""Returns what to run."""


def engine_command() -> Sequence[str]:
    """Return how this very program is started as a child that runs the engine."""
    return own_command(WORD, str(os.getpid()))


def eager_engine_command() -> Sequence[str]:
    """The same for a child that need not yield to others: a command of its own waits for it."""
    return own_command(WORD, str(os.getpid()), EAGER)


class Nothing(enum.Enum):
    """Why ``take`` came back without a message."""

    WOKEN = enum.auto()
    LATE = enum.auto()
    GONE = enum.auto()


class EngineProcess:
    """A child that waits for one request. Any thread may ``wake`` it; the rest is for one thread.

    Attributes:
        nonsense: what was wrong with the last thing it said; "" where nothing was.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Command = engine_command) -> None:
        self._child = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own_environment(),
            creationflags=NO_CONSOLE | (0 if command is eager_engine_command else LOWER_PRIORITY),
        )
        self.nonsense = ""
        self._changed = threading.Condition()
        self._said: deque[Said] = deque()
        self._woken = self._silent_now = self._deaf = False
        self._listener = threading.Thread(target=self._listen, name="reelscope-engine-pipe")
        self._listener.start()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def tell(self, order: Order) -> None:
        """Give an order; one that is gone hears nothing, and ``take`` says so."""
        assert self._child.stdin is not None
        with suppress(OSError):
            self._child.stdin.write(encode(order))
            self._child.stdin.flush()

    def take(self, timeout_s: float) -> Said | Nothing:
        """Wait for what it says next, to be woken, or for its end."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._said or self._woken or self._silent_now, timeout_s):
                return Nothing.LATE
            if self._said:
                said = self._said.popleft()
                self._changed.notify_all()
                return said
            if self._woken:
                self._woken = False
                return Nothing.WOKEN
            return Nothing.GONE

    def wake(self) -> None:
        """Let ``take`` return: something else changed."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def end(self) -> int:
        """Kill it if it still runs, and return how it ended: a negative number is the signal that did it.

        A child that ended by itself shortly before is given the time to be seen as ended.
        """
        with self._changed:
            gone, self._deaf = self._silent_now, True
            self._changed.notify_all()
        if gone and not self.nonsense:
            try:
                self._child.wait(_REAP_S)
            except subprocess.TimeoutExpired:
                self.nonsense = "it closed its pipe and went on"
        self._child.kill()
        self._listener.join()
        code = self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        return code

    def _listen(self) -> None:
        assert self._child.stdout is not None
        try:
            while (said := read_said(self._child.stdout)) is not None:
                with self._changed:
                    self._changed.wait_for(lambda: len(self._said) < _CAPACITY or self._deaf)
                    if self._deaf:
                        return
                    self._said.append(said)
                    self._changed.notify_all()
        except (WireError, OSError) as error:
            self.nonsense = str(error)
        finally:
            with self._changed:
                self._silent_now = True
                self._changed.notify_all()
