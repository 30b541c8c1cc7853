"""The units that packets of H.264 and HEVC consist of, behind their lengths or behind start codes."""

from __future__ import annotations

from collections.abc import Iterator

Data = bytes | memoryview
"""What is looked at: a view of a packet saves a copy."""

START_CODE = b"\x00\x00\x01"

LOOKED_AT = 2**16
"""Bytes of a unit that are looked at: its header and, in front of a picture, all messages there may be."""


def units(data: Data, length_size: int) -> Iterator[Data]:
    """Yield the NAL units of a packet; of each only the first bytes matter, so none is unescaped."""
    if has_lengths(data, length_size):
        yield from _units_by_length(data, length_size)
    else:
        yield from _units_by_start_code(data)


def has_lengths(data: Data, length_size: int) -> bool:
    """Tell whether units follow their lengths, as the extradata says: some have start codes all the same."""
    starts_like_annex_b = bytes(data[:4]).startswith((b"\x00\x00\x01", b"\x00\x00\x00\x01"))
    return length_size > 0 and (not starts_like_annex_b or _lengths_fit(data, length_size))


def _lengths_fit(data: Data, size: int) -> bool:
    at = 0
    while at + size <= len(data):
        at += size + int.from_bytes(data[at : at + size], "big")
    return at == len(data)


def _units_by_length(data: Data, size: int) -> Iterator[Data]:
    at = 0
    while at + size < len(data):
        end = at + size + int.from_bytes(data[at : at + size], "big")
        unit = data[at + size : min(end, at + size + LOOKED_AT)]
        if unit:
            yield unit
        at = end


def _units_by_start_code(looked_at: Data) -> Iterator[Data]:
    data = bytes(looked_at)
    at = data.find(START_CODE)
    while at >= 0:
        following = data.find(START_CODE, at + 3)
        unit = data[at + 3 : following if following >= 0 else len(data)]
        if unit:
            yield unit
        at = following
