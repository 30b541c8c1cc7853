"""Cancelling: once, from any thread, heard by all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError


def test_nothing_happens_until_somebody_cancels() -> None:
    token = CancelToken()
    token.raise_if_cancelled()
    seen = [token.cancelled]
    token.cancel()
    seen.append(token.cancelled)
    assert seen == [False, True]
    with pytest.raises(CancelledError, match=r"^Cancelled\.$"):
        token.raise_if_cancelled()


@given(st.lists(st.sampled_from(["add", "remove", "cancel"]), max_size=20))
def test_each_callback_runs_once_unless_taken_back(steps: list[str]) -> None:
    token = CancelToken()
    runs: list[int] = []
    waiting: dict[int, Callable[[], None]] = {}
    expected: list[int] = []
    cancelled = False
    for number, step in enumerate(steps):
        if step == "add":
            take_back = token.on_cancel(lambda number=number: runs.append(number))  # type: ignore[misc]
            if cancelled:
                expected.append(number)
                take_back()
            else:
                waiting[number] = take_back
        elif step == "remove" and waiting:
            _, take_back = waiting.popitem()
            take_back()
            take_back()
        elif step == "cancel":
            token.cancel()
            cancelled = True
            expected += sorted(waiting)
            waiting.clear()
        assert runs == expected
        assert token.cancelled == cancelled


def test_a_callback_may_ask_the_token() -> None:
    token = CancelToken()
    seen: list[bool] = []
    token.on_cancel(lambda: seen.append(token.cancelled))
    token.on_cancel(token.cancel)
    token.cancel()
    assert seen == [True]


def test_many_threads_cancel_once() -> None:
    token = CancelToken()
    runs: list[str] = []
    token.on_cancel(lambda: runs.append(threading.current_thread().name))
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        token.cancel()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1


def test_a_callback_registered_while_another_thread_cancels_always_runs() -> None:
    for _ in range(200):
        token = CancelToken()
        ran = threading.Event()
        barrier = threading.Barrier(2)

        def cancel(token: CancelToken = token, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            token.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        barrier.wait()
        token.on_cancel(ran.set)
        thread.join()
        assert ran.is_set()
