"""The menu bar of a window, and those of its menus that are filled as things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from app.ui.language_menu import LanguageMenu
from app.ui.menus import build_menu_bar
from app.ui.model_choice import ChosenModel
from app.ui.model_menu import ModelMenu
from app.ui.recent_menu import RecentMenu
from app.ui.session import Session

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.surroundings import Surroundings


class WindowMenus:
    """Makes the menus.

    Attributes:
        bar: the menu bar.
        recent, detector, speech, language: menus in it.
    """

    def __init__(
        self, session: Session, commands: Actions, actions: dict[str, QAction], world: Surroundings
    ) -> None:
        self._session = session
        more = actions["analyse.models"]
        self.recent = RecentMenu(session)
        self.detector = ModelMenu(
            "Detector", world.offer_detectors, self._detector, commands.choose_detector, more
        )
        self.speech = ModelMenu(
            "Speech Model", world.offer_speech, self._speech, commands.choose_speech, more, self._cost
        )
        self.language = LanguageMenu(session)
        self.bar = build_menu_bar(actions, self.recent, (self.detector, self.speech, self.language))

    def _detector(self) -> ChosenModel | None:
        return self._session.current_models().detector

    def _speech(self) -> ChosenModel | None:
        return self._session.current_models().speech

    def _cost(self, model: ChosenModel) -> str:
        return self._session.costs.of(model, self._session.file.media)
