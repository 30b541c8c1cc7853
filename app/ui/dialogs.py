"""Two of the windows beside the main one: the models, and what this is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import __version__
from app.ui.icons import app_icon
from app.ui.model_choice import HOW_TO, ModelChoice, missing_sentence, sample_sentence
from app.ui.sheet import Sheet


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
