"""How a decoded picture becomes upright: the display matrix that its file carries."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from app.core.geometry import Orientation
from app.media.side_data import side_data_of

if TYPE_CHECKING:
    import av

_MATRIX = struct.Struct("=9i")


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """Return how ``frame`` becomes upright; the identity where its file does not say.

    Display matrices of odd angles are rounded to the nearest quarter turn.
    """
    try:
        matrix = side_data_of(frame, "DISPLAYMATRIX")
    except ValueError:
        # WORKAROUND(PyAV 18.1 knows no side data newer than type 28, remove when it skips them).
        # The turn alone can be had without it.
        return Orientation(round(-frame.rotation / 90) * 90 % 360)
    return Orientation() if matrix is None else orientation_of_matrix(matrix)


def orientation_of_matrix(matrix: bytes) -> Orientation:
    """Read the nine native int32 of a display matrix (libavutil/display.h), row by row.

    A point (x, y) of the decoded picture, y downwards, is shown at (a x + c y, b x + d y), with a, b in the
    first row and c, d in the second. A negative determinant means a mirrored picture; c and d are what
    mirroring left-right first leaves alone, so the turn is read from them.
    """
    if len(matrix) < _MATRIX.size:
        return Orientation()
    a, b, _, c, d, *_ = _MATRIX.unpack_from(matrix)
    if a * d - b * c == 0:
        return Orientation()
    quarter_turns = round(math.degrees(math.atan2(-c, d)) / 90)
    return Orientation(quarter_turns * 90 % 360, mirrored=a * d - b * c < 0)
