"""What a detector found in the pictures it looked at."""

from __future__ import annotations

from array import array
from collections.abc import Set
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from app.core.results import Detection
from app.ui.found.change import Change
from app.ui.found.filter import Filter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from app.core.events import PictureAnalysed

_TIME = attrgetter("time_s")


class ClassCount(NamedTuple):
    """How often a class was found: ``shown`` of ``total`` pass the filter."""

    label: str
    class_id: int
    shown: int
    total: int


@dataclass(slots=True)
class FoundClass:
    """All detections of one class, in the order in which they came.

    Attributes:
        times: when their pictures are shown, in seconds.
        confidences: theirs.
    """

    label: str
    class_id: int
    times: array[float] = field(default_factory=lambda: array("d"))
    confidences: array[float] = field(default_factory=lambda: array("d"))

    def passing(self, confidence: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return times, ascending, and confidences of those that are at least so certain."""
        import numpy as np

        times, confidences = np.array(self.times), np.array(self.confidences)
        kept = confidences >= confidence
        times, confidences = times[kept], confidences[kept]
        order = np.argsort(times, kind="stable")
        return times[order], confidences[order]

    def count(self, shown: Filter) -> ClassCount:
        """Return how many pass a filter."""
        import numpy as np

        passing = int(np.count_nonzero(np.array(self.confidences) >= shown.confidence))
        shown_count = 0 if self.label in shown.hidden else passing
        return ClassCount(self.label, self.class_id, shown_count, len(self.confidences))


class FoundObjects:
    """Detections by picture, by time and by class. What is known of a picture may be asked by any thread."""

    def __init__(self) -> None:
        self._pictures: dict[int, tuple[Detection, ...]] = {}
        self._detections: list[Detection] = []
        self._in_order = True
        self._looked_at = array("d")
        self._classes: dict[str, FoundClass] = {}

    def add(self, event: PictureAnalysed) -> Change:
        """Take in a picture that was looked at, once."""
        if event.pts in self._pictures:
            return Change.NOTHING
        if self._looked_at and event.time_s < self._looked_at[-1]:
            self._in_order = False
        self._pictures[event.pts] = event.detections
        self._looked_at.append(event.time_s)
        self._detections.extend(event.detections)
        for each in event.detections:
            found = self._classes.setdefault(each.label, FoundClass(each.label, each.class_id))
            found.times.append(event.time_s)
            found.confidences.append(each.confidence)
        return Change.DETECTIONS

    # --- pictures

    @property
    def looked_at_count(self) -> int:
        """How many pictures a detector looked at."""
        return len(self._looked_at)

    @property
    def looked_at_until_s(self) -> float:
        """When the last of them is shown; 0 where there is none."""
        return max(self._looked_at, default=0.0)

    def looked_at(self) -> npt.NDArray[np.float64]:
        """Return when the pictures that were looked at are shown, strictly ascending."""
        import numpy as np

        return np.unique(np.array(self._looked_at))

    def only_looked_at(self, pts: Set[int]) -> bool:
        """Whether no other pictures were looked at than these."""
        return self._pictures.keys() <= pts

    def analysed(self, pts: int) -> bool:
        """Whether the detector looked at this picture."""
        return pts in self._pictures

    def detections_at(self, pts: int) -> tuple[Detection, ...]:
        """What was found in this picture, unfiltered; nothing where nobody looked."""
        return self._pictures.get(pts, ())

    # --- all of them

    @property
    def detection_count(self) -> int:
        """How many detections there are, unfiltered."""
        return len(self._detections)

    def detections(self, shown: Filter) -> tuple[Detection, ...]:
        """All detections that pass a filter, by time, within a picture in the order they came."""
        if not self._in_order:
            self._detections.sort(key=_TIME)
        return shown.admitted(self._detections)

    @property
    def classes(self) -> tuple[FoundClass, ...]:
        """All classes found, by class number, then name."""
        return tuple(sorted(self._classes.values(), key=attrgetter("class_id", "label")))

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of all classes found, in the order of ``classes``."""
        return tuple(each.label for each in self.classes)

    def counts(self, shown: Filter) -> tuple[ClassCount, ...]:
        """How often each class was found, in the order of ``classes``."""
        return tuple(each.count(shown) for each in self.classes)
