from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from app.core.frame import PixelFormat
from app.core.geometry import Size
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.deinterlace import deinterlaced, without_combs
from tests.media.truth import make

Luma = npt.NDArray[np.int64]


def luma(frame: av.VideoFrame, plane: int = 0) -> Luma:
    data = frame.planes[plane]
    wide = 2 if "10" in frame.format.name else 1
    rows = np.frombuffer(memoryview(data), np.uint16 if wide == 2 else np.uint8)
    return rows.reshape(data.height, -1)[:, : data.width].astype(np.int64)


def comb(picture: Luma) -> float:
    """Share of the pixels that stand out from both neighbours while their field goes on (as FFmpeg's
    fieldmatch counts them, threshold 9)."""
    above, upper, own, lower, below = (picture[at : picture.shape[0] - 4 + at] for at in range(5))
    stands_out = ((own - upper > 9) & (own - lower > 9)) | ((upper - own > 9) & (lower - own > 9))
    return float((stands_out & (np.abs(above + 4 * own + below - 3 * (upper + lower)) > 54)).mean())


def moving(tmp_path: Path, ffmpeg: str, pixel_format: str = "yuv420p", *options: str) -> list[av.VideoFrame]:
    """Two fields a frame of a picture that moves by some pixels between fields."""
    filters = f"format={pixel_format},tinterlace=interleave_top,setfield=tff"
    path = make(
        ffmpeg, tmp_path / "fields.mkv", "-vf", filters, "-c:v", "ffv1", "-flags", "+ildct+ilme",
        "-field_order", "tt", *options, source="testsrc2=size=320x240:rate=50,scroll=h=0.02", seconds=0.5,
    )  # fmt: skip
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p"])
def test_combs_go_and_detail_stays(tmp_path: Path, ffmpeg: str, pixel_format: str) -> None:
    frame = moving(tmp_path, ffmpeg, pixel_format)[3]
    assert frame.interlaced_frame
    before, after = luma(frame), luma(deinterlaced(frame))
    scale = 4 if "10" in pixel_format else 1
    assert comb(before // scale) > 0.02
    assert comb(after // scale) < comb(before // scale) / 5
    assert np.array_equal(after[::2], before[::2])


def test_a_real_clip_combs_less_and_loses_nothing_elsewhere(media_dir: Path) -> None:
    with VideoReader(media_dir / "ft_fixture-raw.mts") as reader:
        frames = [picture.decoded for picture in reader.frames()]
    pans = max(frames, key=lambda frame: comb(luma(frame)))
    before, after = luma(pans), luma(deinterlaced(pans))
    assert comb(before) > 0.01
    assert comb(after) < 0.7 * comb(before)
    calm = min(frames, key=lambda frame: comb(luma(frame)))
    assert (luma(deinterlaced(calm)) == luma(calm)).mean() > 0.95


def test_what_stands_still_keeps_its_detail() -> None:
    rng = np.random.default_rng(5)
    blocks = rng.integers(20, 230, (60, 160)).repeat(3, 0).repeat(3, 1)
    drawn = np.full((180, 480), 200)
    drawn[20:24, 10:200], drawn[40:140, 30:33], drawn[91, 200:400] = 30, 30, 30
    slope = np.add.outer(np.arange(180), np.arange(480)) // 3
    for still in (blocks, drawn, slope):
        assert (luma(without_combs(grey(still))) == still).mean() > 0.999


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 31, 32, 33, 34, 65, 66])
def test_any_height_can_be_mended(height: int) -> None:
    stripes = np.zeros((height, 40), np.int64)
    stripes[1::2] = 200
    mended = luma(without_combs(grey(stripes)))
    assert np.array_equal(mended[::2], stripes[::2])
    assert mended[2:-2].max(initial=0) == 0
    assert mended.shape == stripes.shape


@pytest.mark.parametrize("name", ["tc_bt709_full_range.mp4", "tc_h264_10bits.mp4", "mdn_flower.mp4"])
def test_progressive_pictures_are_not_touched(media_dir: Path, name: str) -> None:
    with VideoReader(media_dir / name) as reader:
        picture = reader.frame_at(0.2)
    assert deinterlaced(picture.decoded) is picture.decoded
    plain = Converter().convert(picture, None, PixelFormat.BGRA)
    asked = Converter().convert(picture, None, PixelFormat.BGRA, deinterlace=True)
    assert np.array_equal(plain.pixels(), asked.pixels())


def test_only_who_asks_gets_it_and_always_the_same(media_dir: Path) -> None:
    path = media_dir / "ft_fixture-raw.mts"
    with VideoReader(path) as reader:
        played = list(reader.frames())[10]
        sought = reader.frame_at(played.time_s)
    assert sought.pts == played.pts
    size = Size(640, 360)
    plain = Converter().convert(played, size, PixelFormat.BGRA).pixels()
    assert np.array_equal(plain, Converter().convert(sought, size, PixelFormat.BGRA).pixels())
    first = Converter().convert(played, size, PixelFormat.BGRA, deinterlace=True).pixels()
    again = Converter().convert(sought, size, PixelFormat.BGRA, deinterlace=True).pixels()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, plain)


def test_colours_survive(media_dir: Path) -> None:
    with VideoReader(media_dir / "ft_fixture-raw.mts") as reader:
        picture = reader.frame_at(0.3)
    plain = Converter().convert(picture, None, PixelFormat.BGRA).pixels()
    mended = Converter().convert(picture, None, PixelFormat.BGRA, deinterlace=True).pixels()
    assert np.abs(plain.mean(axis=(0, 1)) - mended.mean(axis=(0, 1))).max() < 0.5


@pytest.mark.parametrize("pixel_format", ["pal8", "rgb565le", "yuv420p10be", "gbrpf32le", "monow"])
def test_what_cannot_be_mended_is_left(pixel_format: str) -> None:
    frame = av.VideoFrame(32, 16, pixel_format)
    assert without_combs(frame) is frame


def grey(pixels: Luma) -> av.VideoFrame:
    frame = av.VideoFrame(pixels.shape[1], pixels.shape[0], "yuv420p")
    for number, plane in enumerate(frame.planes):
        rows = np.full((plane.height, plane.line_size), 128, np.uint8)
        if number == 0:
            rows[:, : plane.width] = pixels
        plane.update(rows.tobytes())
    return frame
