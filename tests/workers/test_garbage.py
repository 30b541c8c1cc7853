from __future__ import annotations

import gc
import threading
import weakref

import pytest
from pytestqt.qtbot import QtBot

from app.workers.garbage import GarbageCollector


class Cycle:
    """Only the cyclic collector frees it; tells in which thread."""

    freed_in: list[int]

    def __init__(self, freed_in: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed_in.append(threading.get_ident()))


def test_a_worker_never_collects(garbage_collector: GarbageCollector) -> None:
    freed_in: list[int] = []

    def work() -> None:
        Cycle(freed_in)
        rubbish = [[index] for index in range(100_000)]
        assert len(rubbish) == 100_000

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert freed_in == []
    gc.collect()
    assert freed_in == [threading.get_ident()]


def test_the_gui_thread_collects_on_its_timer(garbage_collector: GarbageCollector, qtbot: QtBot) -> None:
    freed_in: list[int] = []
    Cycle(freed_in)
    kept = [[index] for index in range(10_000)]
    qtbot.waitUntil(lambda: freed_in == [threading.get_ident()])
    assert len(kept) == 10_000


def test_nothing_is_collected_while_little_was_allocated(garbage_collector: GarbageCollector) -> None:
    gc.collect()
    freed_in: list[int] = []
    Cycle(freed_in)
    garbage_collector.collect_due()
    assert freed_in == []


def test_stopping_gives_back_to_the_automatic_collector() -> None:
    collector = GarbageCollector()
    collector.start()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()
    collector.stop()
    assert not gc.isenabled()


def test_what_survives_the_first_whole_collection_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries and the window are gone through once; what comes later is still collected."""
    collector = GarbageCollector()
    collector.start()
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 1 + gc.get_threshold()[2]))
    freed_in: list[int] = []
    try:
        collector.collect_due()
        assert gc.get_freeze_count() > 0
        Cycle(freed_in)
        collector.collect_due()
        assert freed_in == [threading.get_ident()]
    finally:
        collector.stop()
    assert gc.get_freeze_count() == 0
