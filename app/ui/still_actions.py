"""Taking the picture out of the window at its full size: to the clipboard, or into a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.errors import ReelscopeError
from app.core.time import format_timecode
from app.ui.message import Message, Tone

if TYPE_CHECKING:
    from app.core.frame import VideoFrame
    from app.core.results import Detection
    from app.ui.session import Session
    from app.ui.worn_theme import WornTheme

Taken = Callable[["VideoFrame"], None]


def still_name(video: Path, time_s: float) -> str:
    """The name that is proposed: NAME-00-01-23-456.png."""
    time = format_timecode(max(0.0, time_s)).replace(":", "-").replace(".", "-")
    return f"{video.stem}-{time}.png"


class StillActions(QObject):
    """Copies and saves the picture shown: upright, as wide as its pixels are, HDR brought to the screen.

    The picture is taken when the command is given, and stays the same while the dialog asks where to.

    Signals:
        written(object): an Exported, in the thread of this object.
    """

    written = Signal(object)

    def __init__(self, session: Session, theme: WornTheme, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._theme = theme
        self._window = window
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting: list[tuple[int, Taken]] = []
        session.workers.decoder.full_ready.connect(self._full_ready)

    def copy(self) -> None:
        """Put the picture on the clipboard, without boxes."""
        self._take(self._to_clipboard)

    def save(self) -> None:
        """Ask for a place and write the picture there, without boxes."""
        self._save(boxes=False)

    def save_with_boxes(self) -> None:
        """Ask for a place and write the picture there, with the boxes that are shown."""
        self._save(boxes=True)

    def wait(self) -> None:
        """Return when everything is written."""
        self._pool.waitForDone()

    def _save(self, *, boxes: bool) -> None:
        video, shown = self._session.file.path, self._session.playback.frame
        if video is None or shown is None:
            return
        saving = _Saving(self._write, self._session.shown.boxes() if boxes else (), shown.time.pts)
        self._take(saving.take)
        proposal = video.with_name(still_name(video, shown.time_s))
        where, _ = QFileDialog.getSaveFileName(
            self._window, "Save the Picture", str(proposal), "PNG picture (*.png)"
        )
        if where:
            saving.choose(Path(where))

    def _take(self, taken: Taken) -> None:
        if self._session.file.has_picture:
            self._waiting.append((self._session.file.generation, taken))
            self._session.workers.decoder.ask_full()

    def _full_ready(self) -> None:
        frame = self._session.workers.decoder.full_out.poll()
        waiting, self._waiting = self._waiting, []
        of_file = self._session.file.generation
        if frame is None or frame.generation < of_file:
            return
        for generation, taken in waiting:
            if generation == of_file:
                taken(frame)

    def _to_clipboard(self, frame: VideoFrame) -> None:
        from app.render.still import still_image

        QGuiApplication.clipboard().setImage(still_image(frame, (), self._theme.palette))
        size = f"{frame.size.width} \N{MULTIPLICATION SIGN} {frame.size.height}"
        self._session.said.emit(Message(f"The picture was copied, {size}.", Tone.DONE))

    def _write(self, frame: VideoFrame, boxes: tuple[Detection, ...], path: Path) -> None:
        import numpy as np

        from app.render.still import still_image

        if boxes:
            image = still_image(frame, boxes, self._theme.palette)
            stride = image.bytesPerLine()
            rows = np.frombuffer(image.constBits(), np.uint8).reshape(frame.size.height, stride)
            frame = dataclasses.replace(frame, data=rows.copy(), stride=stride, owner=None)
        self._pool.start(partial(self._run, frame, path))

    def _run(self, frame: VideoFrame, path: Path) -> None:
        from app.export.files import write_atomic
        from app.media.png import encode_png
        from app.ui.exporting import Exported

        try:
            write_atomic(path, encode_png(frame))
        except ReelscopeError as error:
            self.written.emit(Exported(path, str(error)))
        else:
            self.written.emit(Exported(path))


class _Saving:
    """Brings the two together that come in any order: the picture and the place for it."""

    def __init__(
        self,
        write: Callable[[VideoFrame, tuple[Detection, ...], Path], None],
        boxes: tuple[Detection, ...],
        pts: int,
    ) -> None:
        self._write = write
        self._boxes, self._pts = boxes, pts
        self._frame: VideoFrame | None = None
        self._path: Path | None = None

    def take(self, frame: VideoFrame) -> None:
        """The picture is there."""
        self._frame = frame
        self._go()

    def choose(self, path: Path) -> None:
        """The place is there."""
        self._path = path
        self._go()

    def _go(self) -> None:
        if self._frame is None or self._path is None:
            return
        # While playing the decoder may be a picture ahead: boxes of another picture are not painted.
        boxes = self._boxes if self._frame.time.pts == self._pts else ()
        self._write(self._frame, boxes, self._path)
