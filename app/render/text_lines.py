"""Text broken into lines, one below the other."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextLayout


def lay_out_lines(layout: QTextLayout, width: float) -> float:
    """Break the text of ``layout`` into lines of ``width`` pixels; return how high they are together."""
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return height
