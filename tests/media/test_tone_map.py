from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from app.core.frame import PixelFormat
from app.core.geometry import Orientation, Size
from app.media.colour import HighRange, Matrix, Primaries, Transfer, high_range_of
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.picture import Picture, PictureSource
from tests.media.light_reference import rgb_codes, sdr
from tests.media.test_convert import as_rgb
from tests.media.truth import make

Codes = npt.NDArray[np.uint16]
TRANSFERS = {"pq": 16, "hlg": 18}
HLG_CLIPS = ["am_hlg10-color-test.mp4", "am_dolbyVision-hdr.MOV"]


def planes_of(frame: av.VideoFrame) -> list[Codes]:
    """The 10-bit planes, cut to what is picture."""
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, plane.line_size // 2)
        found.append(rows[:, : plane.width])
    return found


def expected(frame: av.VideoFrame, transfer: str, peak: float = 1000) -> npt.NDArray[np.float64]:
    y, cb, cr = planes_of(frame)
    block = y.shape[0] // cb.shape[0]
    cb, cr = (np.repeat(np.repeat(plane, block, 0), block, 1) for plane in (cb, cr))
    return sdr(rgb_codes(y, cb, cr), transfer, peak)


def flat_chroma(frame: av.VideoFrame) -> npt.NDArray[np.bool_]:
    """Where neighbouring chroma is nearly alike, so that it does not matter how it is spread over pixels."""
    _, cb, cr = planes_of(frame)
    calm = np.ones(cb.shape, bool)
    for plane in (cb.astype(int), cr.astype(int)):
        for axis in (0, 1):
            step = np.abs(np.diff(plane, axis=axis, append=np.take(plane, [-1], axis))) <= 2
            calm &= step & np.roll(step, 1, axis)
    return np.repeat(np.repeat(calm, 2, 0), 2, 1)


def wrap(frame: av.VideoFrame) -> Picture:
    frame.pts = 0
    return PictureSource(Fraction(1, 25)).wrap(frame)


def made(y: Codes, cb: Codes, cr: Codes, transfer: int, pixel_format: str = "yuv444p10le") -> Picture:
    """A picture of just these codes."""
    frame = av.VideoFrame(y.shape[1], y.shape[0], pixel_format)
    for plane, codes in zip(frame.planes, (y, cb, cr), strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        rows[:, : plane.width] = codes
        plane.update(rows.tobytes())
    frame.color_trc, frame.color_primaries, frame.colorspace, frame.color_range = transfer, 9, 9, 1
    return wrap(frame)


def colours(seed: int, count: int = 96) -> tuple[Codes, Codes, Codes]:
    """Patches of 8 x 8 pixels: random colours that BT.2020 has, dark ones as often as bright ones."""
    rng = np.random.default_rng(seed)
    rgb = rng.uniform(0, 1, (count, count, 3)) * rng.uniform(0, 1, (count, count, 1))
    luma = rgb @ np.array([0.2627, 0.6780, 0.0593])
    y = 64 + 876 * luma
    cb = 512 + 896 * (rgb[..., 2] - luma) / 1.8814
    cr = 512 + 896 * (rgb[..., 0] - luma) / 1.4746
    found = [np.repeat(np.repeat(np.rint(codes), 8, 0), 8, 1).astype(np.uint16) for codes in (y, cb, cr)]
    return found[0], found[1], found[2]


@pytest.mark.parametrize("name", HLG_CLIPS)
def test_hlg_clips_look_as_the_formulas_say(media_dir: Path, name: str) -> None:
    with VideoReader(media_dir / name) as reader:
        picture = dataclasses.replace(reader.frame_at(0), orientation=Orientation())
    wanted = expected(picture.decoded, "hlg")
    for layout in PixelFormat:
        error = np.abs(as_rgb(Converter().convert(picture, picture.source_size, layout)) - wanted)
        assert error.mean() < 1.5
        assert np.percentile(error[flat_chroma(picture.decoded)], 99) <= 5.5


def test_a_pq_clip_looks_as_the_formulas_say(tmp_path: Path, ffmpeg: str) -> None:
    tags = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
    path = make(
        ffmpeg, tmp_path / "pq.mkv", "-vf", f"format=yuv420p10le,{tags}", "-c:v", "libx265",
        "-x265-params", "log-level=none", source="testsrc2=size=640x360:rate=5", seconds=0.4,
    )  # fmt: skip
    with VideoReader(path) as reader:
        assert reader.info.video is not None
        assert reader.info.video.hdr == "pq"
        picture = reader.frame_at(0)
    wanted = expected(picture.decoded, "pq")
    for layout in PixelFormat:
        error = np.abs(as_rgb(Converter().convert(picture, None, layout)) - wanted)
        assert error.mean() < 3
        assert np.percentile(error[flat_chroma(picture.decoded)], 98) <= 6


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_any_colour_of_bt2020_comes_out_right(transfer: str) -> None:
    picture = made(*colours(3), TRANSFERS[transfer])
    wanted = expected(picture.decoded, transfer)
    for layout in PixelFormat:
        signed = as_rgb(Converter().convert(picture, None, layout)) - wanted
        assert abs(signed.mean()) < 0.4
        error = np.abs(signed)
        assert error.mean() < 2
        assert np.percentile(error, 99) < 12


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_greys_stay_grey_and_rise_without_steps(transfer: str) -> None:
    ramp = np.repeat(np.arange(64, 941, dtype=np.uint16)[None], 16, 0)
    neutral = np.full_like(ramp, 512)
    picture = made(ramp, neutral, neutral, TRANSFERS[transfer])
    wanted = expected(picture.decoded, transfer)
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, None, layout))
        assert np.abs(got - wanted).max() <= 2
        assert np.ptp(got, axis=2).max() <= 1.1
        rises = np.diff(got[0, :, 1])
        assert rises.min() >= -0.01
        assert rises.max() <= np.diff(wanted[0, :, 1]).max() + 1.6


@pytest.mark.parametrize(("transfer", "code"), [("pq", 573), ("hlg", 721)])
def test_white_paper_is_as_bright_in_both(transfer: str, code: int) -> None:
    # BT.2408: 203 cd/m2 are 58 % of PQ and 75 % of HLG.
    flat = np.full((16, 16), code, np.uint16)
    neutral = np.full_like(flat, 512)
    got = as_rgb(
        Converter().convert(made(flat, neutral, neutral, TRANSFERS[transfer]), None, PixelFormat.RGB)
    )
    assert 228 <= got.mean() <= 234


@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 5), Size(101, 67), Size(1281, 721), Size(40, 30)])
def test_every_size_can_be_had(size: Size) -> None:
    flat = np.full((100, 160), 500, np.uint16)
    picture = made(flat, flat, flat, 18)
    wanted = expected(picture.decoded, "hlg")[0, 0]
    for layout in PixelFormat:
        got = as_rgb(Converter().convert(picture, size, layout))
        assert got.shape == (size.height, size.width, 3)
        assert np.abs(got - wanted).max() <= 4


@pytest.mark.parametrize("codes", [(0, 0, 0), (1023, 1023, 1023), (1023, 0, 1023), (64, 1023, 0)])
def test_codes_that_no_colour_has_do_no_harm(codes: tuple[int, int, int]) -> None:
    y, cb, cr = (np.full((16, 16), code, np.uint16) for code in codes)
    got = as_rgb(Converter().convert(made(y, cb, cr, 16), None, PixelFormat.BGRA))
    assert np.ptp(got.reshape(-1, 3), axis=0).max() <= 1


def test_dark_lines_on_a_bright_colour_stay_dark() -> None:
    # Luma is looked up as if grey, then moved by what its block says: that must not wrap around.
    y = np.full((32, 32), 700, np.uint16)
    y[::2] = 64
    chroma = np.full((16, 16), 700, np.uint16)
    got = as_rgb(Converter().convert(made(y, chroma, chroma, 16, "yuv420p10le"), None, PixelFormat.BGRA))
    assert got[::2].mean() < got[1::2].mean() - 20


def test_what_is_no_hdr_is_left_alone(media_dir: Path) -> None:
    for name in ("tc_bt709_full_range.mp4", "tc_h264_10bits.mp4"):
        with VideoReader(media_dir / name) as reader:
            assert high_range_of(reader.frame_at(0).decoded) is None


def test_the_peak_is_that_of_the_mastering_display(tmp_path: Path, ffmpeg: str) -> None:
    mastering = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(40000000,50)"
    path = make(
        ffmpeg, tmp_path / "pq.mkv", "-vf",
        "format=yuv420p10le,setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc",
        "-c:v", "libx265", "-x265-params", f"log-level=none:hdr10=1:master-display={mastering}",
        source="testsrc2=size=320x180:rate=5", seconds=0.4,
    )  # fmt: skip
    with VideoReader(path) as reader:
        picture = reader.frame_at(0)
    wanted = HighRange(Transfer.PQ, Primaries.BT2020, Matrix.BT2020, 4000.0)
    assert high_range_of(picture.decoded) == wanted
    error = np.abs(
        as_rgb(Converter().convert(picture, None, PixelFormat.RGB)) - expected(picture.decoded, "pq", 4000)
    )
    assert error.mean() < 3
