"""Lines of the transcript under the hand: edited in their place, by keys and pointer, without loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.events import Done, SegmentFound
from app.core.results import Segment, Word
from app.core.transcript_edits import SetSpeaker, SetText
from app.ui.line_editing import LineEditing
from app.ui.line_editor import LineEditor
from app.ui.main_window import MainWindow
from tests.ui.fakes import Bench, document

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
ONE, TWO, THREE = (
    Segment(
        2.0 * n,
        2.0 * n + 1.5,
        f"{text} and more",
        0.9,
        (
            Word(2.0 * n, 2.0 * n + 0.5, text, 0.9),
            Word(2.0 * n + 0.5, 2.0 * n + 1.0, "and", 0.9),
            Word(2.0 * n + 1.0, 2.0 * n + 1.5, "more", 0.9),
        ),
    )
    for n, text in enumerate(("one", "two", "three"))
)


@pytest.fixture
def edited(window: MainWindow, bench: Bench) -> MainWindow:
    """A window with three lines."""
    bench.open()
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO, THREE))))
    return window


def _editing(window: MainWindow) -> LineEditing:
    return window.commands.edit.editing


def _editor(window: MainWindow) -> LineEditor:
    return _editing(window).editor


def _texts(window: MainWindow) -> list[str]:
    return [each.text for each in window.session.desk.segments]


def _said(window: MainWindow) -> str:
    return window.messages.message.sentence if window.messages.message is not None else ""


def test_a_speaker_stays_with_the_line_that_new_times_put_elsewhere(window: MainWindow, bench: Bench) -> None:
    bench.open()
    lines = (Segment(0.0, 10.0, "long"), Segment(5.0, 12.0, "over it"))
    bench.analyse(outcome=Done(document(bench.info, (), lines)))
    _editing(window).begin(0)
    _editor(window).start.setText("6")
    _editor(window).speaker.setText("Anna")
    _editor(window).words.setPlainText("longer")
    assert _editing(window).keep()
    assert [(each.text, each.start_s, each.speaker) for each in window.session.desk.segments] == [
        ("over it", 5.0, None),
        ("longer", 6.0, "Anna"),
    ]


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_undoing_a_new_line_that_is_still_empty_takes_back_nothing_else(
    edited: MainWindow, bench: Bench, command: str
) -> None:
    edited.session.desk.apply(SetText(0, "won"))
    edited.session.playback.seek(7.0)
    edited.commands.edit.insert()
    assert _editing(edited).row == 3
    getattr(edited.commands.edit, command)()
    assert _texts(edited) == ["won", TWO.text, THREE.text]
    assert _editing(edited).row is None


def test_without_any_line_left_the_panel_says_what_was_done(edited: MainWindow) -> None:
    lines = edited.transcript.lines
    lines.setFocus()
    lines.choose_all()
    QTest.keyClick(lines, Qt.Key.Key_Delete)
    assert not edited.session.desk.segments
    assert edited.transcript.note.title.text() == "No line is left"
    assert "Undo" in edited.transcript.note.sentence.text()
    assert edited.focusWidget() is edited.video
    edited.session.desk.undo()
    assert len(edited.transcript.model.segments) == 3


def _begin(window: MainWindow, row: int) -> None:
    """Double-click a line."""
    lines = window.transcript.lines
    place = lines.visualRect(window.transcript.model.index(row)).center()
    QTest.mouseDClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert _editing(window).row == row


def _type(window: MainWindow, text: str) -> None:
    _editor(window).select_all()
    QTest.keyClicks(_editor(window).words, text)


def _press(
    widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(widget, key, modifier)


def _do(window: MainWindow, name: str) -> None:
    action: QAction = window.command_actions[name]
    assert action.isEnabled(), name
    action.trigger()


# --- beginning, keeping, leaving


def test_a_double_click_opens_the_line_in_its_place_and_enter_keeps_what_was_written(
    edited: MainWindow,
) -> None:
    _begin(edited, 1)
    editor = _editor(edited)
    assert editor.isVisible()
    assert editor.words.hasFocus()
    assert editor.words.toPlainText() == "two and more"
    lines = edited.transcript.lines
    assert lines.visualRect(edited.transcript.model.index(1)).contains(editor.geometry())
    assert not lines.visualRect(edited.transcript.model.index(2)).intersects(editor.geometry())
    _type(edited, "too and more")
    _press(editor.words, Qt.Key.Key_Return)
    assert _texts(edited) == ["one and more", "too and more", "three and more"]
    assert [each.text for each in edited.transcript.model.segments] == _texts(edited)
    assert edited.session.desk.segments[1].words[1:] == TWO.words[1:]
    assert not editor.isVisible()
    assert lines.hasFocus()
    assert lines.currentIndex().row() == 1


def test_the_field_grows_with_its_text_and_the_lines_below_make_room(edited: MainWindow) -> None:
    _begin(edited, 1)
    editor, lines = _editor(edited), edited.transcript.lines
    before = editor.height()
    _type(edited, "word " * 40)
    assert editor.height() > before + 2 * editor.words.fontMetrics().lineSpacing()
    rect = lines.visualRect(edited.transcript.model.index(1))
    assert rect.contains(editor.geometry())
    assert editor.words.verticalScrollBar().maximum() == 0
    _type(edited, "short")
    assert editor.height() == before
    _press(editor.words, Qt.Key.Key_Return)
    assert lines.visualRect(edited.transcript.model.index(1)).height() < before


def test_who_speaks_stands_below_the_times_where_there_is_no_room_beside_them(edited: MainWindow) -> None:
    _begin(edited, 1)
    editor = _editor(edited)
    hint = editor.speaker.fontMetrics().horizontalAdvance(editor.speaker.placeholderText())
    beside = below = 0
    for width in range(200, 640, 8):
        editor.resize(width, editor.height_for(width))
        assert editor.speaker.width() > hint + 8
        assert editor.rect().contains(editor.speaker.geometry())
        if editor.speaker.y() == editor.start.y():
            beside += 1
            assert editor.speaker.x() > editor.end.geometry().right()
        else:
            below += 1
            assert not beside, "what fits once fits with more room, too"
            assert editor.end.geometry().bottom() < editor.speaker.y() < editor.words.y()
    assert beside
    assert below


def test_f2_edits_the_line_at_the_playhead_and_goes_round_the_fields(
    edited: MainWindow, bench: Bench
) -> None:
    bench.session.playback.seek(4.2)
    edited.picture_area.take_keyboard()
    _press(edited, Qt.Key.Key_F2)
    assert _editing(edited).row == 2
    editor = _editor(edited)
    went = []
    for _ in range(4):
        focus = QApplication.focusWidget()
        assert focus is not None
        _press(focus, Qt.Key.Key_F2)
        went.append(QApplication.focusWidget())
    assert went == [editor.start, editor.end, editor.speaker, editor.words]


def test_esc_leaves_the_line_as_it_was_and_offers_what_was_written(edited: MainWindow) -> None:
    _begin(edited, 0)
    _type(edited, "gone")
    _press(_editor(edited).words, Qt.Key.Key_Escape)
    assert _texts(edited)[0] == "one and more"
    assert _said(edited) == "The line is as it was."
    edited.messages.answers[0].click()
    assert _texts(edited)[0] == "gone"


def test_tab_takes_what_was_written_and_goes_on_to_the_next_line(edited: MainWindow) -> None:
    _begin(edited, 0)
    _type(edited, "won and more")
    _press(_editor(edited).words, Qt.Key.Key_Tab)
    assert _editing(edited).row == 1
    assert _editor(edited).words.toPlainText() == "two and more"
    assert _editor(edited).words.hasFocus()
    _press(_editor(edited).words, Qt.Key.Key_Backtab, SHIFT)
    assert _editing(edited).row == 0
    assert _editor(edited).words.toPlainText() == "won and more"


def test_letters_space_and_digits_go_into_the_text_and_ctrl_space_plays(
    edited: MainWindow, bench: Bench
) -> None:
    _begin(edited, 0)
    bench.decoder.calls.clear()
    _type(edited, "k l 1 f ?")
    assert _editor(edited).text == "k l 1 f ?"
    assert bench.decoder.calls == []
    _press(_editor(edited).words, Qt.Key.Key_Space, CONTROL)
    assert bench.decoder.named("play") == [()]
    assert _editing(edited).row == 0
    bench.decoder.show(4.2)  # it plays on: the list stays where the hand is
    assert _editor(edited).isVisible()


def test_where_the_keyboard_goes_elsewhere_what_was_written_is_taken(
    edited: MainWindow, qtbot: QtBot
) -> None:
    _begin(edited, 0)
    _type(edited, "won")
    edited.transcript.lines.setFocus()
    qtbot.waitUntil(lambda: _editing(edited).row is None)
    assert _texts(edited)[0] == "won"


def test_taking_all_text_away_deletes_the_line(edited: MainWindow) -> None:
    _begin(edited, 1)
    _type(edited, " ")
    _press(_editor(edited).words, Qt.Key.Key_Return)
    assert _texts(edited) == ["one and more", "three and more"]
    _do(edited, "edit.undo")
    assert len(_texts(edited)) == 3


def test_what_was_written_belongs_to_the_file_it_was_written_for(edited: MainWindow, bench: Bench) -> None:
    _begin(edited, 0)
    _type(edited, "won")
    bench.session.open(Path("/films/other.mp4"))
    assert not _editor(edited).isVisible()
    assert edited.kept_edits.unsaved == (Path("/films/clip.mp4"),)


# --- times


def _set_time(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_times_are_typed_and_text_and_times_are_one_step(edited: MainWindow) -> None:
    _begin(edited, 1)
    editor = _editor(edited)
    assert (editor.start.text(), editor.end.text()) == ("0:02.000", "0:03.500")
    _type(edited, "too and more")
    _set_time(editor.start, "2.25")
    _press(editor.start, Qt.Key.Key_Return)
    line = edited.session.desk.segments[1]
    assert (line.start_s, line.end_s, line.text) == (2.25, 3.5, "too and more")
    _do(edited, "edit.undo")
    assert edited.session.desk.segments == (ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("soon", "'soon' is not a time: write seconds (83.2) or a clock (1:23.2, 0:01:23.200)."),
        ("3.6", "A line must end after it begins."),
        ("0:01:99", "'0:01:99' is not a time: seconds after a colon stay below 60."),
    ],
)
def test_a_time_that_makes_no_sense_is_one_sentence_at_the_line_and_nothing_is_lost(
    edited: MainWindow, start: str, sentence: str, qtbot: QtBot
) -> None:
    _begin(edited, 1)
    editor = _editor(edited)
    _type(edited, "too")
    _set_time(editor.start, start)
    _press(editor.start, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.error == sentence
    assert (editor.text, editor.start.text()) == ("too", start)
    assert edited.session.desk.segments[1] == TWO
    QTest.keyClicks(editor.start, "1")
    assert editor.error == ""
    edited.transcript.lines.setFocus()
    qtbot.waitUntil(lambda: _editing(edited).row is None)
    assert _texts(edited)[1] == "too"
    assert _said(edited).startswith("The times of the line stay: ")


def test_keys_move_the_edges_and_the_playhead_sets_them(edited: MainWindow, bench: Bench) -> None:
    bench.session.playback.seek(2.5)
    edited.picture_area.take_keyboard()
    _press(edited, Qt.Key.Key_Right, CONTROL)
    _press(edited, Qt.Key.Key_Left, ALT | SHIFT)
    assert [(each.start_s, each.end_s) for each in edited.session.desk.segments][1] == (2.1, 3.4)
    _do(edited, "edit.start_here")
    assert edited.session.desk.segments[1].start_s == bench.session.playback.time_s
    bench.session.playback.seek(3.0)
    _do(edited, "edit.end_here")
    assert edited.session.desk.segments[1].end_s == bench.session.playback.time_s
    for _ in range(40):
        _press(edited, Qt.Key.Key_Left, CONTROL)
    assert edited.session.desk.segments[1].start_s == ONE.end_s


def test_edges_move_while_the_line_is_edited_and_what_was_written_stays(edited: MainWindow) -> None:
    _begin(edited, 1)
    _type(edited, "too")
    _do(edited, "edit.end_later")
    assert _editor(edited).end.text() == "0:03.600"
    assert _editor(edited).text == "too"
    _press(_editor(edited).words, Qt.Key.Key_Return)
    line = edited.session.desk.segments[1]
    assert (line.text, line.end_s) == ("too", 3.6)


# --- split, merge, delete, insert


def test_ctrl_enter_splits_at_the_cursor_and_goes_on_in_the_second_part(edited: MainWindow) -> None:
    _begin(edited, 0)
    _editor(edited).put_cursor(4)
    _press(_editor(edited).words, Qt.Key.Key_Return, CONTROL)
    assert _texts(edited)[:2] == ["one", "and more"]
    assert _editing(edited).row == 1
    assert _editor(edited).caret == 0


def test_a_split_that_makes_no_sense_says_so_and_goes_on(edited: MainWindow) -> None:
    _begin(edited, 0)
    _editor(edited).put_cursor(0)
    _press(_editor(edited).words, Qt.Key.Key_Return, CONTROL)
    assert _texts(edited)[0] == "one and more"
    assert "A line is divided within its text" in _said(edited)
    assert _editing(edited).row == 0


def test_a_split_takes_what_was_written_with_it(edited: MainWindow) -> None:
    _begin(edited, 0)
    _editor(edited).select_all()
    _editor(edited).words.insertPlainText("here  and   there 👍 too")
    _editor(edited).put_cursor(len("here  and   there 👍 "))
    _press(_editor(edited).words, Qt.Key.Key_Return, CONTROL)
    assert _texts(edited)[:2] == ["here and there 👍", "too"]


def test_at_the_playhead_a_line_is_split_between_words(edited: MainWindow, bench: Bench) -> None:
    bench.session.playback.seek(2.52)
    _do(edited, "edit.split_here")
    assert _texts(edited) == ["one and more", "two", "and more", "three and more"]
    assert edited.session.desk.segments[2].start_s == pytest.approx(2.52)
    bench.session.playback.seek(19.0)
    _do(edited, "edit.split_here")
    assert _said(edited) == "The playhead is not within this line."


def test_lines_are_merged_with_the_next_or_as_they_are_selected(edited: MainWindow) -> None:
    lines = edited.transcript.lines
    lines.setFocus()
    edited.transcript.show_line(1)
    _do(edited, "edit.merge")
    assert _texts(edited) == ["one and more", "two and more three and more"]
    _do(edited, "edit.undo")
    lines.choose_all()
    _do(edited, "edit.merge")
    assert _texts(edited) == ["one and more two and more three and more"]
    _do(edited, "edit.merge")
    assert _said(edited) == "There is no next line to merge with."


def test_the_delete_key_takes_lines_away_where_the_list_has_the_keyboard(edited: MainWindow) -> None:
    lines = edited.transcript.lines
    lines.setFocus()
    edited.transcript.show_line(0)
    _press(lines, Qt.Key.Key_Delete)
    assert _texts(edited) == ["two and more", "three and more"]
    assert lines.currentIndex().row() == 0


def test_a_new_line_is_edited_at_once_and_gone_where_nothing_is_written(
    edited: MainWindow, bench: Bench
) -> None:
    bench.session.playback.seek(1.6)
    _do(edited, "edit.insert")
    assert _editing(edited).row == 1
    _press(_editor(edited).words, Qt.Key.Key_Escape)
    assert edited.session.desk.segments == (ONE, TWO, THREE)
    bench.session.playback.seek(1.6)
    _do(edited, "edit.insert")
    QTest.keyClicks(_editor(edited).words, "new")
    _press(_editor(edited).words, Qt.Key.Key_Return)
    new = edited.session.desk.segments[1]
    assert (new.text, new.start_s, new.end_s, new.edited) == ("new", 1.6, 2.0, True)
    bench.session.playback.seek(4.2)
    _do(edited, "edit.insert")
    assert _said(edited) == "There is a line here already: go where none is, or split it."


# --- history


def test_undo_and_redo_name_their_steps_in_the_menu(edited: MainWindow) -> None:
    undo, redo = edited.command_actions["edit.undo"], edited.command_actions["edit.redo"]
    assert (undo.text(), undo.isEnabled(), redo.isEnabled()) == ("Undo", False, False)
    edited.transcript.show_line(0)
    _do(edited, "edit.merge")
    assert (undo.text(), undo.isEnabled()) == ("Undo merge", True)
    _press(edited, Qt.Key.Key_Z, CONTROL)
    assert edited.session.desk.segments == (ONE, TWO, THREE)
    assert (undo.text(), redo.text(), redo.isEnabled()) == ("Undo", "Redo merge", True)
    _press(edited, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert len(_texts(edited)) == 2


# --- speakers


def test_speakers_are_named_at_the_line_and_called_by_keys_and_menus(
    edited: MainWindow, bench: Bench
) -> None:
    edited.transcript.lines.setFocus()
    edited.transcript.show_line(0)
    _press(edited.transcript.lines, Qt.Key.Key_N, ALT)
    editor = _editor(edited)
    assert editor.speaker.hasFocus()
    QTest.keyClicks(editor.speaker, "Ada")
    _press(editor.speaker, Qt.Key.Key_Return)
    assert edited.session.desk.segments[0].speaker == "Ada"
    action = edited.command_actions["edit.speaker_1"]
    assert (action.text(), action.isVisible()) == ("Ada", True)
    assert not edited.command_actions["edit.speaker_2"].isVisible()
    edited.transcript.lines.choose_all()
    _press(edited.transcript.lines, Qt.Key.Key_1, ALT)
    assert [each.speaker for each in edited.session.desk.segments] == ["Ada", "Ada", "Ada"]
    _press(edited.transcript.lines, Qt.Key.Key_0, ALT)
    assert [each.speaker for each in edited.session.desk.segments] == [None, None, None]


def test_another_name_for_a_speaker_can_be_given_everywhere(edited: MainWindow) -> None:
    edited.session.desk.apply(SetSpeaker((0, 1, 2), "Ada"))
    _begin(edited, 1)
    editor = _editor(edited)
    editor.speaker.setFocus()
    editor.speaker.selectAll()
    QTest.keyClicks(editor.speaker, "Eve")
    _press(editor.speaker, Qt.Key.Key_Return)
    assert [each.speaker for each in edited.session.desk.segments] == ["Ada", "Eve", "Ada"]
    assert _said(edited) == "'Ada' is 'Eve' in this line."
    assert edited.messages.answers[0].text() == "Rename in 2 other lines too"
    edited.messages.answers[0].click()
    assert [each.speaker for each in edited.session.desk.segments] == ["Eve", "Eve", "Eve"]


# --- lines that come and change meanwhile


def test_lines_that_arrive_leave_the_one_that_is_edited_under_the_hand(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    bench.analyse(SegmentFound(TWO))
    window.presenter.refresh_now()
    _begin(window, 0)
    _type(window, "too")
    bench.analysis.say(SegmentFound(ONE), SegmentFound(THREE))
    window.presenter.refresh_now()
    assert _editing(window).row == 1
    assert _editor(window).text == "too"
    assert _editor(window).words.hasFocus()
    _press(_editor(window).words, Qt.Key.Key_Return)
    assert _texts(window) == ["one and more", "too", "three and more"]


def test_a_line_that_is_replaced_while_it_is_edited_loses_nothing(edited: MainWindow) -> None:
    _begin(edited, 1)
    _type(edited, "too and more")
    other = Segment(2.0, 3.5, "another reading")
    edited.session.desk.splice(2.0, 3.5, (other,))
    assert _editing(edited).row is None
    assert _said(edited) == "The line you were editing was replaced."
    edited.messages.answers[0].click()
    assert _texts(edited)[1] == "too and more"


def test_another_edit_of_the_line_does_not_pass_unseen(edited: MainWindow) -> None:
    _begin(edited, 1)
    edited.session.desk.apply(SetText(1, "from elsewhere"))
    assert _editing(edited).row is None
    assert _texts(edited)[1] == "from elsewhere"


# --- the menu at a line


def test_the_menu_at_a_line_is_about_that_line_or_the_selection(edited: MainWindow) -> None:
    lines = edited.transcript.lines
    point = lines.visualRect(edited.transcript.model.index(2)).center()
    lines.customContextMenuRequested.emit(point)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()
    assert lines.chosen_rows() == range(2, 3)
    names = [action.objectName() for action in edited.edit_menu.at_line().actions()]
    assert names[:4] == ["edit.line", "edit.split_here", "edit.merge", "edit.delete"]
    _do(edited, "edit.delete")
    assert _texts(edited) == ["one and more", "two and more"]
    lines.customContextMenuRequested.emit(QPoint(5, 10_000))
    assert QApplication.activePopupWidget() is None
