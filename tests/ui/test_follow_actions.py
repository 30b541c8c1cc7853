from __future__ import annotations

import pytest

from app.core.events import PictureAnalysed
from app.core.geometry import Box
from app.core.results import Detection
from app.ui.main_window import MainWindow
from tests.ui.fakes import RATE, Bench, detection


def looked_at(number: int, *found: Detection) -> PictureAnalysed:
    return PictureAnalysed(number * 40, number / RATE, found)


def ball(number: int, x: float) -> Detection:
    return detection(number / RATE, "ball", box=Box(x, 40, x + 40, 80))


@pytest.fixture
def rolling(window: MainWindow, bench: Bench) -> MainWindow:
    """A ball that rolls for three pictures, is not looked for in one, and is gone in the fifth."""
    bench.open()
    pictures = [looked_at(number, ball(number, 130 + 12 * number)) for number in range(3)]
    bench.analyse(*pictures, looked_at(4))
    bench.session.playback.seek(0.0)
    return window


def middle_of(window: MainWindow, box: Box) -> tuple[float, float]:
    rect = window.video.viewport.box_to_device(box)
    view = window.video.viewport.view
    return ((rect.x1 + rect.x2) / 2 / view.width, (rect.y1 + rect.y2) / 2 / view.height)


def test_a_box_stays_in_the_middle_until_it_is_lost(rolling: MainWindow, bench: Bench) -> None:
    switch = rolling.command_actions["view.follow"]
    switch.trigger()
    assert switch.isChecked()
    zoom = rolling.video.viewport.zoom
    assert zoom is not None
    for number in range(3):
        bench.session.playback.seek(number / RATE)
        assert middle_of(rolling, ball(number, 130 + 12 * number).box) == pytest.approx((0.5, 0.5), abs=0.05)
    there = rolling.video.viewport
    bench.session.playback.seek(3 / RATE)
    assert rolling.video.viewport == there
    assert switch.isChecked()
    bench.session.playback.seek(4 / RATE)
    assert not switch.isChecked()
    assert rolling.video.viewport == there
    assert rolling.messages.message is not None
    assert rolling.messages.message.sentence == "The box was lost: no such ball in this picture."


def test_the_key_lets_it_go_again(rolling: MainWindow, bench: Bench) -> None:
    switch = rolling.command_actions["view.follow"]
    switch.trigger()
    switch.trigger()
    assert not switch.isChecked()
    there = rolling.video.viewport
    bench.session.playback.seek(1 / RATE)
    assert rolling.video.viewport == there


def test_showing_the_whole_picture_lets_it_go(rolling: MainWindow) -> None:
    switch = rolling.command_actions["view.follow"]
    switch.trigger()
    rolling.video.zoom_fit()
    assert not switch.isChecked()


def test_a_zoom_that_was_chosen_is_kept(rolling: MainWindow) -> None:
    rolling.video.zoom_by(8.0)
    zoom = rolling.video.viewport.zoom
    rolling.command_actions["view.follow"].trigger()
    assert rolling.video.viewport.zoom == zoom


def test_without_a_box_it_says_so(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.command_actions["view.follow"].trigger()
    assert not window.command_actions["view.follow"].isChecked()
    assert window.messages.message is not None
    assert window.messages.message.sentence == "There is no box in this picture to follow."


def test_another_file_lets_it_go(rolling: MainWindow, bench: Bench) -> None:
    rolling.command_actions["view.follow"].trigger()
    bench.open()
    assert not rolling.command_actions["view.follow"].isChecked()
