from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.steady_room import SteadyRoom
from tests.ui.fakes import Bench


class LayoutRequests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, of: QWidget) -> None:
        super().__init__()
        self.count = 0
        of.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_the_label_has_all_of_the_room_and_moves_nothing_around_it(qtbot: QtBot) -> None:
    bar, label = QWidget(), QLabel("#1")
    qtbot.addWidget(bar)
    room = SteadyRoom(label)
    QHBoxLayout(bar).addWidget(room, 1)
    bar.resize(300, 40)
    bar.show()
    assert label.size() == room.size()
    QApplication.processEvents()
    asked = LayoutRequests(bar)
    label.setText("#1,000,000")
    QApplication.processEvents()
    assert asked.count == 0
    bar.resize(500, 60)
    assert label.size() == room.size()


def test_time_that_passes_lays_nothing_out(make_window: Callable[..., MainWindow], bench: Bench) -> None:
    window = make_window(bench)
    bench.open()
    QApplication.processEvents()
    transport = window.transport
    transport.set_time(1.0)
    transport.set_extent(20.0, "#101")
    QApplication.processEvents()
    asked = LayoutRequests(transport)
    for number in range(102, 110):
        transport.set_time(number / 10)
        transport.set_extent(20.0, f"#{number}")
        QApplication.processEvents()
    assert asked.count == 0
    assert f"#{number}" in transport._length.text()
    transport.set_extent(20.0, "#12345")
    assert "#12345" in transport._length.accessibleDescription()
