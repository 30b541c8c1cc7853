"""The drawing surface of the strip: a view box in seconds, and the hands on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from app.render.palette import Palette
from app.ui.found.lanes import Lane
from app.ui.marked_range import Edge, Marks
from app.ui.time_scale import TimeScale
from app.ui.timeline.bars import HitColumns
from app.ui.timeline.items import all_items
from app.ui.timeline.line_items import HoverItem, PlayheadItem
from app.ui.timeline.range_item import RangeItem, handle_at
from app.ui.timeline.rows import RowKind, lay_out
from app.ui.timeline.state import StripState
from app.ui.wheel_steps import NOTCH, is_step

ZOOM_STEP = 1.25
"""Factor of one notch of the wheel."""
ALL_KINDS = frozenset(RowKind)


@dataclass(frozen=True, slots=True)
class SeekAsked:
    """Go to a time; while the hand still moves, the nearest picture will do."""

    time_s: float
    exact: bool


@dataclass(frozen=True, slots=True)
class MarkDragged:
    """A handle of the range is at a time, seconds."""

    edge: Edge
    time_s: float


@dataclass(frozen=True, slots=True)
class Hovered:
    """The pointer rests over a time; ``x`` in pixels of the view."""

    time_s: float
    x: float


class TimelineView(pg.GraphicsView):
    """Shows a StripState.

    Signals:
        seek_asked(object): SeekAsked.
        scrub_began(): the hand took the playhead.
        mark_dragged(object): MarkDragged; the picture there is asked for, too.
        hovered(object): Hovered, or None when the pointer left.
        rows_changed(): other rows, or rows elsewhere, are visible.
    """

    seek_asked = Signal(object)
    scrub_began = Signal()
    mark_dragged = Signal(object)
    hovered = Signal(object)
    rows_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.state = StripState()
        self._labels: tuple[str, ...] = ()
        self._has_picture, self._has_sound = True, True
        self._scrubbing = False
        self._handle: Edge | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Time strip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0.0)
        self.setCentralItem(self._box)
        self._range = RangeItem(self.state)
        self._items = (*all_items(self.state), self._range)
        # Over the rows, under pointer and playhead, which are the last two.
        self._range.setZValue(len(self._items) - 3.5)
        for item in self._items:
            self._box.addItem(item, ignoreBounds=True)
        self._playhead = next(item for item in self._items if isinstance(item, PlayheadItem))
        self._pointer = next(item for item in self._items if isinstance(item, HoverItem))

    # --- content

    @property
    def scale(self) -> TimeScale:
        """The visible stretch."""
        return self.state.scale

    def set_scale(self, scale: TimeScale) -> None:
        """Show another stretch."""
        self.state.scale = scale
        seen = (scale.time_of(0), scale.time_of(scale.width))
        self._box.setRange(xRange=seen, yRange=(0, max(1, self.viewport().height())), padding=0)
        self.refresh()

    def set_duration(self, duration_s: float) -> None:
        """The file is so long."""
        if duration_s != self.scale.duration_s:
            self.set_scale(self.scale.lengthened(duration_s))

    def set_tracks(self, *, picture: bool, sound: bool) -> None:
        """Leave out the rows of what the file does not have."""
        self._has_picture, self._has_sound = picture, sound
        self._lay_out()

    def set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        """Show these lanes."""
        self.state.set_lanes(lanes)
        labels = tuple(lane.label for lane in lanes)
        if labels != self._labels:
            self._labels = labels
            self._lay_out()
        else:
            self.refresh((RowKind.LANE,))

    def scroll_lanes(self, to: float) -> None:
        """Scroll the lanes."""
        self._lay_out(to)

    def set_playhead(self, time_s: float | None, *, follow: bool = False) -> None:
        """Move the playhead, without animation; with ``follow`` the page turns when it leaves the view."""
        before, moved = self.state.playhead_s, True
        if before is not None and time_s is not None:
            moved = round(self.scale.x_of(before)) != round(self.scale.x_of(time_s))
        if moved:
            self._playhead.prepareGeometryChange()
        self.state.playhead_s = time_s
        if follow and time_s is not None and not self._scrubbing:
            scale = self.scale.following(time_s)
            if scale is not self.scale:
                self.set_scale(scale)
                return
        if moved:
            self._playhead.update()

    def set_hits(self, hits: HitColumns) -> None:
        """Mark where what is sought is said."""
        self.state.hits = hits
        self.refresh((RowKind.SPEECH,))

    def set_marks(self, marks: Marks) -> None:
        """Show in and out."""
        self.state.marks = marks
        self._range.refresh()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.state.palette = palette
        self.setBackground(QColor(palette.panel))
        self.refresh()

    def set_missing(self, from_s: float | None) -> None:
        """Hatch what the file claims and does not hold."""
        if from_s != self.state.missing_from_s:
            self.state.missing_from_s = from_s
            self.refresh()

    def refresh(self, kinds: Collection[RowKind] = ALL_KINDS) -> None:
        """Paint the rows of these kinds again, or everything."""
        for item in self._items:
            if item.shows(kinds) or kinds is ALL_KINDS:
                item.refresh()

    def _lay_out(self, scroll: float | None = None) -> None:
        self.state.rows = lay_out(
            self._labels,
            self.viewport().height(),
            self.state.rows.scroll if scroll is None else scroll,
            picture=self._has_picture,
            sound=self._has_sound,
        )
        self.refresh()
        self.rows_changed.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the stretch, spread over the new width."""
        super().resizeEvent(event)
        if hasattr(self, "_items"):
            self.set_scale(self.scale.resized(self.viewport().width()))
            self._lay_out()
            self._forget_pointer()

    # --- hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the playhead."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and self.scale.duration_s > 0:
            self._scrubbing = True
            self._handle = self._handle_under(event)
            self.scrub_began.emit()
            self._ask(event, exact=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or tell where the pointer is."""
        event.accept()
        if self._scrubbing:
            self._ask(event, exact=False)
        else:
            over = self._handle_under(event) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
        self._hover(event.position().x(), event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the playhead: now the exact picture."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and self._scrubbing:
            self._scrubbing = False
            self._ask(event, exact=True)
            self._handle = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Treat it as two clicks."""
        self.mousePressEvent(event)

    def _ask(self, event: QMouseEvent, *, exact: bool) -> None:
        time_s = self.scale.clamped_time(event.position().x())
        if self._handle is not None:
            self.mark_dragged.emit(MarkDragged(self._handle, time_s))
        self.seek_asked.emit(SeekAsked(time_s, exact))

    def _handle_under(self, event: QMouseEvent) -> Edge | None:
        at = event.position()
        return handle_at(self.state.marks, self.scale, self.state.rows, at.x(), at.y())

    def _hover(self, x: float, y: float) -> None:
        inside = self.scale.duration_s > 0 and self.viewport().rect().contains(QPoint(round(x), round(y)))
        time_s = self.scale.clamped_time(x) if inside else None
        self._set_pointer(time_s)
        self.hovered.emit(None if time_s is None else Hovered(time_s, x))

    def _set_pointer(self, time_s: float | None) -> None:
        self._pointer.prepareGeometryChange()
        self.state.hover_s = time_s
        self._pointer.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        super().leaveEvent(event)
        self._forget_pointer()

    def _forget_pointer(self) -> None:
        self._set_pointer(None)
        self.hovered.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the pointer; without it the view moves in time; steps are the window's."""
        if is_step(event):
            event.ignore()
            return
        event.accept()
        delta, pixels = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(ZOOM_STEP ** (delta.y() / NOTCH), event.position().x())
        elif not pixels.isNull():
            # A touchpad: the strip sticks to the fingers.
            self.set_scale(self.scale.panned(-_larger(pixels)))
        else:
            self.set_scale(self.scale.panned(-_larger(delta) / NOTCH * self.scale.width / 10))
        self._hover(event.position().x(), event.position().y())

    def zoom(self, factor: float, at_x: float) -> None:
        """Zoom so that the time under a pixel stays there."""
        self.set_scale(self.scale.zoomed(factor, at_x))


def _larger(delta: QPoint) -> int:
    return delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()
