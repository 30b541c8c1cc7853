"""What of the detections is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core.results import Detection


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the detections is shown: everywhere the same, on picture, lanes, table and counts.

    Attributes:
        hidden: labels that are switched off.
        confidence: the least confidence that is shown, 0..1.
    """

    hidden: frozenset[str] = frozenset()
    confidence: float = 0.25

    def admits(self, detection: Detection) -> bool:
        """Whether a detection passes."""
        return detection.confidence >= self.confidence and detection.label not in self.hidden

    def admitted(self, detections: Iterable[Detection]) -> tuple[Detection, ...]:
        """Return those that pass, in their order."""
        return tuple(each for each in detections if self.admits(each))

    def toggled(self, label: str) -> Filter:
        """Return the same filter with one class switched over."""
        return Filter(self.hidden ^ {label}, self.confidence)
