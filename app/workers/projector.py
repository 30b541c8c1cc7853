"""A picture in the form that each onlooker wants: the screen, a detector, whoever wants it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Letterbox
from app.workers.player_needs import PictureConverter, Screen

if TYPE_CHECKING:
    from app.media.picture import Picture


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

    def for_screen(self, picture: Picture, generation: int) -> VideoFrame:
        """Return a picture as the screen wants it."""
        view = self._screen.wanted_size()
        size = None if view is None else Letterbox.fit(picture.display_size, view).inner
        whole = self._screen.deinterlaces()
        return self._converter.convert(picture, size, PixelFormat.BGRA, generation, deinterlace=whole)

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
