"""A picture with its boxes, at any zoom; the hands on it are those of `video_view`."""

from __future__ import annotations

import math
from collections import Counter

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.frame import VideoFrame
from app.core.geometry import Box, Size
from app.core.results import Detection
from app.render.box_painter import BoxPainter, BoxSprites
from app.render.corners import RoundCorners
from app.render.image import as_qimage
from app.render.overlays import PlacedBox, full_chip, lay_out
from app.render.palette import DARK, FOCUS_RING, RADIUS_PANEL, Palette
from app.render.placeholder import ViewState, detail_of, paint_placeholder
from app.render.viewport import ACTUAL, Point, Viewport

ZOOM_PER_NOTCH = 1.25
_SHARE_OF_FOLLOWED = 0.4
"""How much of the view a box takes that is zoomed in on."""
_PIXEL_PEEPING = 4.0
"""From this magnification on, the pixels of the picture are shown as squares instead of blurred."""
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class PictureView(QWidget):
    """Shows one picture and the boxes that belong to it.

    Give it frames converted within `needed_size` (ask once, then follow the signal): at fit they are painted
    without scaling. GUI thread only.

    Signals:
        needed_size_changed: (Size) pictures should be converted within this many device pixels.
        zoom_changed: () `zoom_text` says something else.
    """

    needed_size_changed = Signal(object)
    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._state = ViewState.EMPTY
        self._detail = ""
        self._frame: VideoFrame | None = None
        self._image: QImage | None = None
        self._boxes_pts: int | None = None
        self._detections: tuple[Detection, ...] = ()
        self._placed: tuple[PlacedBox, ...] | None = None
        self._selected: Detection | None = None
        self._hovered: Detection | None = None
        self._viewport = Viewport(Size(16, 9), Size(640, 360))
        self._last_zoom = ACTUAL
        self._sprites: BoxSprites | None = None
        self._told_size = self._viewport.needed
        self._ringed = False
        self._corners = RoundCorners(RADIUS_PANEL)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Video picture")
        self._describe()

    # --- what is shown ---

    def set_frame(self, frame: VideoFrame | None) -> None:
        """Show a BGRA picture; None goes back to the empty state."""
        if frame is None:
            self.show_state(ViewState.EMPTY)
            return
        first, self._frame = self._frame is None, frame
        self._image = as_qimage(frame)
        self._set_viewport(self._viewport.of_picture(frame.display_size))
        if first:
            self.zoom_changed.emit()
        self._placed = None
        self._state = ViewState.PICTURE
        self._describe()
        self.update()

    def set_detections(self, pts: int, detections: tuple[Detection, ...]) -> None:
        """Give the boxes of the picture ``pts``: painted while that picture, and no other, is shown."""
        self._boxes_pts, self._detections = pts, detections
        self._placed = None
        self._describe()
        self.update()

    def set_selected(self, detection: Detection | None) -> None:
        """Emphasise a box; it need not be among those shown now."""
        self._selected = detection
        self.update()

    def show_state(self, state: ViewState, detail: str = "") -> None:
        """Drop the picture and say why there is none; ``detail`` is the sentence under the headline."""
        if state is not ViewState.PICTURE:
            self._frame = self._image = None
            self._boxes_pts, self._detections, self._placed = None, (), None
        self._state, self._detail = state, detail
        self._describe()
        self.zoom_changed.emit()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Change colours at once."""
        self._palette = palette
        self.update()

    @property
    def state(self) -> ViewState:
        """What is shown."""
        return self._state

    @property
    def frame(self) -> VideoFrame | None:
        """The picture shown."""
        return self._frame

    @property
    def viewport(self) -> Viewport:
        """How it is looked at."""
        return self._viewport

    def shown_boxes(self) -> tuple[PlacedBox, ...]:
        """The boxes painted over the picture shown, with their places in device pixels."""
        if self._placed is None:
            self._placed = lay_out(self._detections_shown(), self._viewport, self._box_sprites().meter)
        return self._placed

    def _detections_shown(self) -> tuple[Detection, ...]:
        if self._frame is None or self._frame.time.pts != self._boxes_pts:
            return ()
        return self._detections

    # --- zoom ---

    def needed_size(self) -> Size:
        """The size, device pixels, within which pictures should be converted."""
        return self._viewport.needed

    @property
    def zoom_text(self) -> str:
        """Screen pixels per picture pixel, as "fit · 80 %" or "200 %"; "fit" where there is no picture."""
        if self._frame is None:
            return "fit"
        percent = f"{self._viewport.scale * 100:.0f} %"
        return f"fit · {percent}" if self._viewport.zoom is None else percent

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (above 1) or out around a widget place, by default the middle."""
        if self._frame is not None:
            self._set_viewport(
                self._viewport.zoomed_by(factor, None if at is None else Point(at.x(), at.y()))
            )

    def zoom_fit(self) -> None:
        """Show the whole picture."""
        self._set_viewport(self._viewport.fitted())

    def zoom_actual(self) -> None:
        """Show one device pixel for one of the picture: 100 %."""
        if self._frame is not None:
            self._set_viewport(self._viewport.zoomed_to(ACTUAL))

    def zoom_to_box(self, box: Box) -> None:
        """Bring a box (picture pixels) into the middle, large; where zoomed in already, only that."""
        if self._frame is None:
            return
        view, zoom = self._viewport.view, None
        if self._viewport.zoom is None:
            room = min(view.width / max(1.0, box.width), view.height / max(1.0, box.height))
            zoom = max(self._viewport.scale * ZOOM_PER_NOTCH, room * _SHARE_OF_FOLLOWED)
        self._set_viewport(self._viewport.centred(_middle(box), zoom))

    def centre_on(self, box: Box) -> None:
        """Bring the middle of a box (picture pixels) into the middle of the view, where zoomed in."""
        self._set_viewport(self._viewport.centred(_middle(box)))

    def box_to_follow(self) -> Detection | None:
        """The chosen box, where it is painted now; else the one nearest to the middle of the view."""
        shown = self.shown_boxes()
        middle = Point(self._viewport.view.width / 2, self._viewport.view.height / 2)
        chosen = next((one for one in shown if one.detection == self._selected), None)
        chosen = chosen or min(shown, key=lambda one: _distance(_middle(one.rect), middle), default=None)
        return None if chosen is None else chosen.detection

    def toggle_fit(self) -> None:
        """Between the whole picture and the last zoom (100 % at first)."""
        if self._viewport.zoom is not None:
            self.zoom_fit()
        elif self._frame is not None:
            self._set_viewport(self._viewport.zoomed_to(self._last_zoom))

    def _set_viewport(self, viewport: Viewport) -> None:
        if viewport == self._viewport:
            return
        zoom_differs = (viewport.zoom, viewport.scale) != (self._viewport.zoom, self._viewport.scale)
        self._viewport = viewport
        if viewport.zoom is not None:
            self._last_zoom = viewport.zoom
        self._placed = None
        self.update()
        if zoom_differs:
            self.zoom_changed.emit()
        if viewport.needed != self._told_size:
            self._told_size = viewport.needed
            self.needed_size_changed.emit(viewport.needed)

    def _follow_size(self) -> None:
        dpr = self.devicePixelRatioF()
        if dpr != self._viewport.dpr:
            self._sprites = None
        size = Size(max(1, round(self.width() * dpr)), max(1, round(self.height() * dpr)))
        self._set_viewport(self._viewport.resized(size, dpr))

    def _box_sprites(self) -> BoxSprites:
        if self._sprites is None:
            self._sprites = BoxSprites(self._viewport.dpr)
        return self._sprites

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture and its boxes, or the placeholder."""
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), QColor(self._palette.background))
            area = QRectF(self.rect())
            paint_placeholder(painter, area, self._palette, self._state, self._detail)
        else:
            self._paint_picture(painter, self._image)
            self._corners.paint(painter, QRectF(self.rect()), self._palette.background)
        if self.hasFocus() and self._ringed:
            self._paint_focus_ring(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        painter.save()
        # From here on one unit is one device pixel: nothing is resampled that need not be.
        painter.scale(1 / self._viewport.dpr, 1 / self._viewport.dpr)
        placed = self._viewport.placed
        self._paint_stage(painter, placed)
        if (placed.width, placed.height) == (image.width(), image.height()):
            painter.drawImage(QPoint(round(placed.x1), round(placed.y1)), image)
        else:
            smooth = placed.width < _PIXEL_PEEPING * image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(QRectF(placed.x1, placed.y1, placed.width, placed.height), image)
        self._paint_boxes(painter)
        painter.restore()

    def _paint_stage(self, painter: QPainter, placed: Box) -> None:
        """What the picture leaves free: painting all of it first would cost as much as the picture."""
        view, stage = self._viewport.view, QColor(self._palette.stage)
        left, top = max(0, math.ceil(placed.x1)), max(0, math.ceil(placed.y1))
        right, bottom = min(view.width, math.floor(placed.x2)), min(view.height, math.floor(placed.y2))
        for bar in (
            QRect(0, 0, view.width, top),
            QRect(0, bottom, view.width, view.height - bottom),
            QRect(0, top, left, bottom - top),
            QRect(right, top, view.width - right, bottom - top),
        ):
            if not bar.isEmpty():
                painter.fillRect(bar, stage)

    def _paint_boxes(self, painter: QPainter) -> None:
        placed = self.shown_boxes()
        if not placed:
            return
        sprites = self._box_sprites()
        boxes = BoxPainter(painter, self._palette, sprites, self._viewport.view)
        boxes.all(placed)
        for one in placed:
            chosen = one.detection == self._selected
            if chosen or one.detection == self._hovered:
                boxes.emphasised(one, full_chip(one, self._viewport, sprites.meter), chosen=chosen)

    def _paint_focus_ring(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(QColor(self._palette.accent), FOCUS_RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = FOCUS_RING / 2
        area = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(area, RADIUS_PANEL - half, RADIUS_PANEL - half)

    # --- size, keyboard, words ---

    def sizeHint(self) -> QSize:
        """A 16:9 picture."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Enough to recognise something."""
        return QSize(160, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for pictures of the new size."""
        super().resizeEvent(event)
        self._follow_size()

    def event(self, event: QEvent) -> bool:
        """Follow the screen's pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._follow_size()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring, where the keyboard brought the focus: a click needs no telling."""
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def _describe(self) -> None:
        """Say in words what is seen, for screen readers."""
        said = self._in_words()
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    def _in_words(self) -> str:
        if self._state is not ViewState.PICTURE:
            return f"{self._state.value}. {detail_of(self._state, self._detail)}".strip()
        counted = Counter(detection.label for detection in self._detections_shown())
        names = ", ".join(f"{number} {label}" for label, number in counted.most_common())
        return f"Found here: {names}." if names else "A picture of the video."


def _middle(box: Box) -> Point:
    return Point((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)


def _distance(a: Point, b: Point) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)
