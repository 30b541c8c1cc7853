"""Boxes against the pixels that they name, all the way from a file: turned, mirrored, stretched, zoomed."""

from __future__ import annotations

import functools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.core.frame import PixelFormat
from app.core.geometry import Box, Letterbox, Size
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.render.video_view import VideoView
from app.render.viewport import Point
from tests.render.frames import found

CODED = Size(192, 128)
MARKED = Box(24, 40, 104, 72)
"""A rectangle of another colour in the coded picture, beside all its middles."""
TURNS = [(turn, mirrored) for turn in (0, 90, 180, 270) for mirrored in (False, True)]
PIXEL_RATIOS = (1.0, 1.25, 2.0)


class DenseView(VideoView):
    """A view on a screen of any density."""

    ratio = 1.0

    def devicePixelRatioF(self) -> float:
        return self.ratio


def clip(path: Path, turn: int, mirrored: bool, aspect: Fraction) -> Picture:
    """One grey picture with a blue rectangle at MARKED, losslessly, and with the matrix that turns it."""
    pixels = np.full((CODED.height, CODED.width, 3), 120, np.uint8)
    pixels[int(MARKED.y1) : int(MARKED.y2), int(MARKED.x1) : int(MARKED.x2)] = (20, 30, 220)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 25, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = CODED.width, CODED.height, "yuv444p"
        stream.codec_context.sample_aspect_ratio = aspect
        stream.set_display_rotation(turn, hflip=mirrored)
        frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(format="yuv444p")
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with VideoReader(path) as reader:
        return reader.frame_at(0)


@pytest.fixture(scope="module", params=[Fraction(1), Fraction(4, 3), Fraction(8, 9)], ids=str)
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    """The same picture in all eight orientations."""
    folder = tmp_path_factory.mktemp("turned")
    make = functools.partial(clip, aspect=request.param)
    return [make(folder / f"{turn}-{mirrored}.mp4", turn, mirrored) for turn, mirrored in TURNS]


def named(picture: Picture) -> Box:
    """The rectangle in pixels of the displayed picture, where boxes live."""
    upright = picture.orientation.upright(MARKED, picture.source_size)
    size = picture.orientation.size(picture.source_size)
    return upright.scaled(picture.display_size.width / size.width, picture.display_size.height / size.height)


def painted(view: VideoView) -> QImage:
    """The view as its screen would show it."""
    ratio = view.devicePixelRatioF()
    image = QImage(round(view.width() * ratio), round(view.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("black"))
    view.render(image)
    return image


def blue_extent(image: QImage) -> Box | None:
    """Where the picture is more blue than not, device pixels."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, : image.width()]
    blue, red = rows[..., 0].astype(int), rows[..., 2].astype(int)
    ys, xs = np.nonzero(blue - red > 100)
    return Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) if len(xs) else None


def show(view: VideoView, picture: Picture) -> None:
    """What the decoder thread does when the view tells what it needs."""
    inner = Letterbox.fit(picture.display_size, view.needed_size()).inner
    view.set_frame(Converter().convert(picture, inner, PixelFormat.BGRA))


@pytest.fixture
def dense(qtbot: QtBot) -> DenseView:
    view = DenseView()
    qtbot.addWidget(view)
    return view


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(
    which=st.integers(0, 7), ratio=st.sampled_from(PIXEL_RATIOS), width=st.integers(150, 500),
    height=st.integers(150, 400), zoom=st.none() | st.floats(0.5, 6), x=st.floats(0, 1), y=st.floats(0, 1),
)  # fmt: skip
def test_a_box_stands_on_the_pixels_it_names(
    pictures: list[Picture], dense: DenseView, which: int, ratio: float, width: int, height: int,
    zoom: float | None, x: float, y: float,
) -> None:  # fmt: skip
    picture = pictures[which]
    dense.ratio = ratio
    dense.resize(width, height)
    dense._follow_size()
    dense.set_detections(-1, ())
    dense.zoom_fit()
    show(dense, picture)
    if zoom is not None:
        at = dense.viewport.to_widget(Point(x * picture.display_size.width, y * picture.display_size.height))
        dense._set_viewport(dense.viewport.zoomed_to(zoom * ratio, at))
        show(dense, picture)
    seen = blue_extent(painted(dense))
    dense.set_detections(picture.pts, (found(named(picture), pts=picture.pts),))
    boxes = dense.shown_boxes()
    assume(boxes)
    box = boxes[0].rect.clipped(Size(round(width * ratio), round(height * ratio)))
    # Less would be hidden by the rounded corners of the view.
    assume(min(box.width, box.height) > 40)
    assert seen is not None
    # An edge on whole coded pixels may fall between two displayed ones, where the aspect is not 1.
    allowed = 1 + max(0.5, 0.5 * dense.viewport.scale)
    assert max(abs(a - b) for a, b in zip(seen, box, strict=True)) <= allowed
