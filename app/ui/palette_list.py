"""The lines of the palette: their model, and how they are painted."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.render.palette import DARK, RADIUS_CHIP, ROW_HEIGHT, Palette, TextSize
from app.ui.faces import mono_face, ui_face
from app.ui.palette_entries import Entry
from app.ui.style_sheet import chosen_surface

ENTRY_ROLE = Qt.ItemDataRole.UserRole
_SIDE, _GAP, _GROUP_WIDTH = 12.0, 16.0, 104.0
_NOWHERE = QModelIndex()

_Index = QModelIndex | QPersistentModelIndex


class PaletteList(QAbstractListModel):
    """The entries that fit, best first."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        """Show these."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the entry, or words for it."""
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return entry.in_words
        return None


class PaletteDelegate(QStyledItemDelegate):
    """Paints group, title and, at the right, the keys, or why it cannot be done now."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.palette: Palette = DARK

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return a row of the usual height."""
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one entry."""
        from PySide6.QtWidgets import QStyle

        entry: Entry = index.data(ENTRY_ROLE)
        palette, area = self.palette, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen_surface(palette)))
            painter.drawRoundedRect(area.adjusted(4, 0, -4, 0), RADIUS_CHIP, RADIUS_CHIP)
            painter.fillRect(
                QRectF(area.left() + 4, area.top() + 7, 2, area.height() - 14), QColor(palette.accent)
            )
        area = area.adjusted(_SIDE, 0, -_SIDE, 0)
        painter.setFont(ui_face(TextSize.SMALL))
        painter.setPen(QColor(palette.dim))
        group = QRectF(area.left(), area.top(), _GROUP_WIDTH - _GAP, area.height())
        _words(painter, group, entry.group or entry.kind.value, Qt.AlignmentFlag.AlignLeft)
        right = self._paint_detail(painter, entry, area)
        painter.setFont(ui_face(TextSize.BODY))
        painter.setPen(QColor(palette.dim if entry.missing else palette.text))
        title = QRectF(
            area.left() + _GROUP_WIDTH, area.top(), right - area.left() - _GROUP_WIDTH, area.height()
        )
        _words(painter, title, entry.title, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    def _paint_detail(self, painter: QPainter, entry: Entry, area: QRectF) -> float:
        """Paint what stands at the right; return where the title has to end."""
        face = ui_face(TextSize.SMALL) if entry.missing else mono_face(TextSize.SMALL)
        painter.setFont(face)
        painter.setPen(QColor(self.palette.dim))
        words = entry.missing or entry.detail
        width = min(float(painter.fontMetrics().horizontalAdvance(words)), area.width() * 0.45)
        place = QRectF(area.right() - width, area.top(), width, area.height())
        _words(painter, place, words, Qt.AlignmentFlag.AlignRight)
        return place.left() - _GAP


def _words(painter: QPainter, place: QRectF, words: str, align: Qt.AlignmentFlag) -> None:
    line = words.replace("\n", " ")
    shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(place.width()) + 1)
    painter.drawText(place, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
