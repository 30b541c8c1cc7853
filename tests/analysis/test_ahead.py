from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.analysis.ahead import ahead
from app.core.mailbox import MailboxClosedError


def test_everything_arrives_in_order() -> None:
    assert list(ahead(lambda: range(1000), 3, "test")) == list(range(1000))


def test_the_source_runs_in_a_thread_of_its_own_that_ends() -> None:
    names: list[str] = []

    def source() -> Iterator[int]:
        names.append(threading.current_thread().name)
        yield 1

    assert list(ahead(source, 1, "worker-name")) == [1]
    assert names == ["worker-name"]
    assert "worker-name" not in {thread.name for thread in threading.enumerate()}


def test_the_source_is_never_more_than_the_capacity_ahead() -> None:
    made = 0
    room = threading.Semaphore(0)

    def source() -> Iterator[int]:
        nonlocal made
        for number in range(50):
            made = number
            room.release()
            yield number

    for number in ahead(source, 4, "test"):
        # One item is here, four wait, one is held by the source that waits for room.
        assert made <= number + 6
    assert made == 49


def test_an_error_of_the_source_is_raised_here_after_what_it_gave() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise KeyError("broken")

    items = ahead(source, 2, "test")
    assert next(items) == 1
    with pytest.raises(KeyError, match="broken"):
        next(items)


def test_leaving_early_ends_the_source() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.set()

    items = ahead(source, 2, "test")
    assert next(items) == 0
    items.close()
    assert closed.is_set()


def test_a_source_that_meets_a_closed_mailbox_does_not_leave_the_reader_waiting() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise MailboxClosedError

    with pytest.raises(MailboxClosedError):
        list(ahead(source, 2, "test"))
