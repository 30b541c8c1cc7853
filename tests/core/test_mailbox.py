"""Mailboxes: the newest wins in a slot; in a queue nothing is lost, doubled, or blocked for ever."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.mailbox import BoundedMailbox, MailboxClosedError, Slot


class Worker:
    """A thread whose exception is raised again where it is joined."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 (raised again by `join`)
            self._error = error

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive(), "blocked for ever"
        if self._error is not None:
            raise self._error


@given(st.lists(st.integers(), min_size=1))
def test_a_burst_collapses_to_the_newest(burst: list[int]) -> None:
    slot: Slot[int] = Slot()
    assert all(slot.put(item) for item in burst)
    assert [slot.waiting, slot.take(0), slot.waiting, slot.poll()] == [True, burst[-1], False, None]


@given(st.lists(st.sampled_from(["put", "poll", "take", "close"])))
def test_a_slot_behaves_like_one_variable(steps: list[str]) -> None:
    slot: Slot[int] = Slot()
    held: int | None = None
    closed = False
    for number, step in enumerate(steps):
        if step == "put":
            assert slot.put(number) is not closed
            held = held if closed else number
        elif step == "close":
            slot.close()
            closed, held = True, None
        elif step == "take" and closed:
            with pytest.raises(MailboxClosedError):
                slot.take(0)
        else:
            assert (slot.poll() if step == "poll" else slot.take(0)) == held
            held = None
        assert slot.waiting == (held is not None)


def test_a_slot_between_threads_goes_forward_and_ends_with_the_newest() -> None:
    slot: Slot[int] = Slot()
    seen: list[int] = []

    def consume() -> None:
        while True:
            item = slot.take()
            assert item is not None
            seen.append(item)
            if item == 4999:
                return

    consumer = Worker(consume)
    for number in range(5000):
        slot.put(number)
    consumer.join()
    assert seen == sorted(set(seen))
    assert seen[-1] == 4999


def test_closing_a_slot_wakes_all_who_wait() -> None:
    slot: Slot[int] = Slot()

    def wait() -> None:
        with pytest.raises(MailboxClosedError):
            slot.take()

    waiting = [Worker(wait) for _ in range(4)]
    slot.close()
    for worker in waiting:
        worker.join()


def test_taking_nothing_in_time_gives_none() -> None:
    assert Slot[int]().take(0.001) is None
    assert BoundedMailbox[int](1).take(0.001) is None


@given(st.integers(1, 4), st.lists(st.sampled_from(["put", "take", "close", "discard"])))
def test_a_bounded_mailbox_behaves_like_a_list(capacity: int, steps: list[str]) -> None:
    mailbox: BoundedMailbox[int] = BoundedMailbox(capacity)
    held: list[int] = []
    closed = False
    for number, step in enumerate(steps):
        if step == "put" and closed:
            with pytest.raises(MailboxClosedError):
                mailbox.put(number)
        elif step == "put" and len(held) < capacity:
            mailbox.put(number)
            held.append(number)
        elif step == "take" and closed and not held:
            with pytest.raises(MailboxClosedError):
                mailbox.take(0)
        elif step == "take":
            assert mailbox.take(0) == (held.pop(0) if held else None)
        elif step in ("close", "discard"):
            mailbox.close(discard=step == "discard")
            closed = True
            held = [] if step == "discard" else held
        assert len(mailbox) == len(held)


@pytest.mark.parametrize("capacity", [1, 3])
@pytest.mark.parametrize(("producers", "consumers"), [(1, 1), (4, 3)])
def test_between_threads_nothing_is_lost_or_doubled(capacity: int, producers: int, consumers: int) -> None:
    mailbox: BoundedMailbox[tuple[int, int]] = BoundedMailbox(capacity)
    taken: list[list[tuple[int, int]]] = [[] for _ in range(consumers)]

    def produce(who: int) -> None:
        for number in range(400):
            mailbox.put((who, number))
            assert len(mailbox) <= capacity

    def consume(into: list[tuple[int, int]]) -> None:
        with contextlib.suppress(MailboxClosedError):
            while (item := mailbox.take()) is not None:
                into.append(item)

    readers = [Worker(lambda into=into: consume(into)) for into in taken]  # type: ignore[misc]
    writers = [Worker(lambda who=who: produce(who)) for who in range(producers)]  # type: ignore[misc]
    for writer in writers:
        writer.join()
    mailbox.close()
    for reader in readers:
        reader.join()
    everything = sorted(item for into in taken for item in into)
    assert everything == [(who, number) for who in range(producers) for number in range(400)]
    for into in taken:
        for who in range(producers):
            numbers = [number for producer, number in into if producer == who]
            assert numbers == sorted(numbers)


@pytest.mark.parametrize("discard", [False, True])
def test_closing_frees_a_producer_that_waits_for_room(discard: bool) -> None:
    mailbox: BoundedMailbox[int] = BoundedMailbox(1)
    mailbox.put(0)
    full = threading.Event()

    def produce() -> None:
        full.set()
        with pytest.raises(MailboxClosedError):
            mailbox.put(1)

    producer = Worker(produce)
    full.wait()
    mailbox.close(discard=discard)
    producer.join()
    assert len(mailbox) == (0 if discard else 1)


def test_closing_frees_all_consumers() -> None:
    mailbox: BoundedMailbox[int] = BoundedMailbox(2)

    def wait() -> None:
        with pytest.raises(MailboxClosedError):
            mailbox.take()

    waiting = [Worker(wait) for _ in range(4)]
    mailbox.close()
    for worker in waiting:
        worker.join()


def test_a_mailbox_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        BoundedMailbox(0)
