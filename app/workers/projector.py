"""A picture in the form that each onlooker wants: the screen, a detector, whoever wants it whole."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Letterbox
from app.workers.player_needs import PictureConverter, Screen

if TYPE_CHECKING:
    from app.media.picture import Picture


_KEPT_BYTES = 48 * 2**20
"""What converted pictures may take that somebody may come back to: a dozen at 1280 x 720."""


class Projector:
    """Converts pictures for the screen and those beside it. Free of Qt; one thread only."""

    def __init__(self, screen: Screen, make_converter: Callable[[], PictureConverter]) -> None:
        self._screen = screen
        self._make_converter = make_converter
        self.forget()

    def forget(self) -> None:
        """Without a file the scalers' tables serve no one."""
        # One converter for each of the two forms: each keeps its scaling context from picture to picture.
        self._converter, self._live_converter = self._make_converter(), self._make_converter()
        self.forget_pictures()

    def forget_pictures(self) -> None:
        """Those that come are of another file."""
        self._kept: OrderedDict[object, VideoFrame] = OrderedDict()
        self._kept_bytes = 0

    def for_screen(self, picture: Picture, generation: int, *, keep: bool = False) -> VideoFrame:
        """Return a picture as the screen wants it; ``keep``: somebody may come back to it."""
        view = self._screen.wanted_size()
        size = None if view is None else Letterbox.fit(picture.display_size, view).inner
        whole = self._screen.deinterlaces()
        form = (picture.pts, size, whole)
        kept = self._kept.get(form)
        if kept is not None:
            self._kept.move_to_end(form)
            # How long it lasts may have been a guess then.
            return dataclasses.replace(kept, generation=generation, duration=picture.duration)
        frame = self._converter.convert(picture, size, PixelFormat.BGRA, generation, deinterlace=whole)
        if keep:
            self._keep(form, frame)
        return frame

    def _keep(self, form: object, frame: VideoFrame) -> None:
        self._kept[form] = frame
        self._kept_bytes += frame.data.nbytes
        while self._kept_bytes > _KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= oldest.data.nbytes

    def give_full(self, picture: Picture | None, generation: int) -> None:
        """Hand out a picture at its full size; None where there is none."""
        if picture is None:
            self._screen.give_full(None)
            return
        # A converter of its own: the scaling context of so large a picture is not kept.
        converter, whole = self._make_converter(), self._screen.deinterlaces()
        full = converter.convert(picture, None, PixelFormat.RGB, generation, deinterlace=whole)
        self._screen.give_full(full)

    def show_live(self, picture: Picture, generation: int) -> None:
        """Give a picture to the live detector, where it wants it."""
        tap = self._screen.live_tap()
        if tap is None or tap.knows(picture.pts):
            return
        wanted = tap.wanted_size(picture.display_size)
        if wanted is not None:
            form = PixelFormat.PLANAR_RGB_FLOAT
            tap.look_at(self._live_converter.convert(picture, wanted, form, generation))
