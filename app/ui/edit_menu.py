"""What the menus say about editing: what would be undone, who the speakers are; and the menu at a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.ui.commands import by_id
from app.ui.edit_commands import SPEAKER_KEYS

if TYPE_CHECKING:
    from app.ui.transcript_desk import TranscriptDesk
    from app.ui.transcript_panel import TranscriptPanel

_AT_LINE = (
    ("edit.line", "edit.split_here", "edit.merge", "edit.delete"),
    ("edit.start_here", "edit.end_here"),
    ("said.loop",),
    ("said.copy", "said.copy_timed"),
)
"""What the menu at a line offers, in parts; the speakers stand behind the second one."""


class EditMenu(QObject):
    """Keeps titles true. GUI thread only."""

    def __init__(
        self, desk: TranscriptDesk, panel: TranscriptPanel, actions: dict[str, QAction], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._panel, self._actions = desk, panel, actions
        panel.lines.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        panel.lines.customContextMenuRequested.connect(self._open)
        desk.changed.connect(self.tell)
        self.tell()

    def tell(self) -> None:
        """Say what can be undone now, and who speaks."""
        for name, step in (("edit.undo", self._desk.undo_name), ("edit.redo", self._desk.redo_name)):
            title = by_id(name).title
            self._actions[name].setText(f"{title} {step}" if step else title)
        known = self._speakers_known()
        for number in range(1, SPEAKER_KEYS + 1):
            action = self._actions[f"edit.speaker_{number}"]
            there = number <= len(known)
            action.setText(known[number - 1].replace("&", "&&") if there else f"Speaker {number}")
            action.setVisible(there)

    def _speakers_known(self) -> tuple[str, ...]:
        if not self._desk.segments:
            return ()
        from app.core.transcript_edits import speakers

        return speakers(self._desk.segments)

    def at_line(self) -> QMenu:
        """Return the menu at a line."""
        menu = QMenu(self._panel)
        for number, part in enumerate(_AT_LINE):
            if number:
                menu.addSeparator()
            menu.addActions([self._actions[name] for name in part])
            if number == 1:
                menu.addMenu(self._speakers(menu))
        return menu

    def _speakers(self, parent: QMenu) -> QMenu:
        menu = QMenu("Speaker", parent)
        menu.addActions([self._actions[f"edit.speaker_{n}"] for n in range(1, SPEAKER_KEYS + 1)])
        menu.addSeparator()
        menu.addActions([self._actions["edit.name"], self._actions["edit.nobody"]])
        return menu

    def _open(self, point: QPoint) -> None:
        """Open it at a line; the line gets the focus, unless it is one of those that are selected."""
        lines = self._panel.lines
        row = lines.indexAt(point).row()
        if row < 0:
            return
        if lines.chosen is None or row not in lines.chosen_rows():
            lines.clear_selection()
            self._panel.show_line(row)
        lines.setFocus(Qt.FocusReason.OtherFocusReason)
        menu = self.at_line()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(lines.viewport().mapToGlobal(point))
