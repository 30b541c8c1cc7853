"""What waits until the window stands on the screen comes once, and comes even where nothing is painted."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.first_paint import FirstPaint


class _Part(QWidget):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._said.append("painted")


def _window(qtbot: QtBot, said: list[str]) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(_Part(said))
    window.resize(200, 200)
    return window


def test_the_window_and_what_is_in_it_are_painted_before(qtbot: QtBot) -> None:
    said: list[str] = []
    window = _window(qtbot, said)
    FirstPaint(window, lambda: said.append("called"), patience_ms=3_600_000)
    window.show()
    qtbot.waitUntil(lambda: "called" in said)
    assert said[0] == "painted"
    window.repaint()
    qtbot.wait(0)
    assert said.count("called") == 1


def test_a_window_that_is_not_painted_is_not_waited_for(qtbot: QtBot) -> None:
    said: list[str] = []
    window = _window(qtbot, said)
    FirstPaint(window, lambda: said.append("called"), patience_ms=0)
    qtbot.waitUntil(lambda: said == ["called"])
