"""The player's screen in the decoder's thread: what it shows and tells goes out by signals. Free of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.frame import VideoFrame
from app.core.geometry import Size
from app.workers.decoding_desk import DecodingDesk
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.orders import OrderBox
from app.workers.picture_outlet import PictureOutlet
from app.workers.player_needs import LiveTap


@dataclass(slots=True, eq=False)
class PictureWishes:
    """How pictures are wanted; set by any thread, asked in the decoder's.

    Attributes:
        live_tap: who else gets each picture.
        deinterlaces: whether interlaced pictures are freed of combs.
        full: set while the picture shown is wanted at its full size.
    """

    live_tap: LiveTap | None = None
    deinterlaces: bool = True
    full: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told; each may be called in any thread."""

    opened: Callable[[VideoOpened], None]
    failed: Callable[[OpenFailed], None]
    state_changed: Callable[[PlaybackState], None]
    full_ready: Callable[[], None]


class SignalScreen:
    """A ``Screen`` of app.workers.player_needs."""

    def __init__(
        self, tell: Tell, outlet: PictureOutlet, wishes: PictureWishes, orders: OrderBox, desk: DecodingDesk
    ) -> None:
        self._tell, self._outlet, self._wishes = tell, outlet, wishes
        self._orders, self._desk = orders, desk
        self.opened = tell.opened
        self.failed = tell.failed

    def state_changed(self, state: PlaybackState) -> None:
        """Tell how the picture moves, the desk first: it decodes ahead while playing forward."""
        self._desk.moved(state.playing and state.speed > 0)
        self._tell.state_changed(state)

    def wanted_size(self) -> Size | None:
        """Within which size pictures are wanted, device pixels; None: as large as they are."""
        return self._orders.view_size

    def deinterlaces(self) -> bool:
        """Whether interlaced pictures are wanted without combs."""
        return self._wishes.deinterlaces

    def wants_full(self) -> bool:
        """Whether the picture shown was asked for at its full size since the last call."""
        wanted = self._wishes.full.is_set()
        self._wishes.full.clear()
        return wanted

    def give_full(self, frame: VideoFrame | None) -> None:
        """Hand out the picture shown at its full size; None where there is none."""
        if frame is not None and self._outlet.full.put(frame):
            self._tell.full_ready()

    def live_tap(self) -> LiveTap | None:
        """Who else looks."""
        return self._wishes.live_tap

    def newer_waits(self) -> bool:
        """Whether the place being gone to is out of date already."""
        return self._orders.newer_waits

    def taken(self) -> bool:
        """Whether the last picture shown was looked at."""
        return not self._outlet.shown.waiting

    def clear(self) -> None:
        """Drop a picture that was not looked at yet."""
        self._outlet.shown.poll()

    def show(self, frame: VideoFrame) -> None:
        """Show a picture."""
        self._outlet.put(frame)
        self._desk.shown()
