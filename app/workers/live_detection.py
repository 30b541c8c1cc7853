"""Boxes in the picture being shown: the detector of the moment, and the newest picture for it. Free of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ReelscopeError
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Letterbox, Size
from app.core.results import Detection
from app.workers.notices import LiveFailed, LiveResult

if TYPE_CHECKING:
    from app.analysis.request import DetectRequest


class LiveDetector(Protocol):
    """What is needed of app.inference.detector.Detector."""

    def placement(self, display: Size) -> Letterbox:
        """How a picture of ``display`` size is wanted: at ``inner`` size."""

    def detect(
        self,
        frame: VideoFrame,
        *,
        confidence: float = 0.25,
        iou: float = 0.45,
        labels: tuple[str, ...] = (),
        cancel: CancelToken | None = None,
    ) -> tuple[Detection, ...]:
        """Find objects."""


@dataclass(frozen=True, slots=True)
class PictureWanted:
    """The detector is ready for the picture shown now, at the size that ``wanted_size`` tells."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The size that pictures of ``display`` size should have."""

    display: Size
    inner: Size


class LiveDetection:
    """Two sides: any thread may wish and show pictures; one thread calls ``work`` when ``due``.

    ``wanted_size`` and ``look_at`` are for the decoder: a picture is converted there, from the decoded planes
    straight to what the detector reads, because what reaches the screen has lost size and precision.
    """

    def __init__(self, load: Callable[[DetectRequest], LiveDetector], wake: Callable[[], None]) -> None:
        self._load = load
        self._wake = wake
        self._lock = threading.Lock()
        self._request: DetectRequest | None = None
        self._running = CancelToken()
        self._asked: Size | None = None
        self._wanted: _Wanted | None = None
        self._frame: VideoFrame | None = None
        self._refused: DetectRequest | None = None
        self._closed = False
        # From here on only the working thread's.
        self._loaded: tuple[DetectRequest, LiveDetector] | None = None
        self._looked_at: VideoFrame | None = None
        self._answered: tuple[DetectRequest, int, int] | None = None

    # --- any thread ---

    def set_request(self, request: DetectRequest | None) -> None:
        """Detect as ``request`` says from now on; None: not at all."""
        with self._lock:
            if request == self._request != self._refused:
                return
            if request is None or self._request is None or not _same_model(request, self._request):
                self._wanted = self._frame = None
            self._request, self._refused = request, None
            running = self._running
        running.cancel()
        self._wake()

    def wanted_size(self, display: Size) -> Size | None:
        """At which size a picture of ``display`` size is wanted; None: not now (it will be asked for)."""
        with self._lock:
            if self._request is None or self._closed:
                return None
            if self._wanted is not None and self._wanted.display == display:
                return self._wanted.inner
            if self._request == self._refused:
                return None
            self._asked = display
        self._wake()
        return None

    def look_at(self, frame: VideoFrame) -> None:
        """Detect in this picture; one that still waits is dropped for it."""
        if frame.pixel_format is not PixelFormat.PLANAR_RGB_FLOAT:
            raise ValueError(f"a detector reads planar float pictures, not {frame.pixel_format.value}")
        with self._lock:
            self._frame = frame
        self._wake()

    def close(self) -> None:
        """Refuse more and let running work go."""
        with self._lock:
            self._closed, self._request, self._frame = True, None, None
            running = self._running
        running.cancel()

    # --- the working thread ---

    @property
    def due(self) -> bool:
        """Whether there is something to do."""
        with self._lock:
            request = self._request
            if request is None:
                return self._loaded is not None
            if request == self._refused:
                return False
            fresh = self._loaded is None or self._loaded[0] != request
            return fresh or self._asked is not None or self._frame is not None

    def work(self) -> LiveResult | LiveFailed | PictureWanted | None:
        """Do the next thing; returns what is to be told, None where nothing is."""
        with self._lock:
            request, token = self._request, CancelToken()
            self._running = token
        if request is None:
            self._loaded = self._looked_at = self._answered = None
            return None
        try:
            return self._work_for(request, token)
        except CancelledError:
            return None
        except ReelscopeError as error:
            self.refuse(request)
            return LiveFailed(str(error))

    def _work_for(self, request: DetectRequest, token: CancelToken) -> LiveResult | PictureWanted | None:
        detector = self._loaded[1] if self._loaded and _same_model(self._loaded[0], request) else None
        if detector is None:
            self._loaded = self._looked_at = None
            detector = self._load(request)
            self._loaded = (request, detector)
            return PictureWanted()
        self._loaded = (request, detector)
        with self._lock:
            asked, self._asked = self._asked, None
        if asked is not None:
            return self._want(asked, request, detector)
        with self._lock:
            frame, self._frame = self._frame, None
        return self._look(request, detector, self._looked_at if frame is None else frame, token)

    def refuse(self, request: DetectRequest | None = None) -> None:
        """Rest until another request comes."""
        with self._lock:
            self._refused = request or self._request
            self._wanted = None
        self._loaded = None

    def _want(self, display: Size, request: DetectRequest, detector: LiveDetector) -> PictureWanted:
        inner = detector.placement(display).inner
        with self._lock:
            if self._request is not None and _same_model(self._request, request):
                self._wanted = _Wanted(display, inner)
        return PictureWanted()

    def _look(
        self, request: DetectRequest, detector: LiveDetector, frame: VideoFrame | None, token: CancelToken
    ) -> LiveResult | None:
        if frame is None or detector.placement(frame.display_size).inner != frame.size:
            return None
        self._looked_at = frame
        question = (request, frame.generation, frame.time.pts)
        if question == self._answered:
            return None
        found = detector.detect(
            frame, confidence=request.confidence, iou=request.iou, labels=request.labels, cancel=token
        )
        self._answered = question
        return LiveResult(frame.time.pts, frame.time_s, found, frame.generation)


def _same_model(a: DetectRequest, b: DetectRequest) -> bool:
    return (a.model, a.layout) == (b.model, b.layout)
