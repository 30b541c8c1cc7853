"""The two faces of the window: one to read, one monospaced with tabular digits for numbers that change."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from app.render.palette import TextSize

UI_FAMILIES = ("Inter", "Inter Variable")
"""Preferred over the system's own interface font where installed."""
MONO_FAMILIES = ("JetBrains Mono", "IBM Plex Mono", "SF Mono", "Cascadia Mono", "DejaVu Sans Mono")
"""Preferred over the system's own fixed-width font where installed."""


def ui_font(size: int = TextSize.BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face for text, ``size`` in pixels. Needs a QGuiApplication."""
    return _font(UI_FAMILIES, QFontDatabase.SystemFont.GeneralFont, size, weight)


def mono_font(size: int = TextSize.BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The face for times and numbers, ``size`` in pixels: digits of equal width. Needs a QGuiApplication."""
    font = _font(MONO_FAMILIES, QFontDatabase.SystemFont.FixedFont, size, weight)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font


def _font(
    wanted: tuple[str, ...], system: QFontDatabase.SystemFont, size: int, weight: QFont.Weight
) -> QFont:
    # Only families that exist are named: looking for a missing one costs some systems a second.
    font = QFontDatabase.systemFont(system)
    installed = [family for family in wanted if QFontDatabase.hasFamily(family)]
    font.setFamilies([*installed[:1], *font.families()])
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
