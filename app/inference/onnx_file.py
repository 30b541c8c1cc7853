"""A look into a model file before any runtime sees it: is it ONNX, and does it keep to itself?

ONNX is a protobuf message (onnx.proto). Only the few fields that matter here are read; tensors are skipped
by their length, so that a file of a gigabyte costs no more than its graph.
"""

from __future__ import annotations

import mmap
from pathlib import Path

from app.core.errors import FileMissingError, ModelError
from app.inference.protobuf import LENGTH, VARINT, fields

_FOREIGN = (
    (b"version https://git-lfs", "a Git LFS pointer, not the model itself: fetch the real file"),
    (b"PK\x03\x04", "a PyTorch or zip file: export the model to ONNX first"),
    (b"GGUF", "a GGUF file, not an ONNX model"),
    (b"lmgg", "a speech model in whisper.cpp's format, not an ONNX model"),
    (b"\x1c\x00\x00\x00TFL3", "a TensorFlow Lite file: export the model to ONNX first"),
    (b"ORTM", "in ONNX Runtime's own .ort format: use the ONNX file it was made from"),
    (b"<!DOCTYPE", "a web page, not the model itself: download the file again"),
    (b"<html", "a web page, not the model itself: download the file again"),
)

_MODEL_GRAPH, _MODEL_FUNCTIONS, _MODEL_IR_VERSION = 7, 25, 1
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_ATTRIBUTE, _NODE_DOMAIN, _FUNCTION_NODE, _FUNCTION_DOMAIN = 5, 7, 7, 10
_ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH, _ATTRIBUTE_TENSORS, _ATTRIBUTE_GRAPHS = 5, 6, 10, 11
_ATTRIBUTE_SPARSE = (22, 23)
_SPARSE_VALUES, _SPARSE_INDICES = 1, 2
_TENSOR_DATA_LOCATION, _EXTERNAL = 14, 1
_DEEPEST = 32

_KNOWN_DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.ms.internal.nhwc", "org.pytorch.aten"})


def check_onnx_file(path: Path) -> None:
    """Refuse what cannot be an ONNX model with all its weights inside.

    Raises:
        FileMissingError: there is no such file.
        ModelError: empty, of another format, damaged, with weights in other files, or with operations of an
            extension that ONNX Runtime does not carry.
    """
    if not path.is_file():
        raise FileMissingError(f"There is no model file '{path}'.")
    try:
        with path.open("rb") as file:
            head = file.read(64)
            if not head:
                raise ModelError(f"The model file '{path.name}' is empty.")
            for signature, what in _FOREIGN:
                if head.lstrip().startswith(signature):
                    raise ModelError(f"The model file '{path.name}' is {what}.")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                _check_message(data, path.name)
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"The model file '{path.name}' cannot be read: {reason}.") from error


def _check_message(data: mmap.mmap, name: str) -> None:
    try:
        scan = _Scan(data)
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise ModelError(f"The model file '{name}' is not an ONNX model, or it is damaged.") from error
    if not scan.has_graph:
        raise ModelError(f"The model file '{name}' is not an ONNX model, or it is damaged.")
    if scan.external:
        raise ModelError(
            f"The model '{name}' keeps its weights in other files beside it, which is not accepted: "
            "save it as one ONNX file with its weights inside."
        )
    foreign = scan.used - scan.defined - _KNOWN_DOMAINS
    unknown = sorted(domain for domain in foreign if not domain.startswith("com.microsoft"))
    if unknown:
        raise ModelError(
            f"The model '{name}' needs operations of the extension '{unknown[0]}', "
            "which ONNX Runtime does not have."
        )


class _Scan:
    """What the walk through a model found.

    Attributes:
        has_graph: whether an IR version and a graph stand in it.
        external: whether any tensor says that its data lies in another file.
        used, defined: domains of the operations, and of the functions the model brings itself.
    """

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.external = False
        self.used: set[str] = set()
        self.defined: set[str] = set()
        seen = set()
        for number, wire, start, end in fields(self._data, 0, len(data)):
            seen.add(number)
            if number == _MODEL_GRAPH and wire == LENGTH:
                self._graph(start, end, 0)
            elif number == _MODEL_FUNCTIONS and wire == LENGTH:
                self._function(start, end)
        self.has_graph = {_MODEL_GRAPH, _MODEL_IR_VERSION} <= seen

    def _text(self, start: int, end: int) -> str:
        return self._data[start:end].decode("utf-8")

    def _graph(self, start: int, end: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError("graphs nested too deeply")
        for number, wire, a, b in fields(self._data, start, end):
            if wire != LENGTH:
                continue
            if number == _GRAPH_NODE:
                self._node(a, b, depth)
            elif number == _GRAPH_INITIALIZER:
                self._tensor(a, b)
            elif number == _GRAPH_SPARSE:
                self._sparse(a, b)

    def _function(self, start: int, end: int) -> None:
        for number, wire, a, b in fields(self._data, start, end):
            if number == _FUNCTION_NODE and wire == LENGTH:
                self._node(a, b, 0)
            elif number == _FUNCTION_DOMAIN and wire == LENGTH:
                self.defined.add(self._text(a, b))

    def _node(self, start: int, end: int, depth: int) -> None:
        for number, wire, a, b in fields(self._data, start, end):
            if number == _NODE_DOMAIN and wire == LENGTH:
                self.used.add(self._text(a, b))
            elif number == _NODE_ATTRIBUTE and wire == LENGTH:
                self._attribute(a, b, depth)

    def _attribute(self, start: int, end: int, depth: int) -> None:
        for number, wire, a, b in fields(self._data, start, end):
            if wire != LENGTH:
                continue
            if number in (_ATTRIBUTE_TENSOR, _ATTRIBUTE_TENSORS):
                self._tensor(a, b)
            elif number in (_ATTRIBUTE_GRAPH, _ATTRIBUTE_GRAPHS):
                self._graph(a, b, depth + 1)
            elif number in _ATTRIBUTE_SPARSE:
                self._sparse(a, b)

    def _sparse(self, start: int, end: int) -> None:
        for number, wire, a, b in fields(self._data, start, end):
            if wire == LENGTH and number in (_SPARSE_VALUES, _SPARSE_INDICES):
                self._tensor(a, b)

    def _tensor(self, start: int, end: int) -> None:
        for number, wire, value, _ in fields(self._data, start, end):
            if number == _TENSOR_DATA_LOCATION and wire == VARINT and value == _EXTERNAL:
                self.external = True
