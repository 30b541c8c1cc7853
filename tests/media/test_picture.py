from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.geometry import Box, Orientation, Size
from app.media.checksum import crc, crc_text
from app.media.decoder import VideoReader
from app.media.orientation import orientation_of_matrix
from app.media.picture import PictureSource, display_size_of, sample_aspect_of
from tests.media.truth import framecrc, make

CLIPS = [
    "am_bear-vp9-odd-dimensions.webm",
    "am_dolbyVision-hdr.MOV",
    "am_hlg10-color-test.mp4",
    "am_roadtrip-vp92-10bit.webm",
    "am_sample_shorter_audio.mp4",
    "am_sample_with_chapters.mkv",
    "am_sample_with_junk",
    "ft_fixture-mjpeg.mov",
    "ft_fixture.3gp",
    "ft_fixture.flv",
    "intel_preview_classroom.gif",
    "tc_av1_video.mkv",
    "tc_h264_10bits.mp4",
]


@pytest.mark.parametrize("name", CLIPS)
def test_crc_is_what_framecrc_prints(media_dir: Path, ffmpeg: str, name: str) -> None:
    path = media_dir / name
    with VideoReader(path) as reader:
        ours = [crc(picture) for picture in reader.frames()]
    assert ours == [line.crc for line in framecrc(ffmpeg, path)]
    assert ours


@pytest.mark.parametrize(
    ("pixel_format", "codec", "suffix"),
    [
        ("yuv420p", "ffv1", "mkv"),
        ("yuv411p", "ffv1", "mkv"),
        ("yuv410p", "ffv1", "mkv"),
        ("yuva420p", "ffv1", "mkv"),
        ("yuv422p10le", "ffv1", "mkv"),
        ("yuv444p16le", "ffv1", "mkv"),
        ("gray", "ffv1", "mkv"),
        ("gray10le", "ffv1", "mkv"),
        ("gbrp10le", "ffv1", "mkv"),
        ("gbrap", "ffv1", "mkv"),
        ("bgr0", "ffv1", "mkv"),
        ("yuyv422", "rawvideo", "mkv"),
        ("nv12", "rawvideo", "mkv"),
        ("rgb24", "rawvideo", "mov"),
        ("rgb555be", "rawvideo", "mov"),
        ("pal8", "png", "mov"),
        ("pal8", "gif", "gif"),
        ("monob", "png", "mov"),
        ("rgba64be", "png", "mov"),
    ],
)
def test_crc_of_all_kinds_of_planes(
    tmp_path: Path, ffmpeg: str, pixel_format: str, codec: str, suffix: str
) -> None:
    path = make(
        ffmpeg, tmp_path / f"clip.{suffix}", "-pix_fmt", pixel_format, "-c:v", codec,
        source="testsrc2=size=61x45:rate=25", seconds=0.12,
    )  # fmt: skip
    with VideoReader(path) as reader:
        pictures = list(reader.frames())
        ours = [crc(picture) for picture in pictures]
    assert ours == [line.crc for line in framecrc(ffmpeg, path)]
    assert len(ours) == 3
    assert crc_text(pictures[0]) == f"0x{ours[0]:08x}"


@pytest.mark.parametrize(("turn", "mirrored"), [(t, m) for t in (0, 90, 180, 270) for m in (False, True)])
def test_a_display_matrix_moves_points_as_libavutil_says(turn: int, mirrored: bool) -> None:
    # The definition, without trigonometry: where do the corners of a picture 4 wide and 2 high go?
    wanted = Orientation(turn, mirrored)
    x, y = (-1 if mirrored else 1), 1
    a, b, c, d = {0: (x, 0, 0, y), 90: (0, x, -y, 0), 180: (-x, 0, 0, -y), 270: (0, -x, y, 0)}[turn]
    one = 1 << 16
    matrix = b"".join(
        value.to_bytes(4, "little", signed=True)
        for value in (a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    )
    assert orientation_of_matrix(matrix) == wanted
    corner = wanted.upright(Box(0, 0, 1, 1), Size(4, 2))
    shown = Size(4, 2) if b == 0 else Size(2, 4)
    expected_x = 0 if a * 4 + c * 2 > 0 else shown.width - 1
    expected_y = 0 if b * 4 + d * 2 > 0 else shown.height - 1
    assert (corner.x1, corner.y1) == (expected_x, expected_y)


def test_a_display_matrix_without_sense_turns_nothing() -> None:
    assert orientation_of_matrix(bytes(36)) == Orientation()
    assert orientation_of_matrix(b"short") == Orientation()


@given(
    st.integers(1, 4000), st.integers(1, 4000),
    st.fractions(Fraction(1, 16), 16, max_denominator=500), st.sampled_from([0, 90, 180, 270]), st.booleans(),
)  # fmt: skip
def test_display_size_keeps_the_height_and_stretches_the_width(
    width: int, height: int, aspect: Fraction, turn: int, mirrored: bool
) -> None:
    size = display_size_of(Size(width, height), aspect, Orientation(turn, mirrored))
    unturned = size.transposed if turn in (90, 270) else size
    assert unturned.height == height
    assert abs(unturned.width - width * aspect) <= Fraction(1, 2) or unturned.width == 1


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("am_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4", Size(1138, 640)),
        ("mb_rotate-buck-bunny.mp4", Size(1080, 1920)),
        ("mdn_tears-of-steel-battle-clip-medium.webm", Size(798, 332)),
        ("ft_fixture.3gp", Size(504, 288)),
        ("am_bear-vp9-odd-dimensions.webm", Size(161, 121)),
    ],
)
def test_display_size_of_real_clips(media_dir: Path, name: str, size: Size) -> None:
    with VideoReader(media_dir / name) as reader:
        assert reader.frame_at(0).display_size == size


def test_a_header_with_impossible_pixels_is_not_believed(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "thin.mkv", "-vf", "setsar=1/100", "-c:v", "ffv1", seconds=0.1)
    with av.open(str(path)) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(1, 100)
        assert sample_aspect_of(container.streams.video[0]) == 1


def test_a_picture_without_any_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time"):
        PictureSource(Fraction(1, 25)).wrap(av.VideoFrame(16, 16, "yuv420p"))


def test_a_picture_says_when_and_how_long() -> None:
    frame = av.VideoFrame(16, 16, "yuv420p")
    frame.pts, frame.duration = 50, 2
    picture = PictureSource(Fraction(1, 25), start=Fraction(1)).wrap(frame)
    assert (picture.pts, picture.time.exact, picture.time_s) == (50, Fraction(2), 1.0)
    assert picture.duration == Fraction(2, 25)
    assert picture.lasting(Fraction(1, 10)).duration == Fraction(1, 10)
