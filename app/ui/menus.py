"""Menus, keys and what is switched on, made from the command table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QTabBar,
    QWidget,
)

from app.ui.commands import COMMANDS, EXPORTS, Choice, Command, Group

_ROLES = {
    "file.settings": QAction.MenuRole.PreferencesRole,
    "file.quit": QAction.MenuRole.QuitRole,
    "help.about": QAction.MenuRole.AboutRole,
}
"""Where macOS wants a command elsewhere; all others stay where the table puts them, whatever their title."""


def build_actions(window: QWidget, target: QObject) -> dict[str, QAction]:
    """Return one QAction for each command and each export format, wired to the method it names.

    They have no keys yet: `key_bindings.KeyBindings` gives them those in force.
    """
    groups = {choice: QActionGroup(window) for choice in Choice if choice is not Choice.SWITCH}
    actions = {}
    for command in COMMANDS:
        action = _action(window, command, attrgetter(command.callback)(target))
        if command.choice is not None:
            action.setCheckable(True)
        if command.choice in groups:
            groups[command.choice].addAction(action)
        actions[command.id] = action
    export: Callable[[str], None] = target.export  # type: ignore[attr-defined]
    for command in EXPORTS:
        actions[command.id] = _action(window, command, partial(export, command.id.removeprefix("export.")))
    return actions


def _action(window: QWidget, command: Command, callback: Callable[[], None]) -> QAction:
    action = QAction(command.title, window)
    action.setObjectName(command.id)
    action.setAutoRepeat(command.repeats)
    action.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
    action.setData(command.needs)
    action.triggered.connect(partial(_call, callback))
    window.addAction(action)
    return action


def _call(callback: Callable[[], None], _checked: bool = False) -> None:
    callback()


def build_menu_bar(actions: dict[str, QAction], recent: QMenu, models: Sequence[QMenu] = ()) -> QMenuBar:
    """Return the menu bar; ``recent`` stands after opening, ``models`` before adding another one."""
    bar = QMenuBar()
    menus = {group: bar.addMenu(group.value) for group in Group}
    submenus: dict[str, QMenu] = {}
    for command in COMMANDS:
        menu = menus[command.group]
        if command.section:
            menu.addSeparator()
        if command.id == "analyse.add_model":
            for each in models:
                menu.addMenu(each)
        if command.submenu and command.submenu not in submenus:
            submenus[command.submenu] = menu.addMenu(command.submenu)
        submenus.get(command.submenu, menu).addAction(actions[command.id])
        if command.id == "file.sample":
            menu.addMenu(recent)
    for command in EXPORTS:
        menus[Group.EXPORT].addAction(actions[command.id])
    return bar


_ARROWS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End}
_PAGES = {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_PRESS = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease)
_BARE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class KeyPriority(QObject):
    """Lets the control that has the keyboard keep the keys it lives on; all others are commands.

    Space presses a button that was reached with Tab, arrows walk in a list, letters go into a field. Only the
    control that has the keyboard is watched: a filter on the application would see every event of it.

    Attributes:
        repeating: whether the key that is down is repeated because it is held.
    """

    repeating = False

    def follow(self, old: QWidget | None, new: QWidget | None) -> None:
        """The keyboard goes from one control to another."""
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key for the control before it becomes a shortcut."""
        if event.type() in _KEYS and isinstance(event, QKeyEvent):
            self.repeating = event.isAutoRepeat()
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and keeps(watched, event)
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and isinstance(watched, QAbstractButton):
                watched.click()
                return True
        return super().eventFilter(watched, event)


def keeps(control: QObject, event: QKeyEvent) -> bool:
    """Whether a control needs this key for itself."""
    if event.modifiers() & ~_BARE:
        return False
    key = event.key()
    if isinstance(control, QLineEdit):
        return True
    if isinstance(control, QAbstractItemView):
        return key in _ARROWS | _PAGES | _PRESS - {Qt.Key.Key_Space}
    if isinstance(control, QAbstractSlider | QComboBox | QTabBar):
        return key in _ARROWS
    return isinstance(control, QAbstractButton) and key in _PRESS
