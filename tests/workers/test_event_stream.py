from __future__ import annotations

import threading

import pytest

from app.core.events import Cancelled, Event, Progress, Stage
from app.workers.event_stream import EventStream


def event(number: int) -> Event:
    return Progress(Stage.PICTURES, float(number), None)


class Bell:
    """Counts notifications and can be waited for."""

    def __init__(self) -> None:
        self.rung = 0
        self._condition = threading.Condition()

    def __call__(self) -> None:
        with self._condition:
            self.rung += 1
            self._condition.notify_all()

    def wait_beyond(self, count: int) -> None:
        with self._condition:
            assert self._condition.wait_for(lambda: self.rung > count, 10)


def test_one_notification_for_any_number_of_events() -> None:
    bell = Bell()
    stream = EventStream(bell)
    for number in range(10):
        stream.put(event(number))
    assert bell.rung == 1
    assert stream.take() == [event(number) for number in range(10)]
    stream.put(event(10))
    assert bell.rung == 2


@pytest.mark.parametrize("capacity", [1, 2, 7])
def test_a_lagging_reader_gets_everything_in_order_while_the_writer_waits(capacity: int) -> None:
    bell = Bell()
    stream = EventStream(bell, capacity)
    total = 500
    ahead = 0
    written = 0

    def write() -> None:
        nonlocal written
        for number in range(total):
            assert stream.put(event(number))
            written += 1
        stream.finish(Cancelled(None))

    writer = threading.Thread(target=write)
    writer.start()
    taken: list[Event] = []
    heard = 0
    while not (taken and isinstance(taken[-1], Cancelled)):
        bell.wait_beyond(heard)
        heard = bell.rung
        batch = stream.take()
        assert len(batch) <= capacity + 1
        ahead = max(ahead, written - len(taken) - len(batch))
        taken += batch
    writer.join(10)
    assert taken == [*(event(number) for number in range(total)), Cancelled(None)]
    # One more is in the hand of the writer, between being kept and being counted.
    assert ahead <= capacity + 1
    assert stream.take() == []


def test_discarding_frees_a_waiting_writer_and_the_outcome_still_comes() -> None:
    bell = Bell()
    stream = EventStream(bell, 1)
    kept: list[bool] = []

    def write() -> None:
        kept.extend(stream.put(event(number)) for number in range(3))
        stream.finish(Cancelled(None))

    writer = threading.Thread(target=write)
    writer.start()
    bell.wait_beyond(0)
    stream.discard()
    writer.join(10)
    assert not writer.is_alive()
    assert not kept[-1]
    assert stream.take() == [Cancelled(None)]
    assert stream.take() == []
