"""The faces of the window, made once for each size: looking fonts up takes longer than painting with them."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont

from app.render import fonts
from app.render.palette import TextSize


@cache
def ui_face(size: TextSize = TextSize.BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the face for text."""
    return fonts.ui_font(size, weight)


@cache
def mono_face(size: TextSize = TextSize.BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the face for times and numbers."""
    return fonts.mono_font(size, weight)
