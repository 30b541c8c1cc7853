"""Between the decoder and the live detector: lets through only pictures nobody knows yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.frame import VideoFrame
from app.core.geometry import Size

if TYPE_CHECKING:
    from app.workers.player_needs import LiveTap


class LiveGate:
    """A LiveTap in front of another; called in the decoder's thread.

    Attributes:
        enabled: whether boxes are wanted at all; set from the window's thread.
    """

    def __init__(self, tap: LiveTap, known: Callable[[int], bool]) -> None:
        self._tap = tap
        self._known = known
        self.enabled = True

    def knows(self, pts: int) -> bool:
        """Whether what is in a picture is known."""
        return self._known(pts)

    def wanted_size(self, display: Size) -> Size | None:
        """At which size pictures are wanted; None while boxes are off."""
        return self._tap.wanted_size(display) if self.enabled else None

    def look_at(self, frame: VideoFrame) -> None:
        """Pass a picture on, unless what is in it is known."""
        if self.enabled and not self._known(frame.time.pts):
            self._tap.look_at(frame)
