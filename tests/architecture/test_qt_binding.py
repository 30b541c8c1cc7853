"""The Qt binding keeps its references: PySide6 6.12.0 on Python 3.11 loses one with every signal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_EMISSIONS = 1000
# Other code of the interpreter may take or drop a few in between.
_TOLERANCE = 50


@pytest.mark.qt
def test_emitting_a_signal_costs_no_reference(qapp: QApplication) -> None:
    from PySide6.QtCore import QObject, Signal

    class Sender(QObject):
        fired = Signal()

    sender = Sender()
    true_before, none_before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(_EMISSIONS):
        sender.fired.emit()
    assert abs(sys.getrefcount(True) - true_before) < _TOLERANCE
    assert abs(sys.getrefcount(None) - none_before) < _TOLERANCE


@pytest.mark.qt
def test_repainting_a_widget_costs_no_reference(qapp: QApplication) -> None:
    from PySide6.QtWidgets import QWidget

    widget = QWidget()
    none_before = sys.getrefcount(None)
    for _ in range(_EMISSIONS):
        widget.update()
    assert abs(sys.getrefcount(None) - none_before) < _TOLERANCE
    widget.deleteLater()
