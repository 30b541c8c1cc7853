"""Pausing, going on, cancelling and looking elsewhere, while work runs in other threads."""

from __future__ import annotations

import threading

import pytest

from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import CancelledError


class Worker(threading.Thread):
    """Waits while paused, once; tells how that ended."""

    def __init__(self, control: Control) -> None:
        super().__init__(name="worker")
        self._control = control
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._control.wait_while_paused()
        except CancelledError as error:
            self.error = error


def test_work_that_is_not_paused_goes_on() -> None:
    control = Control(CancelToken())
    assert not control.paused
    control.wait_while_paused()


def test_paused_work_waits_until_it_is_resumed() -> None:
    control = Control(CancelToken())
    control.pause()
    control.pause()
    worker = Worker(control)
    worker.join(0.05)
    assert worker.is_alive()
    control.resume()
    worker.join()
    assert worker.error is None
    assert not control.paused


def test_cancelling_ends_paused_work() -> None:
    control = Control(CancelToken())
    control.pause()
    worker = Worker(control)
    control.cancel.cancel()
    worker.join()
    assert isinstance(worker.error, CancelledError)


def test_cancelled_work_does_not_go_on_where_it_is_not_paused() -> None:
    control = Control(CancelToken())
    control.cancel.cancel()
    with pytest.raises(CancelledError):
        control.wait_while_paused()


def test_one_that_obeys_another_token_shares_the_rest() -> None:
    outer = Control(CancelToken())
    inner = outer.obeying(CancelToken())
    outer.pause()
    outer.focus_s = 12.5
    assert inner.paused
    assert inner.focus_s == 12.5
    worker = Worker(inner)
    inner.cancel.cancel()
    worker.join()
    assert isinstance(worker.error, CancelledError)
    assert not outer.cancel.cancelled
    outer.focus_s = None
    assert inner.focus_s is None


def test_who_listens_is_told_of_every_change_once() -> None:
    control = Control(CancelToken())
    heard: list[bool] = []
    forget = control.on_change(lambda: heard.append(control.paused))
    control.resume()
    control.pause()
    control.pause()
    control.resume()
    forget()
    forget()
    control.pause()
    assert heard == [True, False]


def test_the_clock_of_work_stands_while_it_is_paused() -> None:
    now = [100.0]
    control = Control(CancelToken(), clock=lambda: now[0])
    inner = control.obeying(CancelToken())
    begun = inner.working_s()
    now[0] += 2.0
    control.pause()
    now[0] += 1000.0
    control.pause()
    assert inner.working_s() - begun == 2.0
    control.resume()
    now[0] += 3.0
    assert inner.working_s() - begun == 5.0
    assert control.working_s() == inner.working_s()
