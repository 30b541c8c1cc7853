"""Objects in the looked-at pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from app.analysis.desk import Desk
from app.analysis.request import AnalysisRequest
from app.analysis.stage import ModelUsed, StageContext
from app.core.cancel import CancelToken
from app.core.cores import usable_cores
from app.core.events import PictureAnalysed
from app.inference.detector import Detector, Limits
from app.inference.pace import Pace
from app.media.picture import Picture


@dataclass(frozen=True, slots=True)
class ObjectFinder:
    """A loaded detector and what to keep of its findings; for any thread."""

    detector: Detector
    limits: Limits

    @classmethod
    def load(cls, request: AnalysisRequest, context: StageContext) -> ObjectFinder:
        """Load the detector that ``request`` names.

        Raises:
            ModelError: the file cannot be used.
            UsageError: it knows no such label, layout or device.
        """
        wanted = request.detect
        assert wanted is not None
        detector = Detector.load(
            wanted.model,
            layout=wanted.layout,
            device=request.device,
            threads=Pace.of(usable_cores()).threads,
            stepped_down=partial(context.stepped_down, "detector"),
        )
        detector.check_labels(wanted.labels)
        context.emit(ModelUsed(detector.info, detector.device.name))
        return cls(detector, Limits(wanted.confidence, wanted.iou, wanted.labels))


class ObjectDesk:
    """One thread's way to a detector that all share."""

    def __init__(self, finder: ObjectFinder) -> None:
        self._finder = finder
        self._desk = Desk(finder.detector)

    def look(self, pictures: Sequence[Picture], cancel: CancelToken) -> list[PictureAnalysed]:
        """Detect in each of ``pictures``."""
        looked: list[PictureAnalysed] = []
        for tensor, placement, part in self._desk.tensors(pictures):
            found = self._finder.detector.read(tensor, placement, part, self._finder.limits, cancel)
            looked += [
                PictureAnalysed(picture.pts, picture.time_s, detections)
                for picture, detections in zip(part, found, strict=True)
            ]
        return looked
