"""What the threads need around them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app.workers.garbage import GarbageCollector


@pytest.fixture(autouse=True)
def garbage_collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    """As in the program: cycles, of earlier tests too, are collected in this thread alone."""
    collector = GarbageCollector()
    gc.collect()
    collector.start()
    yield collector
    collector.stop()
