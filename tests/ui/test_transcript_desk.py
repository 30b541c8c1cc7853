"""The transcript that is shown: what was found or imported, and what the hand changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from app.core.results import Segment, Transcript
from app.core.transcript_edits import Merge, SetText, SetTimes
from app.ui.found.speech import LineNews
from app.ui.transcript_desk import TranscriptDesk

ONE, TWO, THREE = (Segment(float(n), n + 0.8, text) for n, text in enumerate(("one", "two", "three")))


@pytest.fixture
def desk(qapp: QCoreApplication) -> TranscriptDesk:
    return TranscriptDesk()


def _counted(desk: TranscriptDesk) -> list[int]:
    counted: list[int] = []

    def count() -> None:
        counted.append(len(desk.segments))

    desk.changed.connect(count)
    return counted


def _texts(desk: TranscriptDesk) -> list[str]:
    return [each.text for each in desk.segments]


def test_there_is_no_transcript_until_one_comes(desk: TranscriptDesk) -> None:
    shown = [desk.transcript]
    desk.arrived([LineNews(ONE)], "en")
    shown.append(desk.transcript)
    desk.begin_with(None)
    shown.append(desk.transcript)
    assert shown == [None, Transcript("en", (ONE,)), None]
    assert desk.segments == ()


def test_edits_survive_lines_that_arrive(desk: TranscriptDesk) -> None:
    desk.arrived([LineNews(ONE)])
    assert desk.apply(SetText(0, "won"))
    desk.arrived([LineNews(THREE), LineNews(TWO)])
    assert _texts(desk) == ["won", "two", "three"]
    desk.undo()
    assert desk.segments == (ONE, TWO, THREE)
    desk.redo()
    assert _texts(desk) == ["won", "two", "three"]


def test_what_changes_is_said_once_and_what_does_not_is_not(desk: TranscriptDesk) -> None:
    counted = _counted(desk)
    desk.arrived([LineNews(ONE), LineNews(TWO)])
    desk.apply(SetText(0, "one"))
    desk.undo()
    assert counted == [2]
    desk.apply(Merge(0, 1))
    assert counted == [2, 1]
    assert desk.undo_name == "merge"


def test_an_edit_that_makes_no_sense_is_one_sentence(desk: TranscriptDesk) -> None:
    sentences: list[object] = []
    desk.refused.connect(sentences.append)
    desk.arrived([LineNews(ONE)])
    assert not desk.apply(Merge(0, 1))
    assert not desk.apply(SetText(7, "seven"))
    assert sentences == ["There is no next line to merge with.", "That line is not there any more."]
    assert desk.segments == (ONE,)
    assert not desk.edited


def test_an_import_can_be_undone_and_another_file_cannot(desk: TranscriptDesk) -> None:
    desk.begin_with(Transcript("en", (ONE, TWO)))
    desk.apply(SetText(0, "won"))
    desk.begin_with(Transcript("de", (THREE,)), step="import")
    assert desk.transcript == Transcript("de", (THREE,))
    assert desk.undo_name == "import"
    desk.undo()
    assert desk.transcript is not None
    assert desk.transcript.language == "en"
    assert _texts(desk) == ["won", "two"]
    desk.begin_with(Transcript("fr", (THREE, ONE)))
    assert (desk.undo_name, desk.redo_name, desk.edited) == ("", "", False)
    assert desk.segments == (ONE, THREE)


def test_a_key_that_is_held_makes_one_step(desk: TranscriptDesk) -> None:
    desk.arrived([LineNews(ONE), LineNews(TWO)])
    for number in range(1, 6):
        desk.apply(SetTimes(1, 1 + number / 10, 1.8), joined=True)
    assert desk.segments[1].start_s == 1.5
    desk.undo()
    assert desk.segments == (ONE, TWO)


def test_a_stretch_is_replaced_by_what_a_second_run_found(desk: TranscriptDesk) -> None:
    desk.begin_with(Transcript("en", (ONE, TWO, THREE)))
    better = Segment(0.9, 1.9, "better")
    assert desk.splice(0.9, 1.9, (better,))
    assert desk.segments == (ONE, better, THREE)
    desk.undo()
    assert desk.segments == (ONE, TWO, THREE)


def test_an_offer_to_undo_takes_back_its_own_step_and_no_later_one(desk: TranscriptDesk) -> None:
    told: list[object] = []
    desk.refused.connect(told.append)
    desk.begin_with(Transcript("en", (Segment(0.0, 1.0, "brought"),)), step="import")
    desk.apply(SetText(0, "mended"))
    desk.undo_only("import")
    assert [each.text for each in desk.segments] == ["mended"]
    assert told == ["'Import' is not the last step any more: undo what came after it first."]
    desk.undo()
    desk.undo_only("import")
    assert "brought" not in [each.text for each in desk.segments]
