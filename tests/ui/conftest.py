from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.inference.model_store import ModelStore
from app.lifecycle import Shutdown
from app.models.library import Library
from app.ui.main_window import MainWindow
from app.ui.surroundings import Surroundings
from tests.ui.fakes import Bench


@pytest.fixture
def make_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Makes windows on a bench of fake workers, shown and with their strip; ends them."""
    windows: list[MainWindow] = []

    def make(bench: Bench, *, show: bool = True) -> MainWindow:
        surroundings = Surroundings(
            Shutdown(),
            lambda: Library(ModelStore((), tmp_path / "models")),
            make_side_reader=bench.make_side_reader,
            ask_unsaved=bench.ask_unsaved,
        )
        window = MainWindow(bench.session, surroundings)
        windows.append(window)
        window.resize(1280, 800)
        if show:
            window.show()
            qtbot.waitExposed(window)
        window.fill_strip()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture
def bench(qapp: object) -> Bench:
    """A session on fake workers."""
    return Bench()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], bench: Bench) -> MainWindow:
    """A window on the bench."""
    return make_window(bench)
