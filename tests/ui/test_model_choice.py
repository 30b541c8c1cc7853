from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.inference.model_store import ModelStore
from app.lifecycle import Shutdown
from app.settings import Settings
from app.ui.empty_words import no_objects
from app.ui.installed_models import InstalledModels
from app.ui.main_window import MainWindow
from app.ui.model_choice import NO_MODEL, ModelChoice, ModelWishes, missing_sentence
from app.ui.model_menu import ModelMenu
from app.ui.status_words import running_words
from app.ui.surroundings import Surroundings
from tests.ui.fakes import Bench


@pytest.fixture
def store(tmp_path: Path, sample_dir: Path) -> ModelStore:
    """Two installed detectors, one installed speech model, and the sample's own."""
    installed = tmp_path / "installed"
    installed.mkdir()
    for name in ("alpha", "beta"):
        shutil.copy(sample_dir / "shapes.onnx", installed / f"{name}.onnx")
    shutil.copy(sample_dir / "digits-q5_0.bin", installed / "words.bin")
    return ModelStore([installed], tmp_path / "user")


@dataclass
class StoreBench(Bench):
    """Fake workers, real models."""

    store: ModelStore | None = None

    def choose(self, wishes: ModelWishes) -> ModelChoice:
        """What the program chooses."""
        assert self.store is not None
        return InstalledModels(self.store).choose(wishes)


@pytest.fixture
def bench(qapp: object, store: ModelStore) -> StoreBench:
    return StoreBench(store=store)


@pytest.fixture
def window(qtbot: QtBot, bench: StoreBench, store: ModelStore) -> Iterator[MainWindow]:
    models = InstalledModels(store)
    surroundings = Surroundings(
        Shutdown(),
        models.library,
        offer_detectors=models.detectors,
        offer_speech=models.speech_models,
    )
    window = MainWindow(bench.session, surroundings)
    yield window
    window.close()
    window.deleteLater()


def opened(menu: QMenu) -> dict[str, bool]:
    """What a menu shows when it is opened, and what of it is on."""
    menu.aboutToShow.emit()
    return {
        action.text().split("\t")[0]: action.isChecked()
        for action in menu.actions()
        if not action.isSeparator()
    }


def press(menu: ModelMenu, title: str) -> None:
    opened(menu)
    next(action for action in menu.actions() if action.text().split("\t")[0] == title).trigger()


def live_detector(bench: Bench) -> str | None:
    request = bench.live.named("set_live_detector")[-1]
    return None if request is None else request.model.stem


def test_the_menus_name_what_is_there_and_mark_what_is_used(window: MainWindow) -> None:
    assert opened(window.menus.detector) == {
        "alpha": True, "beta": False, "shapes (sample)": False, "None": False, "Models…": False,
    }  # fmt: skip
    assert list(opened(window.menus.speech)) == ["words", "digits-q5_0 (sample)", "None", "Models…"]
    assert opened(window.menus.speech)["words"]
    [analyse] = [each.menu() for each in window.top_bar.menu_bar.actions() if each.text() == "Analyse"]
    submenus = [each.text() for each in analyse.actions() if each.menu()]  # type: ignore[attr-defined]
    assert submenus == ["Detector", "Speech Model", "Spoken Language"]


def test_a_model_that_comes_later_is_offered(
    window: MainWindow, store: ModelStore, tmp_path: Path, sample_dir: Path
) -> None:
    opened(window.menus.detector)
    shutil.copy(sample_dir / "shapes.onnx", tmp_path / "installed" / "gamma & more.onnx")
    assert "gamma && more" in opened(window.menus.detector)


def test_the_chosen_detector_is_live_at_once_and_in_the_next_analysis(
    window: MainWindow, bench: StoreBench
) -> None:
    bench.open()
    assert live_detector(bench) == "alpha"
    press(window.menus.detector, "beta")
    press(window.menus.speech, "digits-q5_0 (sample)")
    assert live_detector(bench) == "beta"
    assert opened(window.menus.detector)["beta"]
    assert bench.decoder.named("show_again")
    bench.session.analyse()
    request = bench.analysis.named("analyse")[-1]
    assert (request.detect.model.stem, request.speech.model.stem) == ("beta", "digits-q5_0")
    assert running_words(bench.session).startswith("Analysing with beta and digits-q5_0")
    settings = bench.session.settings
    assert (settings.detector, settings.speech) == ("beta", "digits-q5_0")


def test_a_choice_during_an_analysis_is_not_taken_for_its_model(
    window: MainWindow, bench: StoreBench
) -> None:
    bench.open()
    bench.session.analyse()
    press(window.menus.detector, "beta")
    assert running_words(bench.session).startswith("Analysing with alpha and words")


def test_no_model_can_be_chosen_and_is_not_called_missing(window: MainWindow, bench: StoreBench) -> None:
    bench.open()
    press(window.menus.detector, "None")
    assert live_detector(bench) is None
    assert opened(window.menus.detector)["None"]
    bench.session.analyse()
    request = bench.analysis.named("analyse")[-1]
    assert request.detect is None
    assert request.speech.model.stem == "words"
    assert missing_sentence(bench.session.models) == ""


def test_what_is_said_of_sample_models_follows_the_choice(window: MainWindow, bench: StoreBench) -> None:
    def said() -> str | None:
        message = window.messages.message
        return message.sentence if message is not None else None

    bench.open()
    assert said() is None
    press(window.menus.detector, "shapes (sample)")
    assert said() == "This detector is a sample: it knows six drawn shapes."
    press(window.menus.detector, "alpha")
    assert said() is None
    press(window.menus.detector, "None")
    assert "Analyse → Detector" in no_objects(bench.session).sentence


@pytest.mark.parametrize(
    ("wish", "taken"),
    [(None, "alpha"), ("beta", "beta"), ("gone", "alpha"), ("words", "alpha"), (NO_MODEL, None)],
)
def test_a_remembered_name_that_is_gone_falls_back(
    qapp: object, store: ModelStore, wish: str | None, taken: str | None
) -> None:
    bench = StoreBench(settings=replace(Settings(), detector=wish), store=store)
    bench.open()
    assert live_detector(bench) == taken
    bench.session.analyse()
    detect = bench.analysis.named("analyse")[-1].detect
    assert (detect.model.stem if detect is not None else None) == taken
