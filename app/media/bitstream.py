"""Whether a packet really holds a picture at which decoding can start: a look at its first bytes.

Containers flag packets as keyframes, and some flag wrongly. The marks below are what FFmpeg's decoders go by,
too, when they are told to decode keyframes only; so index and decoder agree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator


class KeyCheck(enum.Enum):
    """What the bytes of a packet say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """The codec has no mark that is known here, or the data does not parse: believe the container."""


_START_CODE = b"\x00\x00\x01"
_H264_IDR = 5
_H264_SLICES = range(1, 6)
_H264_SEI = 6
_SEI_RECOVERY_POINT = 6
_FIRST_BIT = 0x80
_HEVC_SLICES = range(32)
_HEVC_IRAP = range(16, 24)
_INTRA_PICTURE = 1
_VP9_SYNC = b"\x49\x83\x42"


def starts_decoding(codec: str, data: bytes, extradata: bytes) -> KeyCheck:
    """Return whether the packet ``data`` of FFmpeg's codec ``codec`` is a place to start.

    H.264: an IDR slice or a recovery point at this very picture (open GOP; where an encoder refreshes the
    picture column by column, the recovery comes many pictures later). HEVC: an IRAP picture. MPEG-1, 2, 4:
    an intra picture.
    VP8, VP9: a frame header that says so. ``extradata`` tells how H.264 and HEVC frame their units.
    """
    check = _CHECKS.get(codec)
    return check(data, extradata) if check and data else KeyCheck.UNKNOWN


def _verdict(yes: bool) -> KeyCheck:
    return KeyCheck.YES if yes else KeyCheck.NO


def _h264(data: bytes, extradata: bytes) -> KeyCheck:
    length_size = (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else 0
    recovery = False
    for unit in _units(data, length_size):
        kind = unit[0] & 31
        if kind == _H264_SEI:
            recovery = recovery or _has_recovery_point(unit)
        elif kind in _H264_SLICES:
            return _verdict(kind == _H264_IDR or recovery)
    return KeyCheck.UNKNOWN


def _hevc(data: bytes, extradata: bytes) -> KeyCheck:
    length_size = (extradata[21] & 3) + 1 if len(extradata) > 22 and extradata[0] == 1 else 0
    for unit in _units(data, length_size):
        kind = unit[0] >> 1 & 63
        if kind in _HEVC_SLICES:
            return _verdict(kind in _HEVC_IRAP)
    return KeyCheck.UNKNOWN


def _mpeg12(data: bytes, _: bytes) -> KeyCheck:
    at = data.find(_START_CODE + b"\x00")
    if at < 0 or at + 5 >= len(data):
        return KeyCheck.NO
    return _verdict(data[at + 5] >> 3 & 7 == _INTRA_PICTURE)


def _mpeg4(data: bytes, _: bytes) -> KeyCheck:
    at = data.find(_START_CODE + b"\xb6")
    if at < 0 or at + 4 >= len(data):
        return KeyCheck.UNKNOWN
    return _verdict(data[at + 4] >> 6 == 0)


def _vp8(data: bytes, _: bytes) -> KeyCheck:
    return _verdict(data[0] & 1 == 0 and data[3:6] == b"\x9d\x01\x2a")


def _vp9(data: bytes, _: bytes) -> KeyCheck:
    """Read the start of the uncompressed header (VP9 bitstream specification, 6.2)."""
    first = data[0]
    profile = (first >> 5 & 1) | (first >> 3 & 2)
    # frame_marker (2), profile (2), a reserved bit in profile 3, show_existing_frame, frame_type, ...
    shift = 2 if profile == 3 else 3
    shown_again, inter = first >> shift & 1, first >> (shift - 1) & 1
    return _verdict(first >> 6 == 2 and not shown_again and not inter and data[1:4] == _VP9_SYNC)


_CHECKS: dict[str, Callable[[bytes, bytes], KeyCheck]] = {
    "h264": _h264,
    "hevc": _hevc,
    "mpeg1video": _mpeg12,
    "mpeg2video": _mpeg12,
    "mpeg4": _mpeg4,
    "vp8": _vp8,
    "vp9": _vp9,
}


def _units(data: bytes, length_size: int) -> Iterator[bytes]:
    """The NAL units of a packet; of each only the first bytes matter, so none is unescaped."""
    starts_like_annex_b = data.startswith((b"\x00\x00\x01", b"\x00\x00\x00\x01"))
    if length_size and not (starts_like_annex_b and not _lengths_fit(data, length_size)):
        yield from _units_by_length(data, length_size)
    else:
        yield from _units_by_start_code(data)


def _lengths_fit(data: bytes, size: int) -> bool:
    at = 0
    while at + size <= len(data):
        at += size + int.from_bytes(data[at : at + size], "big")
    return at == len(data)


def _units_by_length(data: bytes, size: int) -> Iterator[bytes]:
    at = 0
    while at + size < len(data):
        end = at + size + int.from_bytes(data[at : at + size], "big")
        unit = data[at + size : end]
        if unit:
            yield unit
        at = end


def _units_by_start_code(data: bytes) -> Iterator[bytes]:
    at = data.find(_START_CODE)
    while at >= 0:
        following = data.find(_START_CODE, at + 3)
        unit = data[at + 3 : following if following >= 0 else len(data)]
        if unit:
            yield unit
        at = following


def _has_recovery_point(sei: bytes) -> bool:
    """Walk the messages of an SEI unit: type and size each in bytes of 255 plus a last one.

    A recovery point begins with recovery_frame_cnt, Exp-Golomb coded: 0 is a single set bit.
    """
    at = 1
    while at + 2 < len(sei):
        kind, at = _sei_number(sei, at)
        size, at = _sei_number(sei, at)
        if kind == _SEI_RECOVERY_POINT and at < len(sei):
            return bool(sei[at] & _FIRST_BIT)
        at += size
    return False


def _sei_number(sei: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(sei) and sei[at] == 255:
        value, at = value + 255, at + 1
    return (value + sei[at], at + 1) if at < len(sei) else (value, at)
