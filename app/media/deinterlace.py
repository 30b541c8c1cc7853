"""One whole picture from two fields that were taken at different times.

Which method: the picture of a pts must be the same whichever way it was reached, and one picture must come
from each frame, so that stepping, counting and checksums stay as they are. Filters that look at neighbours in
time (yadif, bwdif) would make every exact seek decode one picture more on either side; given one frame alone
they return it unchanged. Rebuilding one field from the other throughout (estdif) halves the detail of all
that stands still. So: within the one frame, only where lines comb. The even lines stay; a pixel of an odd
line is replaced by the mean of its even neighbours where three steps down the picture go up and down in turn
by more than noise does. Edges, text and single bright lines do not do that and stay as sharp as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.int16] | npt.NDArray[np.int32]

_NOISE: Final = 5
"""Steps up to so many of 255 levels are not seen as combing; half of that in the next line of the field."""
_REACHES = (1, 2)
"""Added up: so many samples beside a combed one are replaced too, as the rim of what moves combs less."""
_BAND = 16
"""Odd lines worked on at a time, so that they stay in the processor's cache."""
_EIGHT, _SIXTEEN = 8, 16


def deinterlaced(frame: av.VideoFrame) -> av.VideoFrame:
    """Return ``frame`` without combs; itself, to the bit, where it is not flagged interlaced."""
    return without_combs(frame) if frame.interlaced_frame else frame


def without_combs(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a mended copy of ``frame``; itself where its pixel format cannot be treated.

    Those of whole bytes or native 16-bit words can.
    """
    depth = _depth(frame)
    if depth is None:
        return frame
    out = av.VideoFrame(frame.width, frame.height, frame.format.name)
    # Only what the conversion asks of a frame.
    out.colorspace, out.color_range = frame.colorspace, frame.color_range
    out.color_trc, out.color_primaries = frame.color_trc, frame.color_primaries
    noise = _NOISE << depth - _EIGHT
    for source, target in zip(frame.planes, out.planes, strict=True):
        lines, written = _lines(source, depth), _lines(target, depth)
        width = min(lines.shape[1], written.shape[1])
        written[:, :width] = lines[:, :width]
        if source.height > 2:
            _mend(lines[:, :width], written[:, :width], noise)
    return out


def _depth(frame: av.VideoFrame) -> int | None:
    """Bits of a sample; None for what cannot be treated: palettes, floats, foreign byte order, odd sizes."""
    kind = frame.format
    depths = {component.bits for component in kind.components}
    if len(depths) != 1 or kind.has_palette or kind.is_bit_stream or kind.name.startswith(("gray", "bayer")):
        return None
    depth = depths.pop()
    if depth > _EIGHT and (kind.is_big_endian or "f" in kind.name):
        return None
    return depth if _EIGHT <= depth <= _SIXTEEN else None


def _lines(plane: av.video.plane.VideoPlane, depth: int) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """A plane's rows with their padding, which is treated like the rest and never seen."""
    if depth > _EIGHT:
        return np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, plane.line_size // 2)
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)


def _mend(
    lines: npt.NDArray[np.uint8] | npt.NDArray[np.uint16],
    out: npt.NDArray[np.uint8] | npt.NDArray[np.uint16],
    noise: int,
) -> None:
    """Write the odd lines that comb. Beyond the edges the picture goes on as its mirror image."""
    signed: npt.DTypeLike = np.int16 if lines.dtype == np.uint8 else np.int32
    height = lines.shape[0]
    for first in range(1, height, 2 * _BAND):
        last = min(first + 2 * _BAND, height + 1)
        around: npt.NDArray[Any] = lines[max(first - 2, 0) : min(last + 2, height)].astype(signed)
        above, below = max(2 - first, 0), max(last + 2 - height, 0)
        if above or below:
            around = np.pad(around, ((above, below), (0, 0)), mode="reflect")
        count = (last - first) // 2
        before, over, own, under, after = (around[at : at + 2 * count : 2] for at in range(5))
        combs = _combs(own - over, own - under, before - over, after - under, noise)
        if combs.any():
            rows = out[first : first + 2 * count : 2]
            np.copyto(rows, (over + under + 1) >> 1, where=combs[: rows.shape[0]], casting="unsafe")


def _combs(
    from_over: Samples, from_under: Samples, before: Samples, after: Samples, noise: int
) -> npt.NDArray[np.bool_]:
    """Where a line stands out from both neighbours, and the next line of its field from one of them alike."""
    up = np.minimum(np.minimum(from_over, from_under), 2 * np.maximum(before, after)) > noise
    down = np.maximum(np.maximum(from_over, from_under), 2 * np.minimum(before, after)) < -noise
    combs = np.asarray(up | down)
    for step in _REACHES:
        combs[:, step:] |= combs[:, :-step]
        combs[:, :-step] |= combs[:, step:]
    return combs
