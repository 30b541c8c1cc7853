"""Real files that are cut off, grow, vanish or are written anew while the real window has them open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.inference.model_store import ModelStore
from app.settings import Settings, SettingsFile
from app.ui.application import make_window
from app.ui.main_window import MainWindow
from app.ui.open_file import FileState

_PATIENCE_MS = 20_000


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings_file = SettingsFile(tmp_path / "config" / "settings.json")
    settings_file.save(Settings(show_boxes=False))
    window = make_window(settings_file, ModelStore((), tmp_path / "models"))
    window.show()
    qtbot.waitExposed(window)
    window.fill_strip()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def film(window: MainWindow, qtbot: QtBot, tmp_path: Path, sample_video: Path) -> Path:
    """A copy of the sample that is open in the window, gone through, with subtitles beside it."""
    path = tmp_path / "film.mp4"
    shutil.copy(sample_video, path)
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:23,000\nwords\n", encoding="utf-8")
    window.commands.open_paths([path])
    qtbot.waitUntil(lambda: window.video.frame is not None, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.session.work.state.under_way, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: bool(window.side.contents.beside), timeout=_PATIENCE_MS)
    window.messages.clear()
    return path


def said(window: MainWindow) -> str:
    message = window.messages.message
    return "" if message is None else message.sentence


def wait_for_words(qtbot: QtBot, window: MainWindow, words: str) -> None:
    qtbot.waitUntil(lambda: words in said(window), timeout=_PATIENCE_MS)


def go_to(qtbot: QtBot, window: MainWindow, time_s: float) -> None:
    window.session.playback.seek(time_s)
    qtbot.waitUntil(lambda: _shown(window, time_s), timeout=_PATIENCE_MS)


def _shown(window: MainWindow, time_s: float) -> bool:
    frame = window.video.frame
    return frame is not None and abs(frame.time_s - time_s) < 0.04


def lives(window: MainWindow) -> None:
    """The window has its file, its picture and what was found in it."""
    assert window.session.file.state is FileState.OPEN
    assert window.video.frame is not None
    assert len(window.session.file.findings.index.keyframes) > 10
    assert len(window.session.file.findings.index.thumbnails) > 10


def test_subtitles_beside_the_file_are_shown_with_its_pictures(
    window: MainWindow, film: Path, qtbot: QtBot
) -> None:
    overlay = window.side_view.overlay
    go_to(qtbot, window, 2.0)
    qtbot.waitUntil(lambda: [each.text for each in overlay.cues] == ["words"], timeout=_PATIENCE_MS)
    go_to(qtbot, window, 0.5)
    qtbot.waitUntil(lambda: not overlay.isVisible(), timeout=_PATIENCE_MS)


def test_a_file_cut_off_while_it_plays_is_told_and_survived(
    window: MainWindow, film: Path, qtbot: QtBot
) -> None:
    go_to(qtbot, window, 12.0)
    window.commands.go.play_pause()
    qtbot.waitUntil(lambda: window.session.playback.playing, timeout=_PATIENCE_MS)
    os.truncate(film, film.stat().st_size * 6 // 10)
    wait_for_words(qtbot, window, "was cut off")
    lives(window)
    go_to(qtbot, window, 3.0)
    lives(window)


def test_a_file_that_grows_can_be_read_again(window: MainWindow, film: Path, qtbot: QtBot) -> None:
    go_to(qtbot, window, 5.0)
    with film.open("ab") as file:
        file.write(b"\0\0\0\x10free\0\0\0\0\0\0\0\0")
    window.side.watch.look()
    wait_for_words(qtbot, window, "has grown")
    message = window.messages.message
    assert message is not None
    assert message.action == "Reload"
    assert message.do is not None
    message.do()
    qtbot.waitUntil(lambda: window.session.file.state is FileState.OPEN, timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: _shown(window, 5.0), timeout=_PATIENCE_MS)


def test_a_file_that_vanishes_goes_on_where_the_system_allows(
    window: MainWindow, film: Path, qtbot: QtBot
) -> None:
    go_to(qtbot, window, 5.0)
    film.unlink()
    window.side.watch.look()
    wait_for_words(qtbot, window, "no longer in its folder")
    lives(window)
    go_to(qtbot, window, 15.0)
    lives(window)


def test_a_file_written_anew_is_told(
    window: MainWindow, film: Path, qtbot: QtBot, sample_video: Path
) -> None:
    replacement = film.with_name("new.mp4")
    replacement.write_bytes(sample_video.read_bytes()[:500_000])
    replacement.replace(film)
    window.side.watch.look()
    wait_for_words(qtbot, window, "written anew")
    lives(window)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_that_may_not_be_read_any_more_is_told(window: MainWindow, film: Path, qtbot: QtBot) -> None:
    film.chmod(0)
    window.side.watch.look()
    wait_for_words(qtbot, window, "cannot be read any more")
    lives(window)


def test_the_end_that_a_cut_off_file_claims_is_hatched(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, sample_video: Path
) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(sample_video.read_bytes()[:900_000])
    window.commands.open_paths([path])
    qtbot.waitUntil(lambda: window.session.file.findings.index.whole, timeout=_PATIENCE_MS)
    assert window.timeline.view is not None
    state = window.timeline.view.state
    qtbot.waitUntil(lambda: state.missing_from_s is not None, timeout=_PATIENCE_MS)
    # The sound of the sample is interleaved with its pictures: what lies after its end is missing of both.
    assert state.missing_from_s == pytest.approx(20.0, abs=0.5)
    assert window.session.file.findings.duration_s == pytest.approx(24.0, abs=0.1)


def test_nothing_of_a_whole_file_is_hatched(window: MainWindow, film: Path) -> None:
    assert window.timeline.view is not None
    assert window.session.file.findings.index.whole
    assert window.timeline.view.state.missing_from_s is None
