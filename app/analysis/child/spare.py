"""A child that waits, already loaded, for the next analysis."""

from __future__ import annotations

import logging

from app.analysis.child.process import EngineProcess
from app.analysis.child.supervision import StartChild

_log = logging.getLogger(__name__)


class Spare:
    """Keeps one child ready; a child does one analysis only, so what one leaves behind harms no other.

    For one thread: where the system can, a child ends with the thread that started it.
    """

    def __init__(self, start: StartChild = EngineProcess) -> None:
        self._start = start
        self._waiting: EngineProcess | None = None

    def prepare(self) -> None:
        """Start one where none waits; it loads what it needs while nobody waits for it."""
        if self._waiting is not None and self._waiting.alive:
            return
        self.end()
        try:
            self._waiting = self._start()
        except OSError as error:  # the next analysis tries again, and tells
            _log.info("No process can be started: %s", error)

    def take(self) -> EngineProcess:
        """Return a child that waits for its request, a new one where none does; end it.

        Raises:
            OSError: none can be started.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.alive:
            return waiting
        if waiting is not None:
            waiting.end()
        return self._start()

    def end(self) -> None:
        """End the one that waits."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.end()
