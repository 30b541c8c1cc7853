from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.core.errors import HardwareError, MediaError, UsageError
from app.core.geometry import Size
from app.media.decoder import VideoReader
from app.media.hardware import HardwareChoice, known_devices, software_threads, stream_facts
from app.media.hardware_comparison import difference
from app.media.hardware_trial import Figures, Speed, compare
from app.media.trial_process import Verdict, judge
from tests.media.devices import FakeDevice, as_device
from tests.media.truth import make

SLOW, QUICK = Speed(0.1, 1 / 50, 1 / 50, 0.1), Speed(0.1, 1 / 200, 1 / 1000, 0.02)


def first_picture(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


# --- what was wished for


def test_names_that_ffmpeg_does_not_know_are_refused_with_those_it_knows() -> None:
    for name in ("auto", "none", *known_devices()):
        assert HardwareChoice.parse(name).name == name
    with pytest.raises(UsageError, match=r"no hardware decoding called 'warp' here: use auto, none"):
        HardwareChoice.parse("warp")


@pytest.mark.parametrize(
    ("platform", "built_in", "order"),
    [
        ("darwin", ["videotoolbox"], ("videotoolbox",)),
        ("win32", ["cuda", "dxva2", "qsv", "d3d11va", "d3d12va", "amf"],
         ("d3d11va", "d3d12va", "dxva2", "cuda", "qsv", "amf")),
        ("linux", ["vdpau", "drm", "vulkan", "vaapi", "cuda"], ("cuda", "vaapi", "vdpau", "drm", "vulkan")),
        ("freebsd14", ["vaapi"], ("vaapi",)),
    ],
)  # fmt: skip
def test_devices_in_order_of_preference(platform: str, built_in: list[str], order: tuple[str, ...]) -> None:
    assert known_devices(platform, built_in) == order


def test_candidates_of_a_choice() -> None:
    assert HardwareChoice("auto").candidates(("a", "b")) == ("a", "b")
    assert HardwareChoice("none").candidates(("a", "b")) == ()
    assert HardwareChoice("b").candidates(("a", "b")) == ("b",)


def test_facts_of_a_stream(sample_video: Path) -> None:
    facts = stream_facts(sample_video)
    assert (facts.codec, facts.pixel_format, facts.size) == ("h264", "yuv420p", Size(960, 540))
    assert facts.rate == Fraction(30)
    smaller = dataclasses.replace(facts, size=Size(900, 540))
    assert smaller.kind == facts.kind != dataclasses.replace(facts, size=Size(1920, 1080)).kind


def test_facts_of_a_file_without_video(media_dir: Path) -> None:
    with pytest.raises(MediaError):
        stream_facts(media_dir / "wc_jfk.wav")


# --- right pictures


@pytest.mark.parametrize(
    ("pixel_format", "encoder"),
    [("yuv420p", "libx264"), ("yuv420p10le", "libx264"), ("yuv422p", "libx264"), ("yuv444p", "libx264")],
)
def test_the_same_picture_in_a_devices_format_is_the_same(
    tmp_path: Path, ffmpeg: str, pixel_format: str, encoder: str
) -> None:
    path = make(ffmpeg, tmp_path / "a.mkv", "-c:v", encoder, "-pix_fmt", pixel_format, seconds=1)
    picture = first_picture(path)
    assert picture.format.name == pixel_format
    assert difference("h264", as_device(picture), picture) is None


def test_ten_bits_in_sixteen_are_the_same(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "a.mkv", "-c:v", "libx264", "-pix_fmt", "yuv420p10le", seconds=1)
    picture = first_picture(path)
    wide = av.VideoFrame(picture.width, picture.height, "p016le")
    for index, plane in enumerate(as_device(picture).planes):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        target = np.frombuffer(memoryview(wide.planes[index]), np.uint8)
        target = target.reshape(-1, wide.planes[index].line_size)
        width = min(rows.shape[1], target.shape[1])
        target[: len(rows), :width] = rows[: len(target), :width]
    assert difference("h264", wide, picture) is None


def off_by_one(frame: av.VideoFrame) -> av.VideoFrame:
    other = as_device(frame)
    np.frombuffer(memoryview(other.planes[0]), np.uint8)[5] ^= 1
    return other


def darker(frame: av.VideoFrame) -> av.VideoFrame:
    other = as_device(frame)
    np.frombuffer(memoryview(other.planes[0]), np.uint8)[:] = 0
    return other


def cropped(frame: av.VideoFrame) -> av.VideoFrame:
    from av.video.reformatter import VideoReformatter

    return VideoReformatter().reformat(frame, width=frame.width - 8, format="nv12")


def test_one_wrong_bit_is_seen_where_the_standard_prescribes_every_bit(sample_video: Path) -> None:
    picture = first_picture(sample_video)
    assert difference("h264", off_by_one(picture), picture) == (
        "its pictures differ from the right ones by 0.01 of 255 levels on average"
    )
    assert difference("mpeg2video", off_by_one(picture), picture) is None
    assert difference("mpeg2video", darker(picture), picture) is not None
    assert difference("mpeg2video", cropped(picture), picture) == (
        "its pictures are 952 x 540 where they should be 960 x 540"
    )


# --- the trial, without its process


def test_a_device_that_decodes_rightly_gets_figures(sample_video: Path) -> None:
    device = FakeDevice()
    figures = compare(sample_video, device, threads=2)
    assert all(
        value > 0 for speed in (figures.hardware, figures.software) for value in dataclasses.astuple(speed)
    )
    assert len(device.given) > 36


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (FakeDevice(change=darker), "its pictures differ from the right ones by"),
        (FakeDevice(change=cropped), "its pictures are 952 x 540 where"),
        (FakeDevice(pictures=3), "it failed: Generic error in an external library"),
        (FakeDevice(engages=False), "FFmpeg's h264 decoder cannot use it"),
        (FakeDevice(refuses=RuntimeError("no stream is compatible")), "FFmpeg's decoder for this codec"),
    ],
)
def test_a_device_that_does_not_is_refused(sample_video: Path, device: FakeDevice, reason: str) -> None:
    with pytest.raises(HardwareError, match=f"^{reason}"):
        compare(sample_video, device, threads=1)


def test_pictures_at_other_times_are_refused(sample_video: Path) -> None:
    def later(frame: av.VideoFrame) -> av.VideoFrame:
        other = as_device(frame)
        assert frame.pts is not None
        other.pts = frame.pts + 1
        return other

    with pytest.raises(HardwareError, match="at other times"):
        compare(sample_video, FakeDevice(change=later), threads=1)


# --- what the figures mean


def test_a_faster_device_plays_and_seeks() -> None:
    assert judge(Figures(QUICK, SLOW), Fraction(25)) == Verdict(True)


def test_a_slower_device_that_keeps_up_and_spares_the_processor_plays() -> None:
    ours = Speed(0.1, 1 / 100, 1 / 5000, 0.1)
    theirs = Speed(0.1, 1 / 300, 1 / 200, 0.05)
    assert judge(Figures(ours, theirs), Fraction(25)) == Verdict(
        True, "", "no gain in seeking (100 ms, software 50 ms)"
    )
    slow = "slower than software here (100 against 300 pictures/s)"
    assert judge(Figures(ours, theirs), Fraction(60)) == Verdict(True, slow, slow)
    assert judge(Figures(ours, theirs), None) == Verdict(True, slow, slow)
    busy = dataclasses.replace(ours, cpu_s=1 / 300)
    assert judge(Figures(busy, theirs), Fraction(25)) == Verdict(True, slow, slow)


def test_as_many_threads_decode_as_the_window_says(sample_video: Path) -> None:
    with VideoReader(sample_video) as reader:
        assert reader._head._track.stream.codec_context.thread_count == software_threads()
