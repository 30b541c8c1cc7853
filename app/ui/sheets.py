"""The small windows beside the main one: at most one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.dialogs import about_sheet, models_sheet
from app.ui.keys_sheet import keys_sheet
from app.ui.settings_sheet import SettingsSheet
from app.ui.sheet import Sheet

if TYPE_CHECKING:
    from app.render.palette import Palette
    from app.ui.main_window import MainWindow


class Sheets(QObject):
    """Opens them; the next one takes the place of the one before."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._sheet: Sheet | None = None

    def keys(self) -> None:
        """Show all keys."""
        window = self._window
        change = window.command_actions["help.change_keys"]
        self._show(keys_sheet(window, window.bindings.keymap, change))

    def settings(self) -> SettingsSheet:
        """Show the settings."""
        sheet = SettingsSheet(self._window, self._window.session, self._window.worn_palette())
        self._show(sheet)
        return sheet

    def models(self) -> None:
        """Show which models are used, and how to get others."""
        window = self._window
        self._show(models_sheet(window, window.session.models, window.command_actions["analyse.add_model"]))

    def about(self) -> None:
        """Say what this is."""
        self._show(about_sheet(self._window))

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        if self._sheet is not None:
            self._sheet.wear(palette)

    def _show(self, sheet: Sheet) -> None:
        if self._sheet is not None:
            self._sheet.close()
            self._sheet.deleteLater()
        self._sheet = sheet
        sheet.show()
