"""Which keys the control that has the keyboard keeps for itself, and who gets the keyboard when it goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

_ROWS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End}
_ARROWS = _ROWS | {Qt.Key.Key_Left, Qt.Key.Key_Right}
_PAGES = {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_PRESS = {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease)
_BARE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class KeyPriority(QObject):
    """Lets the control that has the keyboard keep the keys it lives on; all others are commands.

    Space presses a button that was reached with Tab, up and down walk in a list, letters go into a field.
    Only what has the keyboard is watched: a filter on the application would see every event of it.

    Attributes:
        repeating: whether the key that is down is repeated because it is held.

    Signals:
        orphaned(): the control that had the keyboard vanished; Qt gave it to a chance neighbour.
    """

    orphaned = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.repeating = self._vanished = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        """The keyboard goes from one control to another."""
        if old is not None:
            old.removeEventFilter(self)
        vanished, self._vanished = self._vanished, False
        if new is not None:
            new.installEventFilter(self)
            if vanished and new.window() is self.parent():
                self.orphaned.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key for the control before it becomes a shortcut; notice when the control goes."""
        if event.type() == QEvent.Type.Hide and isinstance(watched, QWidget) and watched.hasFocus():
            self._vanished = True
        if event.type() in _KEYS and isinstance(event, QKeyEvent):
            self.repeating = event.isAutoRepeat()
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and keeps(watched, event)
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and isinstance(watched, QAbstractButton):
                watched.click()
                return True
        return super().eventFilter(watched, event)


def keeps(control: QObject, event: QKeyEvent) -> bool:
    """Whether a control needs this key for itself."""
    if event.modifiers() & ~_BARE:
        return False
    key = event.key()
    if isinstance(control, QLineEdit | QPlainTextEdit):
        return True
    if isinstance(control, QAbstractItemView):
        # Rows are chosen whole: left and right stay those of the picture.
        return key in _ROWS | _PAGES | _PRESS - {Qt.Key.Key_Space}
    if isinstance(control, QAbstractSlider | QComboBox | QTabBar):
        return key in _ARROWS
    return isinstance(control, QAbstractButton) and key in _PRESS
