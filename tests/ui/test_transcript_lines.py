"""The list of lines: where rows stand, what is laid out, what hands and screen readers get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.core.results import Segment
from app.render.palette import DARK
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import Place, TextRange, plain_text, timed_text
from app.ui.transcript_view import Clicked, TranscriptView
from tests.ui.long_transcripts import spoken


class CountingDelegate(TranscriptDelegate):
    """Counts what costs time."""

    def __init__(self) -> None:
        super().__init__(DARK)
        self.laid_out = self.painted = 0

    def line_height(self, segment: Segment, width: int) -> int:
        self.laid_out += 1
        return super().line_height(segment, width)

    def paint(self, *arguments: object) -> None:
        self.painted += 1
        super().paint(*arguments)  # type: ignore[arg-type]


@pytest.fixture
def lines(qtbot: QtBot) -> Iterator[TranscriptView]:
    """A list without lines, as wide as the side panel."""
    delegate = CountingDelegate()
    made = TranscriptView(TranscriptModel(), delegate)
    made.resize(360, 500)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


def model(lines: TranscriptView) -> TranscriptModel:
    found = lines.model()
    assert isinstance(found, TranscriptModel)
    return found


def delegate(lines: TranscriptView) -> CountingDelegate:
    found = lines.itemDelegate()
    assert isinstance(found, CountingDelegate)
    return found


def check_seen(lines: TranscriptView) -> None:
    """What is seen stands without gaps, each row as high as Qt's own way of asking says."""
    seen = lines.seen_rows()
    rects = [lines.visualRect(model(lines).index(row)) for row in seen]
    assert rects[0].top() <= 0
    assert rects[-1].bottom() >= lines.viewport().height() - 1
    for above, below in pairwise(rects):
        assert below.top() == above.bottom() + 1
    for row, rect in zip(seen, rects, strict=True):
        option = QStyleOptionViewItem()
        option.rect = rect
        assert lines.itemDelegate().sizeHint(option, model(lines).index(row)).height() == rect.height()
        assert lines.indexAt(rect.center()).row() == row


def test_only_what_is_seen_is_laid_out(lines: TranscriptView) -> None:
    model(lines).set_segments(spoken(12_000))
    QTest.qWait(1)
    assert delegate(lines).laid_out < 40
    check_seen(lines)
    delegate(lines).laid_out = 0
    lines.scrollToBottom()
    check_seen(lines)
    assert lines.seen_rows().stop == 12_000
    assert delegate(lines).laid_out < 60


def test_what_is_read_stays_where_it_is_while_rows_come_and_go(lines: TranscriptView) -> None:
    said = spoken(400)
    model(lines).set_segments(said)
    lines.scrollTo(model(lines).index(200), QAbstractItemView.ScrollHint.PositionAtTop)

    def place_of(segment: Segment) -> int:
        return lines.visualRect(model(lines).index(model(lines).segments.index(segment))).top()

    assert place_of(said[200]) == 0
    model(lines).set_segments(said[:50] + spoken(30, first=5000) + said[50:])
    assert place_of(said[200]) == 0
    model(lines).set_segments(said[20:])
    assert place_of(said[200]) == 0
    model(lines).set_segments(said[20:] + spoken(100, first=6000))
    assert place_of(said[200]) == 0
    check_seen(lines)


def test_scrolling_up_over_rows_never_seen_does_not_leap(lines: TranscriptView) -> None:
    model(lines).set_segments(spoken(2000, 20))
    lines.scrollTo(model(lines).index(1000), QAbstractItemView.ScrollHint.PositionAtTop)
    for _ in range(30):
        row = lines.seen_rows().start
        before = lines.visualRect(model(lines).index(row)).top()
        bar = lines.verticalScrollBar()
        bar.setValue(bar.value() - 60)
        assert lines.visualRect(model(lines).index(row)).top() == before + 60
    check_seen(lines)


def test_the_row_at_the_top_stays_when_the_width_changes(lines: TranscriptView) -> None:
    model(lines).set_segments(spoken(3000, 20))
    lines.scrollTo(model(lines).index(1500), QAbstractItemView.ScrollHint.PositionAtTop)
    for width in (280, 700, 290):
        delegate(lines).laid_out = 0
        lines.resize(width, 500)
        assert lines.seen_rows().start == 1500
        assert delegate(lines).laid_out < 60
        check_seen(lines)


def test_a_line_with_other_words_is_measured_anew(lines: TranscriptView) -> None:
    said = spoken(300)
    model(lines).set_segments(said)
    longer = replace(said[3], text="much longer than before " * 12)
    model(lines).set_segments((*said[:3], longer, *said[4:]))
    check_seen(lines)
    assert lines.visualRect(model(lines).index(3)).height() > 80


def point_of(lines: TranscriptView, place: Place) -> QPoint:
    """A point of the view over a character of a line."""
    index = model(lines).index(place.row)
    segment, rect = model(lines).segments[place.row], lines.visualRect(index)
    words, shape = delegate(lines).text_rect(segment, rect), delegate(lines).shape(segment, rect.width())
    line = shape.layout.lineForTextPosition(place.offset)
    x: float = line.cursorToX(place.offset)[0]  # type: ignore[index]
    return QPoint(round(words.left() + x) + 1, round(words.top() + line.y() + line.height() / 2))


def test_a_click_tells_the_character_and_the_time_of_a_line_none(lines: TranscriptView) -> None:
    model(lines).set_segments(spoken(20))
    clicked: list[Clicked] = []
    lines.place_clicked.connect(clicked.append)
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=point_of(lines, Place(2, 9)))
    rect = lines.visualRect(model(lines).index(4))
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(20, 12))
    assert clicked == [Clicked(2, 9), Clicked(4, None)]
    assert lines.chosen is None
    assert lines.currentIndex().row() == 4


def test_a_drag_selects_text_across_lines(lines: TranscriptView) -> None:
    said = spoken(20)
    model(lines).set_segments(said)
    clicked: list[object] = []
    lines.place_clicked.connect(clicked.append)
    places = [point_of(lines, place) for place in (Place(1, 6), Place(2, 3), Place(3, 5))]
    QTest.mousePress(lines.viewport(), Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(lines.viewport(), place)
    QTest.mouseRelease(lines.viewport(), Qt.MouseButton.LeftButton, pos=places[2])
    assert clicked == []
    assert lines.chosen == TextRange(Place(1, 6), Place(3, 5))
    assert lines.chosen_rows() == range(1, 4)
    assert [each.row() for each in lines.selectionModel().selectedIndexes()] == [1, 2, 3]
    copied = plain_text(said, lines.chosen).split("\n")
    assert copied == [said[1].text[6:], said[2].text, said[3].text[:5]]
    assert timed_text(said, lines.chosen).split("\n")[1] == f"[0:06.0] {said[2].text}"


def test_shift_and_arrows_select_whole_lines(lines: TranscriptView) -> None:
    said = spoken(20)
    model(lines).set_segments(said)
    lines.setFocus()
    lines.setCurrentIndex(model(lines).index(5))
    for _ in range(2):
        QTest.keyClick(lines, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert lines.chosen_rows() == range(5, 8)
    for _ in range(4):
        QTest.keyClick(lines, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert lines.chosen is not None
    assert plain_text(said, lines.chosen) == "\n".join(each.text for each in said[3:6])
    QTest.keyClick(lines, Qt.Key.Key_Down)
    assert lines.chosen is None


def test_a_screen_reader_finds_a_list_with_every_line(lines: TranscriptView) -> None:
    said = spoken(5000)
    model(lines).set_segments(said)
    model(lines).set_current(1)
    lines.setFocus()
    lines.setCurrentIndex(model(lines).index(2))
    told = QAccessible.queryAccessibleInterface(lines)
    assert told.role() == QAccessible.Role.List
    assert told.childCount() == 5000
    assert told.text(QAccessible.Text.Name) == "Transcript"
    item = told.child(1)
    assert item.role() == QAccessible.Role.ListItem
    assert item.text(QAccessible.Text.Name) == f"0:03.0, now: {said[1].text}"
    assert told.child(2).state().focused
    assert not told.child(1).state().focused
    lines.choose(TextRange(Place(2, 3), Place(4, 1)))
    assert [told.child(row).state().selected for row in range(6)] == [False, False, True, True, True, False]
    assert (
        told.child(3).rect().top()
        == lines.viewport().mapToGlobal(lines.visualRect(model(lines).index(3)).topLeft()).y()
    )
    assert told.focusChild().text(QAccessible.Text.Name).endswith(said[2].text)


@pytest.mark.parametrize(
    "text", ["👍🏽 wide 👩‍👩‍👧 signs and words", "plain words in a line", "多くの文字と words"]
)
def test_a_click_finds_the_character_whatever_the_script(lines: TranscriptView, text: str) -> None:
    """Qt counts UTF-16 units, the transcript characters."""
    model(lines).set_segments((Segment(0.0, 1.0, text),))
    clicked: list[Clicked] = []
    lines.place_clicked.connect(clicked.append)
    offset = text.index("words")
    unit = len(text[:offset].encode("utf-16-le")) // 2
    shape = delegate(lines).shape(model(lines).segments[0], lines.viewport().width())
    line = shape.layout.lineForTextPosition(unit)
    x: float = line.cursorToX(unit)[0]  # type: ignore[index]
    rect = delegate(lines).text_rect(model(lines).segments[0], lines.visualRect(model(lines).index(0)))
    place = QPoint(round(rect.left() + x) + 2, round(rect.top() + line.y() + line.height() / 2))
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert clicked == [Clicked(0, offset)]


def test_text_that_reads_from_the_right_stands_at_the_right(lines: TranscriptView) -> None:
    model(lines).set_segments(
        (Segment(0.0, 1.0, "שלום"), Segment(1.0, 2.0, "123 مرحبا"), Segment(2.0, 3.0, "12"))
    )
    width = delegate(lines).columns(lines.viewport().width()).text_width
    edges = []
    for segment in model(lines).segments:
        natural = delegate(lines).shape(segment, lines.viewport().width()).layout.lineAt(0).naturalTextRect()
        edges.append((natural.left() < 8, natural.right() > width - 8))
    assert edges == [(False, True), (False, True), (True, False)]
