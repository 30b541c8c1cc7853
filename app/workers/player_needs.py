"""What the player needs of others: who reads, converts, tells the time and shows. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.cancel import CancelToken
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Size
from app.core.results import MediaInfo
from app.core.time import TimeSpan
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened

if TYPE_CHECKING:
    from app.media.picture import Picture


class Reader(Protocol):
    """What the player needs of app.media.decoder.VideoReader."""

    @property
    def info(self) -> MediaInfo:
        """What the file is."""

    def frame_at(
        self, time_s: float, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        """The picture shown at a time; ``going_on``: those that follow will be wanted, too."""

    def preview_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:
        """A picture near a time, quickly."""

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture that follows."""

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture right before."""

    def prepare(self, around: Picture, *, cancel: CancelToken | None = None) -> bool:
        """Do a little work, so that going back will not wait; False where none is left."""

    def close(self) -> None:
        """Give the file back."""


class PictureConverter(Protocol):
    """What the player needs of app.media.convert.Converter."""

    def convert(
        self,
        picture: Picture,
        size: Size | None,
        pixel_format: PixelFormat,
        generation: int = 0,
        *,
        deinterlace: bool = False,
    ) -> VideoFrame:
        """The picture at another size, in another format."""


class Clock(Protocol):
    """What the player needs of app.media.clock.PlaybackClock."""

    def start(self, at_s: float | None = None, speed: float | None = None) -> None:
        """Run from the shown time ``at_s`` on."""

    def pause(self) -> None:
        """Stand still."""

    def jump(self, to_s: float) -> None:
        """Go to a shown time; run on from there, or stand still as before."""

    def now(self) -> float:
        """The shown time that it is."""


class Sound(Protocol):
    """Who has to know which file's sound belongs to the clock."""

    def open(self, path: Path, *, has_sound: bool) -> None:
        """Another file is open."""

    @property
    def ends_s(self) -> float:
        """The shown time after which nothing is heard; infinite where that is not known yet."""

    @property
    def silence(self) -> TimeSpan | None:
        """The stretch around this moment in which the file has no sound; None where it has, or may have."""


class LiveTap(Protocol):
    """Somebody who looks at every picture shown, in a form of its own. Called in the decoder's thread."""

    def knows(self, pts: int) -> bool:
        """Whether what is in a picture is known already: then it need not be converted."""

    def wanted_size(self, display: Size) -> Size | None:
        """At which size pictures of ``display`` size are wanted, PLANAR_RGB_FLOAT; None: not at all now."""

    def look_at(self, frame: VideoFrame) -> None:
        """Take a picture; must not block."""


class Screen(Protocol):
    """Where the player's doings become visible."""

    def wanted_size(self) -> Size | None:
        """Within which size pictures are wanted, device pixels; None: as large as they are."""

    def deinterlaces(self) -> bool:
        """Whether interlaced pictures are wanted without combs."""

    def wants_full(self) -> bool:
        """Whether the picture shown was asked for at its full size since the last call."""

    def give_full(self, frame: VideoFrame | None) -> None:
        """Hand out the picture shown, RGB at its full size; None where there is none."""

    def live_tap(self) -> LiveTap | None:
        """Who else looks."""

    def newer_waits(self) -> bool:
        """Whether the place being gone to is out of date already."""

    def show(self, frame: VideoFrame) -> None:
        """Show a picture."""

    def taken(self) -> bool:
        """Whether the last picture shown was looked at."""

    def clear(self) -> None:
        """Drop a picture that was not looked at yet."""

    @property
    def opened(self) -> Callable[[VideoOpened], None]:
        """Tells that a file is open."""

    @property
    def failed(self) -> Callable[[OpenFailed], None]:
        """Tells what went wrong."""

    @property
    def state_changed(self) -> Callable[[PlaybackState], None]:
        """Tells how the picture moves now."""
