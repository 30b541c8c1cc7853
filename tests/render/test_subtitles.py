from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.core.geometry import Size
from app.core.subtitles import StyledText, SubtitleCue
from app.render.subtitles import SubtitleOverlay, render
from app.render.video_view import VideoView
from tests.render.frames import plain

Pixels = npt.NDArray[np.uint8]


def cue(text: str, *, at_top: bool = False) -> SubtitleCue:
    return SubtitleCue(0, 1, (StyledText(text),), at_top)


def pixels_of(cues: tuple[SubtitleCue, ...], width: int, height: int, ratio: float = 1.0) -> Pixels:
    """The rendered RGBA, device pixels, in memory of its own."""
    image = render(cues, width, height, ratio).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.width(), 4)


def alpha(cues: tuple[SubtitleCue, ...], width: int, height: int, ratio: float = 1.0) -> Pixels:
    """How much of each pixel is covered."""
    return pixels_of(cues, width, height, ratio)[:, :, 3]


@pytest.mark.parametrize("size", [(160, 90), (640, 360), (1920, 1080), (90, 200), (360, 640)])
@pytest.mark.parametrize(
    "text", ["One line", "Two\nlines", "very long words " * 80, "\n".join(["many", "lines"] * 20)]
)
def test_text_keeps_to_the_lower_third(qapp: object, size: tuple[int, int], text: str) -> None:
    covered = alpha((cue(text),), *size)
    rows = np.flatnonzero(covered.any(axis=1))
    assert len(rows)
    assert rows[0] >= size[1] * 2 / 3 - 2
    assert rows[-1] < size[1]
    columns = np.flatnonzero(covered.any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - size[0] / 2) < size[0] * 0.05


def test_text_for_the_top_keeps_to_the_upper_third(qapp: object) -> None:
    rows = np.flatnonzero(alpha((cue("up\nhere", at_top=True),), 640, 360).any(axis=1))
    assert rows[-1] <= 120


def test_letters_are_light_with_a_dark_edge_all_around(qapp: object) -> None:
    pixels = pixels_of((cue("HILL"),), 1920, 1080)
    light = (pixels[:, :, :3].min(axis=2) > 230) & (pixels[:, :, 3] > 250)
    dark = (pixels[:, :, :3].max(axis=2) < 60) & (pixels[:, :, 3] > 250)
    assert light.sum() > 200
    around = np.zeros_like(light)
    for down in range(-12, 13, 3):
        for across in range(-12, 13, 3):
            around |= np.roll(dark, (down, across), (0, 1))
    assert (light & ~around).sum() < light.sum() * 0.05
    bare = np.zeros_like(light)
    for down, across in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        bare |= light & (np.roll(pixels[:, :, 3], (down, across), (0, 1)) < 40)
    assert not bare.any()


def test_text_grows_with_the_picture_and_the_screen(qapp: object) -> None:
    def tall(width: int, height: int, ratio: float = 1.0) -> int:
        return int(alpha((cue("Hxg"),), width, height, ratio).any(axis=1).sum())

    assert 1.8 < tall(1280, 720) / tall(640, 360) < 2.2
    assert 1.8 < tall(640, 360, 2.0) / tall(640, 360) < 2.2


def test_no_room_at_all_is_no_fault(qapp: object) -> None:
    assert not alpha((cue("word"),), 40, 12).any()


def test_the_overlay_follows_the_view(qtbot: QtBot) -> None:
    view = VideoView()
    qtbot.addWidget(view)
    overlay = SubtitleOverlay(view)
    view.resize(640, 400)
    view.show()
    view.set_frame(plain(Size(64, 36)))
    overlay.set_cues((cue("words"),))
    assert overlay.isVisible()
    assert overlay.accessibleDescription() == "words"
    assert overlay.size() == view.size()
    assert (overlay.place().width(), overlay.place().height()) == (640, 360)
    view.zoom_by(40)
    assert overlay.place() == view.rect()
    overlay.set_cues(())
    assert not overlay.isVisible()
