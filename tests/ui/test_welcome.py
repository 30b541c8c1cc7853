"""The empty window in the first minutes: a video, the sample, or models that suit the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.cancel import CancelToken
from app.download.pulls import PullStage, PullState
from app.download.wanted import Told, Wanted
from app.inference.catalogue import catalogue
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.lifecycle import Shutdown
from app.models.library import Library, LibraryRow, Standing
from app.models.recommended import Machine, RecommendedSet, recommended
from app.settings import Settings
from app.ui.drop_zone import DropZone
from app.ui.main_window import MainWindow
from app.ui.message import Message
from app.ui.models_sheet import ModelsSheet
from app.ui.surroundings import Surroundings
from app.ui.welcome import coming, worth_getting
from tests.ui.fakes import Bench

RECENT = tuple(f"/films/holiday {number}.mp4" for number in range(5))


class CountedFetch:
    """What would speak to the network; nobody may ask it here."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        self.calls += 1


@pytest.fixture
def fetch() -> CountedFetch:
    return CountedFetch()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(ModelStore((), tmp_path / "models"))


@pytest.fixture
def bench(qapp: object) -> Bench:
    return Bench(settings=Settings(recent=RECENT))


@pytest.fixture
def make(
    qtbot: QtBot, library: Library, fetch: CountedFetch, bench: Bench
) -> Iterator[Callable[[], MainWindow]]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        world = Surroundings(
            Shutdown(), lambda: library, make_side_reader=bench.make_side_reader, fetch=fetch
        )
        window = MainWindow(bench.session, world)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        window.fill_strip()
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


def _zone(window: MainWindow) -> DropZone:
    return window.picture_area.drop_zone


def _recent_shown(zone: DropZone) -> int:
    buttons = zone.findChildren(QPushButton)
    return sum(each.isVisible() for each in buttons if each.property("kind") == "recent")


def _rows(chosen: RecommendedSet, standing: Standing) -> list[LibraryRow]:
    return [LibraryRow(each.name, each.kind, standing, each.bytes, 0, each) for each in chosen.models]


def test_what_suits_the_machine_is_offered_with_the_size_of_what_is_missing() -> None:
    chosen = recommended(catalogue(), Machine(4, 8 * 10**9))
    rows = _rows(chosen, Standing.AVAILABLE)
    offer = worth_getting(chosen, rows)
    assert offer is not None
    assert offer.button == "Get models (211 MB)…"
    assert "small-q5_1, silero-v6.2.0 and yolox_tiny." in offer.words
    begun = [replace(rows[0], standing=Standing.PARTLY, here=rows[0].bytes - 5_000_000), *rows[1:]]
    offer = worth_getting(chosen, begun)
    assert offer is not None
    assert offer.button == "Get models (26 MB)…"
    assert worth_getting(chosen, _rows(chosen, Standing.INSTALLED)) is None


def test_the_first_window_offers_models_and_asks_nobody_for_them(
    make: Callable[[], MainWindow], fetch: CountedFetch, tmp_path: Path
) -> None:
    window = make()
    zone = _zone(window)
    assert zone.models_button.isVisible()
    assert zone.models_button.accessibleDescription() == zone.models_words.text()
    assert "Nothing is downloaded before you say so." in zone.models_words.text()
    assert fetch.calls == 0
    assert not (tmp_path / "models").exists()


def test_the_keyboard_goes_from_the_video_to_the_sample_to_the_models(
    make: Callable[[], MainWindow],
) -> None:
    window = make()
    zone = _zone(window)
    window.activateWindow()
    assert window.focusWidget() is zone.open_button
    QTest.keyClick(zone.open_button, Qt.Key.Key_Tab)
    QTest.keyClick(zone.sample_button, Qt.Key.Key_Tab)
    assert window.focusWidget() is zone.models_button
    QTest.keyClick(zone.models_button, Qt.Key.Key_Space)
    sheet = window.findChild(ModelsSheet)
    assert isinstance(sheet, ModelsSheet)
    assert sheet.recommended.button.isVisible()
    size = sheet.recommended.button.text().partition(", ")[2]
    assert size in zone.models_button.text()


def test_models_that_come_are_told_and_a_real_one_ends_the_offer(
    make: Callable[[], MainWindow], library: Library, sample_dir: Path
) -> None:
    window = make()
    zone, desk = _zone(window), window.model_desk
    desk.pulls["tiny"] = PullState("tiny", PullStage.FETCHING, 45_000_000, 190_000_000)
    desk.progressed.emit(desk.pulls["tiny"])
    assert zone.models_words.text() == coming(45_000_000, 190_000_000).words
    desk.pulls.clear()
    desk.changed.emit()
    assert zone.models_button.text().startswith("Get models")
    library.store.add(sample_dir / "shapes.onnx", kind=ModelKind.DETECTOR)
    desk.changed.emit()
    assert zone.models_button.isHidden()
    assert zone.models_words.isHidden()
    assert zone.open_button.isVisible()


@pytest.mark.parametrize(("size", "least"), [((1280, 800), 5), ((1280, 600), 2), ((960, 600), 2)])
def test_recent_files_have_the_room_that_is_left(
    make: Callable[[], MainWindow], size: tuple[int, int], least: int
) -> None:
    window = make()
    window.resize(*size)
    QApplication.processEvents()
    zone = _zone(window)
    assert zone.models_words.isVisible()
    assert _recent_shown(zone) >= least
    buttons = [each for each in zone.findChildren(QPushButton) if each.isVisible()]
    assert all(zone.rect().contains(each.geometry()) for each in buttons)
    assert zone.rect().contains(zone.models_words.geometry())


def test_a_long_message_in_a_small_window_covers_nothing(make: Callable[[], MainWindow]) -> None:
    window = make()
    window.resize(960, 600)
    window.messages.show_message(Message("Something went wrong, and much is to be said of it. " * 9))
    QApplication.processEvents()
    zone = _zone(window)
    parts = [each for each in zone.findChildren(QWidget) if each.isVisible() and each.parent() is zone]
    for one, other in combinations(parts, 2):
        assert not one.geometry().intersects(other.geometry()), (one, other)


def test_the_strip_gets_its_room_with_a_file(make: Callable[[], MainWindow], bench: Bench) -> None:
    window = make()
    empty = window.timeline.height()
    bench.open()
    QApplication.processEvents()
    assert window.timeline.height() > 200
    assert empty < 100
