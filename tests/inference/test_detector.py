"""Detectors as a whole: real models on real pictures, and the sample against its truth."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, ModelError, UsageError
from app.core.geometry import Box, Size, iou
from app.core.results import Detection
from app.inference.detector import Detector
from tests.inference import layouts, onnx_models
from tests.inference.detecting import frame_for, from_pixels, picture, pictures
from tests.inference.mean_average_precision import Found, Truth, mean_average_precision

SHOTS_WITH_PERSONS = {
    "store-aisle": (0.0, 4.48),
    "head-pose": (4.48, 9.12),
    "classroom": (9.12, 12.12),
    "face-demographics": (15.52, 18.92),
}
"""Seconds of ccby_5shots_jfk.mp4."""

PERSON_DETECTORS = (
    "yolox_nano", "derived_yolox_nano_v5layout", "yolov8n_int8", "yolo26n_int8", "nanodet_m",
)  # fmt: skip


def detect(detector: Detector, path: Path, **options: Any) -> tuple[Detection, ...]:
    return detector.detect(frame_for(detector, picture(path)), **options)


def constant_detector(folder: Path, model: layouts.Model, **options: Any) -> Detector:
    path = onnx_models.constant_answers(folder / "known.onnx", model.outputs, metadata=model.metadata)
    return Detector.load(path, **options)


@pytest.fixture(scope="module")
def shapes(sample_dir: Path) -> Detector:
    return Detector.load(sample_dir / "shapes.onnx", threads=1)


# --- the sample --------------------------------------------------------------------------------------------


def test_the_sample_s_keyframes_are_found_as_its_truth_says(
    shapes: Detector, sample_video: Path, sample_truth: Any
) -> None:
    truth: list[Truth] = []
    found: list[Found] = []
    looked_at = 0
    for source in pictures(sample_video, keyframes=True):
        detections = shapes.detect(frame_for(shapes, source), confidence=0.01)
        number = round(source.time * sample_truth["fps"])
        entry = sample_truth["per_frame"][number]
        if entry["light"] < 0.5:
            continue
        looked_at += 1
        truth += [
            Truth(number, thing["class"], tuple(thing["box"]), thing["visible"] < 0.5)
            for thing in entry["objects"]
        ]
        found += [Found(number, one.label, one.box, one.confidence) for one in detections]
    assert looked_at >= 15
    precision = mean_average_precision(truth, found)
    assert set(precision) == set(sample_truth["classes"])
    assert sum(precision.values()) / len(precision) >= 0.95, precision


def test_the_sample_model_follows_the_shape_of_the_picture(shapes: Detector) -> None:
    assert shapes.placement(Size(960, 540)).target == Size(640, 384)
    assert shapes.placement(Size(960, 540)).inner == Size(640, 360)
    assert shapes.placement(Size(540, 960)).target == Size(384, 640)


def test_what_the_model_is_stands_in_its_info(shapes: Detector, sample_dir: Path) -> None:
    assert shapes.info.name == "shapes"
    assert shapes.info.kind == "detector"
    assert shapes.info.layout == "yolov8"
    assert shapes.info.sha256 == hashlib.sha256((sample_dir / "shapes.onnx").read_bytes()).hexdigest()
    assert shapes.labels == ("ball", "box", "star", "ring", "arrow", "heart")
    assert shapes.device.name == "cpu"


# --- what comes out ----------------------------------------------------------------------------------------


def test_boxes_come_back_in_displayed_pixels(tmp_path: Path) -> None:
    """A picture of four times the canvas, with bars: written boxes come back scaled, moved and clipped."""
    things = [
        layouts.Thing(0.3, (1.0, 1.0, 1.0, 1.0), 3, 0.9),
        layouts.Thing(0.99, (6.0, 6.0, 6.0, 6.0), 1, 0.7),
    ]
    model = layouts.yolov8(things)
    detector = constant_detector(tmp_path, model)
    display = Size(512, 256)
    found = detector.detect(frame_for(detector, from_pixels(np.zeros((256, 512, 3), np.uint8))))
    top = (96 - 64) / 2
    for detection, (box, score, class_id) in zip(found, model.truth, strict=True):
        raw = Box(box[0] * 4, (box[1] - top) * 4, box[2] * 4, (box[3] - top) * 4)
        assert detection.box == pytest.approx(raw.clipped(display), abs=2e-3)
        assert detection.confidence == round(np.float32(score).item(), 6)
        assert (detection.class_id, detection.label) == (class_id, layouts.NAMES[class_id])


def test_boxes_that_lie_in_the_bars_are_dropped(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = (10, 2, 30, 10, 0.9, 1)
    rows[0, 1] = (10, 40, 30, 60, 0.8, 2)
    detector = constant_detector(tmp_path, layouts.Model("end2end", {"output0": rows}, []))
    found = detector.detect(frame_for(detector, from_pixels(np.zeros((256, 512, 3), np.uint8))))
    assert [one.class_id for one in found] == [2]


def test_the_order_is_confidence_class_x1(tmp_path: Path) -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    for at, (x, score, class_id) in enumerate([(60, 0.5, 1), (20, 0.5, 1), (40, 0.5, 0), (80, 0.9, 6)]):
        rows[0, at] = (x, 20, x + 10, 40, score, class_id)
    detector = constant_detector(tmp_path, layouts.Model("end2end", {"output0": rows}, []))
    found = detector.detect(frame_for(detector, from_pixels(np.zeros((96, 128, 3), np.uint8))))
    assert [(one.confidence, one.class_id, one.box.x1) for one in found] == [
        (0.9, 6, 80.0), (0.5, 0, 40.0), (0.5, 1, 20.0), (0.5, 1, 60.0),
    ]  # fmt: skip


def test_only_wanted_labels_are_kept_and_unknown_ones_refused(tmp_path: Path) -> None:
    model = layouts.yolov8([layouts.Thing(0.1, (1.0,) * 4, 3, 0.9), layouts.Thing(0.9, (1.0,) * 4, 1, 0.7)])
    detector = constant_detector(tmp_path, model)
    frame = frame_for(detector, from_pixels(np.zeros((96, 128, 3), np.uint8)))
    assert len(detector.detect(frame)) == 2
    assert [one.label for one in detector.detect(frame, labels=("thing 1", "thing 6"))] == ["thing 1"]
    with pytest.raises(UsageError, match=r"knows no 'unicorn': it knows thing 0, thing 1,"):
        detector.detect(frame, labels=("thing 1", "unicorn"))
    with pytest.raises(UsageError, match="unicorn"):
        detector.check_labels(("unicorn",))


def test_a_set_token_stops_the_detector(shapes: Detector) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        shapes.detect(frame_for(shapes, from_pixels(np.zeros((96, 128, 3), np.uint8))), cancel=token)


def test_bytes_and_half_floats_are_fed(tmp_path: Path) -> None:
    model = layouts.yolov8([layouts.Thing(0.1, (1.0,) * 4, 3, 0.9)])
    for element in (TensorProto.UINT8, TensorProto.FLOAT16):
        path = onnx_models.constant_answers(
            tmp_path / f"{element}.onnx", model.outputs, element=element, metadata=model.metadata
        )
        detector = Detector.load(path)
        frame = frame_for(detector, from_pixels(np.zeros((96, 128, 3), np.uint8)))
        assert [one.class_id for one in detector.detect(frame)] == [3]


def test_a_missing_model_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        Detector.load(tmp_path / "no.onnx")


# --- real models -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layout", "counts"),
    [
        ("yolox_nano", "yolox", {"bus": 1, "person": 3}),
        ("derived_yolox_nano_v5layout", "yolov5", {"bus": 1, "person": 3}),
        ("yolov8n_int8", "yolov8", {"bus": 1, "person": 3}),
        ("yolo26n_int8", "end2end", {"bus": 1, "person": 3}),
        ("nanodet_m", "nanodet", {"bus": 1, "person": 3}),
    ],
)
def test_real_models_find_the_bus_and_its_three_people(
    models_dir: Path, media_dir: Path, name: str, layout: str, counts: dict[str, int]
) -> None:
    detector = Detector.load(models_dir / f"{name}.onnx")
    assert detector.info.layout == layout
    found = detect(detector, media_dir / "images" / "bus.jpg", confidence=0.45)
    assert Counter(one.label for one in found) == counts


def test_detr_boxes_are_those_the_model_scales_itself(models_dir: Path, media_dir: Path) -> None:
    """Asked for boxes in the picture's own pixels, the bare runtime gives what the detector says."""
    import onnxruntime

    path = models_dir / "deimv2_atto_coco_int8.onnx"
    detector = Detector.load(path)
    assert detector.info.layout == "detr"
    source = picture(media_dir / "images" / "bus.jpg")
    frame = frame_for(detector, source)
    size = np.array([[source.width, source.height]], np.int64)
    bare = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    ids, boxes, scores = bare.run(
        ["labels", "boxes", "scores"], {"images": frame.data[None], "orig_target_sizes": size}
    )
    order = [index for index in np.argsort(-scores.ravel()) if scores.ravel()[index] >= 0.25]
    found = detector.detect(frame)
    assert len(found) == len(order) > 0
    for one, index in zip(found, order, strict=True):
        assert one.class_id == ids.ravel()[index]
        assert one.confidence == pytest.approx(scores.ravel()[index].item(), abs=1e-5)
        whole = Box(*boxes.reshape(-1, 4)[index].tolist()).clipped(frame.display_size)
        assert one.box == pytest.approx(whole, abs=0.02)


@pytest.mark.parametrize(("image", "faces"), [("ultraface_10", 19), ("ultraface_3", 5), ("fastestdet_4", 0)])
def test_yunet_counts_faces(models_dir: Path, media_dir: Path, image: str, faces: int) -> None:
    detector = Detector.load(models_dir / "yunet_n_dynamic.onnx")
    found = detect(detector, media_dir / "images" / f"{image}.jpg")
    assert [one.label for one in found] == ["face"] * faces


def test_the_same_weights_behind_two_layouts_agree(models_dir: Path, media_dir: Path) -> None:
    raw = Detector.load(models_dir / "yolox_nano.onnx")
    decoded = Detector.load(models_dir / "derived_yolox_nano_v5layout.onnx")
    for image in ("bus", "dog", "fastestdet_0", "ultraface_10"):
        source = picture(media_dir / "images" / f"{image}.jpg")
        # A square picture fills the canvas of both, however they place pictures: the same pixels for both.
        square = source.reformat(416, 416, "rgb24")
        one, other = (model.detect(frame_for(model, square)) for model in (raw, decoded))
        assert len(one) == len(other) > 0
        for first in one:
            best = max(other, key=lambda second: iou(first.box, second.box) * (first.label == second.label))
            assert best.label == first.label
            assert iou(first.box, best.box) >= 0.95
            assert abs(first.confidence - best.confidence) <= 0.03


@pytest.mark.parametrize("name", PERSON_DETECTORS)
def test_persons_are_found_in_the_shots_that_have_them(models_dir: Path, media_dir: Path, name: str) -> None:
    detector = Detector.load(models_dir / f"{name}.onnx")
    shots: Counter[str] = Counter()
    for source in pictures(media_dir / "derived" / "ccby_5shots_jfk.mp4", keyframes=True):
        for one in detector.detect(frame_for(detector, source), labels=("person",)):
            spans = SHOTS_WITH_PERSONS.items()
            shots.update(shot for shot, (start, end) in spans if start <= one.time_s < end)
    assert set(shots) == set(SHOTS_WITH_PERSONS)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("osnet_x0_25", r"features \[\?, 512\]"),
        ("mobilenetv2_int8", r"output \[\?, 1000\]"),
        ("derived_mobilenetv2_int8_feat1280", r"embedding \[\?, 1280\]"),
        ("synthetic_toyclip_vision", r"image_embeds \[\?, 512\]"),
        ("synthetic_toyclip_text", r"input_ids \[\?, \?\] int64"),
        ("ultraface_version-RFB-320", r"scores \[1, 4420, 2\], boxes \[1, 4420, 4\]"),
    ],
)
def test_other_models_are_refused_with_the_shapes_seen(models_dir: Path, name: str, seen: str) -> None:
    with pytest.raises(ModelError, match=rf"'{name}\.onnx' is no detector that Reelscope knows.*{seen}"):
        Detector.load(models_dir / f"{name}.onnx")


def test_the_same_picture_gives_the_same_detections(shapes: Detector, sample_video: Path) -> None:
    frame = frame_for(shapes, next(pictures(sample_video)))
    first = shapes.detect(frame)
    assert first
    assert shapes.detect(frame) == first
