"""Waiting for work that cannot be stopped."""

from __future__ import annotations

import threading

import pytest

from app.core.abandon import abandonable
from app.core.cancel import CancelToken
from app.core.errors import CancelledError


def test_the_result_comes_from_another_thread() -> None:
    worker = abandonable(threading.current_thread, CancelToken(), name="elsewhere")
    assert worker.name == "elsewhere"
    assert worker is not threading.current_thread()


def test_what_it_raises_is_raised_here() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        abandonable(fail, CancelToken(), name="fails")


def test_a_cancelled_token_starts_nothing() -> None:
    cancel = CancelToken()
    cancel.cancel()
    begun: list[bool] = []
    with pytest.raises(CancelledError):
        abandonable(lambda: begun.append(True), cancel, name="never")
    assert begun == []


def test_waiting_ends_while_the_work_goes_on() -> None:
    cancel, go_on, ended = CancelToken(), threading.Event(), threading.Event()

    def work() -> None:
        cancel.cancel()
        go_on.wait()
        ended.set()

    with pytest.raises(CancelledError):
        abandonable(work, cancel, name="slow")
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(10)
    for thread in threading.enumerate():
        if thread.name == "slow":
            thread.join()
