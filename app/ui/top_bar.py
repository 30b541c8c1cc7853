"""The highest line: the menus, the name of the file, and the one button that matters."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QPushButton, QSizePolicy, QWidget

from app.ui.key_bindings import hint_of


class TopBar(QWidget):
    """Menus at the left, the file's name in the middle, Analyse at the right."""

    def __init__(self, menu_bar: QMenuBar, analyse: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(44)
        self.menu_bar = menu_bar
        menu_bar.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._name = QLabel()
        self._name.setProperty("tone", "dim")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setAccessibleName("Name of the file")
        self.analyse = QPushButton("Analyse")
        self.analyse.setProperty("kind", "primary")
        self.analyse.setFixedWidth(104)
        self.analyse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._analyse_action = analyse
        analyse.changed.connect(self._tell_keys)
        self._tell_keys()
        self.analyse.clicked.connect(analyse.trigger)
        self.analyse.setEnabled(analyse.isEnabled())
        analyse.enabledChanged.connect(self.analyse.setEnabled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(menu_bar, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._name, 1)
        layout.addWidget(self.analyse)

    def _tell_keys(self) -> None:
        self.analyse.setToolTip(hint_of(self._analyse_action, "Find objects and speech in this file"))

    def add_before_analyse(self, widget: QWidget) -> None:
        """Put something left of the button that matters."""
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(layout.indexOf(self.analyse), widget)

    def set_name(self, name: str) -> None:
        """Show the name of the file."""
        self._name.setText(name)
        self._name.setToolTip(name)
