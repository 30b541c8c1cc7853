"""Converted pictures that somebody may come back to. Free of Qt; any thread may call anything."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from app.core.frame import VideoFrame
from app.core.geometry import Size

MOST_BYTES = 48 * 2**20
"""A dozen pictures at 1280 x 720."""

_EDGE_S = 1e-6
"""So near to the end of a picture only exact times tell whether the next one is meant."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a picture was wanted.

    Attributes:
        view: within which size, device pixels; None: as large as it is.
        combed: whether interlaced pictures were left as they are.
    """

    view: Size | None
    combed: bool


class ShownFrames:
    """The frames of one file, the least used of which go when there are too many bytes of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._frames: OrderedDict[tuple[int, Form], VideoFrame] = OrderedDict()
        self._nbytes = 0
        self._since = 0

    @property
    def nbytes(self) -> int:
        """What is kept."""
        with self._lock:
            return self._nbytes

    def clear(self, since: int) -> None:
        """Forget all, and keep nothing of a generation before ``since``: another file begins with it."""
        with self._lock:
            self._frames.clear()
            self._nbytes = 0
            self._since = max(self._since, since)

    def keep(self, frame: VideoFrame, form: Form) -> None:
        """Remember a frame, in place of the same picture in the same form."""
        key = (frame.time.pts, form)
        with self._lock:
            if frame.generation < self._since:
                return
            before = self._frames.pop(key, None)
            self._frames[key] = frame
            self._nbytes += frame.data.nbytes - (before.data.nbytes if before is not None else 0)
            while self._nbytes > self._most_bytes:
                _, oldest = self._frames.popitem(last=False)
                self._nbytes -= oldest.data.nbytes

    def find(self, pts: int, form: Form) -> VideoFrame | None:
        """The picture with this pts."""
        with self._lock:
            frame = self._frames.get((pts, form))
            if frame is not None:
                self._frames.move_to_end((pts, form))
            return frame

    def at(self, time_s: float, form: Form) -> VideoFrame | None:
        """The picture shown at a time, seconds; None where none is kept of which that is known."""
        with self._lock:
            for (_, known), frame in self._frames.items():
                if known == form and _holds(frame, time_s):
                    return frame
        return None


def _holds(frame: VideoFrame, time_s: float) -> bool:
    if frame.duration is None:
        return False
    return frame.time_s <= time_s < frame.time_s + float(frame.duration) - _EDGE_S
