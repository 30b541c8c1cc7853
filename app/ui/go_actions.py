"""What the commands do that go about in the file: play, step, jump, go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QWheelEvent

from app.core.errors import UsageError
from app.core.results import Keyframe, Shot
from app.ui.found.index import FileIndex
from app.ui.message import Message, Tone
from app.ui.session import Session
from app.ui.step_pacer import StepPacer
from app.ui.time_entry import parse_destination
from app.ui.wheel_steps import Notches, is_keyframe_step, turned

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow


class GoActions(QObject):
    """The commands of going about of one window."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._steps = StepPacer(session.playback, self)
        self._notches = Notches()

    def play_pause(self) -> None:
        """Play, or pause."""
        self._session.playback.play_or_pause()

    def frame_back(self) -> None:
        """One picture back."""
        self._steps.step(-1, repeated=self._window.key_priority.repeating)

    def frame_forward(self) -> None:
        """One picture on."""
        self._steps.step(1, repeated=self._window.key_priority.repeating)

    def turn(self, event: QWheelEvent) -> None:
        """Alt and Shift let the wheel go by pictures and keyframes."""
        notches = self._notches.add(turned(event))
        if not is_keyframe_step(event):
            if notches:
                self._steps.step(notches, repeated=True)
            return
        for _ in range(abs(notches)):
            (self.keyframe_forward if notches > 0 else self.keyframe_back)()

    def jump_back(self) -> None:
        """Return to where the last jump came from."""
        self._session.playback.jump_back()

    def jump_forward(self) -> None:
        """Undo a return."""
        self._session.playback.jump_forward()

    def second_back(self) -> None:
        """One second back."""
        self._session.playback.seek_by(-1.0)

    def second_forward(self) -> None:
        """One second on."""
        self._session.playback.seek_by(1.0)

    def ten_back(self) -> None:
        """Ten seconds back."""
        self._session.playback.seek_by(-10.0)

    def ten_forward(self) -> None:
        """Ten seconds on."""
        self._session.playback.seek_by(10.0)

    def keyframe_back(self) -> None:
        """To the keyframe before."""
        self._to_keyframe(self._index.keyframe_before(self._session.playback.time_s))

    def keyframe_forward(self) -> None:
        """To the next keyframe."""
        self._to_keyframe(self._index.keyframe_after(self._session.playback.time_s))

    def shot_back(self) -> None:
        """To the start of this shot, or of the one before."""
        self._to_shot(self._index.shot_before(self._session.playback.time_s))

    def shot_forward(self) -> None:
        """To the next shot."""
        self._to_shot(self._index.shot_after(self._session.playback.time_s))

    @property
    def _index(self) -> FileIndex:
        return self._session.file.findings.index

    def _to_keyframe(self, keyframe: Keyframe | None) -> None:
        if keyframe is not None:
            self._session.playback.seek(keyframe.time_s)

    def _to_shot(self, shot: Shot | None) -> None:
        if shot is not None:
            self._session.playback.seek(shot.start_s)

    def to_start(self) -> None:
        """To the first picture."""
        self._session.playback.seek(0.0)

    def to_end(self) -> None:
        """To the last picture."""
        self._session.playback.seek(self._session.file.findings.duration_s)

    def to_time(self) -> None:
        """Let a time be typed where the time stands."""
        self._window.transport.start_typing()

    def to_typed(self, text: str) -> None:
        """Go where was typed."""
        try:
            time_s = parse_destination(text, self._session.playback.time_s, self._session.file.constant_rate)
        except UsageError as error:
            self._session.said.emit(Message(str(error), Tone.WARNING))
            return
        self._session.playback.seek(time_s)

    def chapter_back(self) -> None:
        """To the start of this chapter, or of the one before."""
        self._window.side.go_chapter(-1)

    def chapter_forward(self) -> None:
        """To the next chapter."""
        self._window.side.go_chapter(1)

    def shuttle_back(self) -> None:
        """Play back; again: faster."""
        self._session.playback.shuttle(forward=False)

    def shuttle_on(self) -> None:
        """Play on; again: faster."""
        self._session.playback.shuttle(forward=True)

    def slower(self) -> None:
        """Play slower."""
        self._session.playback.change_speed(-1)

    def faster(self) -> None:
        """Play faster."""
        self._session.playback.change_speed(1)

    def normal_speed(self) -> None:
        """Play as it was filmed."""
        self._session.playback.set_speed(1.0)
