"""Whether a device decodes the pictures that software decodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import av
    import numpy.typing as npt

_BIT_EXACT = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "vvc"})
"""Their standards prescribe every bit of a decoded picture; older ones leave a transform some freedom."""

_TOLERATED_LEVELS = 1.0
"""Mean difference, of 255, that the freedom of older standards may make."""

_SHARED_CHROMA = ("nv", "p0", "p2", "p4")
"""How the names of formats begin that keep both colours in one plane."""

_HIGH_BITS = ("p010le", "p012le", "p016le", "p210le", "p212le", "p216le", "p410le", "p412le", "p416le",
              "yuv444p16le", "yuv444p10msble", "yuv444p12msble")  # fmt: skip
"""Formats of devices that keep samples of fewer bits in the high ones of 16."""


def difference(codec: str, hardware: av.VideoFrame, software: av.VideoFrame) -> str | None:
    """Return what is wrong with a picture that a device decoded, as a clause; None where nothing is."""
    sizes = [f"{frame.width} x {frame.height}" for frame in (hardware, software)]
    if sizes[0] != sizes[1]:
        return f"its pictures are {sizes[0]} where they should be {sizes[1]}"
    bits = software.format.components[0].bits
    ours, theirs = _levels(hardware, bits), _levels(software, bits)
    if [plane.shape for plane in ours] != [plane.shape for plane in theirs]:
        return f"its pictures come as {hardware.format.name}, which cannot be compared"
    scale = 255 / (2**bits - 1)
    apart = max(_mean_apart(*planes) for planes in zip(ours, theirs, strict=True)) * scale
    if apart == 0 or (codec not in _BIT_EXACT and apart <= _TOLERATED_LEVELS):
        return None
    return f"its pictures differ from the right ones by {max(apart, 0.01):.2f} of 255 levels on average"


def _mean_apart(ours: npt.NDArray[np.int32], theirs: npt.NDArray[np.int32]) -> float:
    return float(np.abs(ours - theirs).mean())


def _levels(frame: av.VideoFrame, bits: int) -> list[npt.NDArray[np.int32]]:
    """The samples of a picture: one array a component, without padding, of ``bits`` bits."""
    name = frame.format.name
    planes = [_samples(frame, index) for index in range(len(frame.planes))]
    if name.startswith(_SHARED_CHROMA):
        luma, chroma = planes
        planes = [luma, chroma[:, 0::2], chroma[:, 1::2]]
    return [plane >> (16 - bits) for plane in planes] if name in _HIGH_BITS and bits < 16 else planes


def _samples(frame: av.VideoFrame, index: int) -> npt.NDArray[np.int32]:
    plane, name = frame.planes[index], frame.format.name
    wide = name in _HIGH_BITS or max(component.bits for component in frame.format.components) > 8
    sample = np.dtype("<u2") if wide else np.dtype("u1")
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height]
    width = plane.width * (2 if index == 1 and name.startswith(_SHARED_CHROMA) else 1)
    return rows[:, : width * sample.itemsize].copy().view(sample).astype(np.int32)
