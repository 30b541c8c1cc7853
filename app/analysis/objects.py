"""Objects in the looked-at pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from app.analysis.request import AnalysisRequest, DetectRequest
from app.analysis.stage import ModelUsed, StageContext
from app.core.cancel import CancelToken
from app.core.events import PictureAnalysed
from app.core.frame import PixelFormat, VideoFrame
from app.inference.detector import Detector
from app.media.convert import Converter
from app.media.picture import Picture


@dataclass(frozen=True, slots=True)
class ObjectFinder:
    """A loaded detector and what to keep of its findings."""

    detector: Detector
    wanted: DetectRequest

    @classmethod
    def load(cls, request: AnalysisRequest, context: StageContext) -> ObjectFinder:
        """Load the detector that ``request`` names.

        Raises:
            ModelError: the file cannot be used.
            UsageError: it knows no such label, layout or device.
        """
        assert request.detect is not None
        detector = Detector.load(
            request.detect.model,
            layout=request.detect.layout,
            device=request.device,
            stepped_down=partial(context.stepped_down, "detector"),
        )
        detector.check_labels(request.detect.labels)
        context.emit(ModelUsed(detector.info, detector.device.name))
        return cls(detector, request.detect)

    def convert(self, converter: Converter, picture: Picture) -> VideoFrame:
        """Convert ``picture`` straight to the size and form the detector reads."""
        inner = self.detector.placement(picture.display_size).inner
        return converter.convert(picture, inner, PixelFormat.PLANAR_RGB_FLOAT)

    def look(self, frame: VideoFrame, cancel: CancelToken) -> PictureAnalysed:
        """Detect on a converted picture."""
        found = self.detector.detect(
            frame,
            confidence=self.wanted.confidence,
            iou=self.wanted.iou,
            labels=self.wanted.labels,
            cancel=cancel,
        )
        return PictureAnalysed(frame.time.pts, frame.time_s, found)
