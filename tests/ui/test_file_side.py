"""The list, subtitles, tracks, chapters and the state of the file, in a window on fake workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.core.subtitles import CueTable, StyledText, SubtitleCue
from app.core.tracks import Chapter, FileContents, TrackInfo, TrackKind
from app.media.file_status import FileChange, FileStatus
from app.settings import Settings
from app.ui.file_list import FileList
from app.ui.file_side import FileSide
from app.ui.main_window import MainWindow
from app.ui.timeline.card import chapter_title
from app.workers.notices import OpenFailed, PlaybackState
from app.workers.side_orders import CueSource
from app.workers.side_reader import ContentsFound, CuesFound, FileChecked, FilesListed
from tests.ui.fakes import Bench, FakeSideReader

CLIP = Path("/films/clip.mp4")
STATUS = FileStatus(1000, 1, (1, 1))
FIRST, SECOND = Path("/films/a.mp4"), Path("/films/b.mp4")


def text_track(number: int, *, default: bool = False, usable: bool = True) -> TrackInfo:
    return TrackInfo(TrackKind.SUBTITLES, number, "subrip", "eng", default=default, usable=usable)


def told(bench: Bench, contents: FileContents) -> None:
    """The side reader has looked into the open file."""
    path = bench.side.named("look_into")[-1]
    bench.side.contents_found.emit(ContentsFound(path, contents, STATUS, bench.side.generation))


def cue(start_s: float, end_s: float, text: str) -> SubtitleCue:
    return SubtitleCue(start_s, end_s, (StyledText(text),))


def drop(widget: QWidget, *paths: str, shift: bool = False) -> bool:
    """Drop files where a hand would, through the application; whether anybody took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(5, 5), action, data, button, keys)
    target: QWidget | None = widget
    while target is not None and not target.acceptDrops():
        target = target.parentWidget()
    if target is None:
        return False
    QApplication.sendEvent(target, enter)
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), action, data, button, keys))
    return enter.isAccepted()


# --- the list


@given(st.lists(st.sampled_from("abcdefg")), st.lists(st.sampled_from("abcdefg")))
def test_a_list_holds_each_file_once_in_the_order_they_came(first: list[str], then: list[str]) -> None:
    files = FileList()
    files.replace(map(Path, first))
    files.queue(map(Path, then))
    assert [str(each.path) for each in files.files] == list(dict.fromkeys(first + then))
    assert files.current == (0 if first else -1)


def test_next_and_previous_stop_at_the_ends(window: MainWindow, bench: Bench) -> None:
    window.commands.open_paths([FIRST, SECOND])
    actions = window.command_actions
    assert actions["file.next"].isEnabled()
    actions["file.previous"].trigger()
    actions["file.next"].trigger()
    actions["file.next"].trigger()
    actions["file.previous"].trigger()
    assert bench.decoder.named("open") == [FIRST, SECOND, FIRST]


def test_one_file_needs_no_list(window: MainWindow, bench: Bench) -> None:
    window.commands.open_paths([FIRST])
    assert not window.side_view.file_list.isVisible()
    assert not window.command_actions["file.next"].isEnabled()


def test_shift_drop_queues(window: MainWindow, bench: Bench) -> None:
    drop(window, str(FIRST))
    drop(window, str(SECOND), str(FIRST), shift=True)
    assert bench.decoder.named("open") == [FIRST]
    assert [each.path for each in window.side.arrivals.files.files] == [FIRST, SECOND]
    assert window.messages.message is not None
    assert window.messages.message.sentence == "1 file was added to the list."


def test_a_file_that_cannot_be_opened_stays_with_its_reason(window: MainWindow, bench: Bench) -> None:
    window.commands.open_paths([FIRST, SECOND])
    bench.decoder.failure = "a.mp4 is damaged."
    bench.decoder.answer()
    assert window.side.arrivals.files.files[0].failure == "a.mp4 is damaged."
    button = window.side_view.file_list
    button.show_list()
    rows = [button.popup.list.item(row) for row in range(2)]
    assert "cannot be opened" in rows[0].text()
    assert rows[0].toolTip() == "a.mp4 is damaged."
    place = button.popup.list.visualItemRect(rows[1]).center()
    QTest.mouseClick(button.popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not button.popup.isVisible()
    assert bench.decoder.named("open") == [FIRST, SECOND]


def test_another_file_from_elsewhere_is_a_list_of_its_own(window: MainWindow, bench: Bench) -> None:
    window.commands.open_paths([FIRST, SECOND])
    bench.session.open(CLIP)
    assert [each.path for each in window.side.arrivals.files.files] == [CLIP]


def test_a_folder_is_listed_beside_the_window(window: MainWindow, bench: Bench, tmp_path: Path) -> None:
    window.commands.open_paths([tmp_path])
    assert bench.decoder.named("open") == []
    assert bench.side.named("list_files") == [(tmp_path,)]
    generation = bench.side.generation
    bench.side.files_listed.emit(FilesListed((SECOND,), generation - 1))
    bench.side.files_listed.emit(FilesListed((FIRST, SECOND), generation))
    assert bench.decoder.named("open") == [FIRST]
    assert window.side_view.file_list.text() == "Files  1 of 2  \N{BLACK DOWN-POINTING SMALL TRIANGLE}"


def test_an_empty_folder_is_told(window: MainWindow, bench: Bench, tmp_path: Path) -> None:
    window.commands.open_paths([tmp_path])
    bench.side.files_listed.emit(FilesListed((), bench.side.generation))
    assert window.messages.message is not None
    assert window.messages.message.sentence == "There is no video or sound file in this folder."


def test_models_in_a_folder_are_offered_to_the_models(
    window: MainWindow, bench: Bench, tmp_path: Path
) -> None:
    window.commands.open_paths([tmp_path])
    models = (tmp_path / "a.onnx", tmp_path / "b.bin")
    bench.side.files_listed.emit(FilesListed((), bench.side.generation, models=models))
    assert window.messages.message is not None
    assert window.messages.message.sentence == "These are 2 models. Add them to your models?"


def test_a_drop_anywhere_in_the_window_is_taken(window: MainWindow, bench: Bench) -> None:
    bench.open()
    children = [each for each in window.findChildren(QWidget) if each.isVisible() and not each.isWindow()]
    assert len(children) > 30
    for child in children:
        assert drop(child, "/films/b.mp4"), child
    assert set(bench.decoder.named("open")) == {CLIP, SECOND}


# --- subtitles


def test_default_subtitles_are_shown_with_their_picture(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents(subtitles=(text_track(0), text_track(1, default=True))))
    assert bench.side.named("read_cues") == [(CueSource(CLIP, 1), 0.0)]
    table = CueTable.of([cue(1, 2, "one"), cue(2, 3, "two")])
    bench.side.cues_found.emit(CuesFound(CueSource(CLIP, 1), table, True, bench.side.generation))
    overlay = window.side_view.overlay
    shown = []
    for time_s in (0.96, 1.0, 1.96, 2.0, 3.0):
        bench.decoder.show(time_s)
        shown.append([each.text for each in overlay.cues])
        assert overlay.isVisible() == bool(overlay.cues)
    assert shown == [[], ["one"], ["one"], ["two"], []]


def test_subtitles_follow_the_picture_not_the_time_asked_for(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents(subtitles=(text_track(0, default=True),)))
    table = CueTable.of([cue(5, 6, "later")])
    bench.side.cues_found.emit(CuesFound(CueSource(CLIP, 0), table, True, bench.side.generation))
    bench.session.playback.begin_scrub()
    bench.decoder.show(5.5)
    bench.session.playback._target_s = 1.0
    bench.session.playback.time_changed.emit()
    assert [each.text for each in window.side_view.overlay.cues] == ["later"]


def test_files_beside_are_shown_and_pictures_are_not_offered(window: MainWindow, bench: Bench) -> None:
    bench.open()
    beside = Path("/films/clip.en.srt")
    told(bench, FileContents(subtitles=(text_track(0, usable=False),), beside=(beside,)))
    assert bench.side.named("read_cues")[-1][0] == CueSource(beside)
    window.side.subtitle_menu.fill()
    lines = [
        (each.text(), each.isEnabled(), each.isChecked()) for each in window.side.subtitle_menu.actions()
    ]
    assert lines == [
        ("Off", True, False),
        ("1: eng, subrip (cannot be shown yet)", False, False),
        ("clip.en.srt", True, True),
    ]


@pytest.mark.parametrize(
    ("wished", "default", "shown"),
    [(None, False, None), (None, True, 0), (True, False, 0), (False, True, None)],
)
def test_what_was_chosen_last_is_remembered(
    make_window: Callable[..., MainWindow], wished: bool | None, default: bool, shown: int | None
) -> None:
    bench = Bench(settings=Settings(subtitles=wished))
    window = make_window(bench)
    bench.open()
    told(bench, FileContents(subtitles=(text_track(0, default=default),)))
    chosen = window.side.subtitles.chosen
    assert (chosen.track if isinstance(chosen, CueSource) else None) == shown


def test_v_goes_through_the_subtitles(window: MainWindow, bench: Bench) -> None:
    bench.open()
    assert not window.command_actions["view.subtitles"].isEnabled()
    told(bench, FileContents(subtitles=(text_track(0), text_track(1))))
    chosen = []
    for _ in range(3):
        window.command_actions["view.subtitles"].trigger()
        source = window.side.subtitles.chosen
        chosen.append(source.track if isinstance(source, CueSource) else None)
    assert chosen == [0, 1, None]
    assert bench.session.settings.subtitles is False


def test_a_subtitle_file_dropped_on_the_video_is_shown(window: MainWindow, bench: Bench) -> None:
    drop(window, "/films/any.srt")
    assert window.messages.message is not None
    assert "open the video first" in window.messages.message.sentence
    bench.open()
    drop(window.video, "/films/any.srt")
    assert window.side_view.overlay.cues == ()
    assert bench.side.named("read_cues")[-1][0] == CueSource(Path("/films/any.srt"))
    bench.side.cues_found.emit(
        CuesFound(CueSource(Path("/films/any.srt")), CueTable(), True, bench.side.generation, "It is broken.")
    )
    assert window.messages.message.sentence == "It is broken."
    assert window.side.subtitles.chosen is None
    assert window.side.subtitles.choices == ()


def test_late_answers_about_another_file_change_nothing(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents(subtitles=(text_track(0, default=True),)))
    generation, source = bench.side.generation, CueSource(CLIP, 0)
    bench.session.open(SECOND)
    assert bench.side.named("leave_cues")
    table = CueTable.of([cue(0, 9, "old")])
    bench.side.cues_found.emit(CuesFound(source, table, True, generation))
    bench.side.contents_found.emit(ContentsFound(CLIP, FileContents(), STATUS, generation))
    bench.decoder.answer()
    assert window.side_view.overlay.cues == ()
    assert window.side.contents == FileContents()


# --- tracks and chapters


def test_another_video_track_is_opened_at_the_same_time(window: MainWindow, bench: Bench) -> None:
    bench.open()
    tracks = tuple(TrackInfo(TrackKind.VIDEO, number, "h264") for number in range(2))
    told(bench, FileContents(video=tracks))
    bench.session.playback.seek(4.0)
    window.side.track_menu.fill()
    window.side.track_menu.actions()[1].trigger()
    assert bench.session.file.video_track == 1
    bench.decoder.answer()
    assert bench.decoder.named("seek")[-1] == (4.0, True)
    assert bench.analysis.named("analyse")[-1].video_track == 1


CHAPTERS = (Chapter(0, 5, "One"), Chapter(5, 12, "Two"), Chapter(12, 20, "Three"))


def test_sound_tracks_are_listed_with_what_the_file_says(window: MainWindow, bench: Bench) -> None:
    bench.open()
    tracks = (
        TrackInfo(TrackKind.AUDIO, 0, "aac", "eng", detail="stereo"),
        TrackInfo(TrackKind.AUDIO, 1, "ac3", "deu", detail="5.1", usable=False),
    )
    told(bench, FileContents(audio=tracks))
    window.side.sound_menu.fill()
    listed = [(each.text(), each.isEnabled(), each.isChecked()) for each in window.side.sound_menu.actions()]
    assert listed == [("1: eng, aac, stereo", True, True), ("2: deu, ac3, 5.1", False, False)]


@pytest.mark.parametrize(
    ("at", "step", "to"),
    [(0, 1, 5), (4.9, 1, 5), (5, 1, 12), (13, 1, None), (13, -1, 5), (15, -1, 12), (5.5, -1, 0), (0, -1, 0)],
)
def test_going_by_chapters(window: MainWindow, bench: Bench, at: float, step: int, to: float | None) -> None:
    bench.open()
    told(bench, FileContents(chapters=CHAPTERS))
    bench.session.playback.seek(at)
    before = len(bench.decoder.named("seek"))
    window.side.go_chapter(step)
    seeks = bench.decoder.named("seek")[before:]
    assert seeks == ([] if to is None else [(to, True)])


def test_chapters_stand_on_the_strip_and_in_the_menu(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents(chapters=CHAPTERS))
    assert window.timeline.view is not None
    state = window.timeline.view.state
    assert [each.title for each in state.chapters] == ["One", "Two", "Three"]
    window.side.chapter_menu.fill()
    window.side.chapter_menu.actions()[2].trigger()
    assert bench.decoder.named("seek")[-1] == (12, True)
    assert [chapter_title(CHAPTERS, at) for at in (0, 4.99, 5, 19.9, 20)] == [
        "One",
        "One",
        "Two",
        "Three",
        "",
    ]
    bench.session.close()
    assert not state.chapters


# --- the file becomes another one


@pytest.mark.parametrize(
    ("change", "words", "again"),
    [
        (FileChange.GROWN, "has grown", True),
        (FileChange.SHRUNK, "was cut off", True),
        (FileChange.REPLACED, "was written anew", True),
        (FileChange.GONE, "no longer in its folder", False),
        (FileChange.UNREADABLE, "cannot be read any more", False),
    ],
)
def test_a_file_that_changed_is_told_once(
    window: MainWindow, bench: Bench, change: FileChange, words: str, again: bool
) -> None:
    bench.open()
    told(bench, FileContents())
    window.messages.clear()
    bench.decoder.state_changed.emit(PlaybackState(at_end=True))
    assert bench.side.named("check") == [(CLIP, STATUS)]
    bench.side.file_checked.emit(FileChecked(CLIP, change, bench.side.generation))
    message = window.messages.message
    assert message is not None
    assert words in message.sentence
    assert message.action == ("Reload" if again else "")
    assert bench.session.file.is_open
    assert window.video.frame is not None
    window.messages.clear()
    bench.decoder.failed.emit(OpenFailed("clip.mp4 cannot be read.", bench.decoder.generation))
    window.messages.clear()
    bench.side.file_checked.emit(FileChecked(CLIP, change, bench.side.generation))
    assert window.messages.message is None


def test_reloading_goes_on_where_we_were(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents())
    bench.session.playback.seek(7.0)
    window.side.watch.look()
    bench.side.file_checked.emit(FileChecked(CLIP, FileChange.GROWN, bench.side.generation))
    message = window.messages.message
    assert message is not None
    assert message.do is not None
    message.do()
    assert bench.decoder.named("open") == [CLIP, CLIP]
    bench.decoder.answer()
    assert bench.decoder.named("seek")[-1] == (7.0, True)


def test_an_unchanged_file_is_not_spoken_of(window: MainWindow, bench: Bench) -> None:
    bench.open()
    told(bench, FileContents())
    window.messages.clear()
    window.side.watch.look()
    bench.side.file_checked.emit(FileChecked(CLIP, FileChange.SAME, bench.side.generation))
    assert window.messages.message is None


def test_the_reader_ends_with_the_window(window: MainWindow, bench: Bench) -> None:
    side: FakeSideReader = bench.side
    assert isinstance(window.side, FileSide)
    window.close()
    assert [name for name, _ in side.calls][-2:] == ["stop", "wait"]
