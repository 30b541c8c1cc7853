"""The settings: what is remembered, and the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from app.render.palette import Palette
from app.ui.key_editor import KeyEditor
from app.ui.session import Session
from app.ui.setting_rows import ROWS, device_row, hardware_row
from app.ui.settings_page import SettingsPage
from app.ui.sheet import Sheet, scrolled

KEYS_TAB = 1


class SettingsSheet(Sheet):
    """Two pages; what is changed acts at once."""

    def __init__(self, parent: QWidget, session: Session, palette: Palette) -> None:
        super().__init__("Settings", parent)
        self.page = SettingsPage(session, (*ROWS, hardware_row(), device_row()))
        self.keys = KeyEditor(session, palette)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Settings, keys")
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = QStackedWidget()
        for title, page in (("General", scrolled(self.page, "General settings")), ("Keys", self.keys)):
            self.tabs.addTab(title)
            self._pages.addWidget(page)
        self.tabs.currentChanged.connect(self._turn)
        self.content.addWidget(self.tabs)
        self.content.addWidget(self._pages, 1)
        self.close_button.setAutoDefault(False)
        self.close_button.setDefault(False)
        self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)
        self.resize(640, min(560, parent.window().height() - 48))

    def show_keys(self) -> None:
        """Turn to the keys."""
        self.tabs.setCurrentIndex(KEYS_TAB)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.keys.wear(palette)

    def _turn(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        if place == KEYS_TAB:
            self.keys.field.setFocus(Qt.FocusReason.OtherFocusReason)
