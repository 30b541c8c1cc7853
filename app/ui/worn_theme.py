"""The palette that the settings name, and who wears it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.render.palette import DARK, LIGHT, Palette, qpalette
from app.settings import Settings, Theme
from app.ui.session import Session
from app.ui.style_sheet import style_sheet


class Wearer(Protocol):
    """What paints with colours of its own."""

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""


class WornTheme(QObject):
    """Has a window and what is in it wear the palette that the settings name; no restart. GUI thread only.

    Attributes:
        palette: the one that is worn.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._wearers: tuple[Wearer, ...] = ()
        self.palette = DARK

    def dress(self, *wearers: Wearer) -> None:
        """Dress the window and these, now and whenever the settings change."""
        self._wearers = wearers
        self._wear(palette_of(self._session.settings))
        self._session.settings_changed.connect(self._follow)

    def _follow(self) -> None:
        palette = palette_of(self._session.settings)
        if palette is not self.palette:
            self._wear(palette)

    def _wear(self, palette: Palette) -> None:
        self.palette = palette
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(qpalette(palette))
        self._window.setStyleSheet(style_sheet(palette))
        for each in self._wearers:
            each.wear(palette)


def palette_of(settings: Settings) -> Palette:
    """Return the palette of a theme; the system's wish where the theme follows it, dark where it has none."""
    if settings.theme is not Theme.SYSTEM:
        return LIGHT if settings.theme is Theme.LIGHT else DARK
    hints = QGuiApplication.styleHints()
    return LIGHT if hints.colorScheme() is Qt.ColorScheme.Light else DARK
