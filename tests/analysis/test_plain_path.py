"""The same detections as the plain way: one picture after the other, one run after the other.

Nothing of ours takes part in it: PyAV decodes, `reformat` brings each picture to the model's size as RGB
(libswscale's bilinear kernel with exact arithmetic: another one, or a detour over RGB of the whole size, is
another picture), and letterbox, tensor, reading of the answers and suppression are written out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnxruntime
import pytest
from av.video.reformatter import ColorRange, Interpolation

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy
from app.core.events import PictureAnalysed
from app.core.results import Detection
from app.core.time import TimeSpan

CONFIDENCE, IOU = 0.25, 0.45
EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


@dataclass(frozen=True)
class Found:
    class_id: int
    confidence: float
    box: tuple[float, ...]


def scaled(frame: av.VideoFrame, width: int, height: int) -> Any:
    return frame.reformat(
        width, height, "rgb24", dst_color_range=ColorRange.JPEG, interpolation=EXACT
    ).to_ndarray()


def displayed(frame: av.VideoFrame, aspect: Fraction) -> tuple[int, int]:
    return int(frame.width * aspect + Fraction(1, 2)), frame.height


def letterboxed(
    frame: av.VideoFrame, size: tuple[int, int], side: int, *, centre: bool
) -> tuple[Any, Any, Any]:
    """The canvas, by how much it is smaller, and where the picture begins in it."""
    scale = min(side / size[0], side / size[1])
    width, height = round(size[0] * scale), round(size[1] * scale)
    left, top = ((side - width) // 2, (side - height) // 2) if centre else (0, 0)
    canvas = np.full((side, side, 3), 114, np.float32)
    canvas[top : top + height, left : left + width] = scaled(frame, width, height)
    return canvas, np.array((width / size[0], height / size[1])), np.array((left, top))


def yolox(session: Any, frame: av.VideoFrame, size: tuple[int, int]) -> list[Found]:
    side = session.get_inputs()[0].shape[2]
    canvas, scale, _ = letterboxed(frame, size, side, centre=False)
    tensor = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None], np.float32)
    rows = session.run(None, {session.get_inputs()[0].name: tensor})[0][0]
    found, at = [], 0
    for stride in (8, 16, 32):
        for y in range(side // stride):
            for x in range(side // stride):
                row, at = rows[at], at + 1
                class_id = int(row[5:].argmax())
                confidence = float(row[4] * row[5 + class_id])
                if confidence >= CONFIDENCE:
                    centre = (row[:2] + np.array((x, y))) * stride
                    half = np.exp(row[2:4]) * stride / 2
                    box = np.concatenate(((centre - half) / scale, (centre + half) / scale))
                    found.append(Found(class_id, confidence, tuple(map(float, box))))
    return suppressed(found)


def yolov8(session: Any, frame: av.VideoFrame, size: tuple[int, int]) -> list[Found]:
    side = session.get_inputs()[0].shape[2]
    canvas, scale, corner = letterboxed(frame, size, side, centre=True)
    tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None] / 255, np.float32)
    found = []
    for column in session.run(None, {session.get_inputs()[0].name: tensor})[0][0].T:
        class_id = int(column[4:].argmax())
        if column[4 + class_id] >= CONFIDENCE:
            centre, half = (column[:2] - corner) / scale, column[2:4] / scale / 2
            box = tuple(map(float, np.concatenate((centre - half, centre + half))))
            found.append(Found(class_id, float(column[4 + class_id]), box))
    return suppressed(found)


def suppressed(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: -each.confidence):
        if all(one.class_id != other.class_id or overlap(one, other) <= IOU for other in kept):
            kept.append(one)
    return kept


def clipped(found: Found, size: tuple[int, int]) -> Found:
    left, top, right, bottom = found.box
    box = max(left, 0.0), max(top, 0.0), min(right, size[0]), min(bottom, size[1])
    return Found(found.class_id, found.confidence, box)


def overlap(one: Found, other: Found) -> float:
    (a, b, c, d), (e, f, g, h) = one.box, other.box
    shared = max(0.0, min(c, g) - max(a, e)) * max(0.0, min(d, h) - max(b, f))
    return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared)


def plain(path: Path, model: Path, kind: Any, keyframes: bool, end_s: float) -> dict[int, list[Found]]:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    found = {}
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        start = (container.start_time or 0) / av.time_base
        if keyframes:
            stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            assert frame.time is not None
            if frame.time - start >= end_s:
                break
            assert frame.pts is not None
            size = displayed(frame, stream.sample_aspect_ratio or Fraction(1))
            found[frame.pts] = [clipped(each, size) for each in kind(session, frame, size)]
    return found


@pytest.mark.shared
@pytest.mark.models
@pytest.mark.parametrize(
    ("clip", "model", "kind", "frames", "end_s"),
    [
        ("intel_car-detection.mp4", "yolox_nano", yolox, "keyframes", 12),
        ("mdn_tears-of-steel-battle-clip-medium.webm", "yolox_nano", yolox, "keyframes", 30),
        ("mdn_flower.mp4", "yolov8n_int8", yolov8, "keyframes", 60),
        ("intel_car-detection.mp4", "yolov8n_int8", yolov8, "keyframes", 12),
    ],
)
def test_the_detections_are_those_of_the_plain_way(
    media_dir: Path, models_dir: Path, clip: str, model: str, kind: Any, frames: str, end_s: float
) -> None:
    path, model_path = media_dir / clip, models_dir / f"{model}.onnx"
    request = AnalysisRequest(
        path,
        span=TimeSpan(0, end_s),
        frames=FramePolicy.parse(frames),
        detect=DetectRequest(model_path, confidence=CONFIDENCE, iou=IOU),
    )
    looked = {event.pts: event for event in analyse(request) if isinstance(event, PictureAnalysed)}
    expected = plain(path, model_path, kind, frames == "keyframes", end_s)
    assert sorted(looked) == sorted(expected)
    seen = 0
    for pts, event in looked.items():
        left = list(expected[pts])
        for one in event.detections:
            same = [each for each in left if close(each, one)]
            assert same or one.confidence < CONFIDENCE + 0.01, (pts, one, left)
            seen += len(same)
            for each in same[:1]:
                left.remove(each)
        assert all(each.confidence < CONFIDENCE + 0.01 for each in left), (pts, left)
    assert seen


def close(plain_one: Found, one: Detection) -> bool:
    apart = max(abs(a - b) for a, b in zip(plain_one.box, one.box, strict=True))
    sure = abs(plain_one.confidence - one.confidence) <= 0.01
    return sure and apart <= 1 and plain_one.class_id == one.class_id
