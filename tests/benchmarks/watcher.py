"""Our side of the player's rows: the decoder's thread, and somebody in the GUI's who takes its pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.core.frame import VideoFrame
from app.core.geometry import Size
from app.workers.decoder_thread import DecoderThread
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.precedence import share_interpreter

VIEW = Size(1280, 720)
_PATIENCE_S = 60.0
_IDLE_LOOK_S = 0.4
_IDLE_CPU_S = 0.01


def application() -> QApplication:
    """The one application of this process; its threads share the interpreter as in the window."""
    share_interpreter()
    there = QApplication.instance()
    return there if isinstance(there, QApplication) else QApplication([])


class Watcher(QObject):
    """Opens one file in a DecoderThread and takes each picture as the window would. A context manager.

    Attributes:
        decoder: the thread that works for it.
        state: what it last told of playing.
    """

    def __init__(
        self, path: Path, *, size: Size = VIEW, take: Callable[[VideoFrame], None] | None = None
    ) -> None:
        super().__init__()
        self._application = application()
        self.decoder = DecoderThread()
        self.state = PlaybackState()
        self._take = take
        self._failed: str | None = None
        self._length_s = 0.0
        self._loop = QEventLoop()
        self._good: Callable[[VideoFrame], bool] | None = None
        self._found: list[VideoFrame] = []
        # Half a minute by a coarse timer may end more than a second early.
        self._alarm = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._loop.quit)
        self.decoder.frame_ready.connect(self._on_frame, Qt.ConnectionType.QueuedConnection)
        self.decoder.state_changed.connect(self._on_state, Qt.ConnectionType.QueuedConnection)
        self.decoder.failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)
        self.decoder.opened.connect(self._on_opened, Qt.ConnectionType.QueuedConnection)
        self.decoder.start()
        self.decoder.set_view_size(size)
        self.generation = self.decoder.open(path)
        self.first = self.wait_for(lambda frame: True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread."""
        self.decoder.stop()
        self.decoder.wait()

    def open(self, path: Path) -> float:
        """Open another file and wait for its first picture; return its length, seconds."""
        self.generation = self.decoder.open(path)
        self.wait_for(lambda frame: True)
        return self._length_s

    def seek(self, time_s: float, *, exact: bool = True) -> VideoFrame:
        """Seek; return the first picture that answers: the exact one, or any that comes for a preview."""
        self.generation = self.decoder.seek(time_s, exact=exact)
        return self.wait_for((lambda frame: _holds(frame, time_s)) if exact else (lambda frame: True))

    def visit(self, time_s: float, *, exact: bool = True) -> VideoFrame:
        """Seek; return the first picture that answers, whichever it is (sound may outlast the pictures)."""
        self.generation = self.decoder.seek(time_s, exact=exact)
        return self.wait_for(lambda frame: True)

    def seek_ms(self, time_s: float, *, exact: bool = True) -> float:
        """Milliseconds from the command until the picture is in the GUI's hands, BGRA at view size.

        After a preview the exact picture is waited for, too, untimed: the next seek begins at rest.
        """
        began = time.perf_counter()
        frame = self.seek(time_s, exact=exact)
        elapsed = (time.perf_counter() - began) * 1000
        if not _holds(frame, time_s):
            self.wait_for(lambda frame: _holds(frame, time_s))
        return elapsed

    def wait_for(self, good: Callable[[VideoFrame], bool]) -> VideoFrame:
        """Run the GUI's loop until a picture of the present request is ``good``."""
        self._good, self._found = good, []
        self._alarm.start(int(_PATIENCE_S * 1000))
        self._loop.exec()
        self._alarm.stop()
        self._good = None
        if not self._found:
            raise TimeoutError(self._failed or "no picture came")
        return self._found[0]

    def wait_s(self, seconds: float) -> None:
        """Run the GUI's loop for a while."""
        self._alarm.start(int(seconds * 1000))
        self._loop.exec()

    def rest(self) -> None:
        """Run the GUI's loop until nothing is prepared any more: the peer's turn comes on a quiet machine."""
        used_s = -1.0
        while (now_s := time.process_time()) - used_s > _IDLE_CPU_S:
            used_s = now_s
            self.wait_s(_IDLE_LOOK_S)

    def _on_frame(self) -> None:
        frame = self.decoder.out.poll()
        if frame is None or frame.generation < self.generation:
            return
        if self._take is not None:
            self._take(frame)
        if self._good is not None and self._good(frame):
            self._found.append(frame)
            self._loop.quit()

    def _on_opened(self, opened: VideoOpened) -> None:
        self._length_s = opened.info.duration_s or 0.0

    def _on_state(self, state: PlaybackState) -> None:
        self.state = state

    def _on_failed(self, failure: OpenFailed) -> None:
        self._failed = failure.sentence
        self._loop.quit()


def _holds(frame: VideoFrame, time_s: float) -> bool:
    """Whether the picture is the one shown then; the last one is that for good."""
    lasts = 0.1 if frame.duration is None else float(frame.duration)
    return frame.time_s <= time_s < frame.time_s + lasts + 1e-6
