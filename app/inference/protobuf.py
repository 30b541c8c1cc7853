"""The wire format of protobuf messages, as far as ONNX files need it. Nothing is copied out of the file."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

VARINT, _FIXED64, LENGTH, _FIXED32 = 0, 1, 2, 5

Field = tuple[int, int, int, int]
"""Field number, wire type, and where its content starts and ends (a varint: its value, 0)."""


def fields(data: mmap.mmap | bytes, at: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message that lies from ``at`` to ``end``.

    Raises:
        ValueError, IndexError: it is no message.
    """
    while at < end:
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, wire, value, 0
            continue
        if wire == LENGTH:
            length, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError("an unknown wire type")
        if number == 0 or at + length > end:
            raise ValueError("a field that ends behind its message")
        yield number, wire, at, at + length
        at += length


def _varint(data: mmap.mmap | bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
