"""What the program and the child that runs the engine say to each other."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.analysis.request import AnalysisRequest
from app.analysis.stage import Note
from app.core.events import Done, Event, Failed


@dataclass(frozen=True, slots=True)
class Begin:
    """To the child: analyse this. A child does one analysis and ends."""

    request: AnalysisRequest


@dataclass(frozen=True, slots=True)
class Steer:
    """To the child: rest or go on; where somebody looks."""

    paused: bool
    focus_s: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """To the child: end the analysis; what was found stays."""


Order = Begin | Steer | Stop


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """From the child, several times a second: its interpreter runs; so much processor time it used so far."""

    cpu_s: float


class Ending(enum.Enum):
    """How an analysis ended, in the child's own words."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WRONG_USAGE = "wrong usage"
    NO_MEMORY = "no memory"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Ended:
    """From the child, at last. The document is made of what it said before.

    Attributes:
        sentence: for the user, where it failed; of a fault the traceback, for the log.
    """

    ending: Ending
    sentence: str = ""


Said = Event | Note | Heartbeat | Ended
"""What the child may say; of the outcomes only ``Ended``."""


def ended(outcome: Event) -> Ended:
    """Return what tells of an outcome."""
    if isinstance(outcome, Done):
        return Ended(Ending.DONE)
    return Ended(Ending.FAILED, outcome.sentence) if isinstance(outcome, Failed) else Ended(Ending.CANCELLED)
