"""Who has the keyboard, and which keys it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from app.core.events import Cancelled, Done, SegmentFound
from app.core.results import Segment
from app.ui.main_window import MainWindow
from app.ui.message import Message, Tone
from app.ui.side_panel import Tab
from tests.ui.fakes import Bench, document, media


def with_lines(bench: Bench, count: int = 60) -> None:
    """A file with so many lines that the list scrolls."""
    bench.open()
    said = (SegmentFound(Segment(n * 0.3, n * 0.3 + 0.2, f"line {n}")) for n in range(count))
    bench.analyse(*said, outcome=Done(document(bench.info)))


def test_left_and_right_step_pictures_while_a_line_is_chosen(window: MainWindow, bench: Bench) -> None:
    with_lines(bench)
    lines = window.transcript.lines
    lines.setFocus()
    lines.setCurrentIndex(window.transcript.model.index(3))
    QTest.keyClick(lines, Qt.Key.Key_Right)
    QTest.keyClick(lines, Qt.Key.Key_Left)
    assert bench.decoder.named("step") == [1, -1]
    QTest.keyClick(lines, Qt.Key.Key_Down)
    assert lines.currentIndex().row() == 4


def test_a_button_that_goes_gives_the_keyboard_to_the_picture(window: MainWindow, bench: Bench) -> None:
    with_lines(bench)
    window.transcript.set_time(0.1)
    window.transcript.lines.scrolled_by_hand.emit()
    button = window.transcript._return
    assert button.isVisible()
    button.setFocus()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    assert window.focusWidget() is window.video
    window.messages.show_message(Message("Something is odd.", Tone.WARNING))
    window.messages._close.setFocus()
    QTest.keyClick(window.messages._close, Qt.Key.Key_Return)
    assert window.messages.message is None
    assert window.focusWidget() is window.video


def test_esc_in_the_field_of_the_transcript_gives_the_keys_back(window: MainWindow, bench: Bench) -> None:
    with_lines(bench)
    window.command_actions["go.find"].trigger()
    assert window.focusWidget() is window.transcript.search
    QTest.keyClick(window.transcript.search, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.video


def test_a_click_beside_the_palette_goes_where_it_was_made(window: MainWindow, bench: Bench) -> None:
    with_lines(bench)
    window.command_actions["go.search"].trigger()
    assert window.focusWidget() is window.search.field
    window.transcript.search.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not window.search.isVisible()
    assert window.focusWidget() is window.transcript.search


def test_without_a_file_the_palette_gives_the_keyboard_back_to_the_open_button(window: MainWindow) -> None:
    window.command_actions["go.search"].trigger()
    QTest.keyClick(window.search.field, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.picture_area.drop_zone.open_button


def test_a_maximised_window_is_one_after_the_full_screen(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.showMaximized()
    window.command_actions["view.full"].trigger()
    assert window.isFullScreen()
    assert not window.top_bar.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.isMaximized()
    assert window.top_bar.isVisible()


def test_the_full_screen_that_the_system_ends_has_ended(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.command_actions["view.full"].trigger()
    window.showNormal()
    QApplication.processEvents()
    assert window.top_bar.isVisible()
    assert not window.command_actions["view.full"].isChecked()


@pytest.mark.parametrize("command", ["go.find", "view.transcript", "view.objects", "view.info"])
def test_what_stands_in_the_panel_ends_the_full_screen(
    window: MainWindow, bench: Bench, command: str
) -> None:
    bench.open()
    window.command_actions["view.full"].trigger()
    window.command_actions[command].trigger()
    assert not window.isFullScreen()
    assert window.parts.panel.isVisible()


def test_an_export_writes_what_was_there_when_it_was_asked_for(
    window: MainWindow, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open()
    bench.analyse(SegmentFound(Segment(0.0, 1.0, "first")), outcome=Cancelled(document(media(), (), (
        Segment(0.0, 1.0, "first"),
    ))))  # fmt: skip

    def another_file_comes(*_arguments: object) -> tuple[str, str]:
        bench.open(Path("/films/other.mp4"))
        return str(tmp_path / "out.srt"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", another_file_comes)
    window.commands.export("srt")
    window.commands.wait()
    assert "first" in (tmp_path / "out.srt").read_text()


def test_labels_that_have_a_name_tell_their_words_too(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.session.playback.seek(5.0)
    named = [label for label in window.findChildren(QLabel) if label.accessibleName() and label.text()]
    told = {label.accessibleName(): label.accessibleName() + label.accessibleDescription() for label in named}
    # Where there is little room, less is written than is told.
    assert told["Length and picture number"].endswith("/ 00:00:20.000   #125")
    for label in named:
        assert label is window.transport._length or label.text() in told[label.accessibleName()]
    assert "0:05" in window.transport._time.accessibleDescription()


def test_without_a_transcript_no_hidden_field_takes_the_keys(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.parts.panel.show_tab(Tab.INFO)
    window.command_actions["go.find"].trigger()
    # The panel says why there is nothing to search in; the keys stay those of the picture.
    assert window.transcript.note.isVisible()
    assert window.focusWidget() is window.video
