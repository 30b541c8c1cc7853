"""Where we are in the file and how it moves: the decoder's side of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.seek_history import SeekHistory
from app.ui.shuttle import shuttled

if TYPE_CHECKING:
    from app.core.frame import VideoFrame
    from app.core.geometry import Size
    from app.core.time import TimeSpan
    from app.ui.live_boxes import LiveBoxes
    from app.ui.open_file import OpenFile
    from app.workers.decoder_thread import DecoderThread
    from app.workers.notices import PlaybackState

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)
"""The speeds that are offered."""

_LONG_S = 0.25
"""A picture that is shown for longer than this (recorded screens, slides) is gone about in."""
_LAST_S = 1.0
"""So long after a picture's end it is the last one, and sound goes on."""


class Playback(QObject):
    """Time, motion and the picture that is shown. GUI thread only.

    Attributes:
        frame: the picture that is shown.
        playing, speed, at_end, dropped, reached, left_out_s: as the decoder said last.
        boxes_steady: whether the boxes of the picture before were known as well as those of this one.
        history: the places one jumped away from.
        waits_for_boxes: whether a detector looks at playing pictures.

    Signals:
        picture_changed(): the picture, or the boxes that belong to it.
        time_changed(): the current time.
        changed(): playing, speed or end.
        jumped(): the history of places changed.
    """

    picture_changed = Signal()
    time_changed = Signal()
    changed = Signal()
    jumped = Signal()

    def __init__(self, decoder: DecoderThread, file: OpenFile, live: LiveBoxes, parent: QObject) -> None:
        super().__init__(parent)
        self._decoder = decoder
        self._file = file
        self._live = live
        self.waits_for_boxes = False
        self.frame: VideoFrame | None = None
        self.playing, self.speed, self.at_end, self.dropped = False, 1.0, False, 0
        self.reached, self.left_out_s = 1.0, 0.0
        self.boxes_steady = False
        self._target_s: float | None = None
        self._resume_after_scrub = False
        self._scrubbing = False
        self._seek_generation = 0
        self._scrub_from_s = 0.0
        self.history = SeekHistory()
        self._shuttling = False
        decoder.state_changed.connect(self._state_changed)
        decoder.frame_ready.connect(self._frame_ready)
        live.picture_due.connect(self._present)
        live.boxes_came.connect(self._boxes_came)

    @property
    def time_s(self) -> float:
        """Where we are: where we are going, else where the picture is."""
        if self._target_s is not None:
            return self._target_s
        return self.frame.time_s if self.frame is not None else 0.0

    def leave_file(self) -> None:
        """Stand still at the start of nothing."""
        self._decoder.pause()
        self.frame = self._target_s = None
        self._resume_after_scrub = False
        self.boxes_steady = False
        self.history.clear()
        self._live.clear()

    # --- what hands ask for

    def seek(self, time_s: float, *, exact: bool = True) -> None:
        """Go to a time; not exact: the nearest picture will do."""
        if not self._file.is_open:
            return
        before_s = self.time_s
        self._go(time_s, exact=exact)
        if not self._scrubbing:
            self._remember_jump(before_s)

    def _go(self, time_s: float, *, exact: bool = True) -> None:
        self._target_s = min(max(0.0, time_s), max(0.0, self._file.findings.duration_s))
        if self._file.is_open:
            self._seek_generation = self._decoder.seek(self._target_s, exact=exact)
        self.time_changed.emit()

    def _remember_jump(self, from_s: float) -> None:
        self.history.went(from_s, self.time_s)
        self.jumped.emit()

    def jump_back(self) -> None:
        """Return to where the last jump came from."""
        self._revisit(self.history.back(self.time_s))

    def jump_forward(self) -> None:
        """Undo a return."""
        self._revisit(self.history.forward(self.time_s))

    def _revisit(self, time_s: float | None) -> None:
        if time_s is not None and self._file.is_open:
            self._go(time_s)
            self.jumped.emit()

    def seek_by(self, seconds: float) -> None:
        """Go so much further or back."""
        self.seek(self.time_s + seconds)

    def step(self, count: int) -> None:
        """Go so many pictures further or back."""
        if self._file.has_picture:
            self._decoder.step(count)

    def play_or_pause(self) -> None:
        """Switch over; after shuttling the next start is at 1x again."""
        if not self._file.is_open:
            return
        if not self.playing:
            self._decoder.play()
            return
        self._decoder.pause()
        if self._shuttling:
            self._shuttling = False
            self._decoder.set_speed(1.0)

    def shuttle(self, *, forward: bool) -> None:
        """Play on or back, faster with every call."""
        if self._file.is_open:
            speed = shuttled(self.speed, playing=self.playing, forward=forward)
            self._shuttling = speed != 1.0
            self._decoder.set_speed(speed)
            self._decoder.play()

    def set_loop(self, span: TimeSpan | None) -> None:
        """Play a stretch again and again; None: no more."""
        self._decoder.set_loop(span)

    def heard(self, time_s: float) -> None:
        """The time that is heard, where no new picture tells it."""
        if not self._scrubbing and not self._picture_tells(time_s):
            self._target_s = time_s
            self.time_changed.emit()

    def _picture_tells(self, time_s: float) -> bool:
        """Whether the time of the picture shown, or of the one on its way, is good enough."""
        frame = self.frame
        if not self._file.has_picture:
            return False
        if frame is None or frame.generation < self._seek_generation:
            return True
        return not (_stays(frame, time_s) or time_s > _end_of(frame) + _LAST_S)

    def set_speed(self, speed: float) -> None:
        """Play so fast."""
        self._shuttling = False
        self._decoder.set_speed(speed)

    def change_speed(self, step: int) -> None:
        """Take the next speed up or down."""
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - abs(self.speed)))
        self.set_speed(SPEEDS[min(max(0, nearest + step), len(SPEEDS) - 1)])

    def begin_scrub(self) -> None:
        """The hand takes the playhead: playing waits, and the time is where the hand is."""
        self._scrubbing = True
        self._scrub_from_s = self.time_s
        self._resume_after_scrub = self.playing
        if self.playing:
            self._decoder.pause()

    def end_scrub(self) -> None:
        """The hand leaves the playhead: play on if it played before."""
        self._scrubbing = False
        if self._resume_after_scrub and self._file.is_open:
            self._decoder.play()
        self._resume_after_scrub = False
        self._remember_jump(self._scrub_from_s)

    def set_view_size(self, size: Size) -> None:
        """Pictures are wanted within this size."""
        self._decoder.set_view_size(size)

    def show_again(self) -> None:
        """Let the present picture come once more: somebody new wants to see it."""
        self._decoder.show_again()
        self.picture_changed.emit()

    # --- what the decoder says

    def _state_changed(self, state: PlaybackState) -> None:
        stopped = self.playing and not state.playing
        self.playing, self.speed = state.playing, state.speed
        self.at_end, self.dropped = state.at_end, state.dropped
        self.reached, self.left_out_s = state.reached, state.left_out_s
        if stopped:
            self._live.stop_waiting(show=True)
            self.picture_changed.emit()
        self.changed.emit()

    def _frame_ready(self) -> None:
        frame = self._decoder.out.poll()
        if frame is None or not self._file.has_picture or frame.generation < self._file.generation:
            return
        if self.playing and self.waits_for_boxes:
            if self._live.holds_back(frame):
                return
        else:
            self._live.stop_waiting(show=False)
        self._present(frame)

    def _present(self, frame: VideoFrame) -> None:
        before = self.frame
        knew = before is not None and self._live.known(before.time.pts)
        self.boxes_steady = knew and self._live.known(frame.time.pts)
        self.frame = frame
        target_s = self._target_s
        within = target_s is not None and _stays(frame, target_s)
        if frame.generation >= self._seek_generation and not self._scrubbing and not within:
            self._target_s = None
        self.picture_changed.emit()
        self.time_changed.emit()

    def _boxes_came(self, pts: int) -> None:
        if self.frame is not None and self.frame.time.pts == pts:
            self.picture_changed.emit()


def _end_of(frame: VideoFrame) -> float:
    return frame.time_s + float(frame.duration or 0)


def _stays(frame: VideoFrame, time_s: float) -> bool:
    """Whether a time lies so far within what a picture stands for that its beginning would mislead."""
    return frame.time_s + _LONG_S < time_s < _end_of(frame)
