"""The transcript in the window: going, following, looping, copying, all with the keyboard too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication

from app.core.events import Done, SegmentFound
from app.core.results import Segment, Word
from app.core.time import TimeSpan
from app.ui.commands import Part
from app.ui.main_window import MainWindow
from app.ui.marked_range import Marks
from app.ui.text_layers import Span
from app.ui.transcript_panel import TranscriptPanel
from app.ui.transcript_text import Place, TextRange
from app.ui.transcript_view import Clicked
from tests.ui.fakes import Bench, document, media
from tests.ui.long_transcripts import spoken

_NO, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def bench(qapp: object) -> Bench:
    """A file of five minutes with a hundred lines."""
    info = media(duration_s=300.0)
    return Bench(info=info)


@pytest.fixture
def said(window: MainWindow, bench: Bench) -> MainWindow:
    """A window with these lines; the picture has the keyboard."""
    bench.open()
    bench.analyse(*map(SegmentFound, spoken(100)), outcome=Done(document(bench.info)))
    bench.decoder.calls.clear()
    return window


def sought(bench: Bench) -> float:
    """The last time that was asked for."""
    time_s: float = bench.decoder.named("seek")[-1][0]
    return time_s


def looped(window: MainWindow) -> TimeSpan | None:
    """What is played again and again."""
    return window.commands.said.line_loop.span


def turn_wheel(window: MainWindow, notches: int) -> None:
    """Turn the wheel over the list."""
    viewport = window.transcript.lines.viewport()
    at = QPointF(50, 50)
    event = QWheelEvent(
        at, viewport.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, _NO,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)


def test_a_click_on_a_word_goes_just_before_it(said: MainWindow, bench: Bench) -> None:
    segment = spoken(100)[40]
    word = segment.words[3]
    said.transcript.lines.place_clicked.emit(Clicked(40, segment.text.index(word.text, 20)))
    assert sought(bench) == pytest.approx(word.start_s - 0.3)
    said.transcript.lines.place_clicked.emit(Clicked(40, None))
    assert sought(bench) == pytest.approx(120.0 - 0.3)


def test_the_list_follows_until_it_is_scrolled_and_offers_to_return(said: MainWindow, bench: Bench) -> None:
    panel = said.transcript
    bench.session.playback.seek(150.5)
    assert 50 in panel.lines.seen_rows()
    assert not panel._return.isVisible()
    turn_wheel(said, 20)
    seen = panel.lines.seen_rows()
    assert 50 not in seen
    assert panel._return.text() == "↓ Return to the playhead"
    bench.session.playback.seek(210.5)
    assert panel.lines.seen_rows() == seen
    QTest.mouseClick(panel._return, Qt.MouseButton.LeftButton)
    assert 70 in panel.lines.seen_rows()
    assert not panel._return.isVisible()
    bench.session.playback.seek(30.5)
    assert 10 in panel.lines.seen_rows()


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_End])
def test_arrows_in_the_list_let_go_of_the_playhead(said: MainWindow, key: Qt.Key) -> None:
    said.transcript.lines.setFocus()
    QTest.keyClick(said.transcript.lines, Qt.Key.Key_Down)
    QTest.keyClick(said.transcript.lines, key)
    assert not said.command_actions["said.follow"].isChecked()
    QTest.keyClick(said.transcript.lines, Qt.Key.Key_F, _SHIFT)
    assert said.command_actions["said.follow"].isChecked()


def test_what_leads_back_is_an_arrow_where_the_list_is_low(said: MainWindow, bench: Bench) -> None:
    panel = said.transcript
    bench.session.playback.seek(150.5)
    turn_wheel(said, 20)
    button = panel._return
    panel.lines.setFixedHeight(3 * button.height())
    assert button.text() == "↓"
    assert button.accessibleName() == button.toolTip() == "Return to the playhead"
    assert button.width() < 2 * button.height()
    assert panel.lines.viewport().rect().contains(button.geometry())
    panel.lines.setFixedHeight(8 * button.height())
    assert button.text() == "↓ Return to the playhead"


def test_inside_a_word_nothing_is_painted_anew(said: MainWindow, bench: Bench) -> None:
    panel, word = said.transcript, spoken(100)[2].words[1]
    bench.session.playback.seek(word.start_s + 0.04)
    painted: list[int] = []

    def note(row: int, _segment: Segment) -> tuple[Span, ...]:
        painted.append(row)
        return ()

    panel._delegate.layers.append(note)
    QApplication.processEvents()
    painted.clear()
    panel.set_time(word.start_s + 0.08)
    QApplication.processEvents()
    assert painted == []
    panel.set_time(word.end_s + 0.04)
    QApplication.processEvents()
    assert painted == [2]


def test_enter_goes_to_the_line_and_keys_step_from_line_to_line(said: MainWindow, bench: Bench) -> None:
    lines = said.transcript.lines
    lines.setFocus()
    lines.setCurrentIndex(said.transcript.model.index(20))
    QTest.keyClick(lines, Qt.Key.Key_Return)
    assert sought(bench) == pytest.approx(60 - 0.3)
    QTest.keyClick(said, Qt.Key.Key_Down, _ALT)
    assert sought(bench) == pytest.approx(63 - 0.3)
    for _ in range(2):
        QTest.keyClick(said, Qt.Key.Key_Up, _ALT)
    assert sought(bench) == pytest.approx(57 - 0.3)


def follows(panel: TranscriptPanel) -> bool:
    return panel.following


def test_a_line_is_looped_and_what_was_marked_comes_back(said: MainWindow, bench: Bench) -> None:
    session, panel = bench.session, said.transcript
    session.marks.set(Marks(200.0, 210.0))
    session.playback.seek(31.0)
    QTest.keyClick(said, Qt.Key.Key_L, _SHIFT)
    assert bench.decoder.named("set_loop")[-1] == TimeSpan(30.0, spoken(100)[10].end_s)
    assert bench.decoder.state.playing
    assert sought(bench) == 30.0
    assert not follows(panel)
    assert panel._return.text() == "Stop looping"
    assert said.command_actions["said.loop"].isChecked()
    assert "looped" in panel.model._read_out(panel.model.segments[10], now=False)
    QTest.keyClick(said, Qt.Key.Key_L, _SHIFT)
    assert bench.decoder.named("set_loop")[-1] is None
    assert session.marks.marks == Marks(200.0, 210.0)
    assert not said.command_actions["said.loop"].isChecked()
    assert follows(panel)
    assert panel._return.isHidden()


def test_a_list_that_was_let_go_stays_so_after_a_loop(said: MainWindow) -> None:
    turn_wheel(said, -3)
    for following in (False, False):
        QTest.keyClick(said, Qt.Key.Key_L, _SHIFT)
        assert said.transcript.following is following


def test_follow_and_loop_exclude_each_other(said: MainWindow, bench: Bench) -> None:
    panel = said.transcript
    panel.lines.setFocus()
    panel.lines.setCurrentIndex(panel.model.index(4))
    QTest.keyClick(panel.lines, Qt.Key.Key_Down, _SHIFT)
    QTest.keyClick(panel.lines, Qt.Key.Key_L, _SHIFT)
    assert looped(said) == TimeSpan(12.0, spoken(100)[5].end_s)
    panel.lines.place_clicked.emit(Clicked(5, None))
    assert not said.command_actions["said.follow"].isChecked()
    QTest.mouseClick(panel._return, Qt.MouseButton.LeftButton)
    assert said.command_actions["said.follow"].isChecked()
    assert looped(said) is None
    assert bench.decoder.named("set_loop")[-1] is None
    assert bench.session.marks.marks == Marks()


def test_a_range_that_is_moved_by_hand_is_no_loop_of_lines_any_more(said: MainWindow, bench: Bench) -> None:
    said.commands.said.loop()
    moved = Marks(0.5, 2.0)
    bench.session.marks.set(moved)
    assert looped(said) is None
    assert bench.session.marks.marks == moved
    assert bench.session.marks.looping


def test_text_is_copied_with_and_without_times(said: MainWindow) -> None:
    lines, board = said.transcript.lines, QGuiApplication.clipboard()
    wanted = [each.text for each in spoken(100)[7:9]]
    lines.setFocus()
    lines.setCurrentIndex(said.transcript.model.index(7))
    QTest.keyClick(lines, Qt.Key.Key_C, _CTRL)
    assert board.text() == wanted[0]
    QTest.keyClick(lines, Qt.Key.Key_Down, _SHIFT)
    QTest.keyClick(lines, Qt.Key.Key_C, _CTRL)
    assert board.text() == "\n".join(wanted)
    QTest.keyClick(lines, Qt.Key.Key_C, _CTRL | _SHIFT)
    assert board.text() == f"[0:21.0] {wanted[0]}\n[0:24.0] {wanted[1]}"
    QTest.keyClick(lines, Qt.Key.Key_A, _CTRL)
    QTest.keyClick(lines, Qt.Key.Key_C, _CTRL)
    assert board.text().count("\n") == 99


def test_keys_of_the_list_are_the_windows_elsewhere(said: MainWindow, bench: Bench) -> None:
    """Ctrl+C copies the picture again when the list does not have the keyboard."""
    board = QGuiApplication.clipboard()
    board.setText("before")
    said.video.setFocus()
    copied: list[bool] = []
    said.command_actions["view.copy"].triggered.connect(lambda: copied.append(True))
    QTest.keyClick(said.video, Qt.Key.Key_C, _CTRL)
    assert copied == [True]
    assert board.text() == "before"
    mine = [each.id for each in said.bindings.keymap.commands if each.part is Part.TRANSCRIPT]
    assert "said.copy" in mine
    assert all(not said.command_actions[name].shortcuts() for name in mine)
    assert said.command_actions["said.copy"].text() == "Copy the Text\tCtrl+C"


def test_what_is_sought_is_marked_on_the_strip_and_gone_to(said: MainWindow, bench: Bench) -> None:
    panel, view = said.transcript, said.timeline.view
    assert view is not None
    bench.session.playback.seek(150.0)
    QTest.keyClick(said, Qt.Key.Key_F, _CTRL)
    QTest.keyClicks(panel.search, "LINE5")
    assert panel.finding.bar.count.text() == "2 of 11"
    assert view.state.hits.times == pytest.approx([15.0, *(150.0 + 3 * n for n in range(10))])
    assert view.state.hits.here_s == pytest.approx(150.0)
    assert len(view.state.hits.strokes(view.scale)) == 11
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.finding.bar.count.text() == "3 of 11"
    assert sought(bench) == pytest.approx(153.0 - 0.3)
    QTest.keyClick(said, Qt.Key.Key_F3, _SHIFT)
    QTest.keyClick(panel.search, Qt.Key.Key_Return, _SHIFT)
    assert panel.finding.bar.count.text() == "1 of 11"
    assert 5 in panel.lines.seen_rows()
    panel.finding.bar.whole_words.click()
    assert panel.finding.bar.count.text() == "1 of 1"
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert view.state.hits.strokes(view.scale) == []
    assert said.focusWidget() is said.video


def test_what_is_found_is_replaced_one_by_one_or_in_one_step(said: MainWindow, bench: Bench) -> None:
    panel, desk = said.transcript, bench.session.desk
    before = desk.segments
    QTest.keyClick(said, Qt.Key.Key_F, _CTRL)
    QTest.keyClicks(panel.search, "river")
    count = panel.finding.finder.count
    assert count > 20
    QTest.keyClick(said, Qt.Key.Key_H, _CTRL)
    assert said.focusWidget() is panel.finding.bar.words
    QTest.keyClicks(panel.finding.bar.words, "river bank")
    QTest.keyClick(panel.finding.bar.words, Qt.Key.Key_Return)
    assert sum("river bank" in each.text for each in desk.segments) == 1
    assert panel.finding.bar.count.text() == f"2 of {count}"
    replaced = next(each for each in desk.segments if "river bank" in each.text)
    same = next(each for each in before if each.start_s == replaced.start_s)
    assert [each.start_s for each in replaced.words if each.text.strip() != "bank"] == [
        each.start_s for each in same.words
    ]
    panel.finding.bar.replace_all.click()
    assert panel.finding.bar.count.text() == f"{count} replaced"
    assert sum(each.text.count("river bank") for each in desk.segments) == count
    desk.undo()
    desk.undo()
    assert [each.text for each in desk.segments] == [each.text for each in before]


def test_the_name_of_subtitles_does_not_keep_the_panel_wide(said: MainWindow) -> None:
    said.transcript.set_source("subtitles beside the video, " + "a long name " * 9)
    said.transcript.setFixedWidth(280)
    QApplication.processEvents()
    assert said.transcript.minimumSizeHint().width() <= 280
    assert said.transcript.source.text().startswith("From subtitles")
    assert said.transcript.source.fontMetrics().horizontalAdvance(said.transcript.source.text()) <= 280


def test_selected_words_are_sought(said: MainWindow) -> None:
    lines = said.transcript.lines
    lines.choose(TextRange(Place(8, 0), Place(8, 5)))
    QTest.keyClick(said, Qt.Key.Key_F, _CTRL)
    assert said.transcript.search.text() == "line8"
    assert said.transcript.finding.bar.count.text() == "1 of 11"


def test_another_file_is_followed_again_and_the_scroll_bar_lets_go(said: MainWindow, bench: Bench) -> None:
    bar = said.transcript.lines.verticalScrollBar()
    bar.triggerAction(QAbstractSlider.SliderAction.SliderPageStepAdd)
    assert not said.command_actions["said.follow"].isChecked()
    bench.open(Path("/films/other.mp4"))
    assert said.command_actions["said.follow"].isChecked()


def test_speakers_and_doubts_are_read_out(said: MainWindow) -> None:
    line = replace(spoken(1)[0], speaker="Ada", marks=("over-silence",))
    said.transcript.set_segments((line,))
    said.transcript.set_time(0.5)
    told = QAccessible.queryAccessibleInterface(said.transcript.lines).child(0)
    assert told.text(QAccessible.Text.Name) == f"0:00.0, now, Ada, doubtful, over silence: {line.text}"


def test_in_a_line_higher_than_the_view_the_spoken_word_is_followed(said: MainWindow) -> None:
    panel = said.transcript
    words = tuple(Word(place * 0.5, place * 0.5 + 0.5, f"word{place}", 0.9) for place in range(2000))
    panel.set_segments((Segment(0.0, 1000.0, " ".join(each.text for each in words), 0.9, words),))
    room = panel.lines.viewport().height()
    for place in (0, 400, 401, 1990, 5):
        panel.set_time(words[place].start_s + 0.1)
        word = panel._delegate.spoken_word(panel.model.segments[0], panel.lines.viewport().width())
        assert word is not None
        top, height = panel._delegate.word_part(panel.model.segments[0], panel.lines.viewport().width(), word)
        seen = panel.lines.visualRect(panel.model.index(0)).top() + top
        assert 0 <= seen <= room - height


def test_a_line_stays_under_the_pointer_that_clicks_it_twice(said: MainWindow, bench: Bench) -> None:
    """The lowest line is seen in part; neither the click nor following moves it."""
    lines = said.transcript.lines
    bench.decoder.play()
    asked: list[Place] = []
    lines.edit_asked.connect(asked.append)
    row = lines.seen_rows()[-1]
    place = lines.visualRect(said.transcript.model.index(row)).topLeft() + QPoint(20, 4)
    scrolled = lines.verticalScrollBar().value()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sought(bench) == pytest.approx(row * 3.0 - 0.3)
    bench.session.playback.seek(row * 3.0 + 0.1)
    assert lines.verticalScrollBar().value() == scrolled
    assert lines.indexAt(place).row() == row
    QTest.mouseDClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [each.row for each in asked] == [row]
