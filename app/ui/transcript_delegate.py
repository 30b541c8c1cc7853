"""How a line of the transcript is painted: its time, its words, the spoken word, reasons for doubt."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.results import Segment
from app.render.palette import Palette, TextSize, mixed
from app.ui.faces import mono_face, ui_face
from app.ui.style_sheet import chosen_surface
from app.ui.transcript_model import TranscriptRole

_LEFT, _TEXT_LEFT, _RIGHT, _PAD = 16, 76, 12, 9
_DOUBT_BELOW = 0.5

_Index = QModelIndex | QPersistentModelIndex


def doubts(segment: Segment) -> str:
    """Say why a line may be wrong; nothing where there is no reason."""
    reasons = [mark.replace("_", " ").replace("-", " ") for mark in segment.marks]
    if segment.confidence is not None and segment.confidence < _DOUBT_BELOW and not reasons:
        reasons.append("uncertain")
    if not reasons:
        return ""
    sure = "" if segment.confidence is None else f"  {segment.confidence:.2f}"
    return "⚠ " + ", ".join(reasons) + sure


def word_span(segment: Segment, time_s: float) -> tuple[int, int] | None:
    """Return start and length, in the stripped text, of the word that is said at a time."""
    text = segment.text.strip()
    place = 0
    for word in segment.words:
        spoken = word.text.strip()
        found = text.find(spoken, place) if spoken else -1
        if found < 0:
            continue
        place = found + len(spoken)
        if word.start_s <= time_s < word.end_s:
            return found, len(spoken)
    return None


class TranscriptDelegate(QStyledItemDelegate):
    """Paints lines of words with their time at the left; heights follow the width of the view.

    Attributes:
        time_s: where the playhead stands, for the spoken word.
        sought: a text whose occurrences are marked.
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.time_s = 0.0
        self.sought = ""

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height the words need in the width there is."""
        segment: Segment = index.data(TranscriptRole.SEGMENT)
        width = option.rect.width()
        height = self._layout(segment, width).boundingRect().height()
        doubt_height = 18 if doubts(segment) else 0
        return QSize(width, round(height) + doubt_height + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one line."""
        segment: Segment = index.data(TranscriptRole.SEGMENT)
        current = bool(index.data(TranscriptRole.CURRENT))
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_surface(painter, option, rect, current=current)
        painter.setFont(mono_face(TextSize.SMALL))
        painter.setPen(QColor(self._palette.accent if current else self._palette.dim))
        place = QRectF(rect.left() + _LEFT, rect.top() + _PAD + 1, _TEXT_LEFT - _LEFT, 18)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, str(index.data(TranscriptRole.TIME_TEXT)))
        layout = self._layout(segment, option.rect.width(), current=current)
        painter.setPen(QColor(self._palette.text))
        layout.draw(painter, QPointF(rect.left() + _TEXT_LEFT, rect.top() + _PAD))
        if doubt := doubts(segment):
            painter.setFont(ui_face(TextSize.TINY))
            painter.setPen(QColor(self._palette.warning))
            top = rect.top() + _PAD + layout.boundingRect().height() + 2
            painter.drawText(QRectF(rect.left() + _TEXT_LEFT, top, rect.width(), 16), 0, doubt)
        painter.restore()

    def _paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, *, current: bool
    ) -> None:
        inner = rect.adjusted(4, 1, -4, -1)
        state = option.state
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(chosen_surface(self._palette)))
            painter.drawRoundedRect(inner, 4, 4)
            painter.setBrush(QColor(self._palette.accent))
            painter.drawRoundedRect(QRectF(inner.left(), inner.top(), 3, inner.height()), 1.5, 1.5)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mixed(self._palette.panel, self._palette.text, 0.05)))
            painter.drawRoundedRect(inner, 4, 4)
        if focused:
            pen_colour = QColor(self._palette.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen_colour)
            painter.drawRoundedRect(inner.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _layout(self, segment: Segment, width: int, *, current: bool = False) -> QTextLayout:
        text = segment.text.strip()
        layout = QTextLayout(text, ui_face(TextSize.STRONG))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats(segment, text, current=current))
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(40, width - _TEXT_LEFT - _RIGHT))
            line.setPosition(QPointF(0, top))
            top += line.height()
        layout.endLayout()
        return layout

    def _formats(self, segment: Segment, text: str, *, current: bool) -> list[QTextLayout.FormatRange]:
        ranges = []
        if self.sought:
            folded, sought = text.casefold(), self.sought.casefold()
            place = folded.find(sought)
            while place >= 0:
                ranges.append(self._marked(place, len(sought), self._palette.warning, 0.35))
                place = folded.find(sought, place + len(sought))
        if current and (span := word_span(segment, self.time_s)) is not None:
            ranges.append(self._marked(*span, self._palette.accent, 0.4))
        return ranges

    def _marked(self, start: int, length: int, colour: str, share: float) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length = start, length
        look = QTextCharFormat()
        look.setBackground(QColor(mixed(self._palette.panel, colour, share)))
        made.format = look
        return made
