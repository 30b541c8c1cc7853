"""The child's side: takes one request from its pipe, runs the engine, says what it finds, and ends.

The process ends with its pipe, whatever it does at that moment: nobody is left to hear it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from typing import BinaryIO, NoReturn

from app.analysis.child.messages import Begin, Ended, Ending, Heartbeat, Order, Said, Steer, Stop, ended
from app.analysis.child.wire import encode, read_order
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import CancelledError, ReelscopeError, UsageError, is_out_of_memory
from app.core.events import Cancelled, Done, Failed
from app.core.mailbox import Slot
from app.core.own_program import end_with_parent, fail_quietly, yield_to_others

WORD = "--engine"
"""The first argument of a program that is to be such a child; the parent's process id follows."""

EAGER = "eager"
"""What may follow then: somebody waits for this very child, so it need not yield to others."""

_BEAT_S = 0.5
_BATCH_BYTES = 64 * 1024
_BATCH_S = 0.03
"""What is found within so short a time is written at once: the window wakes less often."""

_BROKEN = 3
"""Exit code of a child that can no longer speak or hear."""

NO_MEMORY = 4
"""Exit code of a child that had too little memory to say so."""


def main(arguments: Sequence[str]) -> int:
    """Be the child; the process ends here, whatever happens."""
    try:
        _live(arguments)
    except BaseException as error:  # noqa: BLE001 - a child that cannot begin must end: its other threads would not
        _break_off(error)
    # Nothing waits to be written; native libraries that are taken down may crash or hang.
    os._exit(0)


def _break_off(error: BaseException) -> NoReturn:
    os._exit(NO_MEMORY if is_out_of_memory(error) else _BROKEN)


def _end_where_threads_starve() -> None:
    """Let a thread that dies for want of memory take the process along: others would wait for it for ever.

    One that dies while it begins never comes to what it runs: ``Thread.start`` waits until it says that it
    lives. Python tells of it as of any error that nobody can be given; the first one stands behind those of
    tidying up.
    """

    def end(told: sys.UnraisableHookArgs | threading.ExceptHookArgs) -> None:
        error = told.exc_value
        while error is not None:
            if is_out_of_memory(error):
                os._exit(NO_MEMORY)
            error = error.__context__

    sys.unraisablehook = threading.excepthook = end


def _live(arguments: Sequence[str]) -> None:
    fail_quietly()
    _end_where_threads_starve()
    end_with_parent(int(arguments[0]))
    if EAGER not in arguments[1:]:
        yield_to_others()
    # Ctrl+C in a terminal reaches the whole group; the window decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, said = _own_pipes()
    ears, voice = _Ears(orders), _Voice(said)
    ears.start()
    # What most analyses take is loaded while nothing is asked for.
    from app.analysis import engine, lookers, objects, transcript  # noqa: F401

    begin = ears.begin.take()
    assert begin is not None
    voice.start()
    voice.finish(_analyse(begin, ears.control, voice))


def _analyse(begin: Begin, control: Control, voice: _Voice) -> Ended:
    from app.analysis.engine import notes_and_events

    told = Ended(Ending.CANCELLED)
    try:
        for each in notes_and_events(begin.request, control):
            if isinstance(each, Done | Failed | Cancelled):
                told = ended(each)
            else:
                voice.say(each)
    except UsageError as error:
        return Ended(Ending.WRONG_USAGE, str(error))
    except ReelscopeError as error:
        return told if isinstance(error, CancelledError) else Ended(Ending.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - the program that hears of it writes it into its log
        short = is_out_of_memory(error)
        return Ended(Ending.NO_MEMORY) if short else Ended(Ending.FAULT, traceback.format_exc())
    return told


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the pipes for ourselves: what native libraries print must not get between our messages."""
    orders, said = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        for pipe in (orders, said):
            msvcrt.setmode(pipe, os.O_BINARY)
        for number, standard in ((-10, 0), (-11, 1)):
            ctypes.windll.kernel32.SetStdHandle(number, msvcrt.get_osfhandle(standard))
    return os.fdopen(orders, "rb"), os.fdopen(said, "wb")


class _Ears(threading.Thread):
    """Hears orders, at any moment.

    Attributes:
        begin: gets the one request.
        control: obeys the rest.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        super().__init__(name="reelscope-ears")
        self._pipe = pipe
        self.begin: Slot[Begin] = Slot()
        self.control = Control(CancelToken())

    def run(self) -> None:
        """Obey until the pipe ends, and with it the process."""
        try:
            while (order := read_order(self._pipe)) is not None:
                self._obey(order)
        except BaseException as error:  # noqa: BLE001 - whatever it is: a child that cannot hear is of no use
            _break_off(error)
        os._exit(_BROKEN)

    def _obey(self, order: Order) -> None:
        match order:
            case Begin():
                self.begin.put(order)
            case Stop():
                self.control.cancel.cancel()
            case Steer(paused, focus_s):
                self.control.focus_s = focus_s
                if paused:
                    self.control.pause()
                else:
                    self.control.resume()


class _Voice(threading.Thread):
    """Writes what is said, several messages at once where they come quickly; a heartbeat where none comes."""

    def __init__(self, pipe: BinaryIO) -> None:
        super().__init__(name="reelscope-voice")
        self._pipe = pipe
        self._changed = threading.Condition()
        self._waiting = bytearray()
        self._ending = False

    def say(self, message: Said) -> None:
        """Say it soon; waits where the other side lags."""
        data = encode(message)
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < _BATCH_BYTES)
            self._waiting += data
            self._changed.notify_all()

    def finish(self, message: Ended) -> None:
        """Say the last thing; returns when all is written."""
        self.say(message)
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.join()

    def run(self) -> None:
        """Write until the last was said."""
        try:
            while (batch := self._batch()) is not None:
                self._pipe.write(batch)
                self._pipe.flush()
        except BaseException as error:  # noqa: BLE001 - whatever it is: a child that cannot speak is of no use
            _break_off(error)

    def _batch(self) -> bytes | None:
        """Wait for something to say, and a moment for more of it; None after the last."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting or self._ending, _BEAT_S):
                return encode(Heartbeat(time.process_time()))
            self._changed.wait_for(lambda: len(self._waiting) >= _BATCH_BYTES or self._ending, _BATCH_S)
            batch, self._waiting = bytes(self._waiting), bytearray()
            self._changed.notify_all()
            return batch or None
