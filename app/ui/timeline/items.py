"""The rows of the strip: one item for each kind of row."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.core.time import format_short
from app.render.palette import Palette, TextSize, class_colour, hit_colour, mixed
from app.ui.faces import mono_face
from app.ui.time_scale import ruler_marks
from app.ui.timeline.bars import Bar
from app.ui.timeline.line_items import HoverItem, PlayheadItem
from app.ui.timeline.rows import Row, RowKind
from app.ui.timeline.state import StripState
from app.ui.timeline.strip_item import StripItem

_BAR_HEIGHT, _BAR_RADIUS = 12.0, 3.0
_DIAMOND, _CROWDED_PX = 4.5, 7.0


class RulerItem(StripItem):
    """Times in round steps."""

    kinds = (RowKind.RULER,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint marks and labels."""
        scale = self._state.scale
        if scale.duration_s <= 0:
            return
        self._paint_chapters(painter, row, palette)
        marks = ruler_marks(scale)
        painter.setPen(QPen(QColor(palette.faint), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for times, length in ((marks.labelled, 6), (marks.small, 3)):
            xs = [round(scale.x_of(time_s)) for time_s in times]
            painter.drawLines([QLineF(x, row.bottom - 3 - length, x, row.bottom - 3) for x in xs])
        painter.setFont(mono_face(TextSize.TINY))
        painter.setPen(QColor(palette.dim))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        width = painter.fontMetrics().horizontalAdvance("0:00:00.00")
        for time_s in marks.labelled:
            x = scale.x_of(time_s)
            if x + 24 < scale.width:
                place = QRectF(x + 4, row.top + 2, width + 8, row.height - 10)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, format_short(time_s, marks.decimals))

    def _paint_chapters(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint a thin mark where each chapter begins; the very first one marks nothing."""
        scale = self._state.scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for chapter in self._state.chapters:
            x = round(scale.x_of(chapter.start_s))
            if 0 <= x <= scale.width and chapter.start_s > 0:
                painter.fillRect(QRectF(x - 1, row.top + 3, 2, row.height - 6), QColor(palette.accent))


class ThumbnailsItem(StripItem):
    """Pictures side by side, each the one that is on at its middle; fixed to the file's time."""

    kinds = (RowKind.THUMBNAILS,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint the visible pictures."""
        scale, thumbnails = self._state.scale, self._state.thumbnails
        until = min(scale.width, scale.x_of(scale.duration_s))
        whole = QRectF(scale.x_of(0), row.top, scale.x_of(scale.duration_s) - scale.x_of(0), row.height)
        painter.fillRect(whole.intersected(QRectF(0, row.top, until, row.height)), QColor(palette.raised))
        if not thumbnails:
            return
        tile = row.height * thumbnails[0].width / thumbnails[0].height
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        origin = scale.x_of(0)
        place = max(0, int(-origin // tile))
        device = painter.device().devicePixelRatioF()
        while (x := origin + place * tile) < until:
            shown = bisect_right(thumbnails, scale.time_of(x + tile / 2), key=attrgetter("time_s")) - 1
            pixmap = self._state.pixmaps.of(thumbnails[max(0, shown)], round(row.height * device))
            width = min(tile - 1, until - x)
            source = QRectF(0, 0, pixmap.width() * width / tile, pixmap.height())
            painter.drawPixmap(QRectF(x, row.top, width, row.height), pixmap, source)
            place += 1


class KeyframesItem(StripItem):
    """A diamond for each keyframe; a line with strokes where they are too many."""

    kinds = (RowKind.KEYFRAMES,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint the visible diamonds."""
        scale, keyframes = self._state.scale, self._state.keyframes
        key = attrgetter("time_s")
        margin = _DIAMOND / scale.pixels_per_s
        first = bisect_right(keyframes, scale.time_of(0) - margin, key=key)
        last = bisect_right(keyframes, scale.time_of(scale.width) + margin, key=key)
        seen = keyframes[first:last]
        if not seen:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.text))
        y = row.middle
        crowded = len(seen) > scale.width / _CROWDED_PX
        for x in dict.fromkeys(round(scale.x_of(each.time_s) * 2) / 2 for each in seen):
            if crowded:
                painter.fillRect(QRectF(x, y - 4, 1, 8), QColor(palette.dim))
                continue
            corners = ((x, y - _DIAMOND), (x + _DIAMOND, y), (x, y + _DIAMOND), (x - _DIAMOND, y))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


class ShotsItem(StripItem):
    """Shots as bars, each other one a shade lighter."""

    kinds = (RowKind.SHOTS,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint the visible shots."""
        scale = self._state.scale
        shades = (mixed(palette.line, palette.faint, 0.55), mixed(palette.line, palette.faint, 0.2))
        painter.setPen(Qt.PenStyle.NoPen)
        for number, shot in enumerate(self._state.shots):
            left, right = scale.x_of(shot.start_s), scale.x_of(shot.end_s)
            if right > 0 and left < scale.width:
                painter.setBrush(QColor(shades[number % 2]))
                width = max(1.0, right - left - 1.5)
                painter.drawRoundedRect(QRectF(left, row.middle - 4, width, 8), 2, 2)


def paint_bars(painter: QPainter, bars: list[Bar], row: Row, fill: str | QBrush, *, fade: bool) -> None:
    """Paint bars of one colour or pattern; with ``fade`` the less certain ones are fainter."""
    painter.setPen(Qt.PenStyle.NoPen)
    brush = QBrush(QColor(fill)) if isinstance(fill, str) else fill
    for bar in bars:
        if fade:
            shade = brush.color()
            shade.setAlphaF(0.4 + 0.6 * min(1.0, max(0.0, bar.confidence)))
            brush.setColor(shade)
        painter.setBrush(brush)
        rect = QRectF(bar.left, row.middle - _BAR_HEIGHT / 2, bar.right - bar.left - 1, _BAR_HEIGHT)
        radius = min(_BAR_RADIUS, rect.width() / 2)
        painter.drawRoundedRect(rect, radius, radius)


class LanesItem(StripItem):
    """One lane for each class, in the class's colour."""

    kinds = (RowKind.LANE,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint one lane, clipped to the part that scrolls."""
        columns = self._state.lane_columns.get(row.label)
        if columns is None:
            return
        rows = self._state.rows
        painter.setClipRect(
            QRectF(0, rows.lanes_top, self._state.scale.width, rows.lanes_bottom - rows.lanes_top)
        )
        bars = columns.bars(self._state.scale)
        paint_bars(painter, bars, row, class_colour(palette, row.label), fade=True)


class SpeechItem(StripItem):
    """Where somebody speaks: regions faintly, lines of the transcript strongly, doubtful ones hatched."""

    kinds = (RowKind.SPEECH,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint regions, then segments over them."""
        scale = self._state.scale
        region_colour = mixed(palette.panel, palette.accent, 0.3)
        state = self._state
        paint_bars(painter, state.region_columns.bars(scale), row, region_colour, fade=False)
        line_colour = mixed(palette.panel, palette.accent, 0.8)
        paint_bars(painter, state.segment_columns.bars(scale), row, line_colour, fade=False)
        self._paint_doubts(painter, row, palette)

    def _paint_doubts(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Lines that may be wrong: of another colour, and hatched, so that it shows without colour, too."""
        bars = self._state.doubtful_columns.bars(self._state.scale, least_width=4.0)
        paint_bars(painter, bars, row, palette.warning, fade=False)
        paint_bars(painter, bars, row, QBrush(QColor(palette.panel), Qt.BrushStyle.BDiagPattern), fade=False)


class HitsItem(StripItem):
    """Where what is sought in the transcript is said: a stroke each, with a head where one looks."""

    kinds = (RowKind.SPEECH,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint the visible strokes, at most one on a pixel."""
        colour = QColor(hit_colour(palette))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        strokes = self._state.hits.strokes(self._state.scale)
        painter.drawRects([QRectF(x, row.top, 2, row.height) for x in strokes])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        if (here_s := self._state.hits.here_s) is not None:
            x = round(self._state.scale.x_of(here_s))
            painter.setPen(QPen(QColor(palette.panel), 1))
            corners = ((x - 5, row.top), (x + 7, row.top), (x + 1, row.top + 8))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


class SoundItem(StripItem):
    """The loudness over time."""

    kinds = (RowKind.SOUND,)

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint one stroke for each few pixels."""
        scale, levels = self._state.scale, self._state.levels
        left, right = scale.x_of(0), scale.x_of(scale.duration_s)
        painter.fillRect(QRectF(left, row.middle - 0.5, right - left, 1), QColor(palette.line))
        pen = QPen(QColor(mixed(palette.panel, palette.dim, 0.85)), 2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        reach = (row.height / 2 - 2) / levels.loudest
        seen = [(x + 1, level * reach) for x, level in levels.levels(scale) if level * reach >= 0.5]
        painter.drawLines([QLineF(x, row.middle - half, x, row.middle + half) for x, half in seen])


class MissingItem(StripItem):
    """The end that a cut-off file claims and does not hold, hatched over all rows."""

    kinds = tuple(RowKind)

    def boundingRect(self) -> QRectF:
        """Return nothing where nothing is missing: laid over all rows, it would be painted with each."""
        return QRectF() if self._state.missing_from_s is None else super().boundingRect()

    def paint_row(self, painter: QPainter, row: Row, palette: Palette) -> None:
        """Paint what is missing, dim and hatched."""
        scale, from_s = self._state.scale, self._state.missing_from_s
        if from_s is None:
            return
        left, right = scale.x_of(from_s), scale.x_of(scale.duration_s)
        place = QRectF(left, row.top, max(0.0, right - left), row.height)
        veil = QColor(palette.panel)
        veil.setAlphaF(0.7)
        painter.fillRect(place, veil)
        painter.fillRect(place, QBrush(QColor(palette.faint), Qt.BrushStyle.BDiagPattern))


def all_items(state: StripState) -> tuple[StripItem, ...]:
    """Return all parts, from the back to the front."""
    kinds = (
        RulerItem, ThumbnailsItem, KeyframesItem, ShotsItem, LanesItem, SpeechItem, HitsItem, SoundItem,
        MissingItem, HoverItem, PlayheadItem,
    )  # fmt: skip
    items = tuple(kind(state) for kind in kinds)
    for level, item in enumerate(items):
        item.setZValue(level)
    return items
