"""Looking ahead: in order, so far and no further, and everything on one thread."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from app.core.upcoming import Upcoming


def test_items_come_in_order_and_none_behind_the_last() -> None:
    upcoming = Upcoming((number for number in range(5)), 2, "test")
    assert [upcoming.take() for _ in range(7)] == [0, 1, 2, 3, 4, None, None]
    upcoming.close()


def test_no_more_items_are_made_than_may_wait() -> None:
    made: list[int] = []
    reached = threading.Semaphore(0)

    def items() -> Generator[int, None, None]:
        for number in range(10):
            made.append(number)
            reached.release()
            yield number

    upcoming = Upcoming(items(), 2, "test")
    for _ in range(2):
        assert reached.acquire(timeout=60)
    assert upcoming.take() == 0
    assert reached.acquire(timeout=60)
    upcoming.close()
    assert made == [0, 1, 2]


def test_an_error_is_raised_behind_what_came_before_it() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise KeyError("broken")

    upcoming = Upcoming(items(), 3, "test")
    assert upcoming.take() == 1
    with pytest.raises(KeyError, match="broken"):
        upcoming.take()
    upcoming.close()


def test_the_generator_is_used_and_closed_on_its_thread_which_ends() -> None:
    names: list[str] = []

    def items() -> Generator[int, None, None]:
        try:
            while True:
                names.append(threading.current_thread().name)
                yield len(names)
        finally:
            names.append(f"closed on {threading.current_thread().name}")

    upcoming = Upcoming(items(), 1, "worker-name")
    assert upcoming.take() == 1
    upcoming.close()
    assert set(names[:-1]) == {"worker-name_0"}
    assert names[-1] == "closed on worker-name_0"
    assert "worker-name_0" not in {thread.name for thread in threading.enumerate()}
