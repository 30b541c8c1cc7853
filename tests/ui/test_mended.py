"""Small things that were wrong in the window once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.core.events import (
    Done,
    Failed,
    PictureAnalysed,
    SegmentFound,
    Stage,
    StageFinished,
    Thumbnail,
    ThumbnailMade,
)
from app.core.results import Segment
from app.render.placeholder import ViewState
from app.settings import Settings
from app.ui.empty_words import no_lines
from app.ui.main_window import MainWindow
from app.ui.media_facts import format_text
from app.ui.message import Message, Tone
from app.ui.status_strip import SEPARATOR
from app.ui.timeline.hover_card import HoverCard
from app.ui.timeline.rows import RowKind
from app.ui.timeline.view import Hovered
from app.workers.notices import LiveResult, OpenFailed, VideoOpened
from tests.ui.fakes import Bench, detection, document


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "MP4 / QuickTime"),
        ("matroska,webm", "Matroska / WebM"),
        ("odd,format", "odd, format"),
    ],
)
def test_a_format_is_called_what_people_call_it(name: str, words: str) -> None:
    assert format_text(name) == words


def test_notes_stay_out_of_the_full_screen_and_come_back_failures_do_not_wait(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    assert window.messages.isVisible()
    window.parts.show_only_picture(True)
    assert not window.messages.isVisible()
    window.parts.show_only_picture(False)
    assert window.messages.isVisible()
    window.parts.show_only_picture(True)
    window.messages.show_message(Message("The file ends early.", Tone.WARNING))
    assert window.messages.isVisible()
    window.parts.show_only_picture(False)


def test_six_lanes_show_whole_in_a_window_of_800_pixels_with_a_message(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    found = tuple(detection(1.0, label) for label in ("ball", "box", "star", "ring", "arrow", "heart"))
    bench.analyse(PictureAnalysed(1000, 1.0, found), outcome=Done(document(bench.info, found)))
    QApplication.processEvents()
    assert window.messages.isVisible()
    assert window.timeline.view is not None
    assert len(window.timeline.view.state.lanes) == 6
    assert window.timeline.view.state.rows.scroll_range == 0


@pytest.mark.parametrize("width", [960, 1024])
def test_the_length_is_told_in_a_narrow_window(window: MainWindow, bench: Bench, width: int) -> None:
    bench.open()
    window.resize(width, 640)
    QApplication.processEvents()
    assert any("0:20" in label.text() for label in window.transport.findChildren(QLabel))


def test_classes_that_are_only_seen_live_can_be_switched_off(window: MainWindow, bench: Bench) -> None:
    bench.open()
    boxes = (detection(0.0, "ball"), detection(0.0, "box"))
    bench.live.live_out.put(LiveResult(0, 0.0, boxes, bench.decoder.generation))
    bench.live.live_ready.emit()
    chips = window.objects.chips.chips
    assert set(chips) == {"ball", "box"}
    assert chips["ball"].accessibleName() == "ball, seen live, not analysed yet"
    chips["ball"].click()
    assert [placed.detection.label for placed in window.video.shown_boxes()] == ["box"]
    bench.open()
    assert window.objects.chips.chips == {}


def test_where_nothing_was_read_yet_no_picture_stands_for_it(window: MainWindow, bench: Bench) -> None:
    bench.session.open(Path("/films/clip.mp4"))
    bench.decoder.answer()
    bench.analysis.say(ThumbnailMade(Thumbnail(0, 0.0, 2, 1, bytes(6))))
    view = window.timeline.view
    assert view is not None
    heights = []
    for indexed in (False, True):
        bench.session.file.findings.index.whole = indexed
        for time_s in (5.0, 19.0):
            view.hovered.emit(Hovered(time_s, 100.0))
            heights.append(window.findChildren(HoverCard)[0].height())
    assert heights[0] > heights[1]
    assert heights[2] == heights[3] == heights[0]


def test_a_long_name_is_cut_in_its_middle_and_told_whole(window: MainWindow, bench: Bench) -> None:
    name = "a very long name of a film " * 8 + "the end.mp4"
    bench.open(Path("/films") / name)
    shown = window.top_bar._name
    assert shown.text().startswith("a very")
    assert shown.text().endswith("the end.mp4")
    assert shown.fontMetrics().horizontalAdvance(shown.text()) <= shown.width()
    assert shown.toolTip() == shown.accessibleDescription() == name


@pytest.mark.parametrize("row", ["THUMBNAILS", "LANE", "SPEECH", "SOUND"])
def test_the_time_is_told_wherever_the_pointer_is_on_the_strip(
    window: MainWindow, bench: Bench, row: str
) -> None:
    bench.open()
    found = (detection(1.0, "ball"),)
    bench.analyse(PictureAnalysed(1000, 1.0, found), outcome=Done(document(bench.info, found)))
    view = window.timeline.view
    assert view is not None
    place = view.state.rows.of(RowKind[row])
    assert place is not None
    at, nothing = QPointF(300, place.middle), Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, at, nothing, nothing, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), moved)
    card = window.timeline._hover_card
    assert card is not None
    assert card.isVisible()
    # It stands over the strip, not on it.
    assert card.geometry().bottom() < view.mapTo(window, QPoint(0, 0)).y()


def test_the_picture_of_the_file_before_never_stands_for_another_one(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    bench.session.open(Path("/films/damaged.mp4"))
    bench.decoder.opened.emit(VideoOpened(bench.info, bench.decoder.generation))
    assert window.video.frame is None
    states = [window.video.state]
    assert window.transport.zoom.text() == "fit"
    sentence = "Nothing of the video in damaged.mp4 can be decoded."
    bench.decoder.failed.emit(OpenFailed(sentence, bench.decoder.generation))
    states.append(window.video.state)
    assert sentence in window.video.accessibleDescription()
    bench.decoder.show(0.0)
    states.append(window.video.state)
    assert states == [ViewState.LOADING, ViewState.FAILED, ViewState.PICTURE]
    assert "%" in window.transport.zoom.accessibleName()


@pytest.mark.parametrize("width", [960, 1024, 1280, 1440])
def test_the_number_of_the_picture_stands_whole_beside_the_length(
    window: MainWindow, bench: Bench, width: int
) -> None:
    window.resize(width, 800)
    bench.open()
    for time_s in (0.0, 19.96):
        bench.session.playback.seek(time_s)
        QApplication.processEvents()
        length = window.transport._length
        assert length.fontMetrics().horizontalAdvance(length.text()) <= length.contentsRect().width()
        assert width < 1280 or length.text().endswith(f"#{round(time_s * 25)}")
        assert "20" in length.text()
    bench.session.playback.set_speed(1.25)
    assert width < 1280 or window.transport._length.text().endswith("#499")


@pytest.mark.parametrize("height", [600, 700, 900])
def test_recent_files_never_stand_on_each_other(make_window: Callable[..., MainWindow], height: int) -> None:
    recent = tuple(f"/films/{n} with a name that is long enough to be cut somewhere.mp4" for n in range(5))
    window = make_window(Bench(settings=Settings(recent=recent)))
    window.resize(960, height)
    QApplication.processEvents()
    zone = window.picture_area.drop_zone
    shown = [each for each in zone.findChildren(QPushButton) if each.isVisible()]
    for above, below in pairwise(sorted(shown, key=lambda each: each.y())):
        assert below.y() >= above.geometry().bottom() or below.y() == above.y()
    assert all(zone.rect().contains(each.geometry()) for each in shown)
    assert all(each.height() >= each.sizeHint().height() for each in shown)


def test_the_quiet_half_of_the_status_line_is_never_cut_off(window: MainWindow, bench: Bench) -> None:
    window.resize(960, 640)
    bench.open()
    bench.session.analyse()
    QApplication.processEvents()
    right = window.status.right
    assert window.status.bar.isVisible()
    assert right.fontMetrics().horizontalAdvance(right.text()) <= right.width()


def test_the_quiet_half_leaves_out_whole_parts(window: MainWindow, bench: Bench) -> None:
    window.resize(960, 640)
    bench.open()
    bench.session.analyse()
    QApplication.processEvents()
    shown = window.status.right.text()
    assert shown.split(SEPARATOR)[-1] == "nothing written"
    assert "…" not in shown


def test_lines_that_are_known_and_not_shown_yet_break_nothing(window: MainWindow, bench: Bench) -> None:
    """They come in while it plays, and are gathered before the panel is made anew."""
    bench.open()
    bench.analyse(SegmentFound(Segment(1.0, 2.0, "one")))
    window.presenter.refresh_now()
    bench.session.playback.seek(3.5)
    bench.analysis.say(SegmentFound(Segment(3.0, 4.0, "two")))
    bench.session.playback.time_changed.emit()
    assert window.transcript.model.current is None
    window.presenter.refresh_now()
    assert window.transcript.model.current == 1


def test_why_an_analysis_failed_is_shown_until_the_next_one(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(outcome=Failed("The analysis broke off.", None))
    assert window.messages.message is bench.session.work.failure is not None
    assert no_lines(bench.session).title == "Nothing yet"
    bench.session.analyse()
    assert window.messages.message is None


def test_no_time_is_left_once_all_stages_are_through(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    bench.open()
    bench.analyse(*(StageFinished(stage, 1.0, 1) for stage in (Stage.PICTURES, Stage.SPEECH)))
    assert bench.session.work.meter.left_s() == 0.0
    qtbot.waitUntil(lambda: window.status.left.text() == "100 %")


def test_a_long_word_can_be_broken(window: MainWindow, bench: Bench) -> None:
    name = "x" * 200 + ".mp4"
    bench.decoder.failure = f"There is no file {name} here."
    bench.open(Path("/films") / name)
    note = window.picture_area.note
    for label in (note.title, note.sentence):
        needed = label.fontMetrics().boundingRect(
            0, 0, label.width(), 10_000, Qt.TextFlag.TextWordWrap, label.text()
        )
        assert needed.width() <= label.width()
    assert name in note.sentence.accessibleName()
