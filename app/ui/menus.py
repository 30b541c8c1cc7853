"""Menus and actions, made from the command table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

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
    """Return the menu bar; ``recent`` stands after opening, ``models`` before the sheet of all models."""
    bar = QMenuBar()
    menus = {group: bar.addMenu(group.value) for group in Group}
    submenus: dict[str, QMenu] = {}
    for command in COMMANDS:
        menu = menus[command.group]
        if command.section:
            menu.addSeparator()
        if command.id == "analyse.models":
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
