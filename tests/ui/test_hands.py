"""What hands do with wheel, strip and held keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.core.events import KeyframesFound
from app.core.results import Keyframe
from app.ui.main_window import MainWindow
from app.ui.seek_history import FAR_S, SeekHistory
from app.ui.wheel_steps import Notches
from tests.ui.fakes import Bench

ALT, SHIFT, CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


def turn(
    window: MainWindow,
    target: QWidget,
    delta: QPoint,
    modifiers: Qt.KeyboardModifier = NONE,
    *,
    pixels: QPoint | None = None,
) -> None:
    """Turn the wheel over the middle of a part of the window, as the system delivers it."""
    middle = QPointF(target.mapTo(window, target.rect().center()))
    QTest.wheelEvent(window.windowHandle(), middle, delta, pixels or QPoint(), modifiers)


def strip(window: MainWindow) -> QWidget:
    assert window.timeline.view is not None
    port: QWidget = window.timeline.view.viewport()
    return port


# --- the wheel


@given(st.lists(st.integers(-300, 300)))
def test_parts_of_notches_add_up_in_one_direction(deltas: list[int]) -> None:
    notches = Notches()
    down = [-abs(delta) for delta in deltas]
    assert sum(notches.add(delta) for delta in down) == -sum(down) // 120


def test_turning_the_wheel_round_forgets_the_part_of_a_notch() -> None:
    notches = Notches()
    assert [notches.add(delta) for delta in (-100, 100, 20, -119, -1)] == [0, 0, -1, 0, 1]


@pytest.mark.parametrize("over", ["picture", "strip"])
def test_alt_and_wheel_go_by_pictures_shift_and_wheel_by_keyframes(
    window: MainWindow, bench: Bench, over: str
) -> None:
    bench.open()
    bench.analyse(KeyframesFound(tuple(Keyframe(pts * 1000, float(pts)) for pts in range(0, 20, 4))))
    target = window.video if over == "picture" else strip(window)
    bench.decoder.calls.clear()
    turn(window, target, QPoint(0, -120), ALT)
    turn(window, target, QPoint(120, 0), ALT)  # some systems turn the wheel's axis where Alt is held
    assert bench.decoder.named("step") == [1, -1]
    bench.session.playback.seek(5.0)
    turn(window, target, QPoint(0, -120), SHIFT)
    turn(window, target, QPoint(0, 120), SHIFT)
    assert [place for place, _ in bench.decoder.named("seek")] == [5.0, 8.0, 4.0]


def test_the_wheel_over_the_panel_goes_nowhere(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.calls.clear()
    turn(window, window.parts.panel, QPoint(0, -120), ALT)
    assert bench.decoder.calls == []


def test_a_touchpad_moves_the_strip_with_the_fingers(window: MainWindow, bench: Bench) -> None:
    bench.open()
    view = window.timeline.view
    assert view is not None
    turn(window, strip(window), QPoint(0, 1200), CONTROL)
    before = view.scale
    turn(window, strip(window), QPoint(-8, 0), pixels=QPoint(-37, 2))
    assert view.scale.x_of(before.time_of(100.0)) == pytest.approx(63.0)


# --- scrubbing


def test_the_hand_gets_quick_pictures_and_the_exact_one_when_it_rests_or_lets_go(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    view = window.timeline.view
    assert view is not None
    bench.decoder.calls.clear()
    places = [QPoint(round(view.scale.x_of(time_s)), 60) for time_s in (4.0, 6.0)]
    QTest.mousePress(strip(window), Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(strip(window), places[1])
    QTest.mouseMove(strip(window), places[1])
    at_s = view.scale.clamped_time(places[1].x())
    assert bench.decoder.named("seek") == [
        (view.scale.clamped_time(places[0].x()), False),
        (at_s, False),
    ]
    assert window.strip_hands.scrubber.rest.isActive()
    window.strip_hands.scrubber.rest.timeout.emit()
    assert bench.decoder.named("seek")[-1] == (at_s, True)
    QTest.mouseRelease(strip(window), Qt.MouseButton.LeftButton, pos=places[1])
    assert bench.decoder.named("seek")[-1] == (at_s, True)
    assert not window.strip_hands.scrubber.rest.isActive()


def test_what_played_waits_for_the_hand_and_plays_on(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.session.playback.play_or_pause()
    bench.decoder.calls.clear()
    QTest.mousePress(strip(window), Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert not bench.session.playback.playing
    QTest.mouseRelease(strip(window), Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert [name for name, _ in bench.decoder.calls] == ["pause", "seek", "seek", "play"]


# --- held keys


def held(window: MainWindow, key: Qt.Key) -> None:
    """One repetition of a key that is held."""
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        QApplication.sendEvent(window.video, QKeyEvent(kind, key, NONE, "", True))
    window.command_actions["go.frame_forward"].trigger()


def test_a_held_arrow_asks_for_no_more_than_is_shown(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.show_steps = False
    bench.decoder.calls.clear()
    for _ in range(30):
        held(window, Qt.Key.Key_Right)
    assert bench.decoder.named("step") == [1, 1]
    bench.decoder.show(1.0)
    held(window, Qt.Key.Key_Right)
    assert bench.decoder.named("step") == [1, 1, 1]


def test_taps_are_never_lost(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.show_steps = False
    bench.decoder.calls.clear()
    for _ in range(7):
        QTest.keyClick(window.video, Qt.Key.Key_Right)
    assert bench.decoder.named("step") == [1] * 7


def test_a_tap_after_a_held_key_counts(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.show_steps = False
    for _ in range(9):
        held(window, Qt.Key.Key_Right)
    QApplication.sendEvent(window.video, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Right, NONE, "", False))
    bench.decoder.calls.clear()
    window.command_actions["go.frame_back"].trigger()
    assert bench.decoder.named("step") == [-1]


def test_only_what_makes_sense_again_and_again_repeats_while_its_key_is_held(window: MainWindow) -> None:
    repeating = {name for name, action in window.command_actions.items() if action.autoRepeat()}
    assert {"go.frame_forward", "go.second_back", "go.shot_forward", "view.time_in"} <= repeating
    assert repeating.isdisjoint({"go.play", "view.full", "file.open", "range.in", "view.boxes"})


# --- the history of places


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=80))
def test_going_back_undoes_far_jumps_in_turn(jumps: list[tuple[float, float]]) -> None:
    history = SeekHistory()
    for from_s, to_s in jumps:
        history.went(from_s, to_s)
    far = [from_s for from_s, to_s in jumps if abs(to_s - from_s) > FAR_S][-64:]
    back = []
    while (place := history.back(-1.0)) is not None:
        back.append(place)
    assert back == far[::-1]


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_going_forward_undoes_going_back(places: list[float]) -> None:
    history = SeekHistory()
    for from_s, to_s in pairwise(places):
        history.went(from_s, to_s)
    now = start = places[-1]
    while (place := history.back(now)) is not None:
        now = place
    while (place := history.forward(now)) is not None:
        now = place
    assert now == start


def test_a_jump_is_gone_back_from_and_looking_around_is_none(window: MainWindow, bench: Bench) -> None:
    bench.open()
    playback = bench.session.playback
    back = window.command_actions["go.jump_back"]
    playback.seek(1.0)
    playback.seek(2.48)
    assert not back.isEnabled()
    playback.seek(15.0)
    assert back.isEnabled()
    QTest.keyClick(window.video, Qt.Key.Key_Backspace, ALT)
    assert playback.time_s == 2.48
    assert not back.isEnabled()
    QTest.keyClick(window.video, Qt.Key.Key_Backspace, ALT | SHIFT)
    assert playback.time_s == 15.0


def test_one_scrub_is_one_jump(window: MainWindow, bench: Bench) -> None:
    bench.open()
    view = window.timeline.view
    assert view is not None
    xs = [round(view.scale.x_of(time_s)) for time_s in (3.0, 8.0, 16.0)]
    QTest.mousePress(strip(window), Qt.MouseButton.LeftButton, pos=QPoint(xs[0], 60))
    QTest.mouseMove(strip(window), QPoint(xs[1], 60))
    QTest.mouseRelease(strip(window), Qt.MouseButton.LeftButton, pos=QPoint(xs[2], 60))
    bench.session.playback.jump_back()
    assert bench.session.playback.time_s == 0.0
    assert not bench.session.playback.history.can_go_back


# --- the bar below the picture


def test_a_speed_that_is_chosen_in_the_bar_is_the_speed_it_plays_at(window: MainWindow, bench: Bench) -> None:
    bench.open()
    menu = window.transport.speed.menu()
    assert isinstance(menu, QMenu)
    [half] = [each for each in menu.actions() if each.text() == "0.5\N{MULTIPLICATION SIGN}"]
    half.trigger()
    assert bench.session.playback.speed == 0.5
    assert window.transport.speed.text() == half.text()
