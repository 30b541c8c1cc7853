"""The menu in which a person says which language is spoken."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from app.ui.session import Session
from app.ui.speech_languages import LANGUAGES


class LanguageMenu(QMenu):
    """Radio items by name; the language that is set is marked whenever the menu opens. GUI thread only."""

    def __init__(self, session: Session) -> None:
        super().__init__("Spoken Language")
        self._session = session
        group = QActionGroup(self)
        for name, code in LANGUAGES:
            action = self.addAction(name)
            action.setData(code)
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, code))
            group.addAction(action)
            if code == "auto":
                self.addSeparator()
        self.aboutToShow.connect(self._follow)

    def _follow(self) -> None:
        for action in self.actions():
            action.setChecked(action.data() == self._session.settings.language)

    def _choose(self, code: str, _checked: bool = False) -> None:
        self._session.change_settings(replace(self._session.settings, language=code))
