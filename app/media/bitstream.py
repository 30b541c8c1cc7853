"""Whether a packet really holds a picture at which decoding can start: a look at its first bytes.

Containers flag packets as keyframes, and some flag wrongly. The marks below are what FFmpeg's decoders go by,
too, when they are told to decode keyframes only; so index and decoder agree.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from functools import lru_cache

from app.media.nal_units import LOOKED_AT, START_CODE, Data, has_lengths, units


class KeyCheck(enum.Enum):
    """What the bytes of a packet say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """The codec has no mark that is known here, or the data does not parse: believe the container."""


_H264_IDR = 5
_H264_SLICES = range(1, 6)
_H264_SEI = 6
_H264_SETS = frozenset((7, 8, 13, 15))
"""Sequence and picture parameter sets, and their extensions."""
_SEI_RECOVERY_POINT = 6
_FIRST_BIT = 0x80
_HEVC_SLICES = range(32)
_HEVC_IRAP = range(16, 24)
_HEVC_RESETS = range(16, 21)
_HEVC_SPS = 33
_HEVC_SETS = frozenset((32, _HEVC_SPS, 34))
"""Parameter sets of the video, of sequences and of pictures."""
_HEVC_IN_PAIRS = range(16)
"""Kinds of slices, of which the even ones are no reference within their temporal layer."""
_INTRA_PICTURE = 1
_VP9_SYNC = b"\x49\x83\x42"


def starts_decoding(codec: str, data: Data, extradata: bytes) -> KeyCheck:
    """Return whether the packet ``data`` of FFmpeg's codec ``codec`` is a place to start.

    H.264: an IDR slice or a recovery point at this very picture (open GOP; where an encoder refreshes the
    picture column by column, the recovery comes many pictures later). HEVC: an IRAP picture. MPEG-1, 2, 4:
    an intra picture.
    VP8, VP9: a frame header that says so. ``extradata`` tells how H.264 and HEVC frame their units.
    """
    check = _CHECKS.get(codec)
    return check(data, extradata) if check and data else KeyCheck.UNKNOWN


def resets(codec: str, data: Data, extradata: bytes) -> bool:
    """Return whether a decoder forgets at a keyframe all that was before it.

    Not at those of an open GOP in H.264 and HEVC: they are counted on from the pictures before them. Where
    these were left out, a decoder may take them for earlier ones.
    """
    if codec == "h264":
        length_size = _h264_length_size(extradata)
        kinds = (_h264_kind(unit) for unit in units(data, length_size))
        return next((kind == _H264_IDR for kind in kinds if kind in _H264_SLICES), False)
    if codec == "hevc":
        kinds = (_hevc_kind(unit) for unit in units(data, _hevc_length_size(extradata)))
        return next((kind in _HEVC_RESETS for kind in kinds if kind in _HEVC_SLICES), False)
    return True


def parameter_sets(codec: str, data: Data, extradata: bytes) -> bytes:
    """Return the parameter sets in front of the picture of a packet, framed as they are there; none: empty.

    Only H.264 and HEVC have any: what they say goes for all pictures that follow, until it is said anew.
    """
    if codec == "h264":
        length_size, kind_of = _h264_length_size(extradata), _h264_kind
        kinds, slices = _H264_SETS, _H264_SLICES
    elif codec == "hevc":
        length_size, kind_of = _hevc_length_size(extradata), _hevc_kind
        kinds, slices = _HEVC_SETS, _HEVC_SLICES
    else:
        return b""
    by_length = has_lengths(data, length_size)
    sets: list[Data] = []
    for unit in units(data, length_size):
        kind = kind_of(unit)
        if kind in slices:
            break
        if kind in kinds:
            sets.append(len(unit).to_bytes(length_size, "big") if by_length else START_CODE)
            sets.append(unit)
    return b"".join(sets)


def shows_picture(codec: str, data: Data) -> bool:
    """Return whether a picture comes out of a packet of a codec that has hidden references (VP8, VP9)."""
    if codec == "vp8":
        return bool(data[0] & 16)
    if codec == "vp9":
        return any(_vp9_shown(frame) for frame in _vp9_frames(data))
    return True


def unreferenced(codec: str, data: Data, extradata: bytes) -> bool:
    """Return whether it is certain that no other picture refers to that of a packet.

    HEVC: a slice that is no reference in the highest temporal layer there is. Of other codecs the decoder
    knows it itself, or nobody does.
    """
    if codec != "hevc":
        return False
    layers = _hevc_layers(extradata)
    for unit in units(data, _hevc_length_size(extradata)):
        kind = _hevc_kind(unit)
        if kind in _HEVC_SLICES:
            in_pairs = kind in _HEVC_IN_PAIRS and kind % 2 == 0
            return in_pairs and len(unit) > 1 and unit[1] & 7 == layers
    return False


def _verdict(yes: bool) -> KeyCheck:
    return KeyCheck.YES if yes else KeyCheck.NO


def _h264(data: Data, extradata: bytes) -> KeyCheck:
    recovery = False
    for unit in units(data, _h264_length_size(extradata)):
        kind = _h264_kind(unit)
        if kind == _H264_SEI:
            recovery = recovery or _has_recovery_point(unit)
        elif kind in _H264_SLICES:
            return _verdict(kind == _H264_IDR or recovery)
    return KeyCheck.UNKNOWN


def _hevc(data: Data, extradata: bytes) -> KeyCheck:
    for unit in units(data, _hevc_length_size(extradata)):
        kind = _hevc_kind(unit)
        if kind in _HEVC_SLICES:
            return _verdict(kind in _HEVC_IRAP)
    return KeyCheck.UNKNOWN


def _h264_kind(unit: Data) -> int:
    return unit[0] & 31


def _hevc_kind(unit: Data) -> int:
    return unit[0] >> 1 & 63


def _h264_length_size(extradata: bytes) -> int:
    return (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else 0


def _hevc_length_size(extradata: bytes) -> int:
    return (extradata[21] & 3) + 1 if len(extradata) > 22 and extradata[0] == 1 else 0


@lru_cache(maxsize=8)
def _hevc_layers(extradata: bytes) -> int:
    """How many temporal layers there are, as its parameter sets say; 0 where they do not."""
    if _hevc_length_size(extradata):
        return extradata[21] >> 3 & 7
    sets = (unit for unit in units(extradata, 0) if _hevc_kind(unit) == _HEVC_SPS and len(unit) > 2)
    layers = (unit[2] >> 1 & 7 for unit in sets)
    return max(layers, default=-1) + 1


def _mpeg12(looked_at: Data, _: bytes) -> KeyCheck:
    data = bytes(looked_at[:LOOKED_AT])
    at = data.find(START_CODE + b"\x00")
    if at < 0 or at + 5 >= len(data):
        return KeyCheck.NO
    return _verdict(data[at + 5] >> 3 & 7 == _INTRA_PICTURE)


def _mpeg4(looked_at: Data, _: bytes) -> KeyCheck:
    data = bytes(looked_at[:LOOKED_AT])
    at = data.find(START_CODE + b"\xb6")
    if at < 0 or at + 4 >= len(data):
        return KeyCheck.UNKNOWN
    return _verdict(data[at + 4] >> 6 == 0)


def _vp8(data: Data, _: bytes) -> KeyCheck:
    return _verdict(data[0] & 1 == 0 and data[3:6] == b"\x9d\x01\x2a")


def _vp9(data: Data, _: bytes) -> KeyCheck:
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


def _vp9_shown(frame: Data) -> bool:
    shift = _vp9_flags_at(frame[0])
    return bool(frame[0] >> shift & 1 or frame[0] >> (shift - 2) & 1)


def _vp9_frames(data: Data) -> Iterator[Data]:
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


_CHECKS: dict[str, Callable[[Data, bytes], KeyCheck]] = {
    "h264": _h264,
    "hevc": _hevc,
    "mpeg1video": _mpeg12,
    "mpeg2video": _mpeg12,
    "mpeg4": _mpeg4,
    "vp8": _vp8,
    "vp9": _vp9,
}


def _has_recovery_point(sei: Data) -> bool:
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


def _sei_number(sei: Data, at: int) -> tuple[int, int]:
    value = 0
    while at < len(sei) and sei[at] == 255:
        value, at = value + 255, at + 1
    return (value + sei[at], at + 1) if at < len(sei) else (value, at)
