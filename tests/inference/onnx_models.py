"""Tiny ONNX files made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = [helper.make_opsetid("", 17)]
Dims = Sequence[int | str]


def save(path: Path, graph: onnx.GraphProto, metadata: Mapping[str, str] | None = None) -> Path:
    model = helper.make_model(graph, opset_imports=OPSET, ir_version=8)
    helper.set_model_props(model, dict(metadata or {}))
    path.write_bytes(model.SerializeToString())
    return path


def constant_answers(
    path: Path,
    outputs: Mapping[str, npt.NDArray[np.float32]],
    *,
    picture: Dims = (1, 3, 96, 128),
    element: int = TensorProto.FLOAT,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A model that answers the same whatever it sees."""
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
        for name, value in outputs.items()
    ]
    given = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in outputs.items()
    ]
    taken = [helper.make_tensor_value_info("images", element, list(picture))]
    return save(path, helper.make_graph(nodes, "constant", taken, given), metadata)


def doubling(path: Path, dims: Dims = ("batch", 3), metadata: Mapping[str, str] | None = None) -> Path:
    """y = x + x."""
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "doubling",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(dims))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, list(dims))],
    )
    return save(path, graph, metadata)


def endless(path: Path) -> Path:
    """A loop of 2**62 rounds: it ends when it is told to, or never."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Add", ["state", "state"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, [3]),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [3]),
        ],
    )
    rounds = numpy_helper.from_array(np.array(2**62, np.int64), "rounds")
    yes = numpy_helper.from_array(np.array(True), "yes")
    graph = helper.make_graph(
        [helper.make_node("Loop", ["rounds", "yes", "x"], ["y"], body=body)],
        "endless",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3])],
        initializer=[rounds, yes],
    )
    return save(path, graph)


def with_external_weights(path: Path, *, in_constant: bool) -> Path:
    """A model whose weights lie in a second file, as an initializer or inside a node's attribute."""
    weights = numpy_helper.from_array(np.ones(3, np.float32), "w")
    onnx.external_data_helper.set_external_data(weights, "weights.bin")
    weights.ClearField("raw_data")
    (path.parent / "weights.bin").write_bytes(np.ones(3, np.float32).tobytes())
    constant = helper.make_node("Constant", [], ["w"], value=weights)
    add = helper.make_node("Add", ["x", "w"], ["y"])
    graph = helper.make_graph(
        [constant, add] if in_constant else [add],
        "external",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3])],
        initializer=[] if in_constant else [weights],
    )
    return save(path, graph)


def with_operation(path: Path, name: str, domain: str) -> Path:
    """A model of one operation that nobody has."""
    graph = helper.make_graph(
        [helper.make_node(name, ["x"], ["y"], domain=domain)],
        "odd",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3])],
    )
    model = helper.make_model(graph, opset_imports=[*OPSET, helper.make_opsetid(domain, 1)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path
