"""A reader that plays with a device where one serves, and does all else in software. Free of Qt.

Both give the same pictures, so it changes over between two pictures: the first one that the device has ready
in time is the one that software would have given next. Where the device fails, software goes on there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from app.core.errors import HardwareError
from app.workers.ahead import Ahead

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.core.results import MediaInfo
    from app.media.picture import Picture
    from app.workers.player_needs import Reader

T = TypeVar("T")

_PATIENCE_S = 2.0
"""A device that was in time and then gives no picture for so long is stuck."""


class SwitchingReader:
    """Gives the pictures of one file; belongs to the decoder's thread.

    Attributes:
        on_hardware: told True when playing has changed over to the device.
        failed: told why the device is used no more.
        closed: whether the file was given back.
    """

    def __init__(
        self,
        software: Reader,
        *,
        on_hardware: Callable[[], None] = lambda: None,
        failed: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self._software = software
        self._seeking: Reader | None = None
        self._open_seeking: Callable[[], Reader] | None = None
        self._ahead: Ahead | None = None
        self._playing = False
        self._leading = False
        self.closed = False
        self._on_hardware, self._failed = on_hardware, failed

    @property
    def info(self) -> MediaInfo:
        """What the file is."""
        return self._software.info

    def play_with(self, ahead: Ahead | None) -> None:
        """Play with what ``ahead`` decodes from now on; None: in software."""
        before, self._ahead, self._leading = self._ahead, ahead, False
        if before is not None:
            before.close()

    def seek_with(self, open_reader: Callable[[], Reader] | None) -> None:
        """Find pictures with what ``open_reader`` opens, when first needed; None: in software."""
        before, self._seeking, self._open_seeking = self._seeking, None, open_reader
        if before is not None:
            before.close()

    def set_playing(self, playing: bool) -> None:
        """Pictures are wanted one after the other for a while, or no more."""
        if self._ahead is not None and self._playing and not playing:
            self._ahead.rest()
            self._leading = False
        self._playing = playing

    def frame_at(
        self, time_s: float, *, cancel: CancelToken | None = None, going_on: bool = False
    ) -> Picture:
        """The picture shown at a time; ``going_on``: those that follow will be wanted, too."""
        if self._ahead is not None:
            # Else the device would decode all that lies between, and seem stuck meanwhile.
            self._ahead.rest()
            self._leading = False
        return self._exactly(lambda reader: reader.frame_at(time_s, cancel=cancel, going_on=going_on))

    def preview_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:
        """A picture near a time, quickly."""
        return self._exactly(lambda reader: reader.preview_at(time_s, cancel=cancel))

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture that follows."""
        if self._ahead is not None and self._playing:
            picture = self._played(self._ahead, after, cancel)
            if picture is not None:
                return picture
        return self._exactly(lambda reader: reader.next_frame(after, cancel=cancel))

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture right before."""
        return self._exactly(lambda reader: reader.previous_frame(before, cancel=cancel))

    def prepare(self, around: Picture, *, cancel: CancelToken | None = None) -> bool:
        """Do a little work, so that going back will not wait; False where none is left."""
        return self._exactly(lambda reader: reader.prepare(around, cancel=cancel))

    def close(self) -> None:
        """Give the file back."""
        self.closed = True
        self.play_with(None)
        self.seek_with(None)
        self._software.close()

    def _exactly(self, find: Callable[[Reader], T]) -> T:
        if self._open_seeking is not None:
            try:
                if self._seeking is None:
                    self._seeking = self._open_seeking()
                return find(self._seeking)
            except HardwareError as error:
                self._give_up(str(error))
        return find(self._software)

    def _played(self, ahead: Ahead, after: Picture, cancel: CancelToken | None) -> Picture | None:
        """The picture that follows, from the device; None where software has to give it."""
        if not ahead.follows(after.pts):
            ahead.follow(after)
            self._leading = False
        try:
            picture = ahead.after(after.pts, _PATIENCE_S if self._leading else 0.0, cancel)
        except HardwareError as error:
            self._give_up(str(error))
            return None
        if picture is None and self._leading and not ahead.has_ended():
            self._give_up(f"it gave no picture for {_PATIENCE_S:g} s")
        if picture is not None and not self._leading:
            self._leading = True
            self._on_hardware()
        return picture

    def _give_up(self, reason: str) -> None:
        self.play_with(None)
        self.seek_with(None)
        self._failed(reason)
