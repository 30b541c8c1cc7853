"""Lines that may be wrong, in the panel: seen, told, counted, gone through."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from app.core.events import SegmentFound, SegmentMarked
from app.core.marks import Mark
from app.core.results import Segment, Word
from app.render.palette import DARK
from app.ui.main_window import MainWindow
from app.ui.text_layers import Look, Span, format_ranges
from app.ui.transcript_delegate import TranscriptDelegate, doubts
from app.ui.transcript_model import TranscriptModel
from tests.ui.fakes import Bench

WORDS = (Word(1.0, 1.5, "quite", 0.9), Word(1.5, 2.0, "unsure", 0.2), Word(2.0, 2.5, "of", 0.9))
LINE = Segment(1.0, 2.5, " quite unsure of", 0.67, WORDS, ("low-confidence", "rate"))


def _said(*doubtful: int, count: int = 10) -> list[Segment]:
    return [
        Segment(n * 2.0, n * 2.0 + 1.5, f"line {n}", marks=("repetition",) if n in doubtful else ())
        for n in range(count)
    ]


@pytest.fixture
def heard(window: MainWindow, bench: Bench) -> MainWindow:
    bench.open()
    bench.analyse(*map(SegmentFound, _said(2, 3, 7)))
    window.presenter.refresh_now()
    return window


def test_doubtful_words_are_underlined_in_a_pattern() -> None:
    delegate = TranscriptDelegate(DARK)
    spans = [span for layer in delegate.layers for span in layer(0, LINE)]
    assert spans == [Span(6, 12, Look.DOUBTFUL)]
    (made,) = format_ranges("quite unsure of", spans, DARK)
    assert (made.start, made.length) == (6, 6)
    styles = QTextCharFormat.UnderlineStyle
    assert made.format.underlineStyle() not in (styles.NoUnderline, styles.SingleUnderline)


def test_a_line_says_why_it_is_doubtful_in_few_words_and_in_sentences() -> None:
    assert doubts(LINE) == "⚠ uncertain, impossible speed · 0.67"
    assert doubts(Segment(0.0, 1.0, "fine", 0.9)) == ""
    model = TranscriptModel()
    model.set_segments((LINE, Segment(3.0, 4.0, "fine")))
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{Mark.LOW_CONFIDENCE.sentence} {Mark.RATE.sentence} Doubtful: unsure. Confidence 0.67."
    assert model.index(1).data(Qt.ItemDataRole.ToolTipRole) is None


def test_a_screen_reader_hears_why() -> None:
    model = TranscriptModel()
    model.set_segments((LINE,))
    read = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert read == "0:01.0, doubtful, uncertain, impossible speed: quite unsure of"


def test_doubtful_lines_are_counted_and_the_count_goes_with_them(heard: MainWindow, bench: Bench) -> None:
    count = heard.transcript.doubts
    assert (count.text(), count.isVisibleTo(heard.transcript)) == ("3 doubtful", True)
    bench.analysis.say(SegmentMarked(_said(2, 3, 7, 9)[9]))
    heard.presenter.refresh_now()
    assert count.accessibleName() == "4 doubtful lines: go to the next one"
    bench.open(Path("/films/other.mp4"))
    heard.presenter.refresh_now()
    assert not count.isVisibleTo(heard.transcript)


def test_keys_go_through_the_doubtful_lines_and_round_again(heard: MainWindow, bench: Bench) -> None:
    seen = []
    for key in ("N", "N", "N", "N", "Shift+N", "Shift+N"):
        action = heard.command_actions["doubts.next" if key == "N" else "doubts.back"]
        assert action.isEnabled()
        assert action.shortcut().toString() == key
        action.trigger()
        seen.append((heard.transcript.lines.currentIndex().row(), round(bench.decoder.time_s, 2)))
    assert [row for row, _ in seen] == [2, 3, 7, 2, 7, 3]
    # 0.3 s before the line, to the picture shown then
    assert [time_s for _, time_s in seen] == [3.7, 5.7, 13.7, 3.7, 13.7, 5.7]


def test_a_click_on_the_count_goes_on_from_the_line_in_focus(heard: MainWindow) -> None:
    heard.transcript.show_line(5)
    QTest.mouseClick(heard.transcript.doubts, Qt.MouseButton.LeftButton)
    assert heard.transcript.lines.currentIndex().row() == 7


def test_without_doubtful_lines_the_command_is_off(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(*map(SegmentFound, _said()))
    window.presenter.refresh_now()
    assert not window.command_actions["doubts.next"].isEnabled()
    window.commands.doubts.next()
    assert window.transcript.lines.currentIndex().row() < 0
    assert not QToolTip.isVisible()
