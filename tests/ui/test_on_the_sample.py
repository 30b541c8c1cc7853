"""The whole window on the bundled sample with its real workers: opened, analysed, played, exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysubs2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.geometry import Box, iou
from app.inference.model_store import ModelStore
from app.render.palette import DARK, class_colour
from app.settings import Settings, SettingsFile, Theme
from app.ui.analysis_work import WorkState
from app.ui.application import make_window
from app.ui.main_window import MainWindow
from app.ui.open_file import FileState
from app.ui.transcript_panel import LEAD_S
from app.ui.transcript_text import line_at


@pytest.fixture
def real_window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window with real workers, the sample's models, and a settings file of its own."""
    settings_file = SettingsFile(tmp_path / "config" / "settings.json")
    settings_file.save(Settings(theme=Theme.DARK))
    window = make_window(settings_file, ModelStore((), tmp_path / "models"))
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    window.fill_strip()
    yield window
    window.close()
    window.deleteLater()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def shown_time(window: MainWindow) -> float:
    frame = window.video.frame
    return frame.time_s if frame is not None else -1.0


def go_to(qtbot: QtBot, window: MainWindow, time_s: float, expected_s: float) -> None:
    window.session.playback.seek(time_s)
    qtbot.waitUntil(lambda: abs(shown_time(window) - expected_s) < 1e-3, timeout=10_000)


def colour_share(image: QImage, colour: str, points: list[tuple[int, int]]) -> float:
    """How many of the points have nearly that colour."""
    wanted = QColor(colour)
    hits = 0
    for x, y in points:
        found = image.pixelColor(x, y)
        difference = abs(found.red() - wanted.red()) + abs(found.green() - wanted.green())
        hits += difference + abs(found.blue() - wanted.blue()) < 24
    return hits / len(points)


def check_boxes(window: MainWindow, truth: Any, number: int) -> None:
    """Every object that the generator drew is boxed in its colour, where it is on the screen."""
    image = window.video.grab().toImage()
    assert image.devicePixelRatio() == 1
    placed = window.video.shown_boxes()
    for thing in truth["per_frame"][number]["objects"]:
        if thing["visible"] < 0.6:
            continue
        on_screen = window.video.viewport.box_to_device(Box(*thing["box"]))
        same = [one for one in placed if one.detection.label == thing["class"]]
        found = max(same, key=lambda one: iou(one.rect, on_screen))
        assert iou(found.rect, on_screen) > 0.7
        left, top, right, bottom = (round(edge) for edge in found.rect)
        edge = [(left, y) for y in range(top + 4, bottom - 4)] + [
            (right - 1, y) for y in range(top + 4, bottom - 4)
        ]
        assert colour_share(image, class_colour(DARK, thing["class"]), edge) > 0.5


def check_marked_line(window: MainWindow, row: int) -> None:
    """That line, and no other, has the mark of the accent at its left."""
    view = window.transcript.lines
    image = view.viewport().grab().toImage()
    marked = []
    for each in range(window.transcript.model.rowCount()):
        rect = view.visualRect(window.transcript.model.index(each))
        if colour_share(image, DARK.accent, [(rect.left() + 5, rect.center().y())]) == 1:
            marked.append(each)
    assert marked == [row]


@pytest.mark.slow
def test_the_window_on_the_sample(
    qtbot: QtBot, real_window: MainWindow, sample_video: Path, sample_truth: Any, tmp_path: Path
) -> None:
    window, session = real_window, real_window.session
    window.commands.open_paths([sample_video])
    qtbot.waitUntil(lambda: window.video.frame is not None, timeout=20_000)
    assert session.file.state is FileState.OPEN
    assert shown_time(window) == 0.0
    assert window.messages.message is not None
    assert "sample models" in window.messages.message.sentence

    # Boxes come at once, before any analysis: the picture shown is detected on.
    qtbot.waitUntil(lambda: len(window.video.shown_boxes()) > 0, timeout=20_000)
    assert session.file.findings.objects.looked_at_count == 0
    check_boxes(window, sample_truth, 0)

    session.analyse()
    qtbot.waitUntil(lambda: session.work.state is WorkState.DONE, timeout=180_000)
    assert len(session.file.findings.index.shots) == len(sample_truth["shots"])
    assert session.file.findings.objects.labels == tuple(sample_truth["classes"])

    # The first picture of the second shot: a keyframe, so the analysis knows it.
    go_to(qtbot, window, 6.0, 6.0)
    assert session.file.findings.objects.analysed(window.video.frame.time.pts)  # type: ignore[union-attr]
    check_boxes(window, sample_truth, 180)

    window.command_actions["go.play"].trigger()
    qtbot.waitUntil(lambda: shown_time(window) > 6.4, timeout=10_000)
    window.command_actions["go.play"].trigger()
    qtbot.waitUntil(lambda: not session.playback.playing, timeout=5_000)

    # An utterance that the generator spoke: going there marks its line.
    said = sample_truth["utterances"][2]
    middle = (said["start_s"] + said["end_s"]) / 2
    row = line_at(session.file.findings.speech.segments, middle)
    assert row is not None
    assert session.file.findings.speech.segments[row].text.strip() == said["text"]
    go_to(qtbot, window, middle, int(middle * 30 + 1e-6) / 30)
    check_marked_line(window, row)

    # A click on a line goes just before it.
    lines = window.transcript.lines
    first = lines.visualRect(window.transcript.model.index(0)).topLeft() + QPoint(20, 12)
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=first)
    goal = session.file.findings.speech.segments[0].start_s - LEAD_S
    qtbot.waitUntil(lambda: abs(shown_time(window) - goal) < 1 / 30 + 1e-3, timeout=10_000)

    before = names(tmp_path)
    for name, file in (("srt", "said.srt"), ("json", "all.json")):
        window.commands.export_to(name, tmp_path / file)
    qtbot.waitUntil(lambda: window.commands.last_export == tmp_path / "all.json", timeout=10_000)
    assert names(tmp_path) - before == {"said.srt", "all.json"}
    cues = [event.plaintext for event in pysubs2.load(str(tmp_path / "said.srt"))]
    assert cues == [each.text.strip() for each in session.file.findings.speech.segments]
    assert "written: all.json" in window.status.right.text()
