"""A model file that was found."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from app.inference.model_kind import ModelKind


class ModelSource(enum.Enum):
    """Where a model was found; the order is the order of preference."""

    ENVIRONMENT = "environment"
    USER = "user"
    PLACE = "in place"
    BUNDLE = "bundle"
    SAMPLE = "sample"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model file; ``name`` is its file name without the suffix."""

    name: str
    kind: ModelKind
    path: Path
    source: ModelSource

    @property
    def is_sample(self) -> bool:
        """Whether it came with the program, for its sample alone."""
        return self.source is ModelSource.SAMPLE
