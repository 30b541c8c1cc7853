"""No edit is lost: beside the video with consent, in memory without, and nothing is written unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.core.events import Done, SegmentFound
from app.core.results import Segment, Transcript
from app.core.transcript_edits import SetText
from app.export.json_document import load_json, save_json
from app.settings import Settings
from app.ui.closing import Closing, ask_unsaved
from app.ui.edit_files import edits_path
from app.ui.main_window import MainWindow
from app.ui.settings_page import SettingsPage
from tests.ui.fakes import Bench, document

ONE, TWO = Segment(0.0, 0.8, "one"), Segment(1.0, 1.8, "two")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4"


def _open(window: MainWindow, bench: Bench, qtbot: QtBot, film: Path) -> None:
    """Open a file, with two lines, and wait until what lies beside it was looked for."""
    with qtbot.waitSignal(window.kept_edits.files.read):
        bench.open(film)
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    window.messages.clear()


def _answers(window: MainWindow) -> dict[str, Callable[[], None]]:
    return {button.text(): button.click for button in window.messages.answers}


def _edit(window: MainWindow, text: str = "won") -> None:
    """Edit, and let the rest after that be over, unless something is to be written then."""
    window.session.desk.apply(SetText(0, text))
    if window.session.settings.keep_edits is None:
        window.kept_edits._reading.stop()
        window.kept_edits._rest.timeout.emit()


def _said(window: MainWindow) -> str:
    message = window.messages.message
    return message.sentence if message is not None else ""


def _saved(film: Path) -> list[str]:
    transcript = load_json(edits_path(film)).transcript
    assert transcript is not None
    return [each.text for each in transcript.segments]


def _wish(bench: Bench) -> bool | None:
    return bench.session.settings.keep_edits


def _write(window: MainWindow, qtbot: QtBot) -> None:
    """Let the rest after the last edit be over."""
    assert window.kept_edits._rest.isActive()
    with qtbot.waitSignal(window.kept_edits.files.written):
        window.kept_edits._rest.timeout.emit()


def test_nothing_is_written_until_somebody_says_yes_and_then_what_was_edited_is(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    assert _said(window) == "Keep your edits beside the video, as 'clip.mp4.reelscope.json'?"
    assert list(_answers(window)) == ["Yes", "Not for this", "Never"]
    assert not window.kept_edits._rest.isActive()
    _answers(window)["Yes"]()
    assert _wish(bench) is True
    _write(window, qtbot)
    assert _saved(film) == ["won", "two"]
    assert not bench.session.desk.is_unsaved
    assert "written: clip.mp4.reelscope.json" in window.status.right.text()
    assert [each.name for each in film.parent.iterdir()] == ["clip.mp4.reelscope.json"]
    _edit(window, "once")
    _write(window, qtbot)
    assert _saved(film) == ["once", "two"]


def test_edits_that_are_undone_are_undone_beside_the_video_too(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    bench.session.change_settings(replace(bench.session.settings, keep_edits=True))
    _open(window, bench, qtbot, film)
    before = [each.text for each in bench.session.desk.segments]
    _edit(window)
    _write(window, qtbot)
    assert _saved(film) != before
    bench.session.desk.undo()
    assert list(window.kept_edits.unsaved) == [film]
    _write(window, qtbot)
    assert _saved(film) == before
    assert not list(window.kept_edits.unsaved)
    bench.session.desk.redo()
    _write(window, qtbot)
    assert _saved(film) != before


def test_not_for_this_one_is_asked_again_for_another(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    _answers(window)["Not for this"]()
    _edit(window, "once")
    assert _said(window) == ""
    assert _wish(bench) is None
    _open(window, bench, qtbot, film.with_name("other.mp4"))
    _edit(window)
    assert "other.mp4.reelscope.json" in _said(window)


def test_never_is_remembered_and_can_be_revoked_in_the_settings(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    _answers(window)["Never"]()
    assert _wish(bench) is False
    _edit(window, "once")
    assert not window.kept_edits._rest.isActive()
    page = SettingsPage(bench.session)
    qtbot.addWidget(page)
    box = page.control("keep_edits")
    assert box.currentText() == "Nowhere"  # type: ignore[attr-defined]
    box.activated.emit(1)  # type: ignore[attr-defined]
    assert _wish(bench) is True
    _write(window, qtbot)
    assert _saved(film) == ["once", "two"]


def test_what_lies_beside_is_offered_and_loading_it_can_be_undone_where_something_was_there(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    kept = (Segment(0.0, 0.8, "kept", edited=True),)
    save_json(document(bench.info, (), kept), edits_path(film))
    with qtbot.waitSignal(window.kept_edits.files.read):
        bench.open(film)
    assert _said(window) == "Edits of this file were found beside it."
    _answers(window)["Load them"]()
    assert bench.session.desk.segments == kept
    assert not bench.session.desk.is_unsaved
    assert [each.text for each in window.transcript.model.segments] == ["kept"]


def test_older_edits_that_were_not_loaded_are_not_written_over_unasked(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    save_json(document(bench.info, (), (Segment(0.0, 0.8, "kept"),)), edits_path(film))
    _open(window, bench, qtbot, film)
    bench.session.change_settings(Settings(keep_edits=True))
    _edit(window)
    window.kept_edits._reading.stop()
    window.kept_edits._rest.timeout.emit()
    assert _saved(film) == ["kept"]
    assert list(_answers(window)) == ["Load them", "Replace them"]
    _answers(window)["Replace them"]()
    _write(window, qtbot)
    assert _saved(film) == ["won", "two"]


def test_loading_older_edits_over_newer_ones_can_be_undone(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    save_json(document(bench.info, (), (Segment(0.0, 0.8, "kept"),)), edits_path(film))
    _open(window, bench, qtbot, film)
    _edit(window)
    _answers(window)["Load them"]()
    assert [each.text for each in bench.session.desk.segments] == ["kept"]
    bench.session.desk.undo()
    assert [each.text for each in bench.session.desk.segments] == ["won", "two"]


def test_what_cannot_be_read_is_one_sentence(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    edits_path(film).write_text("{broken")
    with qtbot.waitSignal(window.kept_edits.files.read):
        bench.open(film)
    assert "This is no result document of Reelscope" in _said(window)


def test_what_cannot_be_written_is_said_once_and_nothing_is_lost(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    edits_path(film).mkdir()
    with qtbot.waitSignal(window.kept_edits.files.read):
        bench.open(film)
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    _edit(window)
    _answers(window)["Yes"]()
    _write(window, qtbot)
    assert "cannot be written: it is a folder. Your edits are not kept there: export them." in _said(window)
    _edit(window, "once")
    assert not window.kept_edits._rest.isActive()
    assert bench.session.desk.is_unsaved


def test_without_consent_edits_wait_in_memory_and_come_back_with_their_file(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    other = film.with_name("other.mp4")
    bench.open(other)
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    qtbot.waitUntil(lambda: "Your edits of 'clip.mp4' were not exported" in _said(window))
    assert bench.session.desk.segments == (ONE, TWO)
    assert window.kept_edits.unsaved == (film,)
    _answers(window)["Go back"]()
    bench.decoder.answer()
    assert [each.text for each in bench.session.desk.segments] == ["won", "two"]
    assert bench.session.desk.undo_name == "edit text"
    assert window.kept_edits.unsaved == (film,)
    assert list(film.parent.iterdir()) == []


def test_with_consent_what_is_left_is_written_at_once(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    _answers(window)["Yes"]()
    with qtbot.waitSignal(window.kept_edits.files.written):
        bench.session.close()
    assert _saved(film) == ["won", "two"]
    assert window.kept_edits.unsaved == ()


def test_an_export_keeps_edits_too(window: MainWindow, bench: Bench, qtbot: QtBot, film: Path) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    with qtbot.waitSignal(window.commands._exporter.finished):
        window.commands.export_to("srt", film.with_suffix(".srt"))
    assert not window.kept_edits.unsaved
    assert "won" in film.with_suffix(".srt").read_text()
    _edit(window, "once")
    with qtbot.waitSignal(window.commands._exporter.finished):
        window.commands.export_to("csv", film.with_suffix(".csv"))
    assert window.kept_edits.unsaved == (film,)


@pytest.mark.parametrize("closing", list(Closing))
def test_closing_the_window_asks_about_edits_kept_nowhere(
    make_window: Callable[..., MainWindow], qtbot: QtBot, film: Path, closing: Closing, qapp: object
) -> None:
    bench = Bench(closing=closing)
    window = make_window(bench)
    _open(window, bench, qtbot, film)
    _edit(window)
    assert window.close() is (closing is not Closing.STAY)
    assert bench.asked_at_the_end == [(film,)]
    assert edits_path(film).exists() is (closing is Closing.KEEP)
    bench.closing = Closing.LET_GO


def test_with_consent_closing_writes_and_asks_nothing(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    _edit(window)
    _answers(window)["Yes"]()
    assert window.close()
    assert bench.asked_at_the_end == []
    assert _saved(film) == ["won", "two"]


def test_lines_that_arrive_after_an_edit_are_written_with_it(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    with qtbot.waitSignal(window.kept_edits.files.read):
        bench.open(film)
    bench.analyse(SegmentFound(ONE))
    _edit(window)
    _answers(window)["Yes"]()
    _write(window, qtbot)
    bench.analysis.say(SegmentFound(TWO))
    _write(window, qtbot)
    assert _saved(film) == ["won", "two"]


@pytest.mark.parametrize(("button", "answer"), [(0, Closing.KEEP), (1, Closing.LET_GO), (2, Closing.STAY)])
def test_the_question_at_the_end(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, window: MainWindow, button: int, answer: Closing
) -> None:
    asked: list[str] = []

    def press(box: QMessageBox) -> int:
        asked.append(f"{box.text()} {box.informativeText()}")
        words = ("Keep Them", "Close Without Them", "Cancel")[button]
        next(each for each in box.buttons() if each.text() == words).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert ask_unsaved(window, [Path("/films/a.mp4")]) is answer
    assert asked[0].startswith("Your edits of 'a.mp4' were not exported. They can be kept beside the video")
    assert ask_unsaved(window, [Path("/a.mp4"), Path("/b.mp4")]) is answer
    assert "2 files" in asked[1]


def test_the_transcript_that_is_kept_is_the_one_that_was_edited(
    window: MainWindow, bench: Bench, qtbot: QtBot, film: Path
) -> None:
    _open(window, bench, qtbot, film)
    bench.session.desk.begin_with(Transcript("de", (TWO,)), step="import")
    window.kept_edits._rest.timeout.emit()
    _answers(window)["Yes"]()
    _write(window, qtbot)
    saved = load_json(edits_path(film))
    assert saved.transcript == Transcript("de", (TWO,))
