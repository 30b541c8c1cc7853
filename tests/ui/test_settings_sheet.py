from __future__ import annotations

from dataclasses import fields, replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from app.settings import Settings, Theme
from app.ui.key_editor import KeyEditor
from app.ui.key_recorder import key_of
from app.ui.keymap import Keymap
from app.ui.main_window import MainWindow
from app.ui.setting_rows import ROWS
from tests.ui.fakes import Bench

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, KEYPAD = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.KeypadModifier


@pytest.fixture
def editor(window: MainWindow) -> KeyEditor:
    """The keys of a settings sheet."""
    sheet = window.sheets.settings()
    sheet.show_keys()
    return sheet.keys


def test_every_row_is_of_a_setting() -> None:
    assert {row.field for row in ROWS} <= {field.name for field in fields(Settings)}


def test_a_setting_acts_at_once_and_follows_what_is_changed_elsewhere(
    window: MainWindow, bench: Bench
) -> None:
    sheet = window.sheets.settings()
    theme, boxes = sheet.page.control("theme"), sheet.page.control("show_boxes")
    assert isinstance(theme, QComboBox)
    assert isinstance(boxes, QCheckBox)
    theme.activated.emit(2)
    assert bench.session.settings.theme is Theme.LIGHT
    boxes.click()
    assert not bench.session.settings.show_boxes
    bench.session.change_settings(replace(bench.session.settings, theme=Theme.DARK, frames="fps:7"))
    assert theme.currentText() == "Dark"
    frames = sheet.page.control("frames")
    assert isinstance(frames, QComboBox)
    assert frames.currentIndex() == -1


def test_words_are_taken_when_they_are_typed(window: MainWindow, bench: Bench) -> None:
    mirror = window.sheets.settings().page.control("model_mirror")
    assert isinstance(mirror, QLineEdit)
    mirror.setText(" https://mirror.example ")
    mirror.editingFinished.emit()
    assert bench.session.settings.model_mirror == "https://mirror.example"
    bench.session.change_settings(replace(bench.session.settings, model_mirror=""))
    assert mirror.text() == ""


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "recorded"),
    [
        (Qt.Key.Key_O, CONTROL, "", "Ctrl+O"),
        (Qt.Key.Key_Question, SHIFT, "?", "?"),
        (Qt.Key.Key_A, SHIFT, "A", "Shift+A"),
        (Qt.Key.Key_Left, KEYPAD, "", "Left"),
        (Qt.Key.Key_Space, SHIFT, " ", "Shift+Space"),
        (Qt.Key.Key_Shift, SHIFT, "", ""),
    ],
)
def test_a_pressed_key_is_written_as_the_table_writes_it(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str, recorded: str
) -> None:
    assert key_of(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)) == recorded


def test_a_key_is_recorded_by_pressing_it_and_esc_gives_up(editor: KeyEditor, bench: Bench) -> None:
    editor.mark("help.devices")
    editor.record.click()
    assert editor.record.waiting
    QTest.keyClick(editor.record, Qt.Key.Key_Escape)
    assert editor.record.text() == "Add a Key"
    editor.record.click()
    QTest.keyClick(editor.record, Qt.Key.Key_Tab)
    assert bench.session.settings.keys == (("help.devices", ("Tab",)),)
    assert editor.keymap.keys("help.devices") == ("Tab",)


def test_a_key_that_is_taken_is_told_in_words_and_given_only_when_wanted(
    editor: KeyEditor, bench: Bench
) -> None:
    editor.mark("go.find")
    editor.record.recorded.emit("Ctrl+O")
    assert editor.asks
    assert editor.sentence.text() == (
        "Ctrl+O is the key of 'Open'. If 'Find in Transcript' takes it, 'Open' has no key any more."
    )
    editor.leave.click()
    assert not editor.take.isVisible()
    assert bench.session.settings.keys == ()
    editor.record.recorded.emit("F11")
    assert editor.sentence.text().endswith("takes it, 'Full Screen' keeps F.")
    editor.take.click()
    assert editor.keymap.keys("go.find") == ("Ctrl+F", "F11")
    assert editor.keymap.keys("view.full") == ("F",)
    current = editor.current()
    assert current is not None
    assert current.id == "go.find"


def test_keys_are_removed_and_reset_one_by_one_or_all(editor: KeyEditor, bench: Bench) -> None:
    for name in ("go.play", "go.find"):
        editor.mark(name)
        editor.remove.click()
        assert editor.keymap.keys(name) == ()
    editor.reset.click()
    assert editor.keymap.keys("go.find") == ("Ctrl+F",)
    assert editor.keymap.keys("go.play") == ()
    editor.reset_all.click()
    assert bench.session.settings.keys == ()
    assert not editor.reset_all.isEnabled()


def test_the_list_shows_what_was_sought(editor: KeyEditor) -> None:
    QTest.keyClicks(editor.field, "keyframe")
    shown = [entry.title for entry in editor.model.entries]
    assert shown[:2] == ["Next Keyframe", "Previous Keyframe"]
    QTest.keyClick(editor.field, Qt.Key.Key_Down)
    current = editor.current()
    assert current is not None
    assert current.id == "go.keyframe_back"


def test_a_recorder_gives_up_when_the_keyboard_goes(editor: KeyEditor) -> None:
    editor.record.click()
    editor.field.setFocus()
    assert editor.record.text() == "Add a Key"


def test_the_sheet_follows_the_keys_that_were_chosen(window: MainWindow, bench: Bench) -> None:
    keys = Keymap().with_keys("go.find", ("F7",)).overrides
    bench.session.change_settings(replace(bench.session.settings, keys=keys))
    window.search.toggle()
    window.search.field.setText("find in transcript")
    entry = window.search.current()
    assert entry is not None
    assert entry.detail == "F7"
