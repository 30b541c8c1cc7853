"""The panel at the right: transcript, objects, information, one at a time."""

from __future__ import annotations

import enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.render.palette import Palette
from app.ui.info_panel import InfoPanel
from app.ui.objects_panel import ObjectsPanel
from app.ui.transcript_panel import TranscriptPanel


class Tab(enum.IntEnum):
    """The pages, in their order."""

    TRANSCRIPT = 0
    OBJECTS = 1
    INFO = 2


class SidePanel(QFrame):
    """Tabs over the three pages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.transcript = TranscriptPanel()
        self.objects = ObjectsPanel()
        self.info = InfoPanel()
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Transcript, objects, information")
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = QStackedWidget()
        for title, page in (("Transcript", self.transcript), ("Objects", self.objects), ("Info", self.info)):
            self.tabs.addTab(title)
            self._pages.addWidget(page)
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        line = QFrame()
        line.setFixedHeight(1)
        line.setObjectName("line")
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 10, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(line)
        layout.addWidget(self._pages, 1)

    def show_tab(self, tab: Tab) -> None:
        """Turn to a page."""
        self.tabs.setCurrentIndex(tab)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.transcript.wear(palette)
        self.objects.wear(palette)
