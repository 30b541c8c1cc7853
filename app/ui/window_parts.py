"""The parts of the window and where they stand: no part knows another one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenuBar, QSplitter, QVBoxLayout, QWidget

from app.render.palette import Palette
from app.settings import WindowPlace
from app.ui.message_bar import MessageBar
from app.ui.picture_area import PictureArea
from app.ui.side_panel import SidePanel
from app.ui.status_strip import StatusStrip
from app.ui.timeline.card import TimelineCard
from app.ui.timeline.rows import GROWTH
from app.ui.top_bar import TopBar
from app.ui.transport_bar import TransportBar

_GAP = 12
_STRIP_MOST = 43
"""Per cent of the height that the strip may take by itself: six lanes in a window of 800 pixels."""
_EMPTY_STRIP = 88
"""Room for the sentence that stands there while nothing is open."""
_TALL = 1000
"""From this height on there is room for larger thumbnails."""


class WindowParts(QObject):
    """Makes the parts and lays them out in ``whole``.

    Attributes:
        whole: the widget that holds everything below the top bar.
        top_bar, messages, picture_area, video, transport, panel, transcript, objects, info, timeline,
        status: the parts.

    Signals:
        moved(): a border between parts was drawn by hand.
    """

    moved = Signal()

    def __init__(self, actions: dict[str, QAction], menu_bar: QMenuBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._strip_given = 0
        self._nothing_open = True
        self.top_bar = TopBar(menu_bar, actions["analyse.start"], actions["go.search"])
        self.messages = MessageBar()
        self.picture_area = PictureArea(actions)
        self.video = self.picture_area.video
        self.transport = TransportBar(actions)
        self.panel = SidePanel()
        self.transcript, self.objects, self.info = self.panel.transcript, self.panel.objects, self.panel.info
        self.timeline = TimelineCard()
        self.status = StatusStrip()
        self.whole = self._lay_out()

    def _lay_out(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.messages)
        column.addWidget(self.picture_area, 1)
        column.addWidget(self.transport)
        self.across = _splitter(Qt.Orientation.Horizontal, left, self.panel)
        self.down = _splitter(Qt.Orientation.Vertical, self.across, self.timeline)
        self.across.splitterMoved.connect(self.moved)
        self.down.splitterMoved.connect(self.moved)
        self.panel.setMinimumWidth(320)
        self.timeline.setMinimumHeight(_EMPTY_STRIP)
        self._page = QWidget()
        self._page.setObjectName("page")
        self._inner = QVBoxLayout(self._page)
        self._inner.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        self._inner.addWidget(self.down)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._page, 1)
        outer.addWidget(self.status)
        return whole

    def place(self, window: WindowPlace) -> None:
        """Share out the room of a window."""
        panel = window.panel_width or min(480, max(320, window.width * 29 // 100))
        strip = self._strip_height(window.height, window)
        self.across.setSizes([max(300, window.width - panel - 3 * _GAP), panel])
        self.down.setSizes([max(200, window.height - strip - 44 - 32 - 3 * _GAP), strip])

    def show_nothing_open(self, on: bool, window: WindowPlace) -> None:
        """Leave the room of the strip to what can be opened; or give it back, as ``window`` remembers it."""
        if on == self._nothing_open:
            return
        self._nothing_open = on
        self.timeline.setMinimumHeight(_EMPTY_STRIP if on else self.timeline.wanted_height(0))
        total = sum(self.down.sizes())
        strip = self._strip_height(total, window)
        self.down.setSizes([total - strip, strip])

    def _strip_height(self, total: int, window: WindowPlace) -> int:
        if self._nothing_open:
            return _EMPTY_STRIP
        return window.strip_height or self.timeline.wanted_height(total * 3 // 10)

    def placed(self, window: WindowPlace) -> WindowPlace:
        """Return ``window`` with the borders as they stand now; that of an empty strip says nothing."""
        strip = window.strip_height if self._nothing_open else self.down.sizes()[1]
        return replace(window, panel_width=self.across.sizes()[1], strip_height=strip)

    def give_strip_room(self) -> None:
        """Let the strip grow with its lanes."""
        if self._nothing_open:
            return
        total = sum(self.down.sizes())
        strip = self.timeline.wanted_height(total * _STRIP_MOST // 100) + (GROWTH if total > _TALL else 0)
        if strip != self._strip_given:
            self._strip_given = strip
            self.down.setSizes([total - strip, strip])

    def show_only_picture(self, on: bool) -> None:
        """Show the picture and its bar alone, or everything."""
        for part in (self.top_bar, self.panel, self.timeline, self.status):
            part.setVisible(not on)
        self.messages.set_quiet(on)
        margin = 0 if on else _GAP
        self._inner.setContentsMargins(margin, margin, margin, margin)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        for part in (
            self.messages,
            self.picture_area,
            self.transport,
            self.panel,
            self.timeline,
            self.status,
        ):
            part.wear(palette)


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(_GAP)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(first)
    splitter.addWidget(second)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    return splitter
