"""The objects in little room: the switches take the lines they need and no more, the table has the rest."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.found.filter import Filter
from app.ui.found.objects import ClassCount
from app.ui.objects_panel import ObjectsPanel

LABELS = ("ball", "box", "star", "ring", "arrow", "heart")


def _panel(qtbot: QtBot, count: int) -> ObjectsPanel:
    panel = ObjectsPanel()
    qtbot.addWidget(panel)
    labels = (*LABELS, *(f"kind of thing {number}" for number in range(count - len(LABELS))))
    counts = tuple(ClassCount(label, number, 12, 12) for number, label in enumerate(labels))
    panel.show_objects((), counts, Filter(), 16)
    panel.show()
    return panel


def test_the_switches_take_the_lines_they_need(qtbot: QtBot) -> None:
    panel = _panel(qtbot, len(LABELS))
    heights = set()
    for width in range(240, 640, 4):
        panel.resize(width, 600)
        area, lowest = panel.chip_area, max(chip.geometry().bottom() for chip in panel.chips.chips.values())
        assert lowest == area.viewport().height() - 1
        assert area.verticalScrollBar().maximum() == 0
        heights.add(area.height())
    assert len(heights) > 1


def test_in_a_low_panel_most_of_the_room_is_the_tables(qtbot: QtBot) -> None:
    panel = _panel(qtbot, 60)
    panel.resize(300, 800)
    assert panel.view.height() > 400
    panel.setFixedHeight(240)
    assert panel.chip_area.height() <= 80
    assert panel.chip_area.verticalScrollBar().maximum() > 0
    assert panel.view.height() >= 60
