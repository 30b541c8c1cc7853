"""The sheet of export options: formats, the style in the settings, and how the file begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.core.cue_style import USUAL
from app.core.results import Segment, Transcript
from app.export.formats import FORMATS
from app.ui.export_sheet import ExportSheet
from app.ui.main_window import MainWindow
from tests.ui.fakes import Bench

SAID = (
    Segment(0.0, 4.0, "One two three four five six seven eight nine ten eleven.", speaker="Ann"),
    Segment(4.0, 4.2, "Yes."),
)


@pytest.fixture
def sheet(window: MainWindow, bench: Bench) -> ExportSheet:
    bench.open()
    window.session.desk.begin_with(Transcript("en", SAID))
    return window.sheets.export()


def _choose(sheet: ExportSheet, name: str) -> None:
    sheet.formats.setCurrentIndex(list(FORMATS).index(name))


def test_it_shows_how_the_file_begins(sheet: ExportSheet) -> None:
    assert sheet.preview.text().splitlines()[:3] == [
        "1",
        "00:00:00,000 --> 00:00:03,917",
        "Ann: One two three four five",
    ]
    _choose(sheet, "ass")
    assert sheet.preview.text().startswith("Dialogue: 0,0:00:00.00,0:00:03.92,Default,Ann,")
    _choose(sheet, "txt")
    assert sheet.preview.text().splitlines()[0].startswith("Ann: One")


def test_a_choice_acts_at_once_and_is_remembered(sheet: ExportSheet, window: MainWindow) -> None:
    sheet.fields["line_columns"].setValue(20)
    assert window.session.settings.cue_style.line_columns == 20
    assert "Ann: One two" in sheet.preview.text().splitlines()
    sheet.speakers.setChecked(False)
    assert "Ann" not in sheet.preview.text()
    sheet.keep_times.setChecked(True)
    assert window.session.settings.cue_style.keeps_times
    assert not sheet.fields["gap_s"].isEnabled()
    assert "00:00:04,000 --> 00:00:04,200" in sheet.preview.text()
    sheet.keep_times.setChecked(False)
    assert window.session.settings.cue_style.gap_s == USUAL.gap_s
    sheet.usual.click()
    assert window.session.settings.cue_style == USUAL
    assert not sheet.usual.isEnabled()


def test_a_number_that_makes_no_sense_is_not_taken(sheet: ExportSheet, window: MainWindow) -> None:
    sheet.fields["line_columns"].setValue(1)
    assert window.session.settings.cue_style == USUAL
    assert sheet.fields["line_columns"].value() == USUAL.line_columns


def test_only_what_matters_for_a_format_can_be_chosen(sheet: ExportSheet) -> None:
    for name, cues, speakers in (("srt", True, True), ("txt", False, True), ("csv", False, False)):
        _choose(sheet, name)
        assert sheet.fields["lines"].isEnabled() is cues
        assert sheet.keep_times.isEnabled() is cues
        assert sheet.speakers.isEnabled() is speakers


def test_export_writes_in_the_style_that_was_chosen(
    sheet: ExportSheet, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.srt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    sheet.keep_times.setChecked(True)
    with qtbot.waitSignal(window.commands._exporter.finished):
        sheet.go.click()
    assert "00:00:04,000 --> 00:00:04,200" in out.read_text(encoding="utf-8")


def test_every_control_has_a_name(sheet: ExportSheet) -> None:
    for field in sheet.fields.values():
        assert field.accessibleName()
    assert sheet.formats.accessibleName() == "Format"
