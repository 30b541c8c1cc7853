"""VideoReader with a device: the same pictures at the same times, and an error where the device fails."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from app.core.errors import FileMissingError, HardwareError
from app.core.frame import PixelFormat
from app.core.geometry import Size
from app.media.checksum import crc
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.media.hardware import FFmpegDevice
from tests.media.devices import FakeDevice
from tests.media.truth import make


@pytest.mark.parametrize(
    "name", ["am_sample.avi", "am_bbb_2500ms.ts", "am_sample_fragmented.mp4", "tc_h264_10bits.mp4"]
)
def test_a_device_gives_the_same_pictures(media_dir: Path, name: str) -> None:
    with (
        VideoReader(media_dir / name) as software,
        VideoReader(media_dir / name, device=FakeDevice()) as device,
    ):
        for ours, theirs in zip(device.frames(), software.frames(), strict=True):
            assert (ours.pts, ours.duration, ours.keyframe) == (theirs.pts, theirs.duration, theirs.keyframe)
            assert (ours.orientation, ours.display_size) == (theirs.orientation, theirs.display_size)


def test_a_device_finds_the_same_pictures(sample_video: Path) -> None:
    device = FakeDevice()
    with VideoReader(sample_video) as software, VideoReader(sample_video, device=device) as reader:
        for time_s in (7.3, 0.0, 23.9, 11.11):
            assert reader.frame_at(time_s).pts == software.frame_at(time_s).pts
            assert crc(reader.frame_at(time_s)) == crc(software.frame_at(time_s))
    assert device.given


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("colour_range", ["tv", "pc"])
@pytest.mark.parametrize("target", [PixelFormat.BGRA, PixelFormat.PLANAR_RGB_FLOAT])
def test_a_devices_pixel_format_is_shown_in_the_same_colours(
    tmp_path: Path, ffmpeg: str, pixel_format: str, colour_range: str, target: PixelFormat
) -> None:
    tags = ("-colorspace", "bt709", "-color_range", colour_range)
    path = make(
        ffmpeg, tmp_path / "a.mkv", "-pix_fmt", pixel_format, "-c:v", "libx264", *tags, seconds=1,
        source="testsrc2=size=320x240:rate=5",
    )  # fmt: skip
    with VideoReader(path) as software, VideoReader(path, device=FakeDevice()) as device:
        for size in (None, Size(160, 120), Size(400, 300)):
            ours, theirs = (
                Converter().convert(reader.frame_at(0.5), size, target).data.astype(float)
                for reader in (device, software)
            )
            scale = 255 if target is PixelFormat.PLANAR_RGB_FLOAT else 1
            assert np.abs(ours - theirs).max() * scale <= 1


def test_a_rotated_picture_of_a_device_is_upright(media_dir: Path) -> None:
    path = media_dir / "mb_rotate-buck-bunny.mp4"
    with VideoReader(path) as software, VideoReader(path, device=FakeDevice()) as device:
        ours, theirs = (
            Converter().convert(reader.frame_at(0.5), None, PixelFormat.BGRA) for reader in (device, software)
        )
    assert ours.size == theirs.size
    assert np.array_equal(ours.pixels(), theirs.pixels())


def test_a_device_that_is_lost_is_said(sample_video: Path) -> None:
    with VideoReader(sample_video, device=FakeDevice(pictures=40)) as reader:
        seen: list[int] = []
        with pytest.raises(HardwareError, match=r"^it failed: Generic error in an external library$"):
            seen.extend(picture.pts for picture in reader.frames())
    assert len(seen) >= 30
    assert reader.warnings == []


def test_a_device_that_does_not_fit_is_said(sample_video: Path) -> None:
    with pytest.raises(HardwareError, match=r"h264 decoder cannot use it$"):
        VideoReader(sample_video, device=FakeDevice(engages=False))


def test_a_device_of_ffmpegs_that_no_decoder_knows(sample_video: Path) -> None:
    with pytest.raises(HardwareError, match=r"cannot use it$"):
        VideoReader(sample_video, device=FFmpegDevice("opencl"))


def test_damage_is_left_to_software(sample_video: Path, tmp_path: Path) -> None:
    """What software makes of damaged data is the rule; a device makes something else of it."""
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(sample_video.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    damaged.write_bytes(data)
    with (
        VideoReader(damaged, device=FakeDevice()) as reader,
        pytest.raises(HardwareError, match=r"^it (failed|met)"),
    ):
        list(reader.frames())


def test_a_missing_file_is_no_fault_of_the_device(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"none\.mp4"):
        VideoReader(tmp_path / "none.mp4", device=FakeDevice())


def test_ten_bits_come_as_p010(media_dir: Path) -> None:
    with VideoReader(media_dir / "tc_h264_10bits.mp4", device=FakeDevice()) as reader:
        picture: av.VideoFrame = reader.frame_at(0).decoded
    assert picture.format.name == "p010le"
