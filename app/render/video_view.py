"""The picture in the window: zoom at the pointer, pan, click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.core.results import Detection
from app.render.overlays import box_at
from app.render.picture_view import ZOOM_PER_NOTCH, PictureView
from app.render.viewport import Point, Viewport

_NOTCH = 120
"""What one notch of a mouse wheel reports."""
_PINCH = Qt.NativeGestureType.ZoomNativeGesture
_HIT_SLACK = 2.0
"""How far beside a box a click still counts, widget pixels."""


class VideoView(PictureView):
    """A picture with hands on it: the one in the window. GUI thread only.

    Signals:
        box_clicked: (Detection or None) a box, or the picture beside all boxes, was clicked.
        double_clicked: () the picture was double-clicked.
    """

    box_clicked = Signal(object)
    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self.setMouseTracking(True)

    def _set_viewport(self, viewport: Viewport) -> None:
        before = self._viewport
        super()._set_viewport(viewport)
        if self._viewport is not before:
            self._update_cursor()

    def event(self, event: QEvent) -> bool:
        """Pinching on a touchpad zooms."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == _PINCH:
            self.zoom_by(1 + event.value(), event.position())
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl+wheel zooms at the pointer; every other wheel is the window's."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self.zoom_by(ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, or a drag where zoomed in."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._dragged_from = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while dragging, else emphasise the box under the pointer."""
        at = event.position()
        if self._dragged_from is None and self._begins_drag(at):
            self._dragged_from = self._pressed_at
        if self._dragged_from is None:
            self._hover(self._box_under(at))
            return
        moved = at - self._dragged_from
        self._dragged_from = at
        self._set_viewport(self._viewport.panned(moved.x(), moved.y()))
        self._update_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click what is under the pointer."""
        was_click = self._pressed_at is not None and self._dragged_from is None
        self._pressed_at = self._dragged_from = None
        self._update_cursor()
        if was_click and event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self.box_clicked.emit(self._box_under(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell the window."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self._hover(None)
        super().leaveEvent(event)

    def _box_under(self, at: QPointF) -> Detection | None:
        dpr = self._viewport.dpr
        found = box_at(self.shown_boxes(), Point(at.x() * dpr, at.y() * dpr), _HIT_SLACK * dpr)
        return None if found is None else found.detection

    def _begins_drag(self, at: QPointF) -> bool:
        if self._pressed_at is None or not self._viewport.can_pan:
            return False
        return (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()

    def _hover(self, detection: Detection | None) -> None:
        if detection != self._hovered:
            self._hovered = detection
            self._update_cursor()
            self.update()

    def _update_cursor(self) -> None:
        if self._dragged_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._hovered is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._viewport.can_pan:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()
