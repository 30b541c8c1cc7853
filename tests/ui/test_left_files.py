"""What was found in a file is there again when the file comes back; and only if it is the same file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.events import Cancelled, Done, Event, PictureAnalysed, SegmentFound, Thumbnail, ThumbnailMade
from app.core.results import Detection, Segment
from app.core.transcript_edits import SetText
from app.media.file_status import FileStatus
from app.ui.analysis_work import WorkState
from app.ui.left_files import LeftFiles
from app.ui.main_window import MainWindow
from app.workers.notices import VideoOpened
from tests.ui.fakes import Bench, detection, document, media

FILM, OTHER = Path("/films/clip.mp4"), Path("/films/other.mp4")
SAID = Segment(0.0, 0.8, "one")
BALL = detection(1.0)


def picture(found: Detection) -> PictureAnalysed:
    return PictureAnalysed(found.pts, found.time_s, (found,))


def analysed(bench: Bench, *more: Event) -> None:
    bench.open(FILM)
    outcome = Done(document(bench.info, (BALL,), (SAID,)))
    bench.analyse(picture(BALL), SegmentFound(SAID), *more, outcome=outcome)


def leave_while_it_runs_and_come_back(bench: Bench) -> None:
    """The analysis is cancelled by leaving; what its end brings is still to come."""
    bench.open(FILM)
    bench.analyse(picture(BALL))
    for path in (OTHER, FILM):
        bench.session.open(path)
        bench.decoder.answer()


def found(bench: Bench) -> tuple[Detection, ...]:
    return bench.session.file.findings.objects.detections(bench.session.shown.filter)


def lines(bench: Bench) -> list[str]:
    return [each.text for each in bench.session.desk.segments]


def test_going_on_to_another_file_and_back_loses_nothing(bench: Bench) -> None:
    analysed(bench)
    bench.session.playback.seek(2.0)
    bench.session.shown.toggle_class("box")
    exported = bench.session.document()
    bench.open(OTHER)
    assert found(bench) == ()
    assert lines(bench) == []
    asked = len(bench.analysis.named("analyse"))
    bench.open(FILM)
    assert found(bench) == (BALL,)
    assert lines(bench) == ["one"]
    assert bench.session.work.state is WorkState.DONE
    assert bench.session.document() == exported
    assert bench.session.shown.filter.hidden == {"box"}
    assert bench.decoder.named("seek")[-1][0] == 2.0
    # It was gone through before: nothing is decoded for it again.
    assert len(bench.analysis.named("analyse")) == asked


def test_what_was_found_is_on_the_screen_again(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    analysed(bench)
    bench.open(OTHER)
    bench.open(FILM)
    qtbot.waitUntil(lambda: window.parts.transcript.model.rowCount() == 1)
    assert window.parts.status.words.text().startswith("Analysed")


def test_a_transcript_that_was_only_found_may_be_replaced_by_the_next_analysis(bench: Bench) -> None:
    analysed(bench)
    bench.open(OTHER)
    bench.open(FILM)
    assert not bench.session.desk.is_kept
    other = Segment(0.0, 0.9, "two")
    bench.analyse(SegmentFound(other), outcome=Done(document(bench.info, (), (other,))))
    assert lines(bench) == ["two"]


def test_edits_come_back_with_their_undoing(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    bench.session.desk.apply(SetText(0, "won"))
    bench.open(OTHER)
    bench.open(FILM)
    assert lines(bench) == ["won"]
    assert bench.session.desk.is_unsaved
    assert window.kept_edits.unsaved == (FILM,)
    bench.session.desk.undo()
    assert lines(bench) == ["one"]


def test_a_file_that_was_changed_meanwhile_starts_anew(bench: Bench) -> None:
    analysed(bench)
    bench.open(OTHER)
    bench.decoder.info = replace(bench.info, bytes=bench.info.bytes + 1)
    bench.open(FILM)
    assert found(bench) == ()
    assert lines(bench) == []


def test_a_file_of_the_same_size_that_was_written_to_starts_anew(bench: Bench) -> None:
    bench.session.open(FILM)
    was = FileStatus(bench.info.bytes, 1, (1, 1))
    bench.decoder.opened.emit(VideoOpened(bench.info, bench.decoder.generation, was))
    bench.analysis.say(Done(document(bench.info)))
    bench.analyse(picture(BALL), outcome=Done(document(bench.info, (BALL,))))
    bench.open(OTHER)
    bench.session.open(FILM)
    bench.decoder.opened.emit(VideoOpened(bench.info, bench.decoder.generation, replace(was)))
    assert found(bench) == (BALL,)
    bench.open(OTHER)
    bench.session.open(FILM)
    bench.decoder.opened.emit(VideoOpened(bench.info, bench.decoder.generation, replace(was, modified_ns=2)))
    assert found(bench) == ()


def test_reloading_starts_anew(bench: Bench) -> None:
    analysed(bench)
    bench.session.reload()
    bench.decoder.answer()
    assert found(bench) == ()


def test_an_analysis_that_was_cut_off_by_leaving_keeps_what_its_end_brings(bench: Bench) -> None:
    bench.open(FILM)
    bench.analyse(picture(BALL), SegmentFound(SAID))
    bench.session.open(OTHER)
    later = detection(2.0)
    partly = document(bench.info, (BALL, later), (SAID,))
    bench.analysis.say(Cancelled(partly))
    bench.decoder.answer()
    bench.analysis.say(Done(document(bench.info)))
    assert found(bench) == ()
    bench.open(FILM)
    assert found(bench) == (BALL, later)
    assert lines(bench) == ["one"]
    assert bench.session.work.state is WorkState.CANCELLED
    assert bench.session.work.result == partly


def test_the_end_of_a_run_may_come_after_its_file_came_back(bench: Bench) -> None:
    leave_while_it_runs_and_come_back(bench)
    assert found(bench) == (BALL,)
    later = detection(2.0)
    bench.analysis.say(Cancelled(document(bench.info, (BALL, later), (SAID,))))
    assert found(bench) == (BALL, later)
    assert lines(bench) == ["one"]


def test_the_end_of_a_run_does_not_touch_an_analysis_that_began_since(bench: Bench) -> None:
    leave_while_it_runs_and_come_back(bench)
    bench.session.analyse()
    bench.analysis.say(Cancelled(document(bench.info, (BALL, detection(2.0)), (SAID,))))
    assert found(bench) == ()
    assert lines(bench) == []


def test_what_is_no_video_says_so_and_shows_the_way_back(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    bench.decoder.failure = "'notes.txt' is no video."
    bench.open(Path("/films/notes.txt"))
    message = window.messages.message
    assert message is not None
    assert message.sentence == "'clip.mp4' is as you left it."
    bench.decoder.failure = ""
    assert message.do is not None
    message.do()
    bench.decoder.answer()
    assert found(bench) == (BALL,)
    assert lines(bench) == ["one"]


def test_a_first_file_that_is_no_video_offers_no_way_back(window: MainWindow, bench: Bench) -> None:
    bench.decoder.failure = "'notes.txt' is no video."
    bench.open(Path("/films/notes.txt"))
    assert window.messages.message is None


@pytest.mark.parametrize(("most", "kept"), [(1 << 20, 4), (100_000, 1)])
def test_memory_is_bounded_and_the_file_before_always_kept(bench: Bench, most: int, kept: int) -> None:
    bench.session._left = LeftFiles(most)
    small = ThumbnailMade(Thumbnail(0, 0.0, 160, 90, bytes(160 * 90 * 3)))
    films = [Path(f"/films/{number}.mp4") for number in range(5)]
    for film in films:
        bench.open(film)
        later = replace(small, thumbnail=replace(small.thumbnail, pts=40, time_s=0.04))
        bench.analyse(small, later, picture(BALL), outcome=Done(document(bench.info, (BALL,))))
    back = []
    for film in reversed(films[:-1]):
        bench.open(film)
        back.append(found(bench) == (BALL,))
    # Those left longest ago are gone.
    assert back == [True] * kept + [False] * (4 - kept)


def test_files_in_which_nothing_was_done_are_not_kept(bench: Bench) -> None:
    bench.open(FILM)
    bench.open(OTHER)
    bench.session.open(FILM)
    bench.decoder.answer()
    assert bench.session.work.state is WorkState.INDEXING


def test_each_video_track_has_its_own(bench: Bench) -> None:
    analysed(bench)
    bench.session.open(FILM, video_track=1)
    bench.decoder.answer()
    assert found(bench) == ()
    bench.session.open(FILM)
    bench.decoder.answer()
    assert found(bench) == (BALL,)


def test_the_fake_file_is_always_the_same() -> None:
    assert media() == media()
