"""How a line of the transcript is painted: its time, its words, the spoken word, reasons for doubt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.core.marks import is_doubtful, known_marks, reasons
from app.core.results import Segment
from app.core.time import format_short
from app.render.palette import Palette, TextSize, mixed
from app.ui.faces import mono_face, ui_face
from app.ui.line_shape import LineShape, shape_of
from app.ui.style_sheet import chosen_surface
from app.ui.text_layers import Layer, Look, Span, format_ranges, utf16_places
from app.ui.transcript_model import TranscriptRole
from app.ui.transcript_text import WordPlace, speaker_of, spoken_at, word_places

_LEFT, _RIGHT, _PAD = 16, 12, 9
_TIME_GAP = 12
_HEAD_HEIGHT, _FOOT_HEIGHT = 18, 18
_NARROW = 300
"""Below this width the time stands over the words instead of beside them."""
_LEAST_WIDTH = 40
_SHAPES_MOST = 400
"""Laid-out lines that are kept: those of a few screens."""
_UNIT_PX = 7.2
"""About how wide a letter is, for lines that nobody has seen yet."""
_TEXT_LINE_PX = 17

_Index = QModelIndex | QPersistentModelIndex


_AGAIN = "Hear again"


def doubts(segment: Segment) -> str:
    """Say why a line may be wrong; nothing where there is no reason."""
    said = reasons(segment)
    sure = "" if segment.confidence is None else f" · {segment.confidence:.2f}"
    return f"⚠ {said}{sure}" if said else ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where time and words stand in the width there is, pixels."""

    width: int
    time_left: int
    text_left: int
    stacked: bool

    @property
    def text_width(self) -> int:
        """How wide a line of words may be."""
        return max(_LEAST_WIDTH, self.width - self.text_left - _RIGHT)


class TranscriptDelegate(QStyledItemDelegate):
    """Paints lines of words with their time at the left; heights follow the width of the view.

    What is marked in the words comes from ``layers``; what they return is asked at each painting, so a line
    needs no new layout when the spoken word goes on or something else is found.

    Attributes:
        time_s: where the playhead stands, for the spoken word.
        layers: what marks parts of the words; whoever marks something appends one.
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._shapes: OrderedDict[int, LineShape] = OrderedDict()
        self._longest_s = 0.0
        self._columns: Columns | None = None
        self.time_s = 0.0
        self.layers: list[Layer] = [self._doubtful_spans]

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette

    # --- geometry

    def set_last_time(self, time_s: float) -> bool:
        """Leave room for a time of so many digits; tell whether everything stands elsewhere now."""
        grown = len(format_short(time_s, 1)) != len(format_short(self._longest_s, 1))
        self._longest_s = time_s
        if grown:
            self._columns = None
        return grown

    def columns(self, width: int) -> Columns:
        """Return where things stand in a width."""
        if self._columns is None or self._columns.width != width:
            digits = max(6, len(format_short(self._longest_s, 1)))
            time_width = _digit_width() * digits
            stacked = width < _NARROW
            text_left = _LEFT if stacked else _LEFT + round(time_width) + _TIME_GAP
            self._columns = Columns(width, _LEFT, text_left, stacked)
        return self._columns

    def shape(self, segment: Segment, width: int) -> LineShape:
        """Return the text of a line as it lies in a view of this width."""
        text_width = self.columns(width).text_width
        shape = self._shapes.pop(id(segment), None)
        if shape is None or shape.segment is not segment or shape.width != text_width:
            shape = shape_of(segment, text_width)
        self._shapes[id(segment)] = shape
        if len(self._shapes) > _SHAPES_MOST:
            self._shapes.popitem(last=False)
        return shape

    def line_height(self, segment: Segment, width: int) -> int:
        """Return the height a line needs in a view of this width."""
        foot = _FOOT_HEIGHT if doubts(segment) else 0
        return self._head_height(segment, width) + self.shape(segment, width).height + foot + 2 * _PAD

    def estimates(self, lengths: Sequence[int], width: int) -> list[int]:
        """Return about the heights of lines that are about so many letters long, without laying any out."""
        if not lengths:
            return []
        import numpy as np

        per_line = self.columns(width).text_width / _UNIT_PX
        base = 2 * _PAD + _TEXT_LINE_PX + (_HEAD_HEIGHT if self.columns(width).stacked else 0)
        more_lines = (np.asarray(lengths) / per_line).astype(np.int64)
        return list((base + _TEXT_LINE_PX * more_lines).tolist())

    def text_rect(self, segment: Segment, rect: QRect) -> QRect:
        """Return where the words stand in the place of their line."""
        columns = self.columns(rect.width())
        top = rect.top() + _PAD + self._head_height(segment, rect.width())
        height = self.shape(segment, rect.width()).height
        return QRect(rect.left() + columns.text_left, top, columns.text_width, height)

    def word_part(self, segment: Segment, width: int, word: WordPlace) -> tuple[int, int]:
        """Return top and height, within the place of a line, of the line of text in which a word begins."""
        shape = self.shape(segment, width)
        line = shape.layout.lineForTextPosition(utf16_places(shape.text)(word.start))
        return _PAD + self._head_height(segment, width) + round(line.y()), round(line.height())

    def time_rect(self, rect: QRect) -> QRect:
        """Return where the time stands in the place of its line."""
        columns = self.columns(rect.width())
        width = 72 if columns.stacked else columns.text_left - columns.time_left
        return QRect(rect.left() + columns.time_left, rect.top() + _PAD, width, _HEAD_HEIGHT)

    def again_rect(self, segment: Segment, rect: QRect) -> QRect:
        """Return where a click hears a doubtful line once more, in the place of the line; empty elsewhere."""
        if not known_marks(segment):
            return QRect()
        place = self.text_rect(segment, rect)
        face = ui_face(TextSize.TINY, QFont.Weight.DemiBold)
        width = QFontMetrics(face).horizontalAdvance(_AGAIN) + 2
        return QRect(place.right() + 1 - width, place.bottom() + 3, width, _FOOT_HEIGHT - 2)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size a line needs in the width there is."""
        width = option.rect.width()
        return QSize(width, self.line_height(index.data(TranscriptRole.SEGMENT), width))

    def _head_height(self, segment: Segment, width: int) -> int:
        return _HEAD_HEIGHT if self.columns(width).stacked or speaker_of(segment) else 0

    # --- layers

    def _doubtful_spans(self, _row: int, segment: Segment) -> Iterable[Span]:
        """Words that the model was not sure of are underlined in a pattern."""
        if any(map(is_doubtful, segment.words)):
            for place in word_places(segment):
                if is_doubtful(place.word):
                    yield Span(place.start, place.end, Look.DOUBTFUL)

    def spoken_word(self, segment: Segment, width: int) -> WordPlace | None:
        """Return the word of a line that is said now."""
        return spoken_at(self.shape(segment, width).words, self.time_s)

    # --- painting

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one line."""
        segment: Segment = index.data(TranscriptRole.SEGMENT)
        current = bool(index.data(TranscriptRole.CURRENT))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_surface(painter, option, QRectF(option.rect), current=current)
        if index.data(TranscriptRole.LOOPED):
            self._paint_loop(painter, QRectF(option.rect))
        self._paint_head(painter, option.rect, index, segment, current=current)
        shape = self.shape(segment, option.rect.width())
        place = self.text_rect(segment, option.rect)
        spans = [span for layer in self.layers for span in layer(index.row(), segment)]
        if current and (word := self.spoken_word(segment, option.rect.width())) is not None:
            spans.append(Span(word.start, word.end, Look.SPOKEN))
        painter.setPen(QColor(self._palette.text))
        ranges = format_ranges(shape.text, spans, self._palette)
        shape.layout.draw(painter, QPointF(place.topLeft()), ranges, QRectF(painter.clipBoundingRect()))
        if doubt := doubts(segment):
            self._paint_foot(painter, option.rect, segment, doubt)
        painter.restore()

    def _paint_foot(self, painter: QPainter, rect: QRect, segment: Segment, doubt: str) -> None:
        """Say why the line is doubtful, and offer to hear it once more."""
        place, again = self.text_rect(segment, rect), self.again_rect(segment, rect)
        below = QRect(place.left(), again.top(), again.left() - 8 - place.left(), again.height())
        self._paint_words(painter, below, doubt, ui_face(TextSize.TINY), self._palette.warning)
        face = ui_face(TextSize.TINY, QFont.Weight.DemiBold)
        self._paint_words(painter, again, _AGAIN, face, self._palette.accent)

    def _paint_head(
        self, painter: QPainter, rect: QRect, index: _Index, segment: Segment, *, current: bool
    ) -> None:
        colour = self._palette.accent if current else self._palette.dim
        time_rect = self.time_rect(rect)
        self._paint_words(
            painter, time_rect, str(index.data(TranscriptRole.TIME_TEXT)), mono_face(TextSize.SMALL), colour
        )
        if speaker := speaker_of(segment):
            stacked = self.columns(rect.width()).stacked
            left = time_rect.right() + 1 if stacked else rect.left() + self.columns(rect.width()).text_left
            place = QRect(left, time_rect.top(), rect.right() - _RIGHT - left, _HEAD_HEIGHT)
            face = ui_face(TextSize.SMALL, QFont.Weight.DemiBold)
            self._paint_words(painter, place, speaker, face, self._palette.dim)

    def _paint_loop(self, painter: QPainter, rect: QRectF) -> None:
        """Paint a bracket at the right over all the lines that are looped."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.good))
        painter.drawRect(QRectF(rect.right() - 6, rect.top(), 3, rect.height()))

    def _paint_words(self, painter: QPainter, rect: QRect, words: str, face: QFont, colour: str) -> None:
        painter.setFont(face)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)

    def _paint_surface(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, *, current: bool
    ) -> None:
        from PySide6.QtWidgets import QStyle

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


def about_letters(text: str) -> int:
    """Return about how many letters wide a text is: those of three bytes are twice as wide."""
    if text.isascii():
        return len(text)
    written = len(text.encode("utf-8", "surrogatepass"))
    return 2 * len(text) if written >= 2.5 * len(text) else len(text)


def _digit_width() -> float:
    from PySide6.QtGui import QFontMetricsF

    return QFontMetricsF(mono_face(TextSize.SMALL)).horizontalAdvance("0")
