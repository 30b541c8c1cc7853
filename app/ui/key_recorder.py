"""A field that is given a key by pressing it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.keymap import normal_key

_ALONE = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
}
_SHIFT, _KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


def key_of(event: QKeyEvent) -> str:
    """Return the key of an event as the keymap writes it; "" for Shift and the like alone."""
    if event.key() in _ALONE:
        return ""
    modifiers = event.modifiers() & ~_KEYPAD
    sign = event.text()
    if modifiers == _SHIFT and len(sign) == 1 and sign.isprintable() and not sign.isalpha() and sign != " ":
        # "?" needs Shift on some keyboards and not on others; the key is the sign.
        modifiers = Qt.KeyboardModifier.NoModifier
    key = Qt.Key.Key_Tab if event.key() == Qt.Key.Key_Backtab else event.key()
    combined = QKeySequence(key | modifiers.value)
    return normal_key(combined.toString(QKeySequence.SequenceFormat.PortableText))


class KeyRecorder(QPushButton):
    """Pressed, it waits for a key and tells it; Esc, or the keyboard going elsewhere, ends the waiting.

    Signals:
        recorded(object): the key, a str.
    """

    recorded = Signal(object)

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._words = words
        self.waiting = False
        self.setAutoDefault(False)
        self.clicked.connect(self.begin)

    def begin(self) -> None:
        """Wait for a key."""
        self._wait(True)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wait(self, waiting: bool) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.setText("Press a key…" if waiting else self._words)

    def event(self, event: QEvent) -> bool:
        """While waiting, every key is the one to be recorded: Tab and those of the commands, too."""
        if self.waiting and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._wait(False)
            return
        key = key_of(event)
        if key:
            self._wait(False)
            self.recorded.emit(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give up."""
        super().focusOutEvent(event)
        self._wait(False)
