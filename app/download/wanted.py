"""What is wanted of a download, and what it tells of itself. Loads nothing of the network."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file: where it lies, where it will stand, and what it must be."""

    url: str
    target: Path
    bytes: int
    sha256: str


class Stage(enum.Enum):
    """What is done with a file now."""

    FETCHING = "fetching"
    CHECKING = "checking"
    RESTING = "resting"


class Told(Protocol):
    """Is told how a download goes."""

    def __call__(self, stage: Stage, done: int, why: str = "") -> None:
        """Note the stage, how many bytes are through it, and, while it rests before another try, why."""
