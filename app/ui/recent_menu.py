"""The menu of the files that were open before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.media.names import shown_name
from app.ui.session import Session


class RecentMenu(QMenu):
    """Items by name, the whole path as a tool tip; made anew whenever the menu opens. GUI thread only."""

    def __init__(self, session: Session) -> None:
        super().__init__("Open Recent")
        self._session = session
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        session.settings_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(bool(self._session.settings.recent))

    def _fill(self) -> None:
        self.clear()
        for name in self._session.settings.recent:
            action = self.addAction(shown_name(Path(name)).replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(partial(self._open, Path(name)))

    def _open(self, path: Path, _checked: bool = False) -> None:
        self._session.open(path)
