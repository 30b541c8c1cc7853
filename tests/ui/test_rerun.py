"""Hearing lines once more in the window: the old text stays until the new one is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.analysis.again import Attempt, Way
from app.core.events import Cancelled, Done, Failed, LanguageFound, Progress, SegmentFound, Stage
from app.core.results import AnalysisResult, Segment
from app.core.time import TimeSpan
from app.core.transcript_edits import SetText
from app.ui.analysis_work import WorkState
from app.ui.main_window import MainWindow
from app.ui.model_choice import ChosenModel
from app.ui.rerun import RerunState
from app.ui.rerun_card import RerunCard
from app.ui.status_words import running_words
from tests.ui.fakes import Bench, document, media

LINES = (
    Segment(1.0, 2.0, "one", 0.9),
    Segment(3.0, 4.0, "tooo", 0.3, (), ("low-confidence",), "Ada"),
    Segment(6.0, 7.0, "three", 0.9),
)
BETTER = Segment(3.1, 4.1, "two", 0.9)


def _found(*lines: Segment) -> AnalysisResult:
    return document(media(), (), lines)


@pytest.fixture
def heard(window: MainWindow, bench: Bench) -> MainWindow:
    """A window with three lines, one of them doubtful, and nothing under way."""
    bench.open()
    bench.analyse(LanguageFound("en"), *map(SegmentFound, LINES), outcome=Done(_found(*LINES)))
    window.presenter.refresh_now()
    assert bench.session.work.state is WorkState.DONE
    return window


def _card(window: MainWindow) -> RerunCard:
    return window.transcript.rerun_card


def _run(window: MainWindow, bench: Bench, *lines: Segment) -> None:
    window.transcript.show_line(1)
    window.commands.doubts.again()
    bench.analysis.say(Progress(Stage.SPEECH, 0.5, 1.0), Done(_found(*lines)))


def test_only_the_stretch_is_heard_and_only_its_sound(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    heard.transcript.show_line(1)
    heard.command_actions["doubts.again"].trigger()
    request = bench.analysis.named("analyse")[-1]
    assert (request.span, request.pictures, request.detect) == (TimeSpan(2.5, 4.5), False, None)
    assert request.speech.beam_size == 8
    assert bench.session.work.state is WorkState.ANALYSING
    assert _card(heard).isVisibleTo(heard)
    assert _card(heard).keep.text() == "Cancel"
    assert running_words(bench.session) == "Hearing 0:02.5 to 0:04.5 once more, more closely"


def test_both_texts_stand_beside_each_other_and_the_old_one_stays(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, LINES[0], BETTER)
    card = _card(heard)
    assert (card.old.words.text(), card.new.words.text()) == ("tooo", "two")
    assert card.old.facts.text() == "Now · ⚠ uncertain · confidence 0.30"
    assert card.new.facts.text() == "New, suggested · confidence 0.90"
    assert bench.session.desk.segments == LINES
    assert bench.session.work.state is WorkState.DONE
    assert bench.session.file.findings.speech.segments == LINES
    assert bench.session.document() == replace(_found(*LINES))


def test_the_new_text_is_taken_in_place_of_the_old_one_and_that_is_undone(
    heard: MainWindow, bench: Bench
) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, BETTER)
    QTest.mouseClick(_card(heard).take, Qt.MouseButton.LeftButton)
    taken = replace(BETTER, speaker="Ada")
    assert bench.session.desk.segments == (LINES[0], taken, LINES[2])
    assert heard.transcript.model.segments == bench.session.desk.segments
    assert not _card(heard).isVisibleTo(heard)
    assert bench.session.desk.undo_name == "run again"
    document = bench.session.document()
    assert document is not None
    (note,) = document.warnings
    assert note.startswith("The speech from 0:02.5 to 0:04.5 was heard again (")
    bench.session.desk.undo()
    assert bench.session.desk.segments == LINES
    assert bench.session.document() == _found(*LINES)


def test_what_is_edited_while_two_texts_are_offered_is_what_the_new_one_is_compared_with(
    heard: MainWindow, bench: Bench
) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, BETTER)
    heard.transcript.show_line(2)
    bench.session.desk.apply(SetText(0, "won"))
    assert _card(heard).old.words.text() == "tooo"
    bench.session.desk.apply(SetText(1, "to"))
    card = _card(heard)
    assert (card.old.words.text(), card.new.words.text()) == ("to", "two")
    assert card.old.facts.text().startswith("Now, suggested")
    assert heard.transcript.lines.currentIndex().row() == 2
    bench.session.desk.undo()
    assert card.old.words.text() == "tooo"
    assert card.new.facts.text().startswith("New, suggested")


@pytest.mark.parametrize("words", [2, 30])
def test_in_a_small_window_both_texts_and_all_buttons_can_be_read(
    heard: MainWindow, bench: Bench, words: int, qtbot: QtBot
) -> None:
    """The buttons are whole, nothing lies over anything, and what does not fit is scrolled to."""
    heard.resize(960, 600)
    heard.transcript.lines.setFocus()
    _run(heard, bench, LINES[0], replace(BETTER, text="two " * words))
    card = _card(heard)
    qtbot.waitUntil(lambda: not heard.transcript.finding.bar.isVisible())
    for button in (card.keep, card.take, card.other):
        assert button.width() >= button.sizeHint().width()
        assert button.height() >= button.sizeHint().height()
        assert card.rect().contains(button.geometry())
    for text in (card.old, card.new):
        assert text.height() >= text.heightForWidth(text.width()) > 0
    assert card.new.y() >= card.old.geometry().bottom()
    assert (card.texts.verticalScrollBar().maximum() > 0) == (words == 30)
    assert card.texts.viewport().height() >= 3 * card.fontMetrics().lineSpacing()
    card.keep.click()
    qtbot.waitUntil(heard.transcript.finding.bar.isVisible)


def test_the_search_comes_back_where_it_is_called_while_two_texts_are_offered(
    heard: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    heard.resize(960, 600)
    heard.transcript.lines.setFocus()
    _run(heard, bench, LINES[0], BETTER)
    bar = heard.transcript.finding.bar
    qtbot.waitUntil(lambda: not bar.isVisible())
    heard.commands.find_in_transcript()
    assert bar.isVisible()
    assert bar.field.hasFocus()
    bar.end()
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_the_old_text_can_be_kept(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, BETTER)
    QTest.mouseClick(_card(heard).keep, Qt.MouseButton.LeftButton)
    assert bench.session.desk.segments == LINES
    assert bench.session.rerun.state is RerunState.IDLE
    assert not _card(heard).isVisibleTo(heard)


def test_where_nothing_is_heard_that_can_be_taken_too(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench)
    assert _card(heard).new.facts.text() == "New · no speech"
    bench.session.rerun.take_new()
    assert bench.session.desk.segments == (LINES[0], LINES[2])


def test_cancelling_and_failing_leave_everything_as_it_was(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    heard.transcript.show_line(1)
    heard.commands.doubts.again()
    QTest.mouseClick(_card(heard).keep, Qt.MouseButton.LeftButton)
    assert bench.analysis.named("cancel")
    bench.analysis.say(Cancelled(_found(BETTER)))
    assert not _card(heard).isVisibleTo(heard)
    heard.commands.doubts.again()
    bench.analysis.say(Failed("The model broke.", _found(BETTER)))
    assert heard.messages.message is not None
    assert heard.messages.message.sentence == "The model broke. The text is as it was."
    assert bench.session.work.state is WorkState.DONE
    assert bench.session.desk.segments == LINES
    assert bench.session.document() == _found(*LINES)


def test_another_way_hears_the_same_stretch(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, BETTER)
    large = ChosenModel("large", Path("/models/large.bin"), False)
    card = _card(heard)
    card.offer_speech = lambda: (large,)
    card._fill()
    titles = [action.text() for action in card._menu.actions()]
    assert titles == ["More closely", "More freely", "All sound", "With the Model", "In the Language"]
    models = card._menu.actions()[3].menu()
    assert isinstance(models, QMenu)
    assert [action.text() for action in models.actions()] == ["large"]
    models.actions()[0].trigger()
    request = bench.analysis.named("analyse")[-1]
    assert (request.speech.model, request.span) == (large.path, TimeSpan(2.5, 4.5))
    bench.analysis.say(Done(_found(BETTER)))
    card.again_asked.emit(Attempt(Way.ALL_SOUND))
    assert bench.analysis.named("analyse")[-1].speech.use_vad is False


def test_a_click_at_the_foot_of_a_doubtful_line_hears_it_again(heard: MainWindow, bench: Bench) -> None:
    lines = heard.transcript.lines
    rect = lines.visualRect(heard.transcript.model.index(1))
    again = heard.transcript._delegate.again_rect(LINES[1], rect)
    assert rect.contains(again)
    assert heard.transcript._delegate.again_rect(LINES[0], rect).isEmpty()
    seeks = len(bench.decoder.named("seek"))
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=again.center())
    assert bench.analysis.named("analyse")[-1].span == TimeSpan(2.5, 4.5)
    assert len(bench.decoder.named("seek")) == seeks


def test_the_marked_range_is_heard_again(heard: MainWindow, bench: Bench) -> None:
    assert not heard.command_actions["doubts.range"].isEnabled()
    bench.session.marks.set(type(bench.session.marks.marks)(2.2, 9.0))
    heard.command_actions["doubts.range"].trigger()
    assert bench.analysis.named("analyse")[-1].span == TimeSpan(2.2, 9.0)
    bench.analysis.say(Done(_found(BETTER, Segment(8.0, 8.5, "four", 0.9))))
    bench.session.rerun.take_new()
    assert [each.text for each in bench.session.desk.segments] == ["one", "two", "four"]


def test_another_file_forgets_the_comparison(heard: MainWindow, bench: Bench) -> None:
    heard.transcript.lines.setFocus()
    _run(heard, bench, BETTER)
    bench.open()
    assert bench.session.rerun.comparison is None
    assert not _card(heard).isVisibleTo(heard)


def test_nothing_is_heard_again_while_something_runs(heard: MainWindow, bench: Bench) -> None:
    bench.session.desk.apply(SetText(0, "won"))
    bench.session.analyse()
    asked = len(bench.analysis.named("analyse"))
    heard.commands.doubts._line_again(1)
    assert len(bench.analysis.named("analyse")) == asked
    assert heard.messages.message is not None
    assert "Something runs already" in heard.messages.message.sentence
