"""What stands where no picture is: nothing open yet, loading, failed, sound only."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.render.fonts import ui_font
from app.render.palette import GRID, RADIUS_PANEL, Palette, TextSize


class ViewState(enum.Enum):
    """What the view shows; the value is the headline where there is no picture."""

    PICTURE = ""
    EMPTY = "Drop a video, or open one"
    LOADING = "Opening"
    FAILED = "This file cannot be shown"
    SOUND_ONLY = "Sound only"


_DETAILS = {
    ViewState.EMPTY: "Nothing leaves this computer, nothing is written unless you export it.",
    ViewState.SOUND_ONLY: "This file has no video track. Its speech can still be transcribed.",
}


def detail_of(state: ViewState, detail: str) -> str:
    """The line under the headline: what the caller says, else what belongs to the state."""
    return detail or _DETAILS.get(state, "")


def paint_placeholder(
    painter: QPainter, area: QRectF, palette: Palette, state: ViewState, detail: str
) -> None:
    """Paint the headline and the line under it in the middle of ``area``, widget pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.panel))
    painter.drawRoundedRect(area, RADIUS_PANEL, RADIUS_PANEL)
    if state is ViewState.EMPTY:
        _drop_zone(painter, area, palette)
    title_font = ui_font(TextSize.TITLE, QFont.Weight.DemiBold)
    detail_font = ui_font(TextSize.BODY)
    column = area.adjusted(4 * GRID, GRID, -4 * GRID, -GRID)
    wrap = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    title_height = QFontMetricsF(title_font).height()
    text = detail_of(state, detail)
    detail_height = QFontMetricsF(detail_font).boundingRect(column, wrap, text).height() if text else 0.0
    top = column.center().y() - (title_height + GRID + detail_height) / 2
    painter.setFont(title_font)
    painter.setPen(QColor(palette.warning if state is ViewState.FAILED else palette.text))
    painter.drawText(QRectF(column.x(), top, column.width(), title_height), wrap, state.value)
    painter.setFont(detail_font)
    painter.setPen(QColor(palette.dim))
    rest = QRectF(column.x(), top + title_height + GRID, column.width(), detail_height + GRID)
    painter.drawText(rest, wrap, text)


def _drop_zone(painter: QPainter, area: QRectF, palette: Palette) -> None:
    pen = QPen(QColor(palette.faint), 1)
    pen.setDashPattern([5, 4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = 2 * GRID
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), RADIUS_PANEL, RADIUS_PANEL)
