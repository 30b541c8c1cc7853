"""Gives every action the keys in force, and again when others are chosen: no restart.

Keys of a part of the window are no shortcuts of Qt's: where two of them match, Qt calls neither. The part
claims them while it has the keyboard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui.commands import Part
from app.ui.key_recorder import key_of
from app.ui.keymap import Keymap, shown_key

if TYPE_CHECKING:
    from app.ui.session import Session


_PRESSED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


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
        self._parts: dict[Part, list[PartKeys]] = {}
        self._apply()
        session.settings_changed.connect(self._follow)

    def add_part(self, part: Part, *widgets: QWidget) -> None:
        """Let widgets be the part of the window whose keys work while one of them has the keyboard."""
        self._parts[part] = [PartKeys(each) for each in widgets]
        self._apply()

    def _follow(self) -> None:
        if self._session.settings.keys != self.keymap.overrides:
            self.keymap = Keymap(self._session.settings.keys)
            self._apply()

    def _apply(self) -> None:
        keys = self.keymap.all_keys()
        # First let all go: for a moment two actions with one key would make Qt call neither.
        for action in self._actions.values():
            action.setShortcuts([])
        for command in self.keymap.commands:
            action, chosen = self._actions[command.id], keys[command.id]
            if command.part is Part.WINDOW:
                action.setShortcuts([QKeySequence(key) for key in chosen])
            else:
                action.setText("\t".join((command.title, *map(shown_key, chosen[:1]))))
        for part, claiming in self._parts.items():
            its = [each.id for each in self.keymap.commands if each.part is part]
            for each in claiming:
                each.keys = {key: self._actions[name] for name in its for key in keys[name]}


class PartKeys(QObject):
    """Claims keys for a widget that has the keyboard, before they become the window's.

    Attributes:
        keys: what they call.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.keys: dict[str, QAction] = {}
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key of an action that is switched on, and call it."""
        if isinstance(event, QKeyEvent) and event.type() in _PRESSED:
            action = self.keys.get(key_of(event))
            if action is not None and action.isEnabled():
                event.accept()
                if event.type() == QEvent.Type.KeyPress and (action.autoRepeat() or not event.isAutoRepeat()):
                    action.trigger()
                return True
        return super().eventFilter(watched, event)


def hint_of(action: QAction, words: str = "") -> str:
    """Return the words of a tool tip, with the keys behind them where there are any."""
    keys = ", ".join(shown_key(each.toString()) for each in action.shortcuts())
    words = words or action.text().rstrip("…")
    return f"{words}  ({keys})" if keys else words
