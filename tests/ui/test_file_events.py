"""Files that come as events, as on macOS."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app.ui.file_events import FileEvents


@pytest.fixture
def events(qapp: QApplication) -> FileEvents:
    return FileEvents(qapp)


def _send(qapp: QApplication, url: QUrl) -> bool:
    return QCoreApplication.sendEvent(qapp, QFileOpenEvent(url))


def test_files_are_given_to_the_window_those_that_came_early_first(
    qapp: QApplication, events: FileEvents, tmp_path: Path
) -> None:
    opened: list[Path] = []
    _send(qapp, QUrl.fromLocalFile(str(tmp_path / "early film.mp4")))
    events.give_to(opened.extend)
    _send(qapp, QUrl.fromLocalFile(str(tmp_path / "später.mkv")))
    assert opened == [tmp_path / "early film.mp4", tmp_path / "später.mkv"]
    qapp.removeEventFilter(events)


def test_addresses_of_other_machines_and_other_events_are_left_alone(
    qapp: QApplication, events: FileEvents
) -> None:
    opened: list[Path] = []
    events.give_to(opened.extend)
    _send(qapp, QUrl("https://example.org/film.mp4"))
    QCoreApplication.sendEvent(qapp, QEvent(QEvent.Type.ApplicationStateChange))
    assert opened == []
    qapp.removeEventFilter(events)
