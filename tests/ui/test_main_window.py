from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.events import (
    Done,
    Failed,
    KeyframesFound,
    LanguageFound,
    PictureAnalysed,
    Progress,
    SegmentFound,
    ShotsFound,
    Stage,
    WarningRaised,
)
from app.core.geometry import Box
from app.core.results import Keyframe, Segment, Shot, Word
from app.render.palette import DARK, LIGHT, class_colour
from app.settings import Settings, Theme
from app.ui.empty_words import no_lines, no_objects
from app.ui.main_window import MainWindow
from app.ui.message import Tone
from app.ui.model_choice import ChosenModel, ModelChoice
from app.ui.side_panel import Tab
from app.ui.timeline.rows import RowKind
from app.ui.transcript_delegate import doubts
from app.ui.transcript_text import spoken_at, word_places
from tests.ui.fakes import Bench, detection, document, media


def looked_at(time_s: float, *found: tuple[str, float]) -> PictureAnalysed:
    boxes = (Box(100, 50, 200, 150), Box(300, 50, 400, 150))
    made = tuple(detection(time_s, label, sure, boxes[n % 2]) for n, (label, sure) in enumerate(found))
    return PictureAnalysed(round(time_s * 1000), time_s, made)


def analysed(bench: Bench) -> None:
    """A file with two classes and three lines."""
    bench.open()
    bench.analyse(
        KeyframesFound(tuple(Keyframe(pts * 1000, float(pts)) for pts in range(0, 20, 4))),
        ShotsFound((Shot(0.0, 8.0, 0, 8000), Shot(8.0, 20.0, 8000, 20000))),
        looked_at(0.0, ("ball", 0.9), ("box", 0.4)),
        looked_at(4.0, ("ball", 0.8)),
        looked_at(8.0),
        LanguageFound("en"),
        *(
            SegmentFound(Segment(s, s + 2.0, text))
            for s, text in ((1.0, "one"), (5.0, "two"), (9.0, "three, one"))
        ),
        outcome=Done(document(bench.info)),
    )


def test_the_empty_window_offers_recent_files_and_the_sample(make_window: Callable[..., MainWindow]) -> None:
    bench = Bench(settings=Settings(recent=("/films/a.mp4", "/films/b.mp4")))
    window = make_window(bench)
    zone = window.picture_area.drop_zone
    assert zone.isVisible()
    assert zone.open_button.isVisible()
    names = [button.text().strip() for button in zone.findChildren(type(zone.open_button))]
    assert names[:2] == ["Open a video…", "Try the sample"]
    assert names[3:] == ["a.mp4", "b.mp4"]
    QTest.mouseClick(zone.findChildren(type(zone.open_button))[4], Qt.MouseButton.LeftButton)
    assert bench.decoder.named("open") == [Path("/films/b.mp4")]


def test_dropping_opens_the_first_and_lists_the_others(window: MainWindow, bench: Bench) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/films/名前 ü.mp4"), QUrl.fromLocalFile("/films/b.mp4")])
    window.dropEvent(
        QDropEvent(
            QPointF(50, 50),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert bench.decoder.named("open") == [Path("/films/名前 ü.mp4")]
    assert [each.path.name for each in window.side.arrivals.files.files] == ["名前 ü.mp4", "b.mp4"]
    assert window.side_view.file_list.isVisible()
    assert window.side_view.file_list.text() == "Files  1 of 2  \N{BLACK DOWN-POINTING SMALL TRIANGLE}"


def test_a_failed_file_says_why_where_the_picture_would_be(window: MainWindow, bench: Bench) -> None:
    bench.decoder.failure = "'clip.mp4' is no video."
    bench.open()
    assert window.picture_area.note.isVisible()
    assert window.picture_area.note.sentence.text() == "'clip.mp4' is no video."
    assert not window.command_actions["go.play"].isEnabled()


def test_the_keyboard_belongs_to_the_picture_once_a_file_is_open(window: MainWindow, bench: Bench) -> None:
    assert window.focusWidget() is window.picture_area.drop_zone.open_button
    bench.open()
    assert window.focusWidget() is window.video
    window.command_actions["file.close"].trigger()
    assert window.focusWidget() is window.picture_area.drop_zone.open_button


def test_a_file_named_at_the_start_gives_the_keyboard_to_the_picture(
    make_window: Callable[..., MainWindow], bench: Bench, qtbot: QtBot
) -> None:
    window = make_window(bench, show=False)
    bench.session.open(Path("/films/clip.mp4"))
    window.show()
    qtbot.waitExposed(window)
    bench.decoder.answer()
    assert window.focusWidget() is window.video


def test_a_failed_file_gives_the_keyboard_to_the_way_out(window: MainWindow, bench: Bench) -> None:
    bench.decoder.failure = "'clip.mp4' is no video."
    bench.open()
    assert window.focusWidget() is window.picture_area.note.button


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_typed_time_gives_the_keyboard_back_to_the_picture(
    window: MainWindow, bench: Bench, key: Qt.Key
) -> None:
    bench.open()
    window.commands.go.to_time()
    entry = window.transport.entry
    assert window.focusWidget() is entry
    QTest.keyClicks(entry, "0:04")
    QTest.keyClick(entry, key)
    assert not entry.isVisible()
    assert window.focusWidget() is window.video


def test_sample_models_are_named_as_such_with_the_way_to_real_ones(window: MainWindow, bench: Bench) -> None:
    bench.open()
    message = window.messages.message
    assert message is not None
    assert "sample models" in message.sentence
    assert message.action == "How to get real ones"


def test_real_models_are_not_talked_about(make_window: Callable[..., MainWindow]) -> None:
    real = ChosenModel("yolox", Path("/models/yolox.onnx"), False)
    bench = Bench(models=ModelChoice(real, ChosenModel("base", Path("/models/base.bin"), False)))
    window = make_window(bench)
    bench.open()
    assert window.messages.message is None


def test_what_is_wrong_with_a_file_is_said_where_it_is_seen(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(WarningRaised("The file is cut off."), outcome=Done(document(bench.info)))
    message = window.messages.message
    assert message is not None
    assert message.sentence == "The file is cut off."
    assert message.tone is Tone.WARNING
    assert "1 warning" in window.status.words.text()
    assert message.do is not None
    message.do()
    assert window.info.isVisible()
    window.messages.clear()
    bench.analyse(WarningRaised("The file is cut off."), outcome=Done(document(bench.info)))
    assert window.messages.message is None


def test_of_several_warnings_the_first_is_said_and_the_others_counted(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    odd = (WarningRaised("The file is cut off."), WarningRaised("Some sound is damaged."))
    bench.analyse(*odd, outcome=Done(document(bench.info)))
    assert window.messages.message is not None
    assert window.messages.message.sentence == "The file is cut off. (1 more in Info)"
    assert "2 warnings" in window.status.words.text()


@pytest.mark.parametrize("width", [960, 1024, 1280])
def test_in_a_narrow_window_times_and_names_stay_whole(window: MainWindow, bench: Bench, width: int) -> None:
    from PySide6.QtWidgets import QLabel

    analysed(bench)
    window.parts.panel.show_tab(Tab.OBJECTS)
    window.resize(width, 640)
    QApplication.processEvents()
    for label in window.transport.findChildren(QLabel):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
    names = window.objects.view.columnWidth(1) - 42
    assert names >= window.objects.fontMetrics().horizontalAdvance("dining table")


def test_missing_models_are_told(make_window: Callable[..., MainWindow]) -> None:
    bench = Bench(models=ModelChoice())
    window = make_window(bench)
    bench.open()
    assert window.messages.message is not None
    assert "no model here" in window.messages.message.sentence
    assert no_objects(bench.session).title == "No detector"
    assert no_lines(bench.session).title == "No speech model"


def test_filters_act_at_once_on_picture_table_lanes_and_counts(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    bench.session.playback.seek(0.0)
    window.parts.panel.show_tab(Tab.OBJECTS)

    def seen() -> tuple[set[str], int, dict[str, int]]:
        view = window.timeline.view
        assert view is not None
        boxes = {placed.detection.label for placed in window.video.shown_boxes()}
        lanes = {label: len(columns.starts) for label, columns in view.state.lane_columns.items()}
        return boxes, window.objects.table.rowCount(), lanes

    assert seen() == ({"ball", "box"}, 3, {"box": 1, "ball": 1})
    window.objects.slider.setValue(50)
    assert seen() == ({"ball"}, 2, {"box": 0, "ball": 1})
    assert window.objects.chips.chips["box"].accessibleName() == "box, 0 of 1 shown"
    QTest.mouseClick(window.objects.chips.chips["ball"], Qt.MouseButton.LeftButton)
    assert seen() == (set(), 0, {"box": 0})
    QTest.mouseClick(window.objects.chips.chips["ball"], Qt.MouseButton.LeftButton)
    window.objects.slider.setValue(25)
    assert seen() == ({"ball", "box"}, 3, {"box": 1, "ball": 1})


def test_a_row_of_the_table_goes_to_its_picture(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    window.parts.panel.show_tab(Tab.OBJECTS)
    window.objects.view.clicked.emit(window.objects.table.index(2, 0))
    assert bench.decoder.named("seek")[-1] == (4.0, True)
    assert window.objects.table.current_pts == 4000


def test_the_table_sorts_by_any_column(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    window.objects.view.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert [row.confidence for row in window.objects.table.rows] == [0.9, 0.8, 0.4]
    window.objects.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert [row.label for row in window.objects.table.rows] == ["ball", "ball", "box"]


def click_line(window: MainWindow, row: int) -> None:
    """Click on the time of a line."""
    lines = window.transcript.lines
    place = lines.visualRect(window.transcript.model.index(row)).topLeft() + QPoint(20, 12)
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_line_being_said_is_marked_and_a_click_goes_just_before(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    marked = []
    for time_s in (5.5, 8.0):
        bench.session.playback.seek(time_s)
        marked.append(window.transcript.model.current)
    assert marked == [1, None]
    click_line(window, 2)
    assert bench.decoder.named("seek")[-1] == (8.7, True)


def test_finding_in_the_transcript_counts_and_walks(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    window.command_actions["go.find"].trigger()
    QTest.keyClicks(window.transcript.search, "ONE")
    assert window.transcript.finding.bar.count.text() == "1 of 2"
    QTest.keyClick(window.transcript.search, Qt.Key.Key_Return)
    assert window.transcript.finding.bar.count.text() == "2 of 2"
    assert bench.decoder.named("seek")[-1] == (8.7, True)
    QTest.keyClicks(window.transcript.search, "x")
    assert window.transcript.finding.bar.count.text() == "not found"
    QTest.keyClick(window.transcript.search, Qt.Key.Key_Escape)
    assert window.transcript.search.text() == ""


@pytest.mark.parametrize(("time_s", "word"), [(1.1, "well"), (1.6, "well"), (2.0, None), (2.6, "done")])
def test_the_spoken_word_is_found_in_the_line(time_s: float, word: str | None) -> None:
    words = (Word(1.0, 1.5, " well", 0.9), Word(1.5, 2.0, " well", 0.9), Word(2.5, 3.0, "done", 0.9))
    segment = Segment(1.0, 3.0, " well well, done", 0.9, words)
    spoken = spoken_at(word_places(segment), time_s)
    text = segment.text.strip()
    assert (text[spoken.start : spoken.end] if spoken else None) == word
    if time_s == 1.6:
        assert spoken is not None
        assert (spoken.start, spoken.end) == (5, 9)


def test_doubts_are_said_in_words() -> None:
    assert doubts(Segment(0, 1, "a", 0.9)) == ""
    assert "uncertain" in doubts(Segment(0, 1, "a", 0.3, (), ("low-confidence",)))
    assert "over silence" in doubts(Segment(0, 1, "a", 0.9, (), ("over-silence",)))


def test_a_click_on_the_strip_goes_there_and_a_drag_ends_exact(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    bench.session.playback.play_or_pause()
    bench.decoder.calls.clear()
    places = [QPoint(round(view.scale.x_of(time_s)), 40) for time_s in (5.0, 10.0, 12.0)]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(view.viewport(), places[1])
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=places[2])
    asked = bench.decoder.named("seek")
    assert [exact for _, exact in asked] == [False] * (len(asked) - 1) + [True]
    assert asked[0][0] == pytest.approx(5.0, abs=0.03)
    assert asked[-1][0] == pytest.approx(12.0, abs=0.03)
    assert [name for name, _ in bench.decoder.calls if name in ("pause", "play")] == ["pause", "play"]


def wheel(at: QPoint, notches: int, modifiers: Qt.KeyboardModifier) -> QWheelEvent:
    return QWheelEvent(
        QPointF(at), QPointF(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


def test_ctrl_and_the_wheel_zoom_at_the_pointer(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    at = QPoint(400, 50)
    before = view.scale.time_of(400)
    for _ in range(5):
        view.wheelEvent(wheel(at, 1, Qt.KeyboardModifier.ControlModifier))
    assert view.scale.span_s == pytest.approx(20.0 / 1.25**5)
    assert view.scale.time_of(400) == pytest.approx(before)
    [x_range, _] = view._box.viewRange()
    assert x_range == pytest.approx([view.scale.time_of(0), view.scale.time_of(view.scale.width)])
    start = view.scale.start_s
    view.wheelEvent(wheel(at, -1, Qt.KeyboardModifier.NoModifier))
    assert view.scale.start_s > start
    window.commands.show_all_time()
    assert view.scale.shows_all


def test_the_strip_paints_lanes_in_the_colour_of_their_class(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    bench.session.playback.seek(15.0)
    image = view.viewport().grab().toImage()
    [row] = [row for row in view.state.rows.rows if row.label == "ball"]
    painted = image.pixelColor(round(view.scale.x_of(3.0)), round(row.middle))
    wanted = QColor(class_colour(DARK, "ball"))
    ground = QColor(DARK.panel)
    assert abs(painted.red() - wanted.red()) < abs(painted.red() - ground.red()) or wanted.red() < 100
    assert abs(painted.blue() - wanted.blue()) < abs(painted.blue() - ground.blue())
    empty = image.pixelColor(round(view.scale.x_of(12.0)), round(row.middle))
    assert empty == ground
    keyframes = view.state.rows.of(RowKind.KEYFRAMES)
    assert keyframes is not None
    diamond = image.pixelColor(round(view.scale.x_of(8.0)), round(keyframes.middle))
    assert diamond == QColor(DARK.text)
    playhead = image.pixelColor(round(view.scale.x_of(15.0)), round(row.middle))
    assert playhead == QColor(DARK.playhead)


def test_the_playhead_moves_without_painting_the_rest_again(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    for time_s in (3.0, 17.0):
        bench.session.playback.seek(time_s)
        image = view.viewport().grab().toImage()
        row = view.state.rows.of(RowKind.SOUND)
        assert row is not None
        marked = [
            x for x in range(image.width())
            if image.pixelColor(x, round(row.top) + 1) == QColor(DARK.playhead)
        ]  # fmt: skip
        assert marked
        assert all(abs(x - view.scale.x_of(time_s)) <= 2 for x in marked)


def test_hovering_shows_the_time_and_nothing_moves(window: MainWindow, bench: Bench) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    scale = view.scale
    at, nothing = QPointF(300, 40), Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, at, nothing, nothing, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), moved)
    assert view.state.hover_s == pytest.approx(scale.time_of(300))
    assert view.scale is scale
    assert window.timeline._hover_card is not None
    assert window.timeline._hover_card.isVisible()


@pytest.mark.parametrize("what", ["strip resized", "window wider", "window higher", "left", "hidden"])
def test_what_floats_over_the_strip_goes_when_the_pointer_is_elsewhere(
    window: MainWindow, bench: Bench, what: str
) -> None:
    analysed(bench)
    view = window.timeline.view
    assert view is not None
    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(300, 10), QPointF(300, 10), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), moved)
    card = window.timeline._hover_card
    assert card is not None
    assert card.isVisible()
    match what:
        case "strip resized":
            above, strip = window.parts.down.sizes()
            window.parts.down.setSizes([above - 40, strip + 40])
        case "window wider":
            window.resize(window.width() + 60, window.height())
        case "window higher":
            window.resize(window.width(), window.height() + 60)
        case "left":
            QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
        case _:
            window.timeline.hide()
    QApplication.processEvents()
    assert not card.isVisible()
    assert what in ("hidden", "window higher") or view.state.hover_s is None


def test_a_border_drawn_while_nothing_is_open_says_nothing_of_the_strip(
    window: MainWindow, bench: Bench
) -> None:
    window.parts.across.splitterMoved.emit(700, 1)
    place = bench.session.settings.window
    assert place.panel_width == window.parts.across.sizes()[1]
    assert place.strip_height == 0
    bench.open()
    window.parts.down.splitterMoved.emit(500, 1)
    assert bench.session.settings.window.strip_height == window.parts.down.sizes()[1]


def test_progress_is_told_and_cancelling_is_one_press(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    bench.open()
    bench.analyse(Progress(Stage.PICTURES, 5.0, 20.0), Progress(Stage.SPEECH, 5.0, 20.0))
    assert window.status.bar.isVisible()
    qtbot.waitUntil(lambda: window.status.bar.value() == 250)
    assert window.status.left.text() == "25 %"
    QTest.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)
    assert bench.analysis.named("cancel")
    assert window.status.words.text() == "Stopping"


def test_a_failed_analysis_is_told_in_words_and_can_be_tried_again(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(outcome=Failed("The disk went away.", None))
    assert window.messages.message is not None
    assert window.messages.message.sentence == "The disk went away."
    asked = len(bench.analysis.named("analyse"))
    QTest.mouseClick(window.messages.answers[0], Qt.MouseButton.LeftButton)
    assert len(bench.analysis.named("analyse")) == asked + 1


def test_the_theme_changes_without_a_restart(window: MainWindow, bench: Bench) -> None:
    window.command_actions["view.light"].trigger()
    assert bench.session.settings.theme is Theme.LIGHT
    assert LIGHT.background in window.styleSheet()
    assert window.command_actions["view.light"].isChecked()
    window.command_actions["view.dark"].trigger()
    assert DARK.background in window.styleSheet()


def test_empty_panels_say_why(
    window: MainWindow, bench: Bench, make_window: Callable[..., MainWindow]
) -> None:
    make_window(bench)
    assert no_lines(bench.session).title == "No transcript"
    bench.open()
    assert no_lines(bench.session).title == "Not analysed yet"
    bench.session.analyse()
    assert no_lines(bench.session).title == "Listening"
    bench.analysis.say(Done(document(bench.info)))
    assert no_lines(bench.session).title == "Nothing is said"
    assert no_objects(bench.session).title == "Nothing was found"
    silent = Bench(info=media(audio=False))
    make_window(silent)
    silent.open()
    assert no_lines(silent.session).title == "No sound"
    heard = Bench(info=media(video=False))
    sound_window = make_window(heard)
    heard.open()
    assert no_objects(heard.session).title == "No picture"
    view = sound_window.timeline.view
    assert view is not None
    assert view.state.rows.of(RowKind.THUMBNAILS) is None


def test_information_names_the_file_the_models_and_what_was_odd(window: MainWindow, bench: Bench) -> None:
    from PySide6.QtWidgets import QLabel

    bench.open()
    bench.analyse(WarningRaised("The sound ends early."), outcome=Done(document(bench.info)))
    words = " | ".join(label.text() for label in window.info.findChildren(QLabel))
    for expected in (
        "clip.mp4",
        "h264",
        "360",
        "aac",
        "shapes",
        "The sound ends early.",
        "sample models",
    ):
        assert expected in words


def test_every_control_that_takes_the_keyboard_has_a_name(window: MainWindow, bench: Bench) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QSlider, QTabBar, QWidget

    analysed(bench)
    nameless = []
    for control in window.findChildren(QWidget):
        if not isinstance(control, QAbstractButton | QAbstractItemView | QLineEdit | QSlider | QTabBar):
            continue
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible():
            text = control.text() if isinstance(control, QAbstractButton) else ""
            if not (control.accessibleName() or text):
                nameless.append(repr(control))
    assert nameless == []


def test_export_writes_where_it_was_told_and_says_so(
    window: MainWindow, bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    analysed(bench)
    assert "nothing written" in window.status.right.text()
    window.commands.export_to("csv", tmp_path / "out.csv")
    qtbot.waitUntil(lambda: window.commands.last_export is not None, timeout=30_000)
    assert (tmp_path / "out.csv").exists()
    assert window.messages.message is not None
    assert str(tmp_path / "out.csv") in window.messages.message.sentence
    window.commands.export_to("csv", tmp_path / "nowhere" / "out.csv")
    qtbot.waitUntil(lambda: "cannot be written" in window.messages.message.sentence, timeout=5000)  # type: ignore[union-attr]


def test_closing_stops_everything_in_order(make_window: Callable[..., MainWindow]) -> None:
    bench = Bench()
    window = make_window(bench)
    bench.open()
    window.close()
    assert bench.analysis.named("stop") == bench.live.named("stop") == bench.decoder.named("stop") == [()]
    assert bench.decoder.named("wait") == [()]
    window.close()
    assert bench.decoder.named("stop") == [()]


def test_a_table_that_nobody_looks_at_waits_while_objects_come(window: MainWindow, bench: Bench) -> None:
    first, second = detection(0.0), detection(5.0)
    bench.open()
    window.parts.panel.show_tab(Tab.TRANSCRIPT)
    bench.analyse(PictureAnalysed(first.pts, 0.0, (first,)))
    window.presenter.refresh_now()
    assert window.objects.table.rowCount() == 0
    window.parts.panel.show_tab(Tab.OBJECTS)
    window.show()
    assert window.objects.table.rowCount() == 1
    bench.analysis.say(PictureAnalysed(second.pts, 5.0, (second,)))
    window.presenter.refresh_now()
    assert window.objects.table.rowCount() == 2


def test_while_it_plays_what_is_found_is_shown_less_often(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.analyse(PictureAnalysed(0, 0.0, (detection(0.0),)))
    window.presenter.refresh_now()
    usual_ms = window.presenter._refresh_timer.interval()
    assert usual_ms < 500
    bench.session.playback.play_or_pause()
    window.presenter.refresh_now()
    assert 500 < window.presenter._refresh_timer.interval() < 1000
    bench.session.playback.play_or_pause()
    window.presenter.refresh_now()
    assert window.presenter._refresh_timer.interval() < 500


def test_the_button_and_the_menu_pause_and_say_so(window: MainWindow, bench: Bench) -> None:
    bench.open()
    pause = window.command_actions["analyse.pause"]
    assert not pause.isEnabled()
    assert window.status.pause.isHidden()
    bench.analyse()
    assert pause.isEnabled()
    assert window.status.pause.text() == "Pause"
    window.status.pause.click()
    assert bench.analysis.named("pause") == [()]
    assert pause.isChecked()
    assert window.status.pause.text() == "Resume"
    assert window.status.words.text().startswith("Paused")
    pause.trigger()
    assert bench.analysis.named("resume") == [()]
    assert not pause.isChecked()
    assert window.status.pause.text() == "Pause"


def test_progress_that_comes_quickly_is_shown_now_and_then_and_the_last_of_it_always(
    window: MainWindow, bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open()
    bench.analyse()
    shown: list[float | None] = []
    show = window.status.show_running

    def counted(words: str, share: float | None, left: str) -> None:
        shown.append(share)
        show(words, share, left)

    monkeypatch.setattr(window.status, "show_running", counted)
    for number in range(1, 101):
        bench.analysis.say(Progress(Stage.PICTURES, number / 5, 20.0))
    qtbot.waitUntil(lambda: window.status.bar.value() == 500)
    assert len(shown) <= 10
