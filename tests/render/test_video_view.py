from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.geometry import Box, Size
from app.render.palette import DARK, LIGHT, Palette, class_colour
from app.render.placeholder import ViewState
from app.render.video_view import VideoView
from tests.render.frames import GREY, found, frame_of, plain

SIZE = Size(640, 360)
BOX = (100.0, 60.0, 300.0, 200.0)


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    """A view of 640x360, without the ring that would show it has the keyboard."""
    view = VideoView()
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    qtbot.waitExposed(view)
    return view


def grabbed(view: VideoView) -> QImage:
    return view.grab().toImage()


def colour_at(image: QImage, x: float, y: float) -> str:
    return image.pixelColor(round(x), round(y)).name().upper()


def grey_at(image: QImage, x: int, y: int) -> int | None:
    """The level of a grey pixel; None where it has a colour."""
    colour = image.pixelColor(x, y)
    return colour.red() if colour.red() == colour.green() == colour.blue() else None


def person(palette: Palette = DARK) -> str:
    return class_colour(palette, "person")


def extent_of(image: QImage, colour: str) -> Box:
    """The smallest rectangle around all pixels of exactly this colour; x2, y2 exclusive."""
    converted = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(converted.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()]
    ys, xs = np.nonzero((rows & 0xFFFFFF) == (QColor(colour).rgb() & 0xFFFFFF))
    assert len(xs), f"nothing is {colour}"
    return Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def wheel(view: VideoView, at: QPointF, notches: float, modifier: Qt.KeyboardModifier) -> QWheelEvent:
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton,
        modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    return event


# --- pixels ---


def test_a_box_lands_on_its_pixels_at_fit(view: VideoView) -> None:
    view.set_frame(plain(SIZE, display=Size(1280, 720)))
    view.set_detections(0, (found((200, 120, 600, 400)),))
    image = grabbed(view)
    # Picture pixels are half as large here; an outline of 2 lies with one pixel on each side of the edge.
    for x, y in ((99, 130), (100, 130), (299, 130), (300, 130), (200, 199), (200, 200), (250, 60)):
        assert colour_at(image, x, y) == person()
    for x, y in ((97, 130), (101, 130), (298, 130), (302, 130), (200, 197), (200, 202)):
        assert grey_at(image, x, y) == GREY[0]
    outline = extent_of(image, person())
    assert (outline.x1, outline.x2, outline.y2) == (99, 301, 201)
    casing = round(GREY[0] * (255 - 140) / 255)
    for x, y in ((98, 130), (301, 130), (200, 201), (98, 201), (301, 201), (250, 58)):
        assert grey_at(image, x, y) == casing


def test_a_box_shows_on_a_ground_of_its_own_colour(view: VideoView) -> None:
    colour = QColor(person())
    ground = np.empty((SIZE.height, SIZE.width, 3), np.uint8)
    ground[:] = (colour.blue(), colour.green(), colour.red())
    view.set_frame(frame_of(ground))
    view.set_detections(0, (found((100, 60, 300, 200)),))
    image = grabbed(view)
    assert colour_at(image, 97, 130) == colour_at(image, 99, 130) == person()
    assert image.pixelColor(98, 130).lightnessF() < colour.lightnessF() / 1.5


def test_a_box_lands_on_its_pixels_at_2x(view: VideoView) -> None:
    view.set_frame(plain(SIZE))
    view.set_detections(0, (found(BOX),))
    view.zoom_by(2.0, QPointF(0, 0))
    image = grabbed(view)
    # The upper edge at 120 is below the chip, which reaches above it; the lower one is out of sight.
    outline = extent_of(image, person())
    assert (outline.x1, outline.x2, outline.y2) == (199, 601, 360)
    assert colour_at(image, 500, 119) == colour_at(image, 500, 120) == person()
    assert grey_at(image, 500, 117) == grey_at(image, 500, 122) == GREY[0]
    assert colour_at(image, 199, 300) == colour_at(image, 600, 300) == person()
    assert grey_at(image, 203, 300) == GREY[0]


def test_the_picture_itself_lands_where_its_box_is(view: VideoView) -> None:
    bgr = np.full((360, 640, 3), GREY[0], np.uint8)
    bgr[60:200, 100:300] = (0, 0, 255)
    view.set_frame(frame_of(bgr))
    assert extent_of(grabbed(view), "#FF0000") == Box(*BOX)
    view.zoom_by(2.0, QPointF(100, 60))
    # Magnified smoothly: the outermost pixel on each side is mixed with what lies beside.
    assert extent_of(grabbed(view), "#FF0000") == Box(101, 61, 499, 339)
    # Letterboxed: 640x180 stands 90 pixels below the top, and 100 % is fit.
    view.set_frame(frame_of(bgr[:180]))
    assert extent_of(grabbed(view), "#FF0000") == Box(100, 150, 300, 270)
    assert colour_at(grabbed(view), 320, 45) == DARK.stage


def test_a_frame_of_the_needed_size_is_painted_pixel_for_pixel(view: VideoView) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (360, 640, 3), np.uint8)
    view.set_frame(frame_of(noise, padding=52, display=Size(1920, 1080)))
    assert view.needed_size() == SIZE
    image = grabbed(view).convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(360, 640, 4)[..., :3]
    assert np.array_equal(seen[8:-8], noise[8:-8])


_DENSE = """
import json, sys
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from app.core.geometry import Size
from app.render.palette import DARK, class_colour
from app.render.video_view import VideoView
from tests.render.frames import found, frame_of
from tests.render.test_video_view import extent_of

app = QApplication([])
view = VideoView()
view.resize(640, 360)
view.show()
dpr = view.devicePixelRatioF()
told = {"dpr": dpr, "needed": view.needed_size()}
width, height = view.needed_size()
bgr = np.full((height, width, 3), 120, np.uint8)
unit = width // 640 if dpr == 2 else 1
bgr[60 * height // 360 : 200 * height // 360, 100 * width // 640 : 300 * width // 640] = (0, 0, 255)
view.set_frame(frame_of(bgr, display=Size(640, 360)))
told["picture"] = extent_of(view.grab().toImage(), "#FF0000")
view.set_detections(0, (found((100, 60, 300, 200)),))
told["box"] = extent_of(view.grab().toImage(), class_colour(DARK, "person"))
view.zoom_by(2.0, QPointF(0, 0))
told["zoomed"] = extent_of(view.grab().toImage(), class_colour(DARK, "person"))
print(json.dumps(told, default=float))
"""


@pytest.mark.parametrize("dpr", [2, 1.5])
def test_dense_screens_get_all_their_pixels(dpr: float, fresh_python: Any) -> None:
    """A pixel ratio belongs to a whole process: Qt reads it once."""
    said = fresh_python(_DENSE, QT_SCALE_FACTOR=str(dpr), QT_QPA_PLATFORM="offscreen")
    told = json.loads(said.splitlines()[-1])
    assert told["dpr"] == dpr
    assert told["needed"] == [640 * dpr, 360 * dpr]
    assert told["picture"] == [value * dpr for value in BOX]
    half = dpr * 2 / 2
    box, zoomed = told["box"], told["zoomed"]
    reach = 1 if dpr == 1.5 else 0  # 3 device pixels around an edge: one more on the far side
    assert (box[0], box[2], box[3]) == (
        100 * dpr - int(half),
        300 * dpr + int(half) + reach,
        200 * dpr + int(half) + reach,
    )
    assert (zoomed[0], zoomed[2]) == (200 * dpr - int(half), 600 * dpr + int(half) + reach)


# --- boxes belong to a picture ---


def test_boxes_are_shown_only_over_their_own_picture(view: VideoView) -> None:
    view.set_detections(7, (found(BOX, pts=7),))
    view.set_frame(plain(SIZE, pts=6))
    assert view.shown_boxes() == ()
    view.set_frame(plain(SIZE, pts=7))
    assert len(view.shown_boxes()) == 1
    view.set_frame(plain(SIZE, pts=8))
    assert view.shown_boxes() == ()
    assert not _has(grabbed(view), person())


def _has(image: QImage, colour: str) -> bool:
    try:
        extent_of(image, colour)
    except AssertionError:
        return False
    return True


def test_the_palette_changes_at_once(view: VideoView) -> None:
    view.set_frame(plain(SIZE))
    view.set_detections(0, (found(BOX),))
    view.set_palette(LIGHT)
    image = grabbed(view)
    assert _has(image, person(LIGHT))
    assert not _has(image, person(DARK))


def test_a_click_tells_the_box_or_that_there_is_none(view: VideoView, qtbot: QtBot) -> None:
    large, small = found((50, 50, 500, 300)), found(BOX, "dog")
    view.set_frame(plain(SIZE))
    view.set_detections(0, (large, small))
    for at, expected in ((QPoint(200, 100), small), (QPoint(400, 250), large), (QPoint(600, 340), None)):
        with qtbot.waitSignal(view.box_clicked) as clicked:
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
        assert clicked.args == [expected]


def test_the_box_under_the_pointer_and_the_chosen_one_stand_out(view: VideoView) -> None:
    one = found(BOX)
    view.set_frame(plain(SIZE))
    view.set_detections(0, (one,))
    quiet = grabbed(view)
    QTest.mouseMove(view, QPoint(200, 100))
    hovered = grabbed(view)
    assert hovered.pixelColor(200, 150) != quiet.pixelColor(200, 150)
    QTest.mouseMove(view, QPoint(600, 340))
    assert grabbed(view) == quiet
    view.set_selected(one)
    assert grabbed(view) not in (quiet, hovered)


# --- zoom and pan ---


def test_ctrl_wheel_zooms_at_the_pointer_other_wheels_are_the_windows(view: VideoView, qtbot: QtBot) -> None:
    view.set_frame(plain(SIZE, display=Size(1920, 1080)))
    at = QPointF(160, 90)
    assert not wheel(view, at, 1, Qt.KeyboardModifier.NoModifier).isAccepted()
    assert view.viewport.zoom is None
    with qtbot.waitSignal(view.zoom_changed):
        assert wheel(view, at, 3, Qt.KeyboardModifier.ControlModifier).isAccepted()
    assert view.viewport.scale == pytest.approx(1 / 3 * 1.25**3)
    under = view.viewport.to_widget(type(view.viewport.centre)(480, 270))
    assert under == pytest.approx((160, 90), abs=0.51)
    wheel(view, at, -3, Qt.KeyboardModifier.ControlModifier)
    assert view.viewport.zoom is None


def test_more_pixels_are_asked_for_up_to_all_there_are(view: VideoView) -> None:
    asked: list[Size] = []
    view.needed_size_changed.connect(asked.append)
    view.set_frame(plain(SIZE, display=Size(1920, 1080)))
    view.zoom_by(1.5)
    view.zoom_by(8.0)
    view.zoom_fit()
    assert asked == [Size(960, 540), Size(1920, 1080), SIZE]
    view.resize(800, 450)
    assert asked[-1] == Size(800, 450)


def test_fit_and_the_last_zoom_take_turns(view: VideoView) -> None:
    view.set_frame(plain(SIZE, display=Size(1280, 720)))
    assert view.zoom_text == "fit · 50 %"
    view.toggle_fit()
    assert view.zoom_text == "100 %"
    view.zoom_by(2.0)
    view.toggle_fit()
    assert view.viewport.zoom is None
    view.toggle_fit()
    assert view.zoom_text == "200 %"


def test_dragging_pans_where_there_is_more_to_see(view: VideoView) -> None:
    view.set_frame(plain(SIZE))
    clicked: list[object] = []
    view.box_clicked.connect(clicked.append)
    view.zoom_by(3.0)
    before = view.viewport.placed
    _drag(view, QPoint(300, 200), QPoint(340, 170))
    assert view.viewport.placed == before.moved(40, -30)
    assert clicked == []
    view.zoom_fit()
    fitted = view.viewport.placed
    _drag(view, QPoint(300, 200), QPoint(340, 170))
    assert view.viewport.placed == fitted


def _drag(view: VideoView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def test_another_size_of_picture_is_shown_whole(view: VideoView) -> None:
    view.set_frame(plain(SIZE))
    view.zoom_by(3.0)
    view.set_frame(plain(SIZE, pts=1))
    assert view.viewport.scale == pytest.approx(3.0)
    view.set_frame(plain(Size(320, 240), pts=2))
    assert view.viewport.zoom is None


# --- states ---


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("state", [state for state in ViewState if state is not ViewState.PICTURE])
def test_every_state_says_something(view: VideoView, state: ViewState, palette: Palette) -> None:
    view.set_frame(plain(SIZE))
    view.set_palette(palette)
    view.show_state(state, "Because.")
    assert view.frame is None
    assert state.value in view.accessibleDescription()
    assert "Because." in view.accessibleDescription()
    ink = palette.warning if state is ViewState.FAILED else palette.text
    image = grabbed(view)
    assert _has(image, ink)
    assert colour_at(image, 40, 40) == palette.panel


def test_a_screen_reader_hears_what_is_in_the_picture(view: VideoView) -> None:
    assert view.accessibleName() == "Video picture"
    view.set_frame(plain(SIZE))
    view.set_detections(0, (found(BOX), found((0, 0, 50, 50)), found(BOX, "dog")))
    assert view.accessibleDescription() == "Found here: 2 person, 1 dog."
    view.set_frame(plain(SIZE, pts=1))
    assert view.accessibleDescription() == "A picture of the video."


def test_the_keyboard_shows_where_it_is(view: VideoView, qtbot: QtBot) -> None:
    view.set_frame(plain(SIZE))
    assert not _has(grabbed(view), DARK.accent)
    view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    view.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)
    assert extent_of(grabbed(view), DARK.accent) == Box(0, 0, *SIZE)


def test_the_keyboard_can_come_by_tab_and_by_click(qapp: QApplication) -> None:
    assert VideoView().focusPolicy() == Qt.FocusPolicy.StrongFocus


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_the_corners_are_rounded_on_the_window(view: VideoView, palette: Palette) -> None:
    view.set_palette(palette)
    view.set_frame(plain(SIZE))
    assert colour_at(grabbed(view), 0, 0) == palette.background


def test_painting_leaves_the_frame_alone(view: VideoView, tmp_path: Path) -> None:
    frame = plain(SIZE)
    before = frame.data.copy()
    view.set_frame(frame)
    view.set_detections(0, (found(BOX),))
    grabbed(view)
    assert np.array_equal(frame.data, before)
