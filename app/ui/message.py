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
    """A sentence for the user, and what can be done about it.

    Attributes:
        sentence: what is said.
        tone: how serious it is.
        action, do: the words of the first answer, and what it does.
        others: the same of further answers, where it is a question.
        closed: what happens where it is closed without an answer.
    """

    sentence: str
    tone: Tone = Tone.NOTE
    action: str = ""
    do: Callable[[], object] | None = None
    others: tuple[tuple[str, Callable[[], object]], ...] = ()
    closed: Callable[[], object] | None = None
