"""Gives every action the keys in force, and again when others are chosen: no restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from app.ui.keymap import Keymap, shown_key

if TYPE_CHECKING:
    from app.ui.session import Session


class KeyBindings(QObject):
    """Keeps the actions of one window at the keys of its settings.

    Attributes:
        keymap: the keys in force.
    """

    def __init__(self, session: Session, actions: dict[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self.keymap = Keymap(session.settings.keys)
        self._apply()
        session.settings_changed.connect(self._follow)

    def _follow(self) -> None:
        if self._session.settings.keys != self.keymap.overrides:
            self.keymap = Keymap(self._session.settings.keys)
            self._apply()

    def _apply(self) -> None:
        keys = self.keymap.all_keys()
        # First let all go: for a moment two actions with one key would make Qt call neither.
        for action in self._actions.values():
            action.setShortcuts([])
        for name, action in self._actions.items():
            action.setShortcuts([QKeySequence(key) for key in keys.get(name, ())])


def hint_of(action: QAction, words: str = "") -> str:
    """Return the words of a tool tip, with the keys behind them where there are any."""
    keys = ", ".join(shown_key(each.toString()) for each in action.shortcuts())
    words = words or action.text().rstrip("…")
    return f"{words}  ({keys})" if keys else words
