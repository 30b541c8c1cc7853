from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage

from app.core.frame import PixelFormat, Pixels, VideoFrame
from app.core.geometry import Size
from app.core.time import MediaTime
from app.render.image import as_qimage
from tests.render.frames import frame_of


def pixels_of(image: QImage) -> Pixels:
    """(height, width, 3) in B, G, R, read pixel by pixel through Qt's own accessors."""
    rows = range(image.height())
    colours = [[QColor(image.pixel(x, y)) for x in range(image.width())] for y in rows]
    return np.array([[(c.blue(), c.green(), c.red()) for c in row] for row in colours], np.uint8)


@given(st.integers(1, 40), st.integers(1, 20), st.sampled_from([0, 4, 28, 60]), st.integers(0, 2**32 - 1))
def test_every_pixel_arrives_at_any_width_and_padding(
    width: int, height: int, padding: int, seed: int
) -> None:
    bgr = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    frame = frame_of(bgr, padding=padding)
    assert np.array_equal(pixels_of(as_qimage(frame)), bgr)


def test_the_memory_is_the_frames_own() -> None:
    frame = frame_of(np.zeros((121, 161, 3), np.uint8), padding=60)
    image = as_qimage(frame)
    seen = np.frombuffer(image.constBits(), np.uint8)
    assert seen.ctypes.data == frame.data.ctypes.data
    assert (image.width(), image.height(), image.bytesPerLine()) == (161, 121, 704)
    assert image.format() == QImage.Format.Format_RGB32


def test_a_frame_of_another_format_is_refused() -> None:
    planes = np.zeros((3, 2, 2), np.float32)
    form, time = PixelFormat.PLANAR_RGB_FLOAT, MediaTime(0, Fraction(1))
    frame = VideoFrame(planes, Size(2, 2), 16, form, time, 0.0, None, True, Size(2, 2))
    with pytest.raises(ValueError, match="BGRA"):
        as_qimage(frame)


def test_a_decoded_picture_of_odd_width_is_the_one_ffmpeg_shows(media_dir: Path, ffmpeg: str) -> None:
    """161x121: the rows of the decoder's buffer are padded. ffmpeg converts on its own."""
    import subprocess

    from app.media.convert import Converter
    from app.media.decoder import VideoReader

    clip = media_dir / "am_bear-vp9-odd-dimensions.webm"
    with VideoReader(clip) as reader:
        frame = Converter().convert(reader.frame_at(0), None, PixelFormat.BGRA)
    image = as_qimage(frame)
    assert (image.width(), image.height()) == (161, 121)
    assert image.bytesPerLine() > 161 * 4
    assert np.frombuffer(image.constBits(), np.uint8).ctypes.data == frame.data.ctypes.data
    command = [
        ffmpeg,
        "-v",
        "error",
        "-i",
        str(clip),
        "-frames:v",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr24",
        "-",
    ]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    theirs = np.frombuffer(raw, np.uint8).reshape(121, 161, 3).astype(int)
    # Two scalers round chroma differently; a row shifted by its padding would be off by dozens.
    difference = np.abs(pixels_of(image).astype(int) - theirs)
    assert difference.mean() < 3
    assert np.percentile(difference, 99) < 16
