"""The few windows beside the main one: the keys, the models, what this is. None stops the others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.render.palette import TextSize
from app.ui.commands import COMMANDS, EXPORTS, Group
from app.ui.faces import mono_face
from app.ui.icons import app_icon
from app.ui.model_choice import HOW_TO, ModelChoice, missing_sentence, sample_sentence


class Sheet(QDialog):
    """A window with a title and a button that closes it."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        heading = QLabel(title)
        heading.setProperty("scale", "title")
        layout.addWidget(heading)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        layout.addLayout(self.content)
        layout.addStretch(1)
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.close)
        self.buttons.addWidget(close)
        layout.addLayout(self.buttons)


def keys_sheet(parent: QWidget) -> Sheet:
    """Return the sheet of all commands that have keys, in columns by menu."""
    sheet = Sheet("Keyboard Shortcuts", parent)
    columns = QHBoxLayout()
    columns.setSpacing(40)
    for groups in ((Group.GO,), (Group.VIEW, Group.FILE), (Group.ANALYSE, Group.EXPORT, Group.HELP)):
        column = QVBoxLayout()
        column.setSpacing(8)
        for group in groups:
            _add_group(column, group)
        column.addStretch(1)
        columns.addLayout(column)
    sheet.content.addLayout(columns)
    hands = QLabel(
        "Ctrl+wheel zooms picture and strip at the pointer; the wheel alone moves the strip in time."
    )
    hands.setProperty("tone", "dim")
    sheet.content.addWidget(hands)
    return sheet


def _add_group(column: QVBoxLayout, group: Group) -> None:
    commands = [command for command in COMMANDS + EXPORTS if command.group is group and command.keys]
    if not commands:
        return
    title = QLabel(group.value)
    title.setProperty("scale", "strong")
    column.addWidget(title)
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    for row, command in enumerate(commands):
        grid.addWidget(QLabel(command.title.rstrip("…")), row, 0)
        native = QKeySequence.SequenceFormat.NativeText
        keys = QLabel("  or  ".join(QKeySequence(each).toString(native) for each in command.keys))
        keys.setFont(mono_face(TextSize.SMALL))
        keys.setProperty("tone", "dim")
        grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    column.addLayout(grid)
    column.addSpacing(8)


def models_sheet(parent: QWidget, choice: ModelChoice, add_action: QAction) -> Sheet:
    """Return the page on models: which are used, what they are worth, how to get others."""
    sheet = Sheet("Models", parent)
    sheet.setFixedWidth(560)
    for sentence in (sample_sentence(choice), missing_sentence(choice)):
        if sentence:
            frame = QFrame()
            frame.setObjectName("note")
            frame.setProperty("tone", "warning")
            QVBoxLayout(frame).addWidget(_wrapped(sentence))
            sheet.content.addWidget(frame)
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    for row, (kind, model) in enumerate(
        (("Objects", choice.detector), ("Speech", choice.speech), ("Speech regions", choice.vad))
    ):
        name = QLabel(kind)
        name.setProperty("tone", "dim")
        grid.addWidget(name, row, 0)
        fallback = "loudness, no model" if kind == "Speech regions" else "none"
        grid.addWidget(QLabel(model.shown_name if model is not None else fallback), row, 1)
    sheet.content.addLayout(grid)
    sheet.content.addWidget(_wrapped(HOW_TO))
    add = QPushButton("Add a Model File…")
    add.clicked.connect(add_action.trigger)
    sheet.buttons.insertWidget(0, add)
    return sheet


def about_sheet(parent: QWidget) -> Sheet:
    """Return the page that says what this is."""
    sheet = Sheet("About Reelscope", parent)
    row = QHBoxLayout()
    row.setSpacing(16)
    drawing = QLabel()
    drawing.setPixmap(app_icon().pixmap(72, 72))
    row.addWidget(drawing, 0, Qt.AlignmentFlag.AlignTop)
    text = (
        f"Reelscope {__version__} shows what is in a video: keyframes, shots, objects and speech on one time "
        "axis, in memory, on your own machine. Nothing is written unless you export it.\n\n"
        "Free software under the GNU General Public License, version 3 or later. It stands on FFmpeg, PyAV, "
        "Qt, ONNX Runtime, whisper.cpp, NumPy and pyqtgraph."
    )
    label = _wrapped(text)
    label.setMinimumWidth(380)
    row.addWidget(label, 1)
    sheet.content.addLayout(row)
    return sheet


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
