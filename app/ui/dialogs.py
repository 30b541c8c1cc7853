"""The window beside the main one that says what this is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app import __version__
from app.ui.icons import app_icon
from app.ui.sheet import Sheet


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
