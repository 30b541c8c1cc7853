"""What can wait until a window stands on the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PATIENCE_MS = 1000
"""A window that starts minimised is not painted."""


class FirstPaint(QObject):
    """Calls something once, when a window was painted for the first time. GUI thread; the window owns it."""

    def __init__(self, window: QWidget, do: Callable[[], object], *, patience_ms: int = _PATIENCE_MS) -> None:
        super().__init__(window)
        self._window, self._do = window, do
        # A timer without a delay would come first: a display lets a window know later that it can be seen.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._call)
        self._timer.start(patience_ms)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the window being painted; what is in it follows before the timer."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def _call(self) -> None:
        self._window.removeEventFilter(self)
        self._do()
