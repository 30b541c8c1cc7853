"""What the window has to say to its user."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass


class Tone(enum.Enum):
    """How serious a message is; the value is the name of its icon."""

    NOTE = "note"
    DONE = "done"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user, and at most one thing that can be done about it."""

    sentence: str
    tone: Tone = Tone.NOTE
    action: str = ""
    do: Callable[[], object] | None = None
