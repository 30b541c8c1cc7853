"""What every test is held to: no unexpected warning in the log, no thread or process left behind.

Loaded by tests/conftest.py as a plugin. The guards watch the test that runs, so they name the culprit.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import re
import sys
import threading
import weakref
from collections.abc import Generator
from typing import Any

import pytest

_GRACE_S = 5.0
"""How long a thread or process that was told to stop may take to do so before it counts as left behind."""


class _LogRecorder(logging.Handler):
    """Keeps every record at WARNING or above that reaches the root logger."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.lines.append(text)


_recorder = _LogRecorder()
_threads_before = pytest.StashKey[set[threading.Thread]]()
_started_qthreads: weakref.WeakSet[Any] = weakref.WeakSet()


def pytest_configure() -> None:
    """Listen from the start, so that what is logged while tests are collected is known too."""
    logging.getLogger().addHandler(_recorder)


def pytest_unconfigure() -> None:
    """Leave the logging of the process as it was."""
    logging.getLogger().removeHandler(_recorder)


def _unexpected(item: pytest.Item, lines: list[str]) -> list[str]:
    """The lines that no `expect_log` mark of the test allows; fails where an expected line never came."""
    patterns = [re.compile(mark.args[0]) for mark in item.iter_markers("expect_log")]
    missing = [p.pattern for p in patterns if not any(p.search(line) for line in lines)]
    if missing:
        pytest.fail(f"expected in the log, but never written: {missing}", pytrace=False)
    return [line for line in lines if not any(p.search(line) for p in patterns)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Note what runs before the test."""
    _watch_qthreads()
    _recorder.lines.clear()
    item.stash[_threads_before] = set(threading.enumerate())
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail the test that logs what it does not expect."""
    result = yield
    lines = list(_recorder.lines)
    _recorder.lines.clear()
    if unexpected := _unexpected(item, lines):
        pytest.fail("unexpected in the log:\n" + "\n".join(unexpected), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """After its fixtures are gone, fail the test that left work running or logged while it was taken down."""
    result = yield
    left = _threads_left(item) + _qthreads_left() + _children_left()
    if left:
        pytest.fail("left running by this test: " + ", ".join(left), pytrace=False)
    if _recorder.lines:
        pytest.fail("unexpected in the log at teardown:\n" + "\n".join(_recorder.lines), pytrace=False)
    return result


def _threads_left(item: pytest.Item) -> list[str]:
    """Python threads that the test started and that do not end."""
    before = item.stash.get(_threads_before, None)
    if before is None:
        return []
    # A dummy stands for a native thread that once called into Python: it is not ours to end.
    started = [thread for thread in threading.enumerate() if thread not in before]
    new = [thread for thread in started if not isinstance(thread, threading._DummyThread)]
    for thread in new:
        thread.join(_GRACE_S)
    return [repr(thread) for thread in new if thread.is_alive()]


def _children_left() -> list[str]:
    """Child processes that do not end; they are killed, so that the next test is not blamed."""
    left = []
    for child in multiprocessing.active_children():
        child.join(_GRACE_S)
        if child.is_alive():
            left.append(repr(child))
            child.kill()
            child.join()
    return left


def _watch_qthreads() -> None:
    """Note every QThread that is started, once Qt is loaded: Qt itself keeps no list of them."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None or getattr(qt_core.QThread.start, "watched", False):
        return
    original = qt_core.QThread.start

    def start(thread: Any, *args: Any) -> None:
        _started_qthreads.add(thread)
        original(thread, *args)

    start.watched = True  # type: ignore[attr-defined]
    qt_core.QThread.start = start


def _qthreads_left() -> list[str]:
    """Qt threads that are still running, the global pool's included."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None:
        return []
    from shiboken6 import isValid

    left = []
    for thread in list(_started_qthreads):
        if isValid(thread) and not thread.wait(int(_GRACE_S * 1000)):
            left.append(repr(thread))
        else:
            _started_qthreads.discard(thread)
    if not qt_core.QThreadPool.globalInstance().waitForDone(int(_GRACE_S * 1000)):
        left.append("a task of QThreadPool.globalInstance()")
    return left


def pytest_sessionfinish() -> None:
    """Collect cycles that hold unclosed files while the warnings filter still turns them into errors."""
    gc.collect()
