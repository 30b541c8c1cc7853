"""Runs the exported detector as a program would, and scores it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tools.sample.measures import CLASSES, Array
from tools.sample.scene_maker import GREY
from tools.sample.shots import frames_of

IMGSZ = (384, 640)  # height, width named in the metadata


class Detector:
    """Runs the exported file as a program would: letterbox, inference, confidence filter, NMS."""

    def __init__(self, path: Path, size: tuple[int, int] = IMGSZ) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.size, self.seconds, self.runs = size, 0.0, 0

    def __call__(self, picture: Array, least: float = 0.01, nms: float = 0.5) -> Array:
        """Rows of (x1, y1, x2, y2, score, class) in pixels of the picture, best first."""
        tensor, scale, left, top = self._letterbox(picture)
        begin = time.perf_counter()
        out = self.session.run(["output0"], {"images": tensor})[0][0].T
        self.seconds += time.perf_counter() - begin
        self.runs += 1
        kinds, scores = out[:, 4:].argmax(1), out[:, 4:].max(1)
        good = np.flatnonzero(scores >= least)
        good = good[np.argsort(-scores[good], kind="stable")][:300]
        centre, size = out[good, :2], out[good, 2:4]
        boxes = np.concatenate((centre - size / 2, centre + size / 2), 1) - (left, top, left, top)
        boxes /= scale
        boxes[:, [0, 2]] = boxes[:, [0, 2]].clip(0, picture.shape[1])
        boxes[:, [1, 3]] = boxes[:, [1, 3]].clip(0, picture.shape[0])
        rows = np.concatenate((boxes, scores[good, None], kinds[good, None]), 1)
        kept: list[Array] = []
        for row in rows:
            if all(row[5] != other[5] or iou(row, other) < nms for other in kept):
                kept.append(row)
        return np.array(kept).reshape(-1, 6)

    def _letterbox(self, picture: Array) -> tuple[Array, float, int, int]:
        """The input tensor, the scale, and the bars at the left and the top."""
        height, width = self.size
        scale = min(width / picture.shape[1], height / picture.shape[0])
        w, h = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        left, top = (width - w) // 2, (height - h) // 2
        canvas = np.full((height, width, 3), GREY, np.uint8)
        small = Image.fromarray(picture).resize((w, h), Image.Resampling.BILINEAR)
        canvas[top : top + h, left : left + w] = np.asarray(small)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32) / 255
        return tensor, scale, left, top


def iou(a: Sequence[float] | Array, b: Sequence[float] | Array) -> float:
    """Intersection over union of two boxes."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return float(w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h))


@dataclass(frozen=True, slots=True)
class Actual:
    """One object of a frame as the truth has it."""

    kind: str
    box: tuple[int, int, int, int]
    visible: float


class Score:
    """Average precision at IoU 0.5.

    Objects that are less visible than `visible` are neutral: finding them is no
    hit, and finding them is no false alarm.
    """

    def __init__(self, visible: float = 0.5, confidence: float = 0.25) -> None:
        self.visible, self.confidence = visible, confidence
        self.hits: dict[str, list[tuple[float, bool]]] = {name: [] for name in CLASSES}
        self.objects = dict.fromkeys(CLASSES, 0)
        self.frames, self.false, self.found = 0, 0, 0
        self.overlaps: list[float] = []

    def add(self, found: Array, objects: list[Actual]) -> None:
        """One frame: detections (best first), and what is there."""
        self.frames += 1
        used: set[int] = set()
        for thing in objects:
            self.objects[thing.kind] += thing.visible >= self.visible
        for row in found:
            name = CLASSES[int(row[5])]
            best, at = self._match(row, name, objects, used)
            if best >= 0.5:
                used.add(at)
                if objects[at].visible < self.visible:
                    continue
            elif self._near_neutral(row, name, objects):
                continue
            self._count(name, float(row[4]), best)

    def _match(self, row: Array, name: str, objects: list[Actual], used: set[int]) -> tuple[float, int]:
        """The best overlap with an object of the class that is not taken yet, and its index."""
        free = [i for i, thing in enumerate(objects) if thing.kind == name and i not in used]
        overlaps = [(iou(row, objects[i].box), -i) for i in free]
        best, at = max(overlaps, default=(0.0, 1))
        return best, -at

    def _near_neutral(self, row: Array, name: str, objects: list[Actual]) -> bool:
        hidden = [thing for thing in objects if thing.visible < self.visible and thing.kind == name]
        return any(iou(row, thing.box) > 0.1 for thing in hidden)

    def _count(self, name: str, score: float, overlap: float) -> None:
        hit = overlap >= 0.5
        self.hits[name].append((score, hit))
        if score >= self.confidence:
            self.false += not hit
            self.found += hit
            if hit:
                self.overlaps.append(overlap)

    def result(self) -> dict[str, object]:
        """mAP@0.5, AP of each class, and recall and false alarms at the confidence."""
        each = {}
        for name in CLASSES:
            if not self.objects[name]:
                continue
            good = np.array([hit for _, hit in sorted(self.hits[name], key=lambda item: -item[0])], float)
            recall = np.cumsum(good) / self.objects[name]
            precision = np.cumsum(good) / np.arange(1, len(good) + 1)
            precision = np.maximum.accumulate(precision[::-1])[::-1]
            each[name] = float(np.sum(np.diff(np.concatenate(([0.0], recall))) * precision))
        total = sum(self.objects.values())
        return {
            "frames": self.frames,
            "objects": total,
            "mAP50": round(float(np.mean(list(each.values()))), 4),
            "AP50": {name: round(value, 4) for name, value in each.items()},
            f"recall at {self.confidence}": round(self.found / max(total, 1), 4),
            f"false alarms at {self.confidence}": int(self.false),
            "false per frame": round(self.false / max(self.frames, 1), 4),
            "mean IoU of hits": round(float(np.mean(self.overlaps or [0])), 4),
        }


def decode_video(path: Path) -> Iterator[Array]:
    """RGB pictures of a video file, in order."""
    import av

    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def evaluate_video(detector: Detector, video: Path, truth: Path, step: int = 1) -> dict[str, object]:
    """Score on a decoded video with its truth file; frames darker than half in the fade are left out."""
    data = json.loads(truth.read_text(encoding="utf-8"))
    score = Score()
    for number, (picture, record) in enumerate(zip(decode_video(video), data["per_frame"], strict=True)):
        if number % step == 0 and record["light"] >= 0.5:
            objects = record["objects"]
            there = [Actual(item["class"], tuple(item["box"]), item["visible"]) for item in objects]
            score.add(detector(picture), there)
    return score.result()


def evaluate_seed(detector: Detector, seed: int, step: int = 6) -> dict[str, object]:
    """Score on the (uncompressed) frames of another seed of the generator."""
    score = Score()
    for _, _, level, picture, seen in frames_of(seed, step):
        if level >= 0.5:
            there = [Actual(item.kind, item.box, item.visible) for item in seen if item.box is not None]
            score.add(detector(picture), there)
    return score.result()
