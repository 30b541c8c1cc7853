"""What an ONNX file says of itself, read without loading it: names of what it takes and gives, and notes."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.inference.protobuf import LENGTH, fields

# onnx.proto: ModelProto, GraphProto, ValueInfoProto and StringStringEntryProto.
_MODEL_GRAPH, _MODEL_NOTES = 7, 14
_GRAPH_INPUT, _GRAPH_OUTPUT = 11, 12
_VALUE_NAME = 1
_NOTE_KEY, _NOTE_VALUE = 1, 2

_VECTORS = {
    "image_embeds", "image_embeddings", "image_features", "embedding", "embeddings", "pooler_output",
    "last_hidden_state", "hidden_states",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnnxOutline:
    """Names as the graph has them; old files list their weights among the inputs."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def reads_words(self) -> bool:
        """Whether it takes tokens: a text encoder."""
        return "input_ids" in self.inputs

    @property
    def gives_vectors_alone(self) -> bool:
        """Whether all it gives are vectors, by their names: a picture encoder, where it reads no words."""
        return bool(self.outputs) and set(self.outputs) <= _VECTORS


def read_outline(path: Path) -> OnnxOutline:
    """Return the outline of a file; an empty one where it cannot be read or is no ONNX file."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _read(data)
    except (OSError, ValueError, IndexError):
        return OnnxOutline()


def _read(data: mmap.mmap) -> OnnxOutline:
    inputs: list[str] = []
    outputs: list[str] = []
    notes: dict[str, str] = {}
    for number, wire, start, end in fields(data, 0, len(data)):
        if wire != LENGTH:
            continue
        if number == _MODEL_GRAPH:
            for inner, inner_wire, a, b in fields(data, start, end):
                if inner_wire == LENGTH and inner in (_GRAPH_INPUT, _GRAPH_OUTPUT):
                    (inputs if inner == _GRAPH_INPUT else outputs).append(_text(data, a, b, _VALUE_NAME))
        elif number == _MODEL_NOTES:
            notes[_text(data, start, end, _NOTE_KEY)] = _text(data, start, end, _NOTE_VALUE)
    return OnnxOutline(tuple(inputs), tuple(outputs), notes)


def _text(data: mmap.mmap, start: int, end: int, wanted: int) -> str:
    """The text of a field of a message; "" where it has none."""
    found = (
        data[a:b] for number, wire, a, b in fields(data, start, end) if wire == LENGTH and number == wanted
    )
    return next(found, b"").decode("utf-8", "replace")
