"""A detector: a model file on one side, boxes with names on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from app.core.cancel import CancelToken
from app.core.errors import ModelError, UsageError
from app.core.frame import VideoFrame
from app.core.geometry import Box, Letterbox, Size
from app.core.results import Detection, ModelInfo
from app.core.time import MediaTime
from app.inference.batches import pictures_at_once
from app.inference.devices import Device
from app.inference.file_hash import sha256_of
from app.inference.heads.base import STEP, Answer, Head
from app.inference.heads.facts import Array, ModelFacts, Outputs
from app.inference.heads.labels import class_ids, unnamed
from app.inference.heads.registry import choose_head
from app.inference.postprocess import MOST_DETECTIONS, Candidates, Floats, nms, ranked
from app.inference.preprocess import Preprocessor, trial_picture
from app.inference.session import OnnxSession, Told
from app.inference.shared_session import SharedSession

_CONFIDENCE_DIGITS = 6
_BOX_DIGITS = 3
_OTHER_SHAPE = Size(3 * STEP, 2 * STEP)


class Timed(Protocol):
    """What is needed to say which picture something was found in."""

    @property
    def time(self) -> MediaTime:
        """Its pts and time_base."""

    @property
    def time_s(self) -> float:
        """Its shown time, seconds from the container's start."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept of what a detector finds.

    Attributes:
        confidence: the lowest, 0..1.
        iou: the overlap of two boxes of a class above which they are one object.
        labels: names of the classes; empty for all.
    """

    confidence: float = 0.25
    iou: float = 0.45
    labels: tuple[str, ...] = ()


class Detector:
    """A loaded detector.

    ``detect`` is for one thread at a time; ``placement`` and ``read`` may be called from several at once.

    Attributes:
        info: name, checksum and layout, for the result document.
        at_once: how many pictures one run of it takes at best.
        labels: name of each class id.
    """

    def __init__(self, session: OnnxSession, head: Head, facts: ModelFacts, info: ModelInfo) -> None:
        """Use ``load``."""
        self.info = info
        self.labels = head.labels
        self._session, self._shared = session, SharedSession(session)
        self._head = head
        self._facts = facts
        self._preprocessor = self.preprocessor()
        self._placement: Letterbox | None = None
        self.at_once = pictures_at_once(session, facts.picture, facts.feeds, head.spec.size)

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        layout: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        stepped_down: Told | None = None,
    ) -> Detector:
        """Load a detector from an ONNX file; its layout is recognised unless ``layout`` names one.

        ``stepped_down`` is told where its device gives up; see OnnxSession.

        Raises:
            FileMissingError: there is no such file.
            UsageError: no such layout or device.
            ModelError: no usable model, or not a detector.
        """
        session = OnnxSession(path, device=device, threads=threads, stepped_down=stepped_down)
        facts = ModelFacts(path.name, session.inputs, session.outputs, session.metadata, session.run)
        head = choose_head(facts, layout)
        if head.flexible and not _takes_other_shapes(facts):
            head = replace(head, flexible=False)
        return cls(session, head, facts, ModelInfo(path.stem, sha256_of(path), "detector", head.layout))

    @property
    def device(self) -> Device:
        """Where it runs now, and why there."""
        return self._session.device

    def placement(self, display: Size) -> Letterbox:
        """How a picture of ``display`` size lies on the canvas; ``detect`` wants it at the ``inner`` size."""
        placement = self._placement
        if placement is None or placement.source != display:
            placement = Letterbox.fit(display, self._head.canvas(display), self._head.spec.fit)
            self._placement = placement
        return placement

    def preprocessor(self) -> Preprocessor:
        """Return what writes tensors for ``read``: each thread needs one of its own."""
        return Preprocessor(self._head.spec, self._facts.picture.element)

    def detect(
        self,
        frame: VideoFrame,
        *,
        confidence: float = 0.25,
        iou: float = 0.45,
        labels: Sequence[str] = (),
        cancel: CancelToken | None = None,
    ) -> tuple[Detection, ...]:
        """Find objects in a picture that was converted as ``placement`` says (PLANAR_RGB_FLOAT).

        Boxes are in displayed pixels, by falling confidence, class id and x1; at most 300. ``labels`` keeps
        only the classes named.

        Raises:
            UsageError: a label that this model does not know.
            CancelledError: ``cancel`` was set.
            ModelError: the model failed on the picture.
        """
        placement = self.placement(frame.display_size)
        tensor = self._preprocessor.fill(frame, placement)
        limits = Limits(confidence, iou, tuple(labels))
        return self.read(tensor, placement, (frame,), limits, cancel)[0]

    def read(
        self,
        tensor: Array,
        placement: Letterbox,
        pictures: Sequence[Timed],
        limits: Limits,
        cancel: CancelToken | None = None,
    ) -> list[tuple[Detection, ...]]:
        """Find objects in the pictures of a tensor that a ``preprocessor`` filled; else as ``detect``."""
        wanted = self._wanted(limits.labels)
        outputs = self._shared.run(self._facts.feeds(tensor, placement.target), cancel)
        alone = len(pictures) == 1
        found = []
        for index, picture in enumerate(pictures):
            own = outputs if alone else {name: values[index : index + 1] for name, values in outputs.items()}
            found.append(self._found(own, placement, picture, limits, wanted))
        return found

    def _found(
        self, outputs: Outputs, placement: Letterbox, picture: Timed, limits: Limits, wanted: list[int]
    ) -> tuple[Detection, ...]:
        found = self._head.decode(Answer(outputs, placement.target, limits.confidence)).usable()
        if wanted:
            found = found.take(np.isin(found.class_ids, wanted))
        found = nms(found, limits.iou) if self._head.needs_nms else ranked(found, MOST_DETECTIONS)
        return self._detections(found, placement, picture)

    def outputs(self, frame: VideoFrame, cancel: CancelToken | None = None) -> Outputs:
        """Return what the model itself says of a picture that was converted as ``placement`` says.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the model failed on the picture.
        """
        placement = self.placement(frame.display_size)
        tensor = self._preprocessor.fill(frame, placement)
        return self._session.run(self._facts.feeds(tensor, placement.target), cancel)

    def candidates(self, frame: VideoFrame, outputs: Outputs) -> Candidates:
        """Return all that the model's ``outputs`` for a picture name, however unsure, in canvas pixels."""
        return self._head.decode(Answer(outputs, self.placement(frame.display_size).target, 0.0)).usable()

    def check_labels(self, labels: Sequence[str]) -> None:
        """Refuse class names that this model does not know.

        Raises:
            UsageError: the sentence names the known ones.
        """
        self._wanted(labels)

    def _wanted(self, labels: Sequence[str]) -> list[int]:
        wanted: list[int] = []
        for label in labels:
            ids = class_ids(self.labels, label)
            if not ids:
                known = ", ".join(self.labels)
                raise UsageError(f"The model '{self.info.name}' knows no '{label}': it knows {known}.")
            wanted += ids
        return wanted

    def _detections(self, found: Candidates, placement: Letterbox, picture: Timed) -> tuple[Detection, ...]:
        boxes = _on_picture(found.boxes, placement)
        scores = np.round(found.scores, _CONFIDENCE_DIGITS)
        whole = (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
        detections = [
            Detection(picture.time.pts, picture.time_s, self._label(class_id), class_id, score, Box(*box))
            for box, score, class_id in zip(
                boxes[whole].tolist(), scores[whole].tolist(), found.class_ids[whole].tolist(), strict=True
            )
        ]
        return tuple(sorted(detections, key=lambda d: (-d.confidence, d.class_id, d.box)))

    def _label(self, class_id: int) -> str:
        return self.labels[class_id] if 0 <= class_id < len(self.labels) else unnamed(class_id)


def _on_picture(boxes: Floats, placement: Letterbox) -> Floats:
    """``Letterbox.inverse`` of many boxes at once, clipped to the picture."""
    scale = np.tile(placement.scale, 2)
    mapped = (boxes - np.tile((placement.left, placement.top), 2)) / scale
    clipped = np.clip(mapped, 0.0, np.tile(placement.source, 2))
    return np.asarray(np.round(clipped, _BOX_DIGITS), np.float64)


def _takes_other_shapes(facts: ModelFacts) -> bool:
    """Whether dynamic sides are true: some exports declare them and fail on any size but the trained one."""
    tensor = trial_picture(_OTHER_SHAPE, facts.picture.element)
    try:
        facts.run(facts.feeds(tensor, _OTHER_SHAPE))
    except ModelError:
        return False
    return True
