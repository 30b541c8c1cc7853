"""The sheet of models in all its states, over a library on disk and downloads that the test leads."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.cancel import CancelToken
from app.core.errors import DownloadError
from app.download.pulls import PullStage, PullState
from app.download.wanted import Stage, Told, Wanted
from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.lifecycle import Shutdown
from app.models.library import Library, LibraryRow, Standing
from app.ui.main_window import MainWindow
from app.ui.message import Tone
from app.ui.model_row import ModelRow
from app.ui.model_words import ModelPage, pull_words, purpose
from app.ui.models_sheet import ModelsSheet
from app.ui.surroundings import Surroundings
from tests.ui.fakes import Bench
from tests.ui.test_file_side import drop

PATIENCE_MS = 10_000


class LedFetch:
    """Fetches by copying; waits half way until it may go on; fails where told so.

    As with real downloads, a file is at its place only when it is whole.
    """

    def __init__(self, files: dict[str, Path]) -> None:
        self.files, self.fault = files, ""
        self.go_on = threading.Event()
        self.half_way = threading.Semaphore(0)

    def __call__(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        told(Stage.FETCHING, wanted.bytes // 2)
        self.half_way.release()
        forget = cancel.on_cancel(self.go_on.set)
        self.go_on.wait()
        forget()
        cancel.raise_if_cancelled()
        if self.fault:
            raise DownloadError(self.fault)
        wanted.target.parent.mkdir(exist_ok=True)
        part = wanted.target.with_name(f"{wanted.target.name}.part")
        shutil.copy(self.files[wanted.target.name], part)
        part.replace(wanted.target)


@pytest.fixture
def files(sample_dir: Path) -> dict[str, Path]:
    return {
        "ggml-tiny.bin": sample_dir / "digits-q5_0.bin",
        "yolox_nano.onnx": sample_dir / "shapes.onnx",
    }


@pytest.fixture
def library(tmp_path: Path, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Library:
    """Two models can be had; the recommended set is made of them too."""

    def like(entry: CatalogueEntry) -> CatalogueEntry:
        data = files[entry.file].read_bytes()
        return replace(entry, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    known = Catalogue(("127.0.0.1",), tuple(like(catalogue().entry(name)) for name in ("tiny", "yolox_nano")))
    for module in ("model_store", "model_check"):
        monkeypatch.setattr(f"app.inference.{module}.catalogue", lambda: known)
    for name, value in (("_SPEECH", ((0, 0, "tiny"),)), ("_VOICE", "tiny"), ("DETECTORS", ("yolox_nano",))):
        monkeypatch.setattr(f"app.models.recommended.{name}", value)
    monkeypatch.setattr("app.models.recommended._BY_CORES", ((0, "yolox_nano"),))
    return Library(ModelStore((), tmp_path / "models"), known)


@pytest.fixture
def fetch(files: dict[str, Path]) -> LedFetch:
    return LedFetch(files)


@pytest.fixture
def window(qtbot: QtBot, bench: Bench, library: Library, fetch: LedFetch) -> Iterator[MainWindow]:
    surroundings = Surroundings(
        Shutdown(), lambda: library, make_side_reader=bench.make_side_reader, fetch=fetch
    )
    made = MainWindow(bench.session, surroundings)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def sheet(window: MainWindow) -> ModelsSheet:
    return window.sheets.models()


def _row(sheet: ModelsSheet, name: str) -> ModelRow:
    return sheet._rows[name]


def _buttons(row: ModelRow) -> set[str]:
    every = (row.get, row.cancel, row.use, row.verify, row.remove)
    return {button.text() for button in every if not button.isHidden()}


def _shown(sheet: ModelsSheet) -> set[str]:
    return {name for name, row in sheet._rows.items() if not row.isHidden()}


def _until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def test_pages_hold_their_kinds(sheet: ModelsSheet) -> None:
    assert _shown(sheet) == {"tiny", "digits-q5_0"}
    sheet.turn_to(ModelPage.OBJECTS)
    assert _shown(sheet) == {"yolox_nano", "shapes"}
    sheet.turn_to(ModelPage.INSTALLED)
    assert _shown(sheet) == {"digits-q5_0", "shapes"}
    sheet.turn_to(ModelPage.SEARCH)
    assert _shown(sheet) == set()


def test_a_model_shows_what_it_is_and_what_can_be_done(sheet: ModelsSheet) -> None:
    row = _row(sheet, "tiny")
    assert _buttons(row) == {"Get"}
    assert "3.6 MB" in row.facts.text()
    assert row.licence.text() == "MIT"
    assert row.get.accessibleName() == "Get tiny"
    assert _buttons(_row(sheet, "shapes")) == {"Use", "Verify"}


def test_a_model_comes_and_is_used(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, qtbot: QtBot
) -> None:
    row = _row(sheet, "tiny")
    row.get.click()
    assert _buttons(row) == {"Cancel"}
    _until(qtbot, lambda: row.bar.value() == 500)
    assert row.progress.text().startswith("1.8 MB of 3.6 MB")
    fetch.go_on.set()
    _until(qtbot, lambda: _buttons(row) == {"Use", "Verify", "Remove"})
    assert row.standing.text() == "installed"
    row.use.click()
    assert window.session.settings.speech == "ggml-tiny"


def test_several_come_at_once_and_one_is_given_up(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, qtbot: QtBot
) -> None:
    assert "tiny" in sheet.recommended.words.text()
    assert "nothing was measured" in sheet.recommended.words.text()
    sheet.recommended.button.click()
    assert sheet.recommended.isHidden()
    assert "sample models" in sheet.note.words.text()
    fetch.half_way.acquire()
    fetch.half_way.acquire()
    _row(sheet, "tiny").cancel.click()
    _until(qtbot, lambda: "Get" in _buttons(_row(sheet, "tiny")))
    _until(qtbot, lambda: "Remove" in _buttons(_row(sheet, "yolox_nano")))
    assert not sheet.recommended.isHidden()
    assert not window.model_desk.pulls


def test_a_failure_is_one_sentence_and_locks_nothing(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, qtbot: QtBot
) -> None:
    fetch.fault = "ggml-tiny.bin was not fetched: so there."
    fetch.go_on.set()
    row = _row(sheet, "tiny")
    row.get.click()
    _until(qtbot, lambda: row.word.text() == fetch.fault)
    assert _buttons(row) == {"Get"}
    assert window.messages.message is not None
    assert (window.messages.message.sentence, window.messages.message.tone) == (fetch.fault, Tone.FAILURE)
    fetch.fault = ""
    row.get.click()
    assert row.word.isHidden()
    _until(qtbot, lambda: "Remove" in _buttons(row))


def test_a_failure_of_the_recommended_set_is_said_where_it_was_asked_for(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, qtbot: QtBot
) -> None:
    fetch.fault = "ggml-tiny.bin was not fetched: so there."
    fetch.go_on.set()
    sheet.recommended.button.click()
    _until(qtbot, lambda: not window.model_desk.pulls)
    assert not sheet.recommended.isHidden()
    assert fetch.fault in sheet.recommended.words.text()
    sheet.recommended.button.click()
    assert fetch.fault not in sheet.recommended.words.text()


@pytest.mark.parametrize("opened", [False, True])
def test_a_failure_is_said_still_when_another_model_came(
    window: MainWindow, bench: Bench, library: Library, files: dict[str, Path], *, opened: bool
) -> None:
    if opened:
        bench.open()
    desk, fault = window.model_desk, "ggml-tiny.bin was not fetched: so there."
    for name in ("tiny", "yolox_nano"):
        desk._told(PullState(name, PullStage.FETCHING, 0, 9))
    desk._told(PullState("tiny", PullStage.FAILED, 0, 9, sentence=fault))
    library.store.user_folder.mkdir()
    shutil.copy(files["yolox_nano.onnx"], library.wanted_path("yolox_nano"))
    bench.models = replace(bench.models, speech=None)
    desk._told(PullState("yolox_nano", PullStage.DONE, 9, 9))
    assert window.messages.message is not None
    assert window.messages.message.sentence == fault
    desk._told(PullState("tiny", PullStage.FETCHING, 0, 9))
    desk._told(PullState("tiny", PullStage.DONE, 9, 9))
    assert window.messages.message.sentence == "The models are there."


def test_a_model_that_comes_leaves_other_messages_of_the_empty_window(
    window: MainWindow, bench: Bench
) -> None:
    window.care.tell_crash()
    bench.session.models_changed()
    assert window.messages.message is not None
    assert "went wrong" in window.messages.message.sentence


def test_a_download_goes_on_without_the_sheet(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, library: Library, qtbot: QtBot
) -> None:
    _row(sheet, "tiny").get.click()
    fetch.half_way.acquire()
    sheet.close()
    again = window.sheets.models()
    assert _buttons(_row(again, "tiny")) == {"Cancel"}
    again.close()
    fetch.go_on.set()
    _until(qtbot, lambda: library.row("tiny").standing is Standing.INSTALLED)
    _until(qtbot, lambda: not window.model_desk.pulls)


def test_closing_the_window_ends_downloads(
    sheet: ModelsSheet, window: MainWindow, fetch: LedFetch, library: Library
) -> None:
    _row(sheet, "tiny").get.click()
    fetch.half_way.acquire()
    window.close()
    assert library.row("tiny").standing is Standing.AVAILABLE
    window.model_desk.pull("tiny")
    assert not window.model_desk.pulls


def test_parts_and_broken_files_can_be_gone_on_with_and_removed(
    sheet: ModelsSheet, window: MainWindow, library: Library, files: dict[str, Path]
) -> None:
    folder = library.store.user_folder
    folder.mkdir()
    (folder / "ggml-tiny.bin.part").write_bytes(bytes(library.catalogue.models[0].bytes // 4))
    (folder / "yolox_nano.onnx").write_bytes(files["yolox_nano.onnx"].read_bytes()[:-9])
    sheet.refresh()
    part, broken = _row(sheet, "tiny"), _row(sheet, "yolox_nano")
    assert part.standing.text() == "25% are here"
    assert _buttons(part) == {"Go On", "Remove"}
    assert broken.standing.text() == "broken"
    assert _buttons(broken) == {"Get Again", "Remove"}
    part.remove.click()
    broken.remove.click()
    assert _buttons(part) == _buttons(broken) == {"Get"}
    assert list(folder.iterdir()) == []


def test_verifying_says_what_came_of_it(
    sheet: ModelsSheet, library: Library, files: dict[str, Path], qtbot: QtBot
) -> None:
    library.store.user_folder.mkdir()
    shutil.copy(files["ggml-tiny.bin"], library.wanted_path("tiny"))
    sheet.refresh()
    row = _row(sheet, "tiny")
    row.verify.click()
    assert row.standing.text() == "reading…"
    assert _buttons(row) == set()
    _until(qtbot, lambda: row.word.text().startswith("Whole, sha256"))
    with library.wanted_path("tiny").open("r+b") as file:
        file.seek(99)
        file.write(b"x")
    row.verify.click()
    _until(qtbot, lambda: "pull it again" in row.word.text())


def test_a_file_of_ones_own_is_added_and_forgotten(
    sheet: ModelsSheet,
    window: MainWindow,
    library: Library,
    files: dict[str, Path],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    mine = tmp_path / "mine.bin"
    mine.write_bytes(files["ggml-tiny.bin"].read_bytes())
    window.model_desk.add(mine, in_place=True)
    _until(qtbot, lambda: "mine" in sheet._rows)
    assert _buttons(_row(sheet, "mine")) == {"Use", "Verify", "Remove"}
    _row(sheet, "mine").remove.click()
    assert "mine" not in sheet._rows
    assert mine.exists()


def test_the_command_adds_a_copy_and_says_so(
    window: MainWindow, library: Library, files: dict[str, Path], qtbot: QtBot
) -> None:
    window.commands.add_model_file(files["ggml-tiny.bin"])
    _until(qtbot, lambda: window.messages.message is not None)
    assert window.messages.message is not None
    assert "ggml-tiny" in window.messages.message.sentence
    assert library.row("tiny").standing is Standing.INSTALLED


def test_a_model_that_is_dropped_is_offered_and_added(
    window: MainWindow, library: Library, files: dict[str, Path], qtbot: QtBot
) -> None:
    drop(window, str(files["ggml-tiny.bin"]))
    assert window.messages.message is not None
    assert "'digits-q5_0.bin' is a model." in window.messages.message.sentence
    assert [each.text() for each in window.messages.answers] == ["Add a copy", "Leave it in place"]
    assert library.row("tiny").standing is Standing.AVAILABLE
    window.messages.answers[0].click()
    _until(qtbot, lambda: window.messages.message is not None)
    assert "Added to your models" in window.messages.message.sentence
    assert library.row("tiny").standing is Standing.INSTALLED


def test_several_models_are_added_where_they_lie_and_the_film_opens(
    window: MainWindow, bench: Bench, files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    places = [tmp_path / "one.bin", tmp_path / "two.onnx"]
    for place, source in zip(places, files.values(), strict=True):
        shutil.copy(source, place)
    drop(window, "/films/a.mp4", *map(str, places))
    assert bench.session.file.path == Path("/films/a.mp4")
    assert window.messages.message is not None
    assert "These are 2 models." in window.messages.message.sentence
    window.messages.answers[1].click()
    _until(qtbot, lambda: {"one", "two"} <= {row.name for row in window.model_desk.rows()})
    _until(qtbot, lambda: "two" in getattr(window.messages.message, "sentence", ""))
    assert all(place.exists() for place in places)


def test_what_only_is_called_like_a_model_is_opened(window: MainWindow, bench: Bench, tmp_path: Path) -> None:
    film = tmp_path / "video-cd.bin"
    film.write_bytes(b"\x00\x00\x01\xba" + bytes(99))
    drop(window, str(film))
    assert bench.session.file.path == film


def test_what_is_no_model_is_said(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "list.onnx").write_bytes(b"shopping list")
    window.model_desk.add(tmp_path / "list.onnx")
    _until(qtbot, lambda: window.messages.message is not None)
    assert window.messages.message is not None
    assert "list.onnx" in window.messages.message.sentence
    assert window.messages.message.tone is Tone.FAILURE


def test_a_model_under_the_agpl_says_so(window: MainWindow, models_dir: Path, qtbot: QtBot) -> None:
    window.model_desk.add(models_dir / "yolov8n_int8.onnx")
    _until(qtbot, lambda: window.messages.message is not None)
    assert window.messages.message is not None
    assert "AGPL-3.0" in window.messages.message.sentence


def test_the_licence_page_shows_all_and_leads_back(sheet: ModelsSheet) -> None:
    _row(sheet, "tiny").licence.click()
    text = sheet.licence.text.toPlainText()
    assert "Copyright (c) 2022 OpenAI" in text
    assert "SHA-256" in text
    assert "WITHOUT WARRANTY" in text
    assert not sheet.licence.isHidden()
    sheet.licence.back.click()
    assert sheet.licence.isHidden()
    _row(sheet, "shapes").licence.click()
    assert "came with Reelscope" in sheet.licence.text.toPlainText()


def test_empty_panels_and_menus_lead_to_the_sheet(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.objects.note.button.clicked.emit()
    sheet = window.sheets._sheet
    assert isinstance(sheet, ModelsSheet)
    assert sheet.tabs.currentIndex() == list(ModelPage).index(ModelPage.OBJECTS)
    window.menus.detector.aboutToShow.emit()
    assert window.menus.detector.actions()[-1].text() == "Models…"


def test_a_half_says_what_comes_with_it() -> None:
    known = catalogue()
    listed = known.entry("clip-vit-base-patch32-vision-q8")
    row = LibraryRow(listed.name, listed.kind, Standing.AVAILABLE, listed.bytes, 0, listed)
    words = purpose(row, sum(entry.bytes for entry in known.with_needs([listed.name])))
    assert "clip-vit-base-patch32-text-q8 and clip-vit-base-patch32-tokenizer: 156 MB together." in words


def test_kinds_are_on_some_page(library: Library) -> None:
    row = library.rows()[0]
    pages = (ModelPage.SPEECH, ModelPage.OBJECTS, ModelPage.SEARCH)
    for kind in ModelKind:
        assert sum(page.holds(replace(row, kind=kind)) for page in pages) == 1


def test_progress_in_words() -> None:
    from app.download.pulls import PullStage, PullState

    assert pull_words(PullState("a", PullStage.FETCHING, 10**6, 10**7, 83.0)) == "1.0 MB of 10 MB, 1:23 left"
    assert pull_words(PullState("a", PullStage.CHECKING, 5, 10)) == "Checked: 50%"
