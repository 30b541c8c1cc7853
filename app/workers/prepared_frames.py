"""Pictures converted before they are due. Free of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Letterbox, Size
from app.workers.player_needs import PictureConverter
from app.workers.shown_frames import Form

if TYPE_CHECKING:
    from app.media.picture import Picture


class PreparedFrames:
    """Frames that wait to be shown, each once. Any thread may call anything; whoever fills it bounds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: dict[int, tuple[Form, VideoFrame]] = {}

    def put(self, frame: VideoFrame, form: Form) -> None:
        """Keep a frame until it is taken."""
        with self._lock:
            self._frames[frame.time.pts] = form, frame

    def holds(self, pts: int, form: Form) -> bool:
        """Whether ``take`` would give one."""
        with self._lock:
            return pts in self._frames and self._frames[pts][0] == form

    def take(self, pts: int, form: Form) -> VideoFrame | None:
        """Give the picture with this pts and forget it; None where it is not there in this form."""
        with self._lock:
            found = self._frames.pop(pts, None)
        return found[1] if found is not None and found[0] == form else None

    def drop(self, pts: int) -> None:
        """The picture with this pts will not be shown."""
        with self._lock:
            self._frames.pop(pts, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._frames.clear()


class FormedScreen(Protocol):
    """What tells how pictures are wanted now; any thread may ask."""

    def wanted_size(self) -> Size | None:
        """Within which size, device pixels; None: as large as they are."""

    def deinterlaces(self) -> bool:
        """Whether interlaced pictures are wanted without combs."""


def form_of(screen: FormedScreen) -> Form:
    """How pictures are wanted now."""
    return Form(screen.wanted_size(), combed=not screen.deinterlaces())


def converted(converter: PictureConverter, picture: Picture, form: Form, generation: int = 0) -> VideoFrame:
    """Convert a picture for the screen; raises what the converter raises."""
    size = None if form.view is None else Letterbox.fit(picture.display_size, form.view).inner
    whole = not form.combed
    return converter.convert(picture, size, PixelFormat.BGRA, generation, deinterlace=whole)


class Preparer:
    """Converts ahead of time with a converter of its own. Belongs to the thread that prepares."""

    def __init__(
        self, screen: FormedScreen, make_converter: Callable[[], PictureConverter], prepared: PreparedFrames
    ) -> None:
        self._screen, self._make_converter, self._prepared = screen, make_converter, prepared
        self._converter: PictureConverter | None = None

    def prepare(self, picture: Picture) -> int:
        """Convert a picture as it is wanted now; return how many bytes wait for it to be shown."""
        if self._converter is None:
            self._converter = self._make_converter()
        form = form_of(self._screen)
        frame = converted(self._converter, picture, form)
        self._prepared.put(frame, form)
        return frame.data.nbytes

    def forget(self) -> None:
        """What was prepared will not be shown."""
        self._prepared.clear()
