"""Subtitles become the transcript: offered in the empty panel, asked for by command, or dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from app.core.events import Done, SpeechRegionsFound
from app.core.results import Segment, Transcript
from app.core.time import TimeSpan
from app.core.tracks import FileContents
from app.media.subtitle_reading import SubtitlesRead
from app.ui.main_window import MainWindow
from app.workers.side_orders import CueSource
from app.workers.side_reader import TranscriptRead
from tests.ui.fakes import Bench, document, media
from tests.ui.test_file_side import CLIP, drop, text_track, told

BESIDE = Path("/films/clip.en.srt")
LINES = (Segment(1, 2, "Hello.", speaker="Ann"), Segment(3, 4, "Yes."))
READ = SubtitlesRead(Transcript("en", LINES, source="clip.en.srt"))


def _answer(bench: Bench, found: SubtitlesRead | None = READ, failure: str = "") -> CueSource:
    """The side reader has read what it was asked for last."""
    source: CueSource = bench.side.named("read_transcript")[-1]
    asked = bench.side.generations["read_transcript"]
    bench.side.transcript_read.emit(TranscriptRead(source, found, asked, failure))
    return source


def _open(window: MainWindow, bench: Bench, contents: FileContents = FileContents()) -> None:  # noqa: B008
    bench.open()
    assert window.session.file.path == CLIP
    told(bench, contents)


def test_the_empty_panel_offers_subtitles_beside_the_file(window: MainWindow, bench: Bench) -> None:
    _open(window, bench, FileContents(subtitles=(text_track(0),), beside=(BESIDE,)))
    note = window.transcript.note
    assert "Or take clip.en.srt." in note.sentence.text()
    assert not note.button.isHidden()
    note.button.click()
    assert _answer(bench) == CueSource(BESIDE)
    assert window.session.desk.transcript == READ.transcript
    assert window.transcript.model.segments == LINES
    assert window.transcript.source.text() == "From clip.en.srt"
    message = window.messages.message
    assert message is not None
    assert message.sentence == "2 lines from clip.en.srt."
    document = window.session.document()
    assert document is not None
    assert document.transcript == READ.transcript


def test_tracks_are_offered_but_forced_ones_last(window: MainWindow, bench: Bench) -> None:
    forced = text_track(0).__class__(text_track(0).kind, 0, "subrip", "eng", forced=True)
    _open(window, bench, FileContents(subtitles=(forced, text_track(1), text_track(2, usable=False))))
    assert "the subtitles in the file (2: eng, subrip)" in window.transcript.note.sentence.text()
    window.command_actions["said.subtitles"].trigger()
    assert bench.side.named("read_transcript") == [CueSource(CLIP, 1)]


def test_without_subtitles_nothing_is_offered(window: MainWindow, bench: Bench) -> None:
    _open(window, bench)
    assert window.transcript.note.button.text() != "Use the Subtitles"
    assert not window.command_actions["said.subtitles"].isEnabled()


def test_an_import_takes_the_place_of_a_transcript_and_can_be_undone(
    window: MainWindow, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    _open(window, bench)
    before = Transcript("de", (Segment(0, 1, "Hallo."),))
    window.session.desk.begin_with(before)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/else/x.vtt", ""))
    window.command_actions["said.import"].trigger()
    assert _answer(bench) == CueSource(Path("/else/x.vtt"))
    assert window.session.desk.transcript == READ.transcript
    message = window.messages.message
    assert message is not None
    assert message.action == "Undo"
    assert message.do is not None
    message.do()
    assert window.session.desk.transcript == before
    assert window.transcript.source.isHidden()


def test_a_dropped_file_is_shown_and_becomes_the_transcript_where_there_is_none(
    window: MainWindow, bench: Bench
) -> None:
    _open(window, bench)
    drop(window, "/else/x.srt")
    assert window.side.subtitles.chosen == CueSource(Path("/else/x.srt"))
    assert _answer(bench) == CueSource(Path("/else/x.srt"))
    drop(window, "/else/y.srt")
    assert bench.side.named("read_transcript") == [CueSource(Path("/else/x.srt"))]
    message = window.messages.message
    assert message is not None
    assert (message.sentence, message.action) == (
        "'y.srt' is shown over the picture.",
        "Make it the transcript",
    )
    assert message.do is not None
    message.do()
    assert bench.side.named("read_transcript")[-1] == CueSource(Path("/else/y.srt"))


def test_a_dropped_document_brings_its_transcript(window: MainWindow, bench: Bench) -> None:
    _open(window, bench)
    drop(window, "/else/clip.json")
    assert bench.side.named("read_transcript") == [CueSource(Path("/else/clip.json"))]
    assert window.side.subtitles.chosen is None


def test_what_cannot_be_read_is_told_and_changes_nothing(window: MainWindow, bench: Bench) -> None:
    _open(window, bench, FileContents(beside=(BESIDE,)))
    window.commands.take_subtitles()
    _answer(bench, None, "clip.en.srt holds no subtitles that can be read.")
    assert window.session.desk.transcript is None
    message = window.messages.message
    assert message is not None
    assert message.sentence == "clip.en.srt holds no subtitles that can be read."
    window.commands.take_subtitles()
    _answer(bench, SubtitlesRead(READ.transcript, "1 cue of clip.en.srt could not be read and was left out."))
    assert window.messages.message is not None
    assert "2 lines from clip.en.srt. 1 cue of" in window.messages.message.sentence


def test_subtitles_of_a_file_that_was_left_are_for_nobody(window: MainWindow, bench: Bench) -> None:
    _open(window, bench, FileContents(beside=(BESIDE,)))
    window.commands.take_subtitles()
    asked = bench.side.generations["read_transcript"]
    window.commands.open_paths([Path("/films/other.mp4")])
    bench.side.transcript_read.emit(TranscriptRead(CueSource(BESIDE), READ, asked))
    assert window.session.desk.transcript is None


def test_imported_text_where_nobody_speaks_is_marked_once_all_was_listened_to(
    window: MainWindow, bench: Bench
) -> None:
    _open(window, bench)
    heard = SpeechRegionsFound((TimeSpan(1.0, 2.0),))
    bench.analyse(heard, outcome=Done(document(media())))
    window.side.imports.take_file(BESIDE)
    _answer(bench)
    assert [each.marks for each in bench.session.desk.segments] == [(), ("over-silence",)]
