from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.events import ShotsFound
from app.core.results import Shot
from app.core.time import WHOLE, TimeSpan
from app.ui.main_window import MainWindow
from app.ui.marked_range import Edge, Marks
from app.ui.timeline.range_item import handle_at
from tests.ui.fakes import Bench

TIMES = st.floats(0, 100, allow_nan=False)
HERE = TimeSpan(5.0, 5.04)


@given(st.lists(st.tuples(st.sampled_from(Edge), TIMES), max_size=10))
def test_the_point_put_last_stands_and_in_is_always_before_out(puts: list[tuple[Edge, float]]) -> None:
    marks = Marks()
    for edge, time_s in puts:
        marks = marks.put(edge, time_s)
        assert marks.at(edge) == time_s
        assert marks.in_s is None or marks.out_s is None or marks.in_s < marks.out_s


@given(TIMES, TIMES, st.sampled_from(Edge), TIMES)
def test_a_dragged_point_never_passes_the_other(first: float, second: float, edge: Edge, to_s: float) -> None:
    low, high = sorted((first, second + 1))
    marks = Marks(low, high + 1).moved(edge, to_s, 0.5)
    assert marks.in_s is not None
    assert marks.out_s is not None
    assert marks.out_s - marks.in_s >= 0.499
    assert marks.at(Edge.OUT if edge is Edge.IN else Edge.IN) == (high + 1 if edge is Edge.IN else low)


@pytest.mark.parametrize(
    ("marks", "around", "completed"),
    [
        (Marks(1.0, 2.0), None, Marks(1.0, 2.0)),
        (Marks(in_s=2.0), None, Marks(2.0, 5.04)),
        (Marks(in_s=7.0), None, Marks(7.0, 20.0)),
        (Marks(out_s=9.0), None, Marks(5.0, 9.0)),
        (Marks(out_s=3.0), None, Marks(0.0, 3.0)),
        (Marks(), TimeSpan(4.0, 8.0), Marks(4.0, 8.0)),
        (Marks(), None, Marks()),
    ],
)
def test_enter_makes_a_range_of_what_there_is(
    marks: Marks, around: TimeSpan | None, completed: Marks
) -> None:
    assert marks.completed(HERE, 20.0, around) == completed


def test_a_range_is_marked_from_the_first_picture_to_the_end_of_the_last(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    for time_s, key in ((2.0, Qt.Key.Key_I), (4.0, Qt.Key.Key_O)):
        bench.session.playback.seek(time_s)
        QTest.keyClick(window.video, key)
    span = bench.session.marks.span
    assert span is not None
    assert span.start_s == 2.0
    assert span.end_s == pytest.approx(4.04)
    assert "range 0:02.00 to 0:04.04, 2.04 s" in window.status.right.text()
    assert window.timeline.view is not None
    assert window.timeline.view.state.marks == bench.session.marks.marks
    for key, time_s in ((Qt.Key.Key_I, 2.0), (Qt.Key.Key_O, 4.02)):
        QTest.keyClick(window.video, key, Qt.KeyboardModifier.ShiftModifier)
        assert bench.decoder.named("seek")[-1] == (pytest.approx(time_s), True)
    QTest.keyClick(window.video, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    assert bench.session.marks.marks == Marks()
    assert "range" not in window.status.right.text()


def test_enter_takes_the_shot_where_nothing_is_marked_and_says_so_where_there_is_none(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    QTest.keyClick(window.video, Qt.Key.Key_Return)
    assert window.messages.message is not None
    assert "Nothing is marked" in window.messages.message.sentence
    bench.session.file.findings.index.whole = False
    bench.analyse(ShotsFound((Shot(0.0, 8.0, 0, 8000), Shot(8.0, 20.0, 8000, 20000))))
    bench.session.playback.seek(9.0)
    QTest.keyClick(window.video, Qt.Key.Key_Return)
    assert bench.session.marks.span == TimeSpan(8.0, 20.0)


def test_a_range_is_analysed_alone_and_belongs_to_its_file(window: MainWindow, bench: Bench) -> None:
    bench.open()
    assert not window.command_actions["analyse.range"].isEnabled()
    bench.session.marks.set(Marks(3.0, 6.0))
    assert window.command_actions["analyse.range"].isEnabled()
    window.command_actions["analyse.range"].trigger()
    assert bench.analysis.named("analyse")[-1].span == TimeSpan(3.0, 6.0)
    bench.open()
    assert bench.session.marks.marks == Marks()
    bench.session.analyse()
    assert bench.analysis.named("analyse")[-1].span == WHOLE


def test_a_handle_is_dragged_and_shows_the_picture_there(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.session.marks.set(Marks(5.0, 10.0))
    view = window.timeline.view
    assert view is not None
    x, y = view.scale.x_of(5.0), 6
    assert handle_at(view.state.marks, view.scale, view.state.rows, x, y) is Edge.IN
    assert handle_at(view.state.marks, view.scale, view.state.rows, x, 60) is None
    to_x = view.scale.x_of(7.0)
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(round(x), y))
    QTest.mouseMove(port, QPoint(round(to_x), y))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(round(to_x), y))
    span = bench.session.marks.span
    assert span is not None
    assert span.start_s == pytest.approx(7.0, abs=0.05)
    assert span.end_s == 10.0
    assert bench.decoder.named("seek")[-1] == (pytest.approx(7.0, abs=0.05), True)


def test_a_range_is_looped_from_its_start_as_long_as_it_is_there(window: MainWindow, bench: Bench) -> None:
    bench.open()
    loop = window.command_actions["range.loop"]
    assert not loop.isEnabled()
    bench.session.marks.set(Marks(3.0, 6.0))
    bench.session.playback.seek(9.0)
    loop.trigger()
    assert bench.decoder.named("set_loop")[-1] == TimeSpan(3.0, 6.0)
    assert bench.decoder.named("seek")[-1] == (3.0, True)
    assert loop.isChecked()
    assert "loop 0:03.00 to 0:06.00" in window.status.right.text()
    bench.session.marks.set(Marks(4.0, 6.0))
    assert bench.decoder.named("set_loop")[-1] == TimeSpan(4.0, 6.0)
    bench.session.marks.clear()
    assert bench.decoder.named("set_loop")[-1] is None
    assert not loop.isChecked()
    bench.session.marks.set(Marks(4.0, 6.0))
    assert bench.decoder.named("set_loop")[-1] is None
