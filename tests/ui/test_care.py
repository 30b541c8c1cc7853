"""Looking for a newer release and copying a report: only when asked, and told in one sentence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from app import __version__
from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.releases import Release, ReleaseUnknownError
from app.settings import Settings
from app.ui.care import Care
from app.ui.main_window import MainWindow
from app.ui.message import Tone
from app.workers.release_checker import Look, ReleaseChecker
from app.workers.report_writer import Gather, ReportWriter
from tests.ui.fakes import Bench

PAGE = "https://github.com/somebody/reelscope/releases/tag/v99.0.0"


@pytest.fixture
def care_that(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Callable[[Look], Care]:
    """The window's care with another way to look."""

    def make(look: Look) -> Care:
        monkeypatch.setattr(window.care, "_make_checker", lambda: ReleaseChecker(look=look))
        return window.care

    return make


def _finish(care: Care, qtbot: QtBot) -> None:
    checker = care._checker
    assert checker is not None
    qtbot.waitUntil(checker.isFinished)


def _newer(_cancel: CancelToken) -> Release:
    return Release("99.0.0", PAGE)


def _same(_cancel: CancelToken) -> Release:
    return Release(__version__, PAGE)


def _unknown(_cancel: CancelToken) -> Release:
    raise ReleaseUnknownError("The page of releases cannot be reached: no route.")


def test_nothing_is_asked_by_itself(window: MainWindow, care_that: Callable[[Look], Care]) -> None:
    """Neither a new window nor a start looks for anything before a person has chosen that."""
    care = care_that(lambda _: pytest.fail("asked without consent"))
    care.check_where_wanted()
    assert care._checker is None
    assert not window.session.settings.check_releases


def test_a_start_asks_where_that_was_chosen(
    window: MainWindow, bench: Bench, care_that: Callable[[Look], Care], qtbot: QtBot
) -> None:
    bench.session.change_settings(replace(bench.session.settings, check_releases=True))
    care = care_that(_newer)
    care.check_where_wanted()
    _finish(care, qtbot)
    qtbot.waitUntil(lambda: window.messages.message is not None)
    assert window.messages.message is not None
    assert "Reelscope 99.0.0 is there" in window.messages.message.sentence


@pytest.mark.parametrize("look", [_same, _unknown])
def test_a_start_says_nothing_else(
    window: MainWindow, bench: Bench, care_that: Callable[[Look], Care], qtbot: QtBot, look: Look
) -> None:
    bench.session.change_settings(replace(bench.session.settings, check_releases=True))
    care = care_that(look)
    care.check_where_wanted()
    _finish(care, qtbot)
    qtbot.wait(0)
    assert window.messages.message is None


def test_the_command_shows_a_link_and_opens_it_only_when_asked(
    window: MainWindow,
    care_that: Callable[[Look], Care],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    care_that(_newer)
    window.command_actions["help.releases"].trigger()
    qtbot.waitUntil(lambda: "99.0.0" in getattr(window.messages.message, "sentence", ""))
    assert opened == []
    window.messages.answers[0].click()
    assert opened == [PAGE]
    _finish(window.care, qtbot)


@pytest.mark.parametrize(
    ("look", "tone", "words"),
    [
        (_same, Tone.DONE, f"This is the newest Reelscope: {__version__}."),
        (_unknown, Tone.WARNING, "The page of releases cannot be reached: no route."),
    ],
)
def test_the_command_says_what_came_of_it(
    window: MainWindow,
    care_that: Callable[[Look], Care],
    qtbot: QtBot,
    look: Look,
    tone: Tone,
    words: str,
) -> None:
    care_that(look)
    window.command_actions["help.releases"].trigger()
    qtbot.waitUntil(lambda: getattr(window.messages.message, "tone", None) is tone)
    assert getattr(window.messages.message, "sentence", "") == words
    _finish(window.care, qtbot)


def test_closing_the_window_waits_for_no_network(
    window: MainWindow, care_that: Callable[[Look], Care]
) -> None:
    def hanging(cancel: CancelToken) -> Release:
        told = threading.Event()
        cancel.on_cancel(told.set)
        told.wait()
        raise CancelledError

    care = care_that(hanging)
    care.check_releases()
    window.close()
    assert care._checker is not None
    assert care._checker.isFinished()


def _report_with(window: MainWindow, gather: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.care, "_make_writer", lambda: ReportWriter(gather=gather))
    window.command_actions["help.report"].trigger()


def _told(window: MainWindow, tone: Tone) -> bool:
    return window.messages.message is not None and window.messages.message.tone is tone


def test_the_report_goes_to_the_clipboard(window: MainWindow, qtbot: QtBot) -> None:
    window.command_actions["help.report"].trigger()
    qtbot.waitUntil(lambda: _told(window, Tone.DONE), timeout=20_000)
    assert QGuiApplication.clipboard().text().startswith(f"Program:\n  Reelscope {__version__}")


def test_the_window_does_not_wait_for_a_report(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it tells of devices loads libraries for a second and more."""
    goes_on, threads = threading.Event(), []

    def gather(_settings: Settings) -> str:
        threads.append(threading.get_ident())
        goes_on.wait()
        return "all of it"

    QGuiApplication.clipboard().setText("before")
    _report_with(window, gather, monkeypatch)
    window.command_actions["help.report"].trigger()
    assert QGuiApplication.clipboard().text() == "before"
    assert getattr(window.messages.message, "sentence", "") == "Gathering the report…"
    goes_on.set()
    qtbot.waitUntil(lambda: _told(window, Tone.DONE))
    assert QGuiApplication.clipboard().text() == "all of it"
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()


def test_a_report_that_does_not_come_about(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gather(_settings: Settings) -> str:
        raise OSError("a driver that is not there")

    with caplog.at_level(logging.CRITICAL, "app.workers.report_writer"):
        _report_with(window, gather, monkeypatch)
        qtbot.waitUntil(lambda: _told(window, Tone.FAILURE))


def test_a_crash_before_is_told_with_the_report_at_hand(window: MainWindow, qtbot: QtBot) -> None:
    window.care.tell_crash()
    assert window.messages.message is not None
    assert window.messages.message.action == "Copy the report"
    window.messages.answers[0].click()
    qtbot.waitUntil(lambda: _told(window, Tone.DONE), timeout=20_000)
    assert "Reelscope" in QGuiApplication.clipboard().text()
