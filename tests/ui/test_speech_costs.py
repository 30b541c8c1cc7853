"""What the speech model costs, where it is chosen and before the analysis begins; learnt from real runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.events import Cancelled, Done, PieceHeard
from app.core.record_file import RecordFile
from app.inference.model_store import ModelStore
from app.inference.speech_pace import FILE_VERSION, PaceBook, SpeechPace
from app.lifecycle import Shutdown
from app.models.library import Library
from app.ui.empty_words import no_lines
from app.ui.main_window import MainWindow
from app.ui.model_choice import ChosenModel, ModelChoice
from app.ui.speech_costs import PiecesHeard, SpeechCosts
from app.ui.status_words import idle_words
from app.ui.surroundings import Surroundings
from tests.ui.fakes import Bench, document, media


@pytest.fixture
def base(tmp_path: Path) -> ChosenModel:
    path = tmp_path / "ggml-base.bin"
    path.write_bytes(bytes(1_420_000))
    return ChosenModel("base", path, is_sample=False)


@pytest.fixture
def bench(qapp: object, base: ChosenModel) -> Bench:
    return Bench(models=ModelChoice(speech=base))


@pytest.fixture
def window(qtbot: QtBot, bench: Bench, base: ChosenModel, tmp_path: Path) -> Iterator[MainWindow]:
    made = MainWindow(
        bench.session,
        Surroundings(
            Shutdown(),
            lambda: Library(ModelStore((), tmp_path / "models")),
            make_side_reader=bench.make_side_reader,
            offer_speech=lambda: (base,),
        ),
    )
    yield made
    made.close()
    made.deleteLater()


def in_menu(window: MainWindow) -> str:
    window.menus.speech.aboutToShow.emit()
    return window.menus.speech.actions()[0].text()


def test_nothing_is_invented_before_it_was_measured(window: MainWindow, bench: Bench) -> None:
    bench.open()
    unknown = "1.4 MB, not measured on this machine yet"
    assert in_menu(window) == f"base\t{unknown}"
    assert no_lines(bench.session).sentence.endswith(f"\nSpeech: base, {unknown}.")
    assert idle_words(bench.session) == (f"Ready  ·  speech with base, {unknown}", "idle")


@pytest.mark.parametrize("outcome", [Done, Cancelled])
def test_a_run_tells_what_the_next_one_costs(
    window: MainWindow, bench: Bench, outcome: Callable[[object], Done | Cancelled]
) -> None:
    """The film of the bench lasts ten seconds: one piece."""
    bench.open()
    bench.analyse(*map(PieceHeard, (9.0, 2.0, 2.4, 2.2)), outcome=outcome(document(bench.info)))
    assert in_menu(window) == "base\t1.4 MB, up to about 2 s"
    bench.open(Path("/films/other.mp4"))
    assert "up to about 2 s" in no_lines(bench.session).sentence
    assert "up to about 2 s" in idle_words(bench.session)[0]


def test_without_sound_speech_costs_nothing(qapp: object, base: ChosenModel) -> None:
    silent = Bench(models=ModelChoice(speech=base), info=media(audio=False))
    silent.open()
    assert idle_words(silent.session) == ("Ready", "idle")
    assert silent.session.costs.of(None, silent.info) == ""


def test_what_cannot_be_kept_counts_until_the_end(base: ChosenModel, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    costs = SpeechCosts(lambda: PaceBook(RecordFile(tmp_path / "cache" / "pace.json", FILE_VERSION)))
    costs.learn(PiecesHeard(base.path, None, (3.0, 1.0)))
    assert costs.of(base, None) == "1.4 MB, 30 x as fast as speech"


def test_what_a_trial_wrote_meanwhile_is_known(base: ChosenModel, tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "pace.json", FILE_VERSION)
    costs = SpeechCosts(lambda: PaceBook(file))
    costs.learn(PiecesHeard(base.path, None, (9.0,)))
    PaceBook(file).note(base.path, SpeechPace(1.0))
    assert costs.of(base, None) == "1.4 MB, 30 x as fast as speech"
