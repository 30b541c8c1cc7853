"""What becomes of the lines of an analysis: they are the transcript, unless a person made one."""

from __future__ import annotations

from pathlib import Path

from app.core.cue_style import USUAL
from app.core.events import Cancelled, Done, LanguageFound, SegmentFound, SegmentMarked
from app.core.results import Segment, Transcript
from app.core.time import TimeSpan
from app.core.transcript_edits import SetText
from app.export.cues import cues
from app.ui.main_window import MainWindow
from app.ui.message import Message
from app.ui.spoken_cues import SpokenCues
from app.ui.subtitles import Own
from tests.ui.fakes import Bench, document

ONE, TWO, THREE = (Segment(float(n), n + 0.8, text) for n, text in enumerate(("one", "two", "three")))


def _texts(bench: Bench) -> list[str]:
    return [each.text for each in bench.session.desk.segments]


def _said(bench: Bench) -> list[Message]:
    said: list[Message] = []
    bench.session.said.connect(said.append)
    return said


def test_lines_come_to_the_desk_with_their_language_and_late_marks(bench: Bench) -> None:
    bench.open()
    bench.analyse(LanguageFound("de"), SegmentFound(TWO), SegmentFound(ONE))
    doubtful = Segment(ONE.start_s, ONE.end_s, ONE.text, marks=("repetition",))
    bench.analysis.say(SegmentMarked(doubtful))
    assert bench.session.desk.transcript == Transcript("de", (doubtful, TWO))
    bench.session.open(bench.session.file.opened_path())
    assert bench.session.desk.segments == ()


def test_edits_made_while_lines_still_come_are_kept_shown_and_exported(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    bench.analyse(SegmentFound(ONE))
    bench.session.desk.apply(SetText(0, "won"))
    assert [each.text for each in window.transcript.model.segments] == ["won"]
    bench.analysis.say(SegmentFound(TWO), Done(document(bench.info, (), (ONE, TWO, THREE))))
    assert _texts(bench) == ["won", "two", "three"]
    assert [each.text for each in window.transcript.model.segments] == ["won", "two", "three"]
    exported = bench.session.document()
    assert exported is not None
    assert exported.transcript is not None
    assert [(each.text, each.edited) for each in exported.transcript.segments] == [
        ("won", True), ("two", False), ("three", False)
    ]  # fmt: skip


def test_a_new_analysis_does_not_destroy_edits_but_can_be_taken_and_that_undone(bench: Bench) -> None:
    bench.open()
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    bench.session.desk.apply(SetText(0, "won"))
    said = _said(bench)
    bench.analyse(SegmentFound(THREE), outcome=Done(document(bench.info, (), (ONE, THREE))))
    assert _texts(bench) == ["won", "two"]
    offers = [each for each in said if each.action == "Take the new one"]
    assert len(offers) == 1
    assert offers[0].do is not None
    offers[0].do()
    assert _texts(bench) == ["one", "three"]
    bench.session.desk.undo()
    assert _texts(bench) == ["won", "two"]


def test_without_edits_the_new_analysis_is_the_transcript(bench: Bench) -> None:
    bench.open()
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    said = _said(bench)
    bench.analyse(outcome=Done(document(bench.info, (), (THREE,))))
    assert _texts(bench) == ["three"]
    assert said == []


def test_what_was_imported_is_kept_too_and_nothing_is_offered_where_the_analysis_broke_off(
    bench: Bench,
) -> None:
    bench.open()
    bench.session.desk.begin_with(Transcript("en", (ONE,)))
    said = _said(bench)
    bench.analyse(SegmentFound(TWO), outcome=Cancelled(document(bench.info, (), (TWO,))))
    assert _texts(bench) == ["one"]
    assert said == []
    exported = bench.session.document()
    assert exported is not None
    assert exported.transcript == Transcript("en", (ONE,))


def test_what_is_imported_while_an_analysis_runs_is_not_mixed_with_it(bench: Bench) -> None:
    bench.open()
    bench.analyse(SegmentFound(ONE))
    bench.session.desk.begin_with(Transcript("en", (THREE,)), step="import")
    said = _said(bench)
    bench.analysis.say(SegmentFound(TWO), Done(document(bench.info, (), (ONE, TWO))))
    assert _texts(bench) == ["three"]
    assert said[-1].action == "Take the new one"
    assert said[-1].do is not None
    said[-1].do()
    assert _texts(bench) == ["one", "two"]
    bench.session.desk.undo()
    assert _texts(bench) == ["three"]


def test_a_range_replaces_its_own_lines_only_and_asks_where_they_were_edited(bench: Bench) -> None:
    bench.open()
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO, THREE))))
    said = _said(bench)
    again = Segment(1.0, 1.8, "again")
    bench.session.analyse(TimeSpan(1.0, 2.0))
    bench.analysis.say(Done(document(bench.info, (), (again,))))
    assert _texts(bench) == ["one", "again", "three"]
    assert said[-1].action == "Undo"
    bench.session.desk.undo()
    assert _texts(bench) == ["one", "two", "three"]
    bench.session.desk.apply(SetText(1, "mine"))
    bench.session.analyse(TimeSpan(1.0, 2.0))
    bench.analysis.say(Done(document(bench.info, (), (again,))))
    assert _texts(bench) == ["one", "mine", "three"]
    assert said[-1].action == "Take the new lines"
    assert said[-1].do is not None
    said[-1].do()
    assert _texts(bench) == ["one", "again", "three"]


def test_an_import_without_an_analysis_can_be_exported(window: MainWindow, bench: Bench) -> None:
    bench.session.open(Path("/films/clip.mp4"))
    bench.decoder.answer()
    assert bench.session.document() is None
    bench.session.desk.begin_with(Transcript("en", (ONE,)))
    exported = bench.session.document()
    assert exported is not None
    assert exported.media == bench.info
    assert exported.transcript == Transcript("en", (ONE,))


def test_the_transcript_is_shown_over_the_picture_as_it_is_edited(window: MainWindow, bench: Bench) -> None:
    bench.open()
    subtitles = window.side.subtitles
    assert not window.command_actions["view.subtitles"].isEnabled()
    bench.analyse(outcome=Done(document(bench.info, (), (ONE, TWO))))
    bench.session.playback.seek(0.4)
    window.command_actions["view.subtitles"].trigger()
    assert subtitles.chosen is Own.TRANSCRIPT
    assert [each.text for each in window.side_view.overlay.cues] == ["one"]
    bench.session.desk.apply(SetText(0, "won"))
    assert [each.text for each in window.side_view.overlay.cues] == ["won"]
    bench.session.playback.seek(0.9)
    assert window.side_view.overlay.cues == ()
    assert [(each.name, each.on) for each in window.side._subtitle_items()] == [
        ("Off", False),
        ("The transcript, as it is edited", True),
    ]
    window.command_actions["view.subtitles"].trigger()
    assert subtitles.chosen is None


def test_long_and_overlapping_lines_are_shown_as_they_are_exported() -> None:
    long = Segment(0.0, 10.0, "word " * 40)
    lines = (long, Segment(1.0, 2.0, "beside"), Segment(4.0, 5.0, "later"))
    spoken = SpokenCues()
    whole = [
        (each.start_ms / 1000, each.end_ms / 1000, "\n".join(each.lines))
        for each in cues(lines, USUAL.with_times_kept())
    ]
    for tenth in range(110):
        time_s = tenth / 10
        expected = [text for start_s, end_s, text in whole if start_s <= time_s < end_s]
        assert [each.text for each in spoken.at(lines, time_s)] == expected
