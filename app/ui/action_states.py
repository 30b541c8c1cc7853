"""What the actions of the commands say of themselves: which are on, and which can be asked for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.settings import Theme
from app.ui.analysis_work import WorkState
from app.ui.commands import Needs
from app.ui.marked_range import Marks
from app.ui.session import Session

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.file_side import FileSide
    from app.ui.transcript_panel import TranscriptPanel


class ActionStates(QObject):
    """Keeps the actions of one window true. GUI thread only."""

    def __init__(
        self,
        actions: dict[str, QAction],
        session: Session,
        commands: Actions,
        side: FileSide,
        panel: TranscriptPanel,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions, self._session, self._commands = actions, session, commands
        self._side, self._panel, self._window = side, panel, window
        session.settings_changed.connect(self.check)
        session.marks.changed.connect(self.check)
        session.work.changed.connect(self.check)
        commands.follow.changed.connect(self.check)
        commands.said.line_loop.changed.connect(self.check)
        panel.following_changed.connect(self.check)
        session.marks.changed.connect(self.enable)
        session.playback.jumped.connect(self.enable)
        side.changed.connect(self.enable)

    def check(self) -> None:
        """Tick the switches that are on, and what was chosen among others."""
        session, commands, settings = self._session, self._commands, self._session.settings
        on = {
            "view.boxes": settings.show_boxes,
            "play.mute": settings.muted,
            "view.deinterlace": settings.deinterlace,
            "view.follow": commands.follow.followed is not None,
            "view.full": self._window.isFullScreen(),
            "said.follow": self._panel.following,
            "said.loop": commands.said.line_loop.span is not None,
            "range.loop": session.marks.looping,
            **{f"view.{theme.value}": settings.theme is theme for theme in Theme},
            "analyse.pause": session.work.state is WorkState.PAUSED,
            "analyse.keyframes": settings.frames == "keyframes",
            "analyse.five": settings.frames == "fps:5",
            "analyse.all": settings.frames == "all",
        }
        for command_id, checked in on.items():
            self._actions[command_id].setChecked(checked)

    def enable(self) -> None:
        """Let only be asked for what can be done now."""
        met = self._met() | self._side.needs()
        for action in self._actions.values():
            needs = action.data()
            action.setEnabled(needs is None or needs in met)

    def _met(self) -> frozenset[Needs]:
        session, panel = self._session, self._panel
        there = {
            Needs.NOTHING: True,
            Needs.FILE: session.file.is_open,
            Needs.PICTURE: session.file.has_picture,
            Needs.IDLE_FILE: session.file.is_open and not session.work.state.analyses,
            Needs.ANALYSIS: session.work.state.under_way,
            Needs.PAUSABLE: session.work.state.can_pause,
            Needs.RESULT: session.document() is not None,
            Needs.RANGE: session.marks.span is not None,
            Needs.IDLE_RANGE: session.marks.span is not None and not session.work.state.analyses,
            Needs.LINES: bool(panel.model.segments),
            Needs.UNDO: bool(session.desk.undo_name),
            Needs.REDO: bool(session.desk.redo_name),
            Needs.EDITING: self._commands.edit.editing.row is not None,
            Needs.MARK: session.marks.marks != Marks(),
            Needs.IDLE_LINES: bool(session.desk.segments) and not session.work.state.under_way,
            Needs.DOUBTS: bool(panel.doubts.rows),
            Needs.JUMP_BACK: session.playback.history.can_go_back,
            Needs.JUMP_FORWARD: session.playback.history.can_go_forward,
        }
        return frozenset(need for need, met in there.items() if met)
