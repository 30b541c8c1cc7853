"""Where pictures leave the decoder's thread; one that is known may be given without it. Free of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.core.frame import VideoFrame
from app.core.mailbox import Slot


class ShownSlot(Slot[VideoFrame]):
    """The picture to be shown next; tells when it was taken, so that stepping can wait to be seen."""

    def __init__(self, taken: Callable[[], None]) -> None:
        super().__init__()
        self._taken = taken

    def poll(self) -> VideoFrame | None:
        """Take what is there, without waiting; None where nothing is."""
        frame = super().poll()
        if frame is not None:
            self._taken()
        return frame


class PictureOutlet:
    """Lets the newest picture out, be it from the decoder's thread or from another one that knew it.

    Any thread may call anything. ``ready`` is called when ``shown`` has a picture, ``taken`` when it has none
    any more.

    Attributes:
        shown: the newest picture to show.
        full: the one shown, as it was asked for at its full size.
    """

    def __init__(self, taken: Callable[[], None], ready: Callable[[], None]) -> None:
        self._ready = ready
        self._lock = threading.Lock()
        self._answer: VideoFrame | None = None
        self._answered = 0
        self.shown = ShownSlot(taken)
        self.full: Slot[VideoFrame] = Slot()

    def put(self, frame: VideoFrame) -> None:
        """Let a decoded frame be shown, unless it was given as an answer already, or a newer one."""
        with self._lock:
            if frame.generation < self._answered:
                return
            answer, self._answer = self._answer, None
            if answer is not None and answer.generation == frame.generation and answer.data is frame.data:
                return
            kept = self.shown.put(frame)
        if kept:
            self._ready()

    def answer(self, frame: VideoFrame) -> None:
        """Let a known frame be shown before the decoder's thread comes to it."""
        with self._lock:
            kept = self.shown.put(frame)
            self._answer, self._answered = frame, frame.generation
        if kept:
            self._ready()

    def forget(self) -> None:
        """The picture that was answered is of another file."""
        with self._lock:
            self._answer = None

    def close(self) -> None:
        """Let nothing out any more."""
        self.shown.close()
        self.full.close()
