"""Whether a packet really holds a picture at which decoding can start: a look at its first bytes.

Containers flag packets as keyframes, and some flag wrongly. The marks below are what FFmpeg's decoders go by,
too, when they are told to decode keyframes only; so index and decoder agree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from functools import lru_cache


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
_HEVC_RESETS = range(16, 21)
_HEVC_SPS = 33
_HEVC_IN_PAIRS = range(16)
"""Kinds of slices, of which the even ones are no reference within their temporal layer."""
_INTRA_PICTURE = 1
_VP9_SYNC = b"\x49\x83\x42"

_LOOKED_AT = 2**16
"""Bytes of a unit that are looked at: its header and, in front of a picture, all messages there may be."""


def starts_decoding(codec: str, data: bytes, extradata: bytes) -> KeyCheck:
    """Return whether the packet ``data`` of FFmpeg's codec ``codec`` is a place to start.

    H.264: an IDR slice or a recovery point at this very picture (open GOP; where an encoder refreshes the
    picture column by column, the recovery comes many pictures later). HEVC: an IRAP picture. MPEG-1, 2, 4:
    an intra picture.
    VP8, VP9: a frame header that says so. ``extradata`` tells how H.264 and HEVC frame their units.
    """
    check = _CHECKS.get(codec)
    return check(data, extradata) if check and data else KeyCheck.UNKNOWN


def resets(codec: str, data: bytes, extradata: bytes) -> bool:
    """Return whether a decoder forgets at a keyframe all that was before it.

    Not at those of an open GOP in H.264 and HEVC: they are counted on from the pictures before them. Where
    these were left out, a decoder may take them for earlier ones.
    """
    if codec == "h264":
        length_size = _h264_length_size(extradata)
        kinds = (unit[0] & 31 for unit in _units(data, length_size))
        return next((kind == _H264_IDR for kind in kinds if kind in _H264_SLICES), False)
    if codec == "hevc":
        kinds = (unit[0] >> 1 & 63 for unit in _units(data, _hevc_length_size(extradata)))
        return next((kind in _HEVC_RESETS for kind in kinds if kind in _HEVC_SLICES), False)
    return True


def shows_picture(codec: str, data: bytes) -> bool:
    """Return whether a picture comes out of a packet of a codec that has hidden references (VP8, VP9)."""
    if codec == "vp8":
        return bool(data[0] & 16)
    if codec == "vp9":
        return any(_vp9_shown(frame) for frame in _vp9_frames(data))
    return True


def unreferenced(codec: str, data: bytes, extradata: bytes) -> bool:
    """Return whether it is certain that no other picture refers to that of a packet.

    HEVC: a slice that is no reference in the highest temporal layer there is. Of other codecs the decoder
    knows it itself, or nobody does.
    """
    if codec != "hevc":
        return False
    layers = _hevc_layers(extradata)
    for unit in _units(data, _hevc_length_size(extradata)):
        kind = unit[0] >> 1 & 63
        if kind in _HEVC_SLICES:
            return kind in _HEVC_IN_PAIRS and kind % 2 == 0 and unit[1] & 7 == layers
    return False


def _verdict(yes: bool) -> KeyCheck:
    return KeyCheck.YES if yes else KeyCheck.NO


def _h264(data: bytes, extradata: bytes) -> KeyCheck:
    recovery = False
    for unit in _units(data, _h264_length_size(extradata)):
        kind = unit[0] & 31
        if kind == _H264_SEI:
            recovery = recovery or _has_recovery_point(unit)
        elif kind in _H264_SLICES:
            return _verdict(kind == _H264_IDR or recovery)
    return KeyCheck.UNKNOWN


def _hevc(data: bytes, extradata: bytes) -> KeyCheck:
    for unit in _units(data, _hevc_length_size(extradata)):
        kind = unit[0] >> 1 & 63
        if kind in _HEVC_SLICES:
            return _verdict(kind in _HEVC_IRAP)
    return KeyCheck.UNKNOWN


def _h264_length_size(extradata: bytes) -> int:
    return (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else 0


def _hevc_length_size(extradata: bytes) -> int:
    return (extradata[21] & 3) + 1 if len(extradata) > 22 and extradata[0] == 1 else 0


@lru_cache(maxsize=8)
def _hevc_layers(extradata: bytes) -> int:
    """How many temporal layers there are, as its parameter sets say; 0 where they do not."""
    if _hevc_length_size(extradata):
        return extradata[21] >> 3 & 7
    layers = (unit[2] >> 1 & 7 for unit in _units(extradata, 0) if unit[0] >> 1 & 63 == _HEVC_SPS)
    return max(layers, default=-1) + 1


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
    shift = _vp9_flags_at(first)
    shown_again, inter = first >> shift & 1, first >> (shift - 1) & 1
    return _verdict(first >> 6 == 2 and not shown_again and not inter and data[1:4] == _VP9_SYNC)


def _vp9_flags_at(first: int) -> int:
    """Which bit of a header's first byte is show_existing_frame; frame_type and show_frame follow.

    Before it: frame_marker (2), profile (2), a reserved bit in profile 3.
    """
    return 2 if first & 0x30 == 0x30 else 3


def _vp9_shown(frame: bytes) -> bool:
    shift = _vp9_flags_at(frame[0])
    return bool(frame[0] >> shift & 1 or frame[0] >> (shift - 2) & 1)


def _vp9_frames(data: bytes) -> Iterator[bytes]:
    """The frames of a packet, which may be several with an index behind them (annex B)."""
    marker = data[-1]
    count, size = (marker & 7) + 1, (marker >> 3 & 3) + 1
    index = len(data) - 2 - count * size
    if marker >> 5 != 6 or index < 0 or data[index] != marker:
        yield data
        return
    at = 0
    for entry in range(index + 1, len(data) - 1, size):
        length = int.from_bytes(data[entry : entry + size], "little")
        if length and at + length <= index:
            yield data[at : at + length]
        at += length


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
        unit = data[at + size : min(end, at + size + _LOOKED_AT)]
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
