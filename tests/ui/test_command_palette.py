from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.core.events import Done, PictureAnalysed, SegmentFound, ShotsFound
from app.core.results import Segment, Shot
from app.core.tracks import Chapter
from app.core.transcript_edits import SetSpeaker
from app.settings import Settings
from app.ui.commands import COMMANDS, EXPORTS
from app.ui.edit_commands import SPEAKER_KEYS
from app.ui.main_window import MainWindow
from app.ui.palette_entries import Kind
from tests.ui.fakes import Bench, detection, document


@pytest.fixture
def full(make_window: Callable[..., MainWindow]) -> tuple[MainWindow, Bench]:
    """A window with a file in which everything was found."""
    bench = Bench(settings=Settings(recent=("/films/holiday.mp4",)))
    window = make_window(bench)
    bench.session.open(Path("/films/clip.mp4"))
    bench.decoder.answer()
    shots = (Shot(0.0, 12.0, 0, 12000), Shot(12.0, 20.0, 12000, 20000))
    bench.analysis.say(ShotsFound(shots), Done(document(bench.info)))
    found = (detection(4.0, "ball", 0.9), detection(4.0, "box", 0.1))
    bench.analyse(
        PictureAnalysed(4000, 4.0, found),
        PictureAnalysed(9000, 9.0, (detection(9.0, "ball", 0.8),)),
        SegmentFound(Segment(3.0, 5.0, "the ship leaves the harbour")),
        outcome=Done(document(bench.info)),
    )
    return window, bench


def titles(window: MainWindow, typed: str) -> list[str]:
    window.search.field.setText(typed)
    return [entry.title for entry in window.search.model.entries]


def test_it_opens_with_its_keys_offers_every_command_and_esc_returns_the_keys(
    window: MainWindow, bench: Bench
) -> None:
    bench.open()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.search.isVisible()
    assert window.focusWidget() is window.search.field
    shown = [entry.title for entry in window.search.model.entries if entry.kind is Kind.COMMAND]
    speakers = {f"Speaker {number}" for number in range(1, SPEAKER_KEYS + 1)}
    assert shown == [each.name for each in COMMANDS + EXPORTS if each.name not in speakers]
    QTest.keyClick(window.search.field, Qt.Key.Key_Escape)
    assert not window.search.isVisible()
    assert window.focusWidget() is window.video


def test_speakers_nobody_named_are_not_offered(full: tuple[MainWindow, Bench]) -> None:
    window, bench = full
    bench.session.desk.apply(SetSpeaker((0,), "Anna"))
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert [each for each in titles(window, "speaker") if each[-1].isdigit()] == ["Speaker 1"]


def test_enter_runs_what_is_marked_and_arrows_mark(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.calls.clear()
    window.search.toggle()
    QTest.keyClicks(window.search.field, "forward 1")
    assert [entry.title for entry in window.search.model.entries][:2] == ["Forward 1 s", "Forward 10 s"]
    QTest.keyClick(window.search.field, Qt.Key.Key_Down)
    QTest.keyClick(window.search.field, Qt.Key.Key_Return)
    assert bench.decoder.named("seek") == [(10.0, True)]
    assert not window.search.isVisible()
    assert window.focusWidget() is window.video


def test_the_marking_goes_round(window: MainWindow) -> None:
    window.search.toggle()
    QTest.keyClick(window.search.field, Qt.Key.Key_Up)
    assert window.search.current() is window.search.model.entries[-1]
    QTest.keyClick(window.search.field, Qt.Key.Key_Down)
    assert window.search.current() is window.search.model.entries[0]


def test_what_cannot_be_done_now_says_why_comes_last_and_does_nothing(
    window: MainWindow, bench: Bench
) -> None:
    window.search.toggle()
    window.search.field.setText("play pause")
    entry = window.search.current()
    assert entry is not None
    assert (entry.title, entry.missing) == ("Play / Pause", "needs an open file")
    QTest.keyClick(window.search.field, Qt.Key.Key_Return)
    assert window.search.isVisible()
    assert bench.decoder.named("play") == []
    window.search.field.setText("s")
    missing = [bool(each.missing) for each in window.search.model.entries]
    assert missing == sorted(missing)


def test_every_kind_of_result_is_found_and_gone_to(full: tuple[MainWindow, Bench]) -> None:
    window, bench = full
    window.search.toggle()
    assert "holiday.mp4" in titles(window, "holi")
    for typed, title, time_s in (
        ("shot 2", "Shot 2 at 0:12", 12.0),
        ("harbour", "the ship leaves the harbour", 2.7),
        ("ball", "ball", 4.0),
        ("0:07.5", "Go to 0:07.50", 7.5),
        ("#100", "Go to 0:04.02", 4.02),
    ):
        if not window.search.isVisible():
            window.search.toggle()
        assert (typed, titles(window, typed)[:1]) == (typed, [title])
        window.search.run_current()
        assert bench.decoder.named("seek")[-1] == (pytest.approx(time_s), True)


def test_a_class_is_gone_through_one_by_one(full: tuple[MainWindow, Bench]) -> None:
    window, bench = full
    for time_s in (4.0, 9.0, 4.0):
        window.search.toggle()
        window.search.field.setText("ball")
        window.search.run_current()
        assert bench.decoder.named("seek")[-1] == (pytest.approx(time_s), True)


def test_a_class_that_no_filter_lets_through_says_so(full: tuple[MainWindow, Bench]) -> None:
    window, _ = full
    window.search.toggle()
    window.search.field.setText("box")
    entry = next(each for each in window.search.model.entries if each.kind is Kind.CLASS)
    assert entry.missing == "none passes the filter"


def test_what_is_marked_is_heard_in_the_field(window: MainWindow) -> None:
    window.search.toggle()
    window.search.field.setText("full screen")
    assert window.search.field.accessibleDescription() == "Full Screen, View, F  F11"
    window.search.field.setText("qqq")
    assert window.search.field.accessibleDescription() == "Nothing fits 'qqq'."
    assert window.search.nothing.isVisible()


def test_it_goes_when_the_keyboard_goes(window: MainWindow) -> None:
    window.search.toggle()
    window.top_bar.analyse.setEnabled(True)
    window.top_bar.analyse.setFocus()
    assert not window.search.isVisible()


def test_chapters_are_found_by_name(full: tuple[MainWindow, Bench]) -> None:
    window, bench = full
    window.side.contents = replace(window.side.contents, chapters=(Chapter(6.0, 20.0, "The storm"),))
    window.search.toggle()
    assert titles(window, "storm") == ["The storm"]
    window.search.run_current()
    assert bench.decoder.named("seek")[-1] == (6.0, True)
