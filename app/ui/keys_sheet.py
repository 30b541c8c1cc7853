"""The sheet behind `?`: every command that has keys, and what the pointer does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.render.palette import TextSize
from app.ui.commands import GESTURES, Group
from app.ui.faces import mono_face
from app.ui.keymap import Keymap, shown_gesture, shown_key
from app.ui.sheet import Sheet, scrolled

_THREE = (
    (Group.GO, Group.FILE, Group.HELP),
    (Group.PLAY, Group.ANALYSE, Group.EXPORT, Group.EDIT),
    (Group.VIEW, Group.TRANSCRIPT),
)
_TWO = (
    (Group.GO, Group.FILE, Group.EDIT, Group.ANALYSE, Group.EXPORT, Group.HELP),
    (Group.PLAY, Group.VIEW, Group.TRANSCRIPT),
)
_ONE = (tuple(Group),)
_AROUND = 112
"""What the sheet is wider than its page: margins, the scroll bar, the frame that systems draw."""
_HAND = "Pointer"
_TALLEST = 0.8
"""Of the window's height: what is taller scrolls."""

Row = tuple[str, str]


def keys_sheet(parent: QWidget, keymap: Keymap, change: QAction | None = None) -> Sheet:
    """Return the sheet, in columns by menu; ``change`` opens the place where keys are changed."""
    sheet = Sheet("Keyboard Shortcuts", parent)
    room = parent.window().width()
    pages = (_page(groups, keymap) for groups in (_THREE, _TWO))
    page = next((each for each in pages if _width(each) <= room), None) or _page(_ONE, keymap)
    area = scrolled(page, "Keyboard shortcuts")
    tallest = parent.window().height() * _TALLEST
    area.setMinimumHeight(min(page.sizeHint().height() + 4, round(tallest) - 120))
    sheet.content.addWidget(area)
    if change is not None:
        button = QPushButton("Change Keys…")
        button.clicked.connect(change.trigger)
        sheet.buttons.insertWidget(0, button)
    return sheet


def _page(columns_of_groups: Sequence[Sequence[Group]], keymap: Keymap) -> QWidget:
    page = QWidget()
    columns = QHBoxLayout(page)
    columns.setContentsMargins(0, 0, 8, 0)
    columns.setSpacing(24)
    for groups in columns_of_groups:
        column = QVBoxLayout()
        column.setSpacing(8)
        for group in groups:
            _add(column, group.value, command_rows(keymap, group))
        if groups is columns_of_groups[-1]:
            _add(column, _HAND, gesture_rows())
        column.addStretch(1)
        columns.addLayout(column)
    return page


def _width(page: QWidget) -> int:
    """Of the sheet with this page."""
    return page.sizeHint().width() + _AROUND


def command_rows(keymap: Keymap, group: Group) -> tuple[Row, ...]:
    """Return (title, keys) of the commands of a menu that have keys."""
    keys = keymap.all_keys()
    shown = [command for command in keymap.commands if command.group is group and keys[command.id]]
    return tuple((each.name, " or ".join(shown_key(key) for key in keys[each.id])) for each in shown)


def gesture_rows() -> tuple[Row, ...]:
    """Return (what comes of it and where, gesture) of all gestures."""
    return tuple((f"{each.title} ({each.where.lower()})", shown_gesture(each)) for each in GESTURES)


def _add(column: QVBoxLayout, name: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    title = QLabel(name)
    title.setProperty("scale", "strong")
    column.addWidget(title)
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for place, (words, keys) in enumerate(rows):
        grid.addWidget(QLabel(words), place, 0)
        label = QLabel(keys)
        label.setFont(mono_face(TextSize.SMALL))
        label.setProperty("tone", "dim")
        grid.addWidget(label, place, 1, Qt.AlignmentFlag.AlignRight)
    column.addLayout(grid)
    column.addSpacing(8)
