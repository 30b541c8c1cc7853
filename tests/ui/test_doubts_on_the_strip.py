"""Lines that may be wrong look different on the strip, and the card over it says why."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from app.core.events import SegmentFound, SegmentMarked
from app.core.marks import Mark
from app.core.results import Segment
from app.core.time import TimeSpan
from app.render.palette import DARK, LIGHT, Palette
from app.ui.main_window import MainWindow
from app.ui.timeline.rows import RowKind
from app.ui.timeline.state import StripState
from app.ui.timeline.view import Hovered
from tests.ui.fakes import Bench

LOOP = Segment(6.0, 9.0, "again and again", marks=("repetition", "rate"))


def _colours(image: QImage, columns: range, rows: range) -> list[str]:
    return [image.pixelColor(x, y).name() for y in rows for x in columns]


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_a_doubtful_line_is_of_another_colour_and_hatched(
    window: MainWindow, bench: Bench, palette: Palette
) -> None:
    bench.open()
    bench.analyse(SegmentFound(Segment(1.0, 4.0, "sure")), SegmentFound(LOOP))
    window.presenter.refresh_now()
    view = window.timeline.view
    assert view is not None
    view.wear(palette)
    row = view.state.rows.of(RowKind.SPEECH)
    assert row is not None
    image, scale = view.grab().toImage(), view.state.scale
    ratio = image.devicePixelRatio()
    rows = range(round((row.middle - 4) * ratio), round((row.middle + 4) * ratio))

    def found(start_s: float, end_s: float) -> set[str]:
        left, right = (round(scale.x_of(time_s) * ratio) for time_s in (start_s, end_s))
        return set(_colours(image, range(left + 4, right - 4), rows))

    assert palette.warning.lower() in found(6.0, 9.0)
    assert len(found(6.0, 9.0)) > 1, "a pattern: not by colour alone"
    assert palette.warning.lower() not in found(1.0, 4.0)
    assert len(found(1.0, 4.0)) == 1


def test_the_card_over_the_strip_says_why(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(SegmentFound(Segment(6.0, 9.0, LOOP.text)), SegmentMarked(LOOP))
    window.presenter.refresh_now()
    view = window.timeline.view
    assert view is not None
    told = []
    for time_s in (5.9, 6.0, 8.9, 9.0):
        view.hovered.emit(Hovered(time_s, 100.0))
        card = window.timeline._hover_card
        assert card is not None
        told.append(card.notes)
    notes = ("⚠ repetition", "⚠ impossible speed")
    assert told == [(), notes, notes, ()]


def test_the_strip_knows_which_lines_are_doubtful() -> None:
    state = StripState()
    state.set_speech(
        (TimeSpan(0.0, 9.0),), (Segment(1.0, 2.0, "sure"), LOOP, Segment(9.0, 10.0, "x", marks=("new",)))
    )
    assert state.doubtful == (LOOP,)
    assert state.doubts_at(1.5) == state.doubts_at(9.5) == ()
    assert state.doubts_at(7.0) == (Mark.REPETITION, Mark.RATE)
