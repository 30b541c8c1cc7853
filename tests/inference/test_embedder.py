"""Picture encoders against plain runs of ONNX Runtime, with scaling and arithmetic written out here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from av.video.reformatter import Interpolation
from onnx import TensorProto, helper

from app.analysis.desk import Desk
from app.core.errors import ModelError
from app.inference.embedder import Embedder
from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.inference import onnx_models

EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""libswscale's bilinear scaling with exact arithmetic: without, its RGB is a whole level off."""
_IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_CLIP = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def embedded(embedder: Embedder, pictures: list[Picture]) -> npt.NDArray[np.float32]:
    parts = [embedder.embed(tensor) for tensor, _, _ in Desk(embedder).tensors(pictures)]
    return np.concatenate(parts)


def first_pictures(path: Path, times: tuple[float, ...]) -> list[Picture]:
    with VideoReader(path) as reader:
        return [reader.frame_at(time_s) for time_s in times]


def plain(path: Path, picture: Picture, numbers: Any, size: tuple[int, int], *, crop: bool) -> Any:
    """One vector: RGB bytes by libswscale (bilinear), centre crop, ImageNet arithmetic, one run, length 1."""
    mean, std = numbers
    width, height = size
    if crop:
        scale = max(width / picture.decoded.width, height / picture.decoded.height)
        width, height = (round(side * scale) for side in (picture.decoded.width, picture.decoded.height))
    rgb = picture.decoded.reformat(width, height, "rgb24", interpolation=EXACT).to_ndarray()
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    rgb = rgb[top : top + size[1], left : left + size[0]]
    tensor = ((rgb / 255.0 - mean) / std).astype(np.float32).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (vector,) = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(tensor)})[0]
    return vector / np.linalg.norm(vector)


@pytest.mark.models
@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "numbers", "size", "size_length", "crop"),
    [
        ("derived_mobilenetv2_int8_feat1280", _IMAGENET, (224, 224), 1280, True),
        ("mobilenetv2_int8", _IMAGENET, (224, 224), 1000, True),
        ("osnet_x0_25", _IMAGENET, (128, 256), 512, False),
        ("synthetic_toyclip_vision", _CLIP, (224, 224), 512, True),
    ],
)
def test_vectors_are_those_of_a_plain_run(
    models_dir: Path, media_dir: Path, name: str, numbers: Any, size: Any, size_length: int, crop: bool
) -> None:
    path = models_dir / f"{name}.onnx"
    (picture,) = first_pictures(media_dir / "intel_car-detection.mp4", (3.0,))
    embedder = Embedder.load(path)
    assert (embedder.info.kind, embedder.info.layout, embedder.size) == ("encoder", None, size_length)
    (vector,) = embedded(embedder, [picture])
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    expected = plain(path, picture, numbers, size, crop=crop)
    # Numbers quantised while the model runs follow the last bit of every pixel.
    assert float(vector @ expected) > (0.99 if "int8" in name else 0.9995)


def encoder(path: Path, *, picture: Any, element: int = TensorProto.FLOAT, nodes: Any, output: str) -> Path:
    taken = [helper.make_tensor_value_info("picture", element, list(picture))]
    given = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
    return onnx_models.save(path, helper.make_graph(nodes, "encoder", taken, given))


def test_bytes_with_the_channels_last_are_the_mean_colour(tmp_path: Path, sample_video: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["picture"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["colour"], axes=[1, 2], keepdims=0),
    ]
    path = encoder(
        tmp_path / "m.onnx", picture=("n", 32, 48, 3), element=TensorProto.UINT8, nodes=nodes, output="colour"
    )
    (picture,) = first_pictures(sample_video, (2.0,))
    (vector,) = embedded(Embedder.load(path), [picture])
    rgb = picture.decoded.reformat(48, 32, "rgb24", interpolation=EXACT)
    colour = rgb.to_ndarray().mean(axis=(0, 1))
    np.testing.assert_allclose(vector, colour / np.linalg.norm(colour), atol=0.01)


@pytest.mark.parametrize(
    ("output", "nodes", "size"),
    [
        ("map", [helper.make_node("Identity", ["picture"], ["map"])], 3),
        ("last_hidden_state", [helper.make_node("Squeeze", ["picture", "axis"], ["last_hidden_state"])], 40),
    ],
)
def test_maps_and_tokens_are_averaged(tmp_path: Path, output: str, nodes: Any, size: int) -> None:
    if output == "last_hidden_state":
        nodes = [
            helper.make_node("Constant", [], ["shape"], value_ints=[0, 0, -1]),
            helper.make_node("Slice", ["picture", "zero", "one", "rows"], ["row"]),
            helper.make_node("Constant", [], ["zero"], value_ints=[0]),
            helper.make_node("Constant", [], ["one"], value_ints=[1]),
            helper.make_node("Constant", [], ["rows"], value_ints=[2]),
            helper.make_node("Reshape", ["row", "shape"], ["last_hidden_state"]),
        ]
        nodes = [nodes[2], nodes[3], nodes[4], nodes[0], nodes[1], nodes[5]]
    path = encoder(tmp_path / "m.onnx", picture=(1, 3, 40, 40), nodes=nodes, output=output)
    assert Embedder.load(path).size == size


@pytest.mark.models
@pytest.mark.parametrize(
    "name",
    ["yolox_nano", "yolov8n_int8", "yunet_n_dynamic", "deimv2_atto_coco_int8", "synthetic_toyclip_text"],
)
def test_what_is_no_encoder_is_refused(models_dir: Path, name: str) -> None:
    with pytest.raises(ModelError, match=f"'{name}.onnx' is no picture encoder .it takes"):
        Embedder.load(models_dir / f"{name}.onnx")


def test_a_model_that_gives_no_numbers_fails(tmp_path: Path) -> None:
    nothing = np.full((1, 8), np.nan, np.float32)
    path = onnx_models.constant_answers(tmp_path / "m.onnx", {"embedding": nothing}, picture=(1, 3, 32, 32))
    with pytest.raises(ModelError, match="no usable vectors"):
        Embedder.load(path).embed(np.zeros((1, 3, 32, 32), np.float32))
