from __future__ import annotations

import dataclasses
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Orientation, Size
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.picture import Picture, PictureSource
from tests.media.truth import make

Pixels = npt.NDArray[Any]
TAGS = {"bt709": "bt709", "bt601": "smpte170m", "bt2020": "bt2020nc"}
TIME_BASE = Fraction(1, 25)
BARS = "smptehdbars=size=320x240:rate=5"


def as_rgb(frame: VideoFrame) -> Pixels:
    """(height, width, 3), 0..255, as floats."""
    if frame.pixel_format is PixelFormat.PLANAR_RGB_FLOAT:
        return frame.data.transpose(1, 2, 0) * 255.0
    pixels = frame.pixels().astype(float)
    return pixels[:, :, 2::-1] if frame.pixel_format is PixelFormat.BGRA else pixels


def ffmpeg_rgb(ffmpeg: str, path: Path, size: Size, filters: str) -> Pixels:
    """The first picture, converted by the ffmpeg program."""
    command = [ffmpeg, "-v", "error", "-i", str(path), "-frames:v", "1", "-vf", f"{filters},format=rgb24"]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-"], capture_output=True, check=True, timeout=60
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(size.height, size.width, 3).astype(float)


def flat(picture: Pixels) -> npt.NDArray[np.bool_]:
    """Where the 9 x 9 pixels around are all alike: chroma of neighbours cannot bleed in there."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (9, 9), axis=(0, 1))
    spread = windows.max(axis=(3, 4)) - windows.min(axis=(3, 4))
    return np.asarray(np.pad(spread.max(axis=2) == 0, 4))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p"])
@pytest.mark.parametrize("colour_range", ["tv", "pc"])
@pytest.mark.parametrize("matrix", TAGS)
def test_colours_of_bars(
    tmp_path: Path, ffmpeg: str, matrix: str, colour_range: str, pixel_format: str
) -> None:
    scale = f"format=gbrp,scale=out_color_matrix={matrix}:out_range={colour_range}:flags=accurate_rnd"
    path = make(
        ffmpeg, tmp_path / "bars.mkv", "-vf", f"{scale},format={pixel_format}", "-c:v", "ffv1",
        "-colorspace", TAGS[matrix], "-color_range", colour_range, source=BARS, seconds=0.2,
    )  # fmt: skip
    wanted = ffmpeg_rgb(
        ffmpeg, path, Size(320, 240),
        f"scale=in_color_matrix={matrix}:in_range={colour_range}:out_range=pc"
        ":flags=accurate_rnd+full_chroma_int",
    )  # fmt: skip
    inside = flat(wanted)
    assert inside.mean() > 0.4
    with VideoReader(path) as reader:
        picture = reader.frame_at(0)
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, None, layout))
        assert np.abs(got - wanted)[inside].max() <= 4
        assert np.abs(got - wanted).mean() < 3


def make_flat(
    width: int, height: int, luma: int, u: int, v: int, pixel_format: str = "yuv420p"
) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, pixel_format)
    for plane, value in zip(frame.planes, (luma, u, v), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts = 0
    return frame


def wrap(frame: av.VideoFrame) -> Picture:
    return PictureSource(TIME_BASE).wrap(frame)


@pytest.mark.parametrize(
    ("width", "height", "kr", "kb"),
    [
        (1920, 1080, 0.2126, 0.0722),
        (1280, 544, 0.2126, 0.0722),
        (720, 576, 0.299, 0.114),
        (640, 360, 0.299, 0.114),
    ],
)
@pytest.mark.parametrize("yuv", [(90, 100, 180), (150, 90, 110), (60, 160, 120)])
def test_an_untagged_picture_is_read_by_its_size(
    width: int, height: int, kr: float, kb: float, yuv: tuple[int, int, int]
) -> None:
    # ITU-R BT.601 and BT.709, limited range: the formula itself.
    y, u, v = (yuv[0] - 16) / 219, (yuv[1] - 128) / 224, (yuv[2] - 128) / 224
    red, blue = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    expected = np.clip(np.array([red, green, blue]) * 255, 0, 255)
    picture = wrap(make_flat(width, height, *yuv))
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, Size(16, 16), layout))
        assert np.abs(got - expected).max() <= 3


@pytest.mark.parametrize(
    ("luma", "pixel_format", "level"),
    [(16, "yuv420p", 0), (235, "yuv420p", 255), (0, "yuvj420p", 0), (255, "yuvj420p", 255)],
)
def test_black_and_white_of_both_ranges(luma: int, pixel_format: str, level: int) -> None:
    picture = wrap(make_flat(64, 48, luma, 128, 128, pixel_format))
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, None, layout))
        assert np.abs(got - level).max() <= 1


def test_rgb_stays_as_it_is() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (37, 53, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
    frame.pts = 0
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(wrap(frame), None, layout))
        assert np.abs(got - pixels).max() <= 1.2


@pytest.mark.parametrize(("turn", "mirrored"), [(t, m) for t in (0, 90, 180, 270) for m in (False, True)])
def test_orientation_is_what_ffmpeg_turns_it_to(
    tmp_path: Path, ffmpeg: str, turn: int, mirrored: bool
) -> None:
    path = tmp_path / "turned.mp4"
    source = Size(96, 64)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 25, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = source.width, source.height, "yuv444p"
        stream.set_display_rotation(turn, hflip=mirrored)
        pixels = np.zeros((source.height, source.width, 3), np.uint8)
        pixels[:20, :30, 0] = 255
        pixels[:, -16:, 1] = 180
        pixels[-8:, :, 2] = 220
        container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(format="yuv444p")))
        container.mux(stream.encode(None))
    with VideoReader(path) as reader:
        picture = reader.frame_at(0)
    assert picture.orientation.mirrored == mirrored
    assert picture.display_size == (source.transposed if turn in (90, 270) else source)
    shown = ffmpeg_rgb(
        ffmpeg, path, picture.display_size, "scale=flags=accurate_rnd+full_chroma_int:out_range=pc"
    )
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, None, layout))
        assert np.abs(got - shown).max() <= 3


@settings(max_examples=50)
@given(
    st.integers(1, 70), st.integers(1, 70), st.sampled_from(PixelFormat),
    st.sampled_from([0, 90, 180, 270]), st.booleans(),
)  # fmt: skip
def test_every_size_can_be_had(
    width: int, height: int, layout: PixelFormat, turn: int, mirrored: bool
) -> None:
    frame = make_flat(161, 121, 235, 128, 128)
    turned = dataclasses.replace(wrap(frame), orientation=Orientation(turn, mirrored))
    converted = Converter().convert(turned, Size(width, height), layout, generation=7)
    assert converted.size == (width, height)
    assert converted.generation == 7
    assert converted.display_size == turned.display_size
    picture = as_rgb(converted)
    assert picture.shape == (height, width, 3)
    assert np.abs(picture - 255).max() <= 3


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 300), Size(16, 9)])
def test_huge_pictures_shrink_to_next_to_nothing(size: Size) -> None:
    # 480 : 1 leaves libswscale's 14-bit filters with 4 levels of error, in floats too.
    picture = wrap(make_flat(7680, 4320, 235, 128, 128))
    for layout in PixelFormat:
        assert np.abs(as_rgb(Converter().convert(picture, size, layout)) - 255).max() <= 4.5


def test_one_converter_serves_all_in_any_order(media_dir: Path) -> None:
    converter = Converter()
    names = ("am_bear-vp9-odd-dimensions.webm", "tc_h264_10bits.mp4", "intel_preview_classroom.gif")
    for name in names * 2:
        with VideoReader(media_dir / name) as reader:
            picture = reader.frame_at(0.5)
        for layout in PixelFormat:
            for size in (None, Size(33, 21)):
                again = Converter().convert(picture, size, layout)
                assert np.array_equal(as_rgb(converter.convert(picture, size, layout)), as_rgb(again))


def test_the_screen_gets_the_scalers_own_buffer_and_it_stays(media_dir: Path) -> None:
    with VideoReader(media_dir / "am_bear-vp9-odd-dimensions.webm") as reader:
        frame = Converter().convert(reader.frame_at(0), None, PixelFormat.BGRA)
    assert frame.owner is not None
    assert not frame.data.flags.owndata
    assert not frame.data.flags.writeable
    assert frame.stride == frame.data.strides[0] >= 161 * 4
    assert frame.size == frame.display_size == Size(161, 121)
    before = frame.pixels().copy()
    for _ in range(20):
        Converter().convert(wrap(make_flat(161, 121, 20, 30, 40)), None, PixelFormat.BGRA)
    assert np.array_equal(frame.pixels(), before)


def test_sample_aspect_is_applied(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "wide.mkv", "-vf", "setsar=4/3", "-c:v", "ffv1", seconds=0.1)
    with VideoReader(path) as reader:
        frame = Converter().convert(reader.frame_at(0), None, PixelFormat.RGB)
    assert frame.size == Size(213, 120)


def test_no_size_below_a_pixel() -> None:
    with pytest.raises(ValueError, match="0 x 4"):
        Converter().convert(wrap(make_flat(16, 16, 0, 0, 0)), Size(0, 4), PixelFormat.RGB)


@pytest.mark.parametrize(
    ("name", "matrix", "colour_range"),
    [
        ("tc_bt709_full_range.mp4", "bt709", "pc"),
        ("am_roadtrip-vp92-10bit.webm", "bt601", "tv"),
        ("mdn_flower.mp4", "bt601", "tv"),
        ("mb_hevc.ts", "bt709", "tv"),
    ],
)
def test_real_clips_have_the_colours_of_ffmpeg(
    media_dir: Path, ffmpeg: str, name: str, matrix: str, colour_range: str
) -> None:
    with VideoReader(media_dir / name) as reader:
        picture = reader.frame_at(0)
    scale = f"scale=in_color_matrix={matrix}:in_range={colour_range}:out_range=pc"
    wanted = ffmpeg_rgb(
        ffmpeg, media_dir / name, picture.source_size, f"{scale}:flags=accurate_rnd+full_chroma_int"
    )
    for layout in PixelFormat:
        error = as_rgb(Converter().convert(picture, picture.source_size, layout)) - wanted
        assert np.abs(error).mean() < 4
        # How chroma is spread over its four pixels is a matter of taste (ffmpeg's own ways differ by 4).
        height, width, _ = (side // 4 * 4 for side in error.shape)
        blocks = error[:height, :width].reshape(height // 4, 4, width // 4, 4, 3).mean(axis=(1, 3))
        assert np.abs(blocks).mean() < 1.5
