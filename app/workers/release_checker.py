"""The thread that asks whether there is a newer release; it lives only while it asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.releases import Release, ReleaseUnknownError, look_for_newer

_log = logging.getLogger(__name__)

Look = Callable[[CancelToken], Release]


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """What came of it: the newest release, or a sentence that says why it is not known."""

    release: Release | None
    fault: str = ""


class ReleaseChecker(QThread):
    """Asks once for each ``begin``; commands are for the thread that owns it.

    Signals:
        answered(object): a ReleaseAnswer.
    """

    answered = Signal(object)

    def __init__(self, parent: QObject | None = None, look: Look = look_for_newer) -> None:
        super().__init__(parent)
        self.setObjectName("release checker")
        self._look = look
        self._cancel = CancelToken()
        self._stopped = False

    def begin(self) -> bool:
        """Ask; False where it asks already, or has ended for good."""
        if self._stopped or self.isRunning():
            return False
        self._cancel = CancelToken()
        self.start()
        return True

    def stop(self) -> None:
        """End for good: the question is dropped; wait() for the rest."""
        self._stopped = True
        self._cancel.cancel()

    def run(self) -> None:
        """Ask, and tell."""
        try:
            told = ReleaseAnswer(self._look(self._cancel))
        except CancelledError:
            return
        except ReleaseUnknownError as error:
            told = ReleaseAnswer(None, str(error))
        except Exception:  # noqa: BLE001 - a fault costs the question, not the window
            _log.exception("Asking for a newer release met something unexpected")
            told = ReleaseAnswer(None, "Asking ran into a fault of the program; the log says more.")
        self.answered.emit(told)
