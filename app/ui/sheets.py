"""The small windows beside the main one: at most one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.resources import sample_clip

if TYPE_CHECKING:
    from app.inference.model_kind import ModelKind
    from app.render.palette import Palette
    from app.ui.device_trials import DeviceTrials
    from app.ui.devices_sheet import DevicesSheet
    from app.ui.export_sheet import ExportSheet
    from app.ui.main_window import MainWindow
    from app.ui.model_menu import OfferModels
    from app.ui.models_sheet import ModelsSheet
    from app.ui.settings_sheet import SettingsSheet
    from app.ui.sheet import Sheet


class Sheets(QObject):
    """Opens them; the next one takes the place of the one before."""

    def __init__(
        self,
        window: MainWindow,
        trials: DeviceTrials,
        offer_detectors: OfferModels = tuple,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._trials, self._offered = trials, offer_detectors
        self._sheet: Sheet | None = None

    def keys(self) -> None:
        """Show all keys."""
        from app.ui.keys_sheet import keys_sheet

        window = self._window
        change = window.command_actions["help.change_keys"]
        self._show(keys_sheet(window, window.bindings.keymap, change))

    def settings(self) -> SettingsSheet:
        """Show the settings."""
        from app.ui.settings_sheet import SettingsSheet

        sheet = SettingsSheet(self._window, self._window.session, self._window.theme.palette)
        self._show(sheet)
        return sheet

    def models(self) -> ModelsSheet:
        """Show which models there are, get others, add and remove them."""
        from app.ui.models_sheet import ModelsSheet

        window = self._window
        sheet = ModelsSheet(window, window.session, window.model_desk, self._choose_model)
        self._show(sheet)
        return sheet

    def speech_models(self) -> None:
        """Show the models that hear speech."""
        from app.ui.model_words import ModelPage

        self.models().turn_to(ModelPage.SPEECH)

    def object_models(self) -> None:
        """Show the models that find objects."""
        from app.ui.model_words import ModelPage

        self.models().turn_to(ModelPage.OBJECTS)

    def _choose_model(self, kind: ModelKind, name: str) -> None:
        from app.inference.model_kind import ModelKind

        commands = self._window.commands
        (commands.choose_speech if kind is ModelKind.SPEECH else commands.choose_detector)(name)

    def devices(self) -> DevicesSheet:
        """Show what decodes and what runs models here, and try what was not tried yet."""
        from app.ui.devices_sheet import DevicesSheet

        window = self._window
        file = window.session.file
        video = file.path if file.has_picture and file.path is not None else sample_clip()
        settings = window.command_actions["file.settings"]
        chosen = window.session.current_models().speech
        speech = (chosen.path,) if chosen is not None else ()
        sheet = DevicesSheet(window, self._trials.tester, video, self._offer_detectors(), settings, speech)
        self._show(sheet)
        return sheet

    def export(self) -> ExportSheet:
        """Show formats and their options."""
        from app.ui.export_sheet import ExportSheet

        window = self._window
        sheet = ExportSheet(window, window.session, window.commands.export)
        self._show(sheet)
        return sheet

    def about(self) -> None:
        """Say what this is."""
        from app.ui.dialogs import about_sheet

        self._show(about_sheet(self._window))

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        if self._sheet is not None:
            self._sheet.wear(palette)

    def _offer_detectors(self) -> tuple[Path, ...]:
        """The detectors that are installed; the sample's own where there is no other."""
        models = self._offered()
        real = [model for model in models if not model.is_sample]
        return tuple(model.path for model in real or models)

    def _show(self, sheet: Sheet) -> None:
        if self._sheet is not None:
            self._sheet.close()
            self._sheet.deleteLater()
        self._sheet = sheet
        sheet.show()
