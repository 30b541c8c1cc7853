from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Box, Size
from app.core.results import Detection
from app.core.time import MediaTime
from app.ui.main_window import MainWindow
from app.ui.message import Tone
from app.ui.still_actions import still_name
from tests.ui.fakes import Bench

FULL = Size(322, 182)


def full_picture(number: int = 0, generation: int = 1) -> VideoFrame:
    """A picture whose pixels all differ, larger than the one on the screen."""
    pixels = np.arange(FULL.width * FULL.height * 3, dtype=np.uint32).astype(np.uint8)
    time = MediaTime(number * 40, Fraction(1, 1000))
    return VideoFrame(
        pixels.reshape(FULL.height, -1), FULL, FULL.width * 3, PixelFormat.RGB, time, number / 25, None, True,
        FULL, generation,
    )  # fmt: skip


def read_png(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], list[str]]:
    """Answers the dialog; returns what it proposed."""

    def answer(path: Path | None) -> list[str]:
        proposed: list[str] = []

        def dialog(_window: object, _title: str, proposal: str, _kinds: str) -> tuple[str, str]:
            proposed.append(Path(proposal).name)
            return ("" if path is None else str(path)), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
        return proposed

    return answer


@pytest.fixture
def opened(window: MainWindow, bench: Bench) -> MainWindow:
    bench.open(Path("/films/clip.one.mp4"))
    bench.decoder.full = full_picture(generation=bench.decoder.generation)
    return window


@pytest.mark.parametrize(
    ("time_s", "name"),
    [
        (0.0, "clip.one-00-00-00-000.png"),
        (83.456, "clip.one-00-01-23-456.png"),
        (360000.5, "clip.one-100-00-00-500.png"),
        (-0.04, "clip.one-00-00-00-000.png"),
    ],
)
def test_the_name_tells_the_time(time_s: float, name: str) -> None:
    assert still_name(Path("/films/clip.one.mp4"), time_s) == name


def test_the_copied_picture_has_all_pixels(opened: MainWindow, bench: Bench) -> None:
    opened.command_actions["view.copy"].trigger()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == FULL
    at = image.pixelColor(5, 7)
    assert (at.red(), at.green(), at.blue()) == tuple(full_picture().pixels()[7, 5])
    assert opened.messages.message is not None
    assert opened.messages.message.sentence == "The picture was copied, 322 \N{MULTIPLICATION SIGN} 182."


def test_a_picture_is_saved_to_the_bit(
    opened: MainWindow, tmp_path: Path, choose: Callable[[Path | None], list[str]]
) -> None:
    proposed = choose(tmp_path / "still.png")
    opened.command_actions["view.save"].trigger()
    opened.commands.wait()
    assert proposed == ["clip.one-00-00-00-000.png"]
    assert np.array_equal(read_png(tmp_path / "still.png"), full_picture().pixels())
    assert [path.name for path in tmp_path.iterdir()] == ["still.png"]


def test_boxes_are_painted_only_where_they_are_asked_for(
    opened: MainWindow, bench: Bench, tmp_path: Path, choose: Callable[[Path | None], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    box = Detection(0, 0.0, "car", 2, 0.9, Box(40, 60, 240, 160), None)
    monkeypatch.setattr(bench.session.shown, "boxes", lambda: (box,))
    for name in ("view.save", "view.save_boxes"):
        choose(tmp_path / f"{name}.png")
        opened.command_actions[name].trigger()
    opened.commands.wait()
    plain, boxed = read_png(tmp_path / "view.save.png"), read_png(tmp_path / "view.save_boxes.png")
    assert np.array_equal(plain, full_picture().pixels())
    differs = (plain != boxed).any(axis=2)
    assert differs[60:160, 40].all()
    assert not differs[:30].any()
    assert not differs[80:150, 60:230].any()


def test_boxes_of_another_picture_are_left_out(
    opened: MainWindow, bench: Bench, tmp_path: Path, choose: Callable[[Path | None], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    box = Detection(0, 0.0, "car", 2, 0.9, Box(40, 60, 240, 160), None)
    monkeypatch.setattr(bench.session.shown, "boxes", lambda: (box,))
    bench.decoder.full = full_picture(3, bench.decoder.generation)
    choose(tmp_path / "still.png")
    opened.command_actions["view.save_boxes"].trigger()
    opened.commands.wait()
    assert np.array_equal(read_png(tmp_path / "still.png"), full_picture().pixels())


def test_who_changes_their_mind_gets_no_file(
    opened: MainWindow, tmp_path: Path, choose: Callable[[Path | None], list[str]]
) -> None:
    choose(None)
    opened.command_actions["view.save"].trigger()
    opened.commands.wait()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(
    opened: MainWindow, tmp_path: Path, choose: Callable[[Path | None], list[str]], qtbot: QtBot
) -> None:
    choose(tmp_path / "nowhere" / "still.png")
    opened.command_actions["view.save"].trigger()
    opened.commands.wait()

    def said() -> bool:
        return opened.messages.message is not None and opened.messages.message.tone is Tone.FAILURE

    qtbot.waitUntil(said)
    assert opened.messages.message is not None
    assert "there is no folder" in opened.messages.message.sentence


def test_a_picture_of_the_file_before_is_not_taken(opened: MainWindow, bench: Bench) -> None:
    QGuiApplication.clipboard().clear()
    bench.decoder.full = None
    opened.command_actions["view.copy"].trigger()
    bench.open(Path("/films/other.mp4"))
    bench.decoder.full_out.put(full_picture(generation=bench.decoder.generation))
    bench.decoder.full_ready.emit()
    assert QGuiApplication.clipboard().image().isNull()


def test_deinterlacing_can_be_switched(opened: MainWindow, bench: Bench) -> None:
    switch = opened.command_actions["view.deinterlace"]
    assert switch.isChecked()
    switch.trigger()
    assert not bench.session.settings.deinterlace
    assert not switch.isChecked()
    assert bench.decoder.named("set_deinterlacing") == [True, False]
