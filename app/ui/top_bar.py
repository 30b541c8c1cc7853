"""The highest line: the menus, the name of the file, the search, and the one button that matters."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QPushButton, QSizePolicy, QWidget

from app.ui.controls import OneLine
from app.ui.key_bindings import hint_of
from app.ui.keymap import shown_key

_WIDE = 1100


class TopBar(QWidget):
    """Menus at the left, the file's name in the middle, the search and Analyse at the right."""

    def __init__(
        self, menu_bar: QMenuBar, analyse: QAction, search: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(44)
        self.menu_bar = menu_bar
        menu_bar.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._name = OneLine()
        self._name.setProperty("tone", "dim")
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setAccessibleName("Name of the file")
        self.analyse = QPushButton("Analyse")
        self.analyse.setProperty("kind", "primary")
        self.analyse.setFixedWidth(104)
        self.analyse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.search = QPushButton()
        self.search.setProperty("kind", "search")
        self.search.setAccessibleName("Search everything")
        self.search.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.search.clicked.connect(search.trigger)
        self._analyse_action, self._search_action = analyse, search
        analyse.changed.connect(self._tell_keys)
        search.changed.connect(self._tell_keys)
        self._tell_keys()
        self.analyse.clicked.connect(analyse.trigger)
        self.analyse.setEnabled(analyse.isEnabled())
        analyse.enabledChanged.connect(self.analyse.setEnabled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(menu_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._name, 1)
        layout.addWidget(self.search)
        layout.addWidget(self.analyse)

    def _tell_keys(self) -> None:
        self.analyse.setToolTip(hint_of(self._analyse_action, "Find objects and speech in this file"))
        wanted = "Commands, files, objects, shots and what is said"
        self.search.setToolTip(hint_of(self._search_action, wanted))
        self._name_search()

    def _name_search(self) -> None:
        """Write its key beside its name, where there is room."""
        keys = self._search_action.shortcuts()
        wide = self.width() >= _WIDE and bool(keys)
        self.search.setText(f"Search    {shown_key(keys[0].toString())}" if wide else "Search")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the search to the new width."""
        super().resizeEvent(event)
        self._name_search()

    def add_before_analyse(self, widget: QWidget) -> None:
        """Put something left of the button that matters."""
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(layout.indexOf(self.analyse), widget)

    def set_name(self, name: str) -> None:
        """Show the name of the file."""
        self._name.say(name)
