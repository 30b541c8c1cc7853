"""Where the window writes down what went wrong: a log, and a trace of what ended it.

The log gets warnings and errors; there is none until there is something to say. The trace is a file of this
process that is empty and goes away with it; where it holds something afterwards, the program has crashed or
nothing caught an exception, and the next start can tell. All stays in the user's log folder.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from app.core.log_text import TwoPartFormatter, shareable, shareable_trace
from app.folders import log_folder

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

LOG_NAME = "reelscope.log"
LAST_CRASH = "last-crash.txt"
_TRACE = "running-{}.txt"
_MOST_BYTES = 256 << 10
_MOST_LINES = 80

_log = logging.getLogger(__name__)


class Logbook:
    """Keeps the log and the trace of one process; for the thread that starts and ends it.

    Attributes:
        crashed: whether a window that ran before ended by a fault and nobody was told yet.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or log_folder()
        self.crashed = False
        self._trace: TextIO | None = None
        self._handlers: list[logging.Handler] = []

    def open(self) -> None:
        """Begin; where the folder cannot be written to, nothing is kept."""
        to_file = RotatingFileHandler(
            self.folder / LOG_NAME, maxBytes=_MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
        to_file.setFormatter(TwoPartFormatter())
        to_file.setLevel(logging.WARNING)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._look_back()
            self._trace = (self.folder / _TRACE.format(os.getpid())).open("w", encoding="utf-8")
        except OSError:
            return
        self._handlers = [to_file]
        if sys.stderr is not None:  # a windowed program has none
            self._handlers.append(logging.StreamHandler())
        for handler in self._handlers:
            logging.getLogger().addHandler(handler)
        faulthandler.enable(self._trace)
        sys.excepthook = self._caught_nowhere
        threading.excepthook = self._thread_ended
        sys.unraisablehook = self._cannot_be_raised

    def close(self) -> None:
        """End in order; the trace goes where it holds nothing. A second call does nothing."""
        if self._trace is None:
            return
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        faulthandler.disable()
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
        name = Path(self._trace.name)
        empty = self._trace.tell() == 0
        self._trace.close()
        self._trace = None
        if empty:
            with contextlib.suppress(OSError):
                name.unlink()

    def _look_back(self) -> None:
        """See how those before ended. A trace that holds something is of one that ended by it."""
        for trace in self.folder.glob(_TRACE.format("*")):
            with contextlib.suppress(OSError):
                if trace.stat().st_size and not _runs(trace):
                    trace.replace(self.folder / LAST_CRASH)
                    self.crashed = True
                elif not _runs(trace):
                    trace.unlink()

    def _caught_nowhere(
        self, kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, where)
            return
        _log.critical("An exception that nothing caught", exc_info=(kind, error, where))
        if self._trace is not None:
            self._trace.write("An exception that nothing caught; the log has it.\n")
            self._trace.flush()

    def _thread_ended(self, what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            self._caught_nowhere(what.exc_type, what.exc_value, what.exc_traceback)

    def _cannot_be_raised(self, what: UnraisableHookArgs) -> None:
        if what.exc_value is not None:
            told = (what.exc_type, what.exc_value, what.exc_traceback)
            _log.error("An exception that could not be raised", exc_info=told)


def last_lines(folder: Path | None = None) -> list[str]:
    """Return the end of the log without what is private; nothing where there is none."""
    return shareable(_read((folder or log_folder()) / LOG_NAME))[-_MOST_LINES:]


def last_crash(folder: Path | None = None) -> list[str]:
    """Return what is known of the last crash, without the folders of this machine."""
    return shareable_trace(_read((folder or log_folder()) / LAST_CRASH))[-_MOST_LINES:]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _runs(trace: Path) -> bool:
    """Whether the process of a trace runs still; a number given anew to another one counts as running."""
    number = trace.stem.partition("-")[2]
    if sys.platform == "win32" or not number.isdecimal():
        return False  # Windows lets nobody rename or remove what another process has open
    if int(number) == os.getpid():
        return False  # an earlier process had our number, as it happens in containers
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
