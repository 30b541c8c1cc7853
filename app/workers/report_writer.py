"""The thread that gathers the report of what went wrong: it loads every library to ask for devices."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from app.settings import Settings

_log = logging.getLogger(__name__)

Gather = Callable[[Settings], str]


@dataclass(frozen=True, slots=True)
class ReportGathered:
    """The report; "" where a fault of the program kept it from coming about."""

    text: str


class ReportWriter(QThread):
    """Gathers one report for each ``begin``; commands are for the thread that owns it.

    Signals:
        gathered(object): a ReportGathered.
    """

    gathered = Signal(object)

    def __init__(self, parent: QObject | None = None, gather: Gather | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report writer")
        self._gather = gather or _problem_report
        self._settings = Settings()
        self._stopped = False

    def begin(self, settings: Settings) -> None:
        """Gather a report with these settings; nothing where one is on its way, or all has ended for good."""
        if not self._stopped and not self.isRunning():
            self._settings = settings
            self.start()

    def stop(self) -> None:
        """End for good; wait() for the rest, which is a second at most."""
        self._stopped = True

    def run(self) -> None:
        """Gather, and hand over."""
        try:
            text = self._gather(self._settings)
        except Exception:  # noqa: BLE001 - a fault costs the report, not the window
            _log.exception("The report met something unexpected")
            text = ""
        self.gathered.emit(ReportGathered(text))


def _problem_report(settings: Settings) -> str:
    from app.analysis.problem_report import problem_report

    return problem_report(settings)
