"""A picture in the form that each onlooker wants: the screen, a detector, whoever wants it whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.frame import PixelFormat, VideoFrame
from app.workers.player_needs import PictureConverter, Screen
from app.workers.prepared_frames import PreparedFrames, converted, form_of
from app.workers.shown_frames import ShownFrames

if TYPE_CHECKING:
    from app.media.picture import Picture


class Projector:
    """Converts pictures for the screen and those beside it. Free of Qt; one thread only."""

    def __init__(
        self,
        screen: Screen,
        make_converter: Callable[[], PictureConverter],
        shown: ShownFrames,
        prepared: PreparedFrames | None = None,
    ) -> None:
        self._screen = screen
        self._make_converter = make_converter
        self._shown = shown
        self._prepared = prepared or PreparedFrames()
        self.forget()

    def forget(self) -> None:
        """Without a file the scalers' tables serve no one."""
        # One for each form: each keeps its scaling context from picture to picture. They are made with the
        # first picture, as that loads FFmpeg.
        self._converters: dict[PixelFormat, PictureConverter] = {}
        self.forget_pictures()

    def forget_pictures(self) -> None:
        """Those that come are of another file."""
        self._prepared.clear()

    def prepare(self, picture: Picture, generation: int) -> None:
        """Convert a picture that will be shown soon: when it is due, there may be no time for that."""
        form = form_of(self._screen)
        if not self._prepared.holds(picture.pts, form) and self._shown.find(picture.pts, form) is None:
            self._prepared.put(converted(self._converter(PixelFormat.BGRA), picture, form, generation), form)

    def leave_out(self, picture: Picture) -> None:
        """A picture that was prepared will not be shown."""
        self._prepared.drop(picture.pts)

    def for_screen(self, picture: Picture, generation: int, *, keep: bool = False) -> VideoFrame:
        """Return a picture as the screen wants it; ``keep``: somebody may come back to it."""
        form = form_of(self._screen)
        frame = self._prepared.take(picture.pts, form) or self._shown.find(picture.pts, form)
        if frame is None:
            frame = converted(self._converter(PixelFormat.BGRA), picture, form, generation)
        else:
            # How long it lasts may have been a guess then.
            frame = dataclasses.replace(frame, generation=generation, duration=picture.duration)
        if keep:
            self._shown.keep(frame, form)
        return frame

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
            tap.look_at(self._converter(form).convert(picture, wanted, form, generation))

    def _converter(self, form: PixelFormat) -> PictureConverter:
        if form not in self._converters:
            self._converters[form] = self._make_converter()
        return self._converters[form]
