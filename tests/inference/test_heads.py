"""Each layout is recognised, and gives back the boxes that were written into it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ModelError, UsageError
from app.core.geometry import ChannelOrder, Fit, Size
from app.inference.heads.base import Answer, fitting_canvas
from app.inference.heads.detr import DetrHead
from app.inference.heads.labels import COCO, COCO_CATEGORIES, default_labels, labels_in
from app.inference.heads.registry import HEADS, LAYOUTS, choose_head
from app.inference.heads.yolox import YoloXHead
from app.inference.session import TensorInfo
from tests.inference import layouts
from tests.inference.layouts import CANVAS, CLASSES, ENCODERS, NAMES, Model, Thing

SOME = [Thing(0.1, (1.0, 2.0, 1.5, 0.5), 2, 0.9), Thing(0.95, (0.5, 0.5, 0.5, 0.5), 5, 0.6)]

_side = st.floats(0.1, 6.5)
_things = st.lists(
    st.builds(
        Thing,
        st.floats(0, 1),
        st.tuples(_side, _side, _side, _side),
        st.integers(0, CLASSES - 1),
        st.floats(0.55, 0.99),
    ),
    max_size=12,
)


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("things", [SOME, []], ids=["some", "none"])
def test_just_one_head_recognises_a_layout(encoder: str, things: list[Thing]) -> None:
    model = ENCODERS[encoder](things)
    recognised = [head.layout for head in HEADS if head.recognise(model.facts()) is not None]
    assert recognised == [model.layout]


@pytest.mark.parametrize("encoder", ENCODERS)
@given(things=_things)
def test_decoding_gives_back_what_was_encoded(encoder: str, things: list[Thing]) -> None:
    model = ENCODERS[encoder](things)
    head = choose_head(model.facts())
    found = head.decode(Answer(model.outputs, CANVAS, 0.52)).usable()
    expected = sorted((class_id, *box, score) for box, score, class_id in model.truth)
    got = sorted(
        (class_id, *box, score)
        for class_id, box, score in zip(
            found.class_ids.tolist(), found.boxes.tolist(), found.scores.tolist(), strict=True
        )
    )
    assert len(got) == len(expected)
    for one, other in zip(_by_box(got), _by_box(expected), strict=True):
        assert one == pytest.approx(other, rel=2e-5, abs=2e-3)


def _by_box(rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """In an order that small errors cannot change: only boxes a thousandth apart are taken as equal."""
    return sorted(rows, key=lambda row: (row[0], *(round(value, 1) for value in row[1:5]), row[5]))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_threshold_is_held(encoder: str) -> None:
    model = ENCODERS[encoder](SOME)
    head = choose_head(model.facts())
    assert len(head.decode(Answer(model.outputs, CANVAS, 0.75))) == 1
    assert len(head.decode(Answer(model.outputs, CANVAS, 0.999))) == 0


@pytest.mark.parametrize("encoder", ENCODERS)
def test_half_precision_outputs_are_read(encoder: str) -> None:
    model = ENCODERS[encoder](SOME)
    half = {
        name: value.astype(np.float16) if value.dtype == np.float32 else value
        for name, value in model.outputs.items()
    }
    halved = dataclasses.replace(model, outputs=half)
    head = choose_head(halved.facts())
    assert head.layout == model.layout
    found = head.decode(Answer(half, CANVAS, 0.52))
    assert sorted(found.scores) == pytest.approx(sorted(score for _, score, _ in model.truth), abs=2e-3)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_numbers_that_are_none_yield_no_boxes(encoder: str) -> None:
    model = ENCODERS[encoder](SOME)
    head = choose_head(model.facts())
    broken = {
        name: np.full_like(value, np.nan) if value.dtype == np.float32 else value
        for name, value in model.outputs.items()
    }
    assert len(head.decode(Answer(broken, CANVAS, 0.52)).usable()) == 0


def test_names_give_the_labels_and_yunet_says_face() -> None:
    assert choose_head(layouts.yolov8(SOME).facts()).labels == NAMES
    assert choose_head(layouts.yunet(SOME).facts()).labels == ("face",)


def test_every_layout_word_is_known() -> None:
    words = {"auto", "yolox", "yolov5", "yolov8", "end2end", "detr", "nanodet", "yunet"}
    assert set(LAYOUTS) == words
    assert len(LAYOUTS) == len(words)


def test_a_named_layout_overrules_the_evidence() -> None:
    decoded = layouts.yolov5_one_a_cell(SOME).facts()
    assert choose_head(decoded, "yolox").spec.channels is ChannelOrder.BGR
    assert choose_head(decoded, "yolov5").spec.channels is ChannelOrder.RGB
    assert choose_head(layouts.yolox(SOME).facts(), "yolov5").layout == "yolov5"


def test_a_named_layout_that_cannot_be_is_refused_with_the_shapes() -> None:
    with pytest.raises(ModelError, match=r"cannot be read as yunet: it takes images \[1, 3, 96, 128\]"):
        choose_head(layouts.yolov8(SOME).facts(), "yunet")
    with pytest.raises(UsageError, match=r"no layout 'yolo99'.*yolox"):
        choose_head(layouts.yolov8(SOME).facts(), "yolo99")


def test_a_raw_grid_and_a_decoded_one_of_one_shape_are_told_apart() -> None:
    raw, decoded = layouts.yolox(SOME), layouts.yolox_decoded(SOME)
    heads = [choose_head(model.facts()) for model in (raw, decoded)]
    assert raw.outputs["output0"].shape == decoded.outputs["output"].shape
    assert all(isinstance(head, YoloXHead) for head in heads)
    assert [head.raw for head in heads if isinstance(head, YoloXHead)] == [True, False]


@pytest.mark.parametrize(
    ("shape", "why"),
    [((1, 1000), r"\[1, 1000\]"), ((1, 4420, 2), r"\[1, 4420, 2\]"), ((1, 50, 7, 7), r"\[1, 50, 7, 7\]")],
)
def test_an_unknown_layout_is_refused_with_the_shapes_seen(shape: tuple[int, ...], why: str) -> None:
    model = Model("none", {"answer": np.zeros(shape, np.float32)}, [])
    with pytest.raises(ModelError, match=f"no detector that Reelscope knows.*images.*answer {why}"):
        choose_head(model.facts())


def test_boxes_and_scores_of_thousands_of_priors_are_not_taken_for_detr() -> None:
    outputs = {"scores": np.zeros((1, 4420, 2), np.float32), "boxes": np.zeros((1, 4420, 4), np.float32)}
    with pytest.raises(ModelError, match=r"scores \[1, 4420, 2\], boxes \[1, 4420, 4\]"):
        choose_head(Model("none", outputs, []).facts())


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (TensorInfo("input_ids", (None, 77), "int64"), "takes one picture"),
        (TensorInfo("images", (1, 640, 640, 3), "float"), "takes one picture"),
        (TensorInfo("images", (8, 3, 96, 128), "float"), "takes one picture"),
        (TensorInfo("images", (1, 3, 96, 128), "int8"), "float, float16 or uint8"),
    ],
)
def test_inputs_that_cannot_be_fed_are_refused(picture: TensorInfo, why: str) -> None:
    model = dataclasses.replace(layouts.yolov8(SOME), picture=picture)
    with pytest.raises(ModelError, match=why):
        choose_head(model.facts())


def test_an_input_nobody_knows_is_named() -> None:
    mask = TensorInfo("pixel_mask", (1, 64, 64), "int64")
    model = dataclasses.replace(layouts.detr(SOME), extra_inputs=(mask,))
    with pytest.raises(ModelError, match="'pixel_mask'"):
        choose_head(model.facts())


def test_bytes_are_fed_as_they_are() -> None:
    picture = TensorInfo("images", (1, 3, CANVAS.height, CANVAS.width), "uint8")
    spec = choose_head(dataclasses.replace(layouts.yolov8(SOME), picture=picture).facts()).spec
    assert (spec.scale, spec.mean, spec.std) == (1.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def _rfdetr(name: str, shape: tuple[int | None, ...], score: float, category: int) -> Model:
    logits = np.full((1, 300, 91), -9, np.float32)
    logits[0, 3, category] = np.log(score / (1 - score))
    boxes = np.full((1, 300, 4), 0.5, np.float32)
    picture = TensorInfo("pixel_values", shape, "float")
    return Model("detr", {"logits": logits, "pred_boxes": boxes}, [], {}, (), name, picture)


def test_raw_coco_categories_become_the_eighty_classes() -> None:
    for category, label in ((1, "person"), (13, "stop sign"), (90, "toothbrush"), (44, "bottle")):
        model = _rfdetr("x.onnx", (1, 3, 384, 384), 0.8, category)
        head = choose_head(model.facts())
        found = head.decode(Answer(model.outputs, Size(384, 384), 0.5))
        assert [head.labels[number] for number in found.class_ids] == [label]
    unused = _rfdetr("x.onnx", (1, 3, 384, 384), 0.8, 12)
    assert len(choose_head(unused.facts()).decode(Answer(unused.outputs, Size(384, 384), 0.5))) == 0


def test_rf_detr_is_normalised_and_its_size_is_never_guessed() -> None:
    dynamic = (None, 3, None, None)
    head = choose_head(_rfdetr("rfdetr_small.onnx", dynamic, 0.8, 1).facts())
    assert isinstance(head, DetrHead)
    assert head.spec.size == Size(512, 512)
    assert head.spec.fit is Fit.STRETCH
    assert head.spec.mean == (0.485, 0.456, 0.406)
    assert not head.flexible
    with pytest.raises(ModelError, match=r"nano, small, base, medium, large"):
        choose_head(_rfdetr("model.onnx", dynamic, 0.8, 1).facts())


def test_sizes_come_from_the_notes_where_the_graph_leaves_them_open() -> None:
    free = TensorInfo("images", (None, 3, None, None), "float")
    notes = {"names": repr(dict(enumerate(NAMES))), "imgsz": "[96, 128]"}
    model = dataclasses.replace(layouts.yolov8(SOME), picture=free, metadata=notes)
    head = choose_head(model.facts())
    assert head.spec.size == CANVAS
    assert head.flexible
    assert head.canvas(Size(720, 1280)) == Size(96, 128)


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_a_fitting_canvas_holds_the_picture_and_is_no_larger_than_needed(width: int, height: int) -> None:
    canvas = fitting_canvas(Size(width, height), 640)
    scale = 640 / max(width, height)
    for side, wanted in ((canvas.width, width * scale), (canvas.height, height * scale)):
        assert side % 32 == 0
        assert wanted - 0.5 <= side < max(32.1, wanted + 32.5)


def test_coco_has_its_classes_and_categories() -> None:
    assert len(COCO) == len(set(COCO)) == len(COCO_CATEGORIES) == 80
    assert (COCO[0], COCO[39], COCO[79]) == ("person", "bottle", "toothbrush")
    assert (COCO_CATEGORIES[0], COCO_CATEGORIES[39], COCO_CATEGORIES[79]) == (1, 44, 90)
    assert default_labels(80) == COCO
    assert default_labels(2) == ("class 0", "class 1")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{0: 'person', 2: 'dog'}", ("person", "class 1", "dog")),
        ('{"0": "person", "1": "it\'s"}', ("person", "it's")),
        ('["a", "b"]', ("a", "b")),
        ("('a', 'b')", ("a", "b")),
        ("", None),
        ("__import__('os').getcwd()", None),
        ("{-1: 'a'}", None),
        ("{999999999: 'a'}", None),
        ("{'x': 'a'}", None),
        ("[" * 5000, None),
        ("[]", None),
    ],
)
def test_class_names_are_read_without_running_them(text: str, names: tuple[str, ...] | None) -> None:
    assert labels_in({"names": text}) == names
