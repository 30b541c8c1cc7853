from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import Size
from app.core.mailbox import MailboxClosedError
from app.workers.orders import CloseOrder, OpenOrder, OrderBox, Orders, SeekOrder

FILM = Path("film.mp4")


def test_a_burst_of_seeks_is_one_seek() -> None:
    box = OrderBox()
    generations = [box.seek(time_s / 10, exact=False) for time_s in range(200)]
    assert generations == sorted(set(generations))
    orders = box.take(0)
    assert orders.seek == SeekOrder(19.9, False, generations[-1])
    assert box.take(0).seek is None


def test_steps_add_up_until_a_place_is_asked_for() -> None:
    box = OrderBox()
    for count in (1, 1, 1, -1):
        box.step(count)
    assert box.take(0).steps == 2
    box.step(5)
    box.seek(1.0, exact=True)
    box.step(1)
    assert box.take(0).steps == 1


def test_of_a_step_and_playing_the_later_one_counts() -> None:
    box = OrderBox()
    box.step(1)
    box.set_playing(True)
    orders = box.take(0)
    assert (orders.steps, orders.playing) == (0, True)
    box.set_playing(True)
    box.step(1)
    orders = box.take(0)
    assert (orders.steps, orders.playing) == (1, True)


def test_another_file_forgets_where_to_go_in_the_old_one() -> None:
    box = OrderBox()
    box.seek(4.0, exact=True)
    box.step(3)
    generation = box.open(FILM, 1)
    orders = box.take(0)
    assert (orders.open, orders.seek, orders.steps) == (OpenOrder(FILM, 1, generation), None, 0)


def test_a_newer_seek_lets_the_running_one_go_but_not_what_must_be_shown() -> None:
    box = OrderBox()
    running = box.take(0)
    box.step(1)
    box.set_playing(True)
    box.set_view_size(Size(10, 10))
    assert _let_go(running) == (False, False)
    box.seek(1.0, exact=True)
    assert box.newer_waits
    following = box.take(0)
    assert _let_go(running) == (True, False)
    assert _let_go(following) == (False, False)
    box.open(FILM, 0)
    assert _let_go(running) == (True, True)
    assert _let_go(following) == (True, True)


def test_closing_the_file_lets_all_work_go_and_forgets_what_was_asked_of_it() -> None:
    box = OrderBox()
    running = box.take(0)
    before = box.open(FILM, 0)
    box.step(2)
    box.set_playing(True)
    generation = box.close_file()
    assert generation > before
    assert box.newer_waits
    assert _let_go(running) == (True, True)
    orders = box.take(0)
    assert orders.close == CloseOrder(generation)
    assert (orders.open, orders.seek, orders.steps, orders.playing) == (None, None, 0, None)
    assert _let_go(orders) == (False, False)


def test_without_a_file_commands_to_it_are_ignored_until_the_next() -> None:
    box = OrderBox()
    closed = box.close_file()
    box.take(0)
    assert box.seek(1.0, exact=True) == closed
    box.step(1)
    box.set_playing(True)
    box.show_again()
    box.set_view_size(Size(640, 360))
    box.set_speed(2.0)
    orders = box.take(0)
    assert (orders.seek, orders.steps, orders.playing, orders.again) == (None, 0, None, False)
    assert orders.speed == 2.0
    assert box.view_size == Size(640, 360)
    opened = box.open(FILM, 0)
    assert opened > closed
    box.step(1)
    orders = box.take(0)
    assert (orders.open, orders.close, orders.steps) == (OpenOrder(FILM, 0, opened), None, 1)


def test_a_file_opened_after_closing_replaces_the_closing() -> None:
    box = OrderBox()
    box.close_file()
    box.open(FILM, 0)
    orders = box.take(0)
    assert orders.open is not None
    assert orders.close is None


def _let_go(orders: Orders) -> tuple[bool, bool]:
    return orders.until_newer.cancelled, orders.until_other_file.cancelled


def test_the_last_of_play_pause_and_speed_counts() -> None:
    box = OrderBox()
    box.set_playing(True)
    box.set_speed(2.0)
    box.set_playing(False)
    box.set_speed(0.5)
    orders = box.take(0)
    assert (orders.playing, orders.speed) == (False, 0.5)
    orders = box.take(0)
    assert (orders.playing, orders.speed) == (None, None)


def test_a_size_asks_for_the_picture_again_only_when_it_differs() -> None:
    box = OrderBox()
    box.set_view_size(Size(640, 360))
    assert box.take(0).again
    box.set_view_size(Size(640, 360))
    assert not box.take(0).again
    assert box.view_size == Size(640, 360)


def test_closing_wakes_who_waits_and_lets_work_go() -> None:
    box = OrderBox()
    running = box.take(0)
    refused = threading.Event()

    def wait() -> None:
        with pytest.raises(MailboxClosedError):
            box.take(None)
        refused.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    box.close()
    box.close()
    waiting.join(10)
    assert refused.is_set()
    assert running.until_newer.cancelled
    assert running.until_other_file.cancelled


@given(st.lists(st.one_of(st.floats(0, 100), st.integers(-3, 3), st.just("open"))))
def test_whatever_comes_the_newest_place_and_the_steps_after_it_are_done(
    wishes: list[float | int | str],
) -> None:
    box = OrderBox()
    place: float | str | None = None
    steps = 0
    for wish in wishes:
        if isinstance(wish, str):
            box.open(FILM, 0)
        elif isinstance(wish, int):
            box.step(wish)
        else:
            box.seek(wish, exact=True)
        place, steps = (place, steps + wish) if isinstance(wish, int) else (wish, 0)
    orders = box.take(0)
    assert orders.steps == steps
    assert (orders.open is not None) == ("open" in wishes)
    assert (orders.seek.time_s if orders.seek else None) == (place if isinstance(place, float) else None)
