"""The end of the program: one ordered shutdown that may be asked for any number of times."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass

_log = logging.getLogger(__name__)

Step = Callable[[], object]


class Phase(enum.IntEnum):
    """When a step of the shutdown runs; the order is the order of the values.

    First nothing new is let in, then whatever runs is told to stop, then it is waited for: the analysis
    before the decoder, whose pictures it may still look at. What is to be kept is saved at the very end.
    """

    REFUSE_COMMANDS = 1
    RAISE_GENERATION = 2
    CLOSE_MAILBOXES = 3
    WAIT_FOR_INFERENCE = 4
    WAIT_FOR_DECODER = 5
    SAVE = 6


@dataclass(frozen=True, slots=True)
class _Registered:
    phase: Phase
    name: str
    step: Step


class Shutdown:
    """Collects what has to happen at the end and does it once, in order of phase, then of registration.

    A step that fails is logged and the next one runs: the end is no place to give up.
    """

    def __init__(self) -> None:
        self._steps: list[_Registered] = []
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether the shutdown was asked for."""
        return self._begun

    def register(self, phase: Phase, name: str, step: Step) -> None:
        """Add a step.

        Raises:
            RuntimeError: the shutdown has begun.
        """
        if self._begun:
            raise RuntimeError(f"'{name}' came after the shutdown had begun")
        self._steps.append(_Registered(phase, name, step))

    def run(self) -> None:
        """Do all steps; a second call, also one made by a step, does nothing."""
        if self._begun:
            return
        self._begun = True
        for each in sorted(self._steps, key=lambda registered: registered.phase):
            try:
                each.step()
            except Exception:  # noqa: BLE001 - whatever it is, threads that still run must be waited for
                _log.exception("Shutdown step '%s' failed", each.name)
