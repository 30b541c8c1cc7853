"""The thread that tries devices: for decoding and for models, one child process after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ReelscopeError

if TYPE_CHECKING:
    from app.analysis.device_survey import Survey, Surveyor

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SurveyOrder:
    """What is to be tried.

    Attributes:
        video: on which decoding is tried; None: not at all.
        models: the model files.
        again: whether what was measured before is measured anew.
        speech: the speech models whose speed is measured.
    """

    video: Path | None
    models: tuple[Path, ...]
    again: bool = False
    speech: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyFailed:
    """Why trials could not go on, a sentence."""

    sentence: str


class DeviceTester(QThread):
    """Carries out one order at a time; commands are for the thread that owns it.

    Signals:
        surveyed(object): a Survey: what is known so far, again and again; the last one is complete.
        failed(object): a SurveyFailed, in place of the last one.
    """

    surveyed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, parent: QObject | None = None, make_surveyor: Callable[[], Surveyor] | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("device tester")
        self._make_surveyor = make_surveyor or _usual_surveyor
        self._order = SurveyOrder(None, ())
        self._cancel = CancelToken()
        self._stopped = False

    def begin(self, order: SurveyOrder) -> bool:
        """Start trying; False where it still tries, or has ended for good."""
        if self._stopped or self.isRunning():
            return False
        self._order, self._cancel = order, CancelToken()
        self.start()
        return True

    def stop(self) -> None:
        """End for good: the child process that runs is killed; wait() for the rest."""
        self._stopped = True
        self._cancel.cancel()

    def run(self) -> None:
        """Carry out the order."""
        order = self._order
        try:
            surveyor = self._make_surveyor()
            known: Survey
            for known in surveyor.survey(
                order.video, order.models, speech=order.speech, again=order.again, cancel=self._cancel
            ):
                if self._cancel.cancelled:
                    return
                self.surveyed.emit(known)
        except CancelledError:
            return
        except ReelscopeError as error:
            self.failed.emit(SurveyFailed(str(error)))
        except Exception:  # noqa: BLE001 - a fault costs the trials, not the window
            _log.exception("Trying devices met something unexpected")
            self.failed.emit(
                SurveyFailed("Trying the devices ran into a fault of the program; the log says more.")
            )


def _usual_surveyor() -> Surveyor:
    from app.analysis.device_survey import Surveyor

    return Surveyor()
