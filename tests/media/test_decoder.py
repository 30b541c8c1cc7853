from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError, FileMissingError, MediaError
from app.core.time import TimeSpan
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.truth import make

RATE = 25
PICTURES = 100
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-bf", "3")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    return make(ffmpeg, tmp_path_factory.mktemp("clips") / "clip.mp4", *H264)


@pytest.fixture
def reader(clip: Path) -> Iterator[VideoReader]:
    with VideoReader(clip) as opened:
        yield opened


def number(picture: Picture) -> int:
    return round(picture.time_s * RATE)


def test_before_the_first_comes_the_first_and_after_the_last_the_last(reader: VideoReader) -> None:
    assert number(reader.frame_at(-5.0)) == 0
    assert number(reader.frame_at(-math.inf)) == 0
    for late in (4.0, 1e6, math.inf, Fraction(10**9)):
        assert number(reader.frame_at(late)) == PICTURES - 1
    assert number(reader.frame_at(2.0)) == 50


def test_exact_times_are_compared_exactly(reader: VideoReader) -> None:
    begin = Fraction(7, RATE)
    assert number(reader.frame_at(begin)) == 7
    assert number(reader.frame_at(begin - Fraction(1, 10**15))) == 6
    assert number(reader.frame_at(float(begin))) == 7
    assert number(reader.frame_at(math.nextafter(float(begin), 0))) == 6


def test_each_picture_lasts_until_the_next(reader: VideoReader) -> None:
    pictures = list(reader.frames())
    assert [number(picture) for picture in pictures] == list(range(PICTURES))
    assert all(picture.duration == Fraction(1, RATE) for picture in pictures)
    assert reader.start == 0
    assert reader.time_base == pictures[0].time.time_base


def test_a_file_that_cannot_be_opened_anew_can_still_be_gone_about_in(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip.read_bytes())
    with VideoReader(path) as reader:
        reader.frame_at(1.0)
        aside = path.rename(tmp_path / "aside.mp4")
        for _ in range(2):
            with pytest.raises(FileMissingError):
                reader._start_alone()
            assert number(reader.preview_at(3.3)) in (60, 80)
            assert number(reader.frame_at(2.5)) == 62
        aside.rename(path)
        reader._start_alone()
        assert [number(picture) for picture in reader.frames()] == list(range(PICTURES))


def test_a_span_holds_the_pictures_that_begin_in_it(reader: VideoReader) -> None:
    assert [number(p) for p in reader.frames(TimeSpan(1.0, 1.2))] == [25, 26, 27, 28, 29]
    assert [number(p) for p in reader.frames(TimeSpan(0.99, 1.01))] == [25]
    assert [number(p) for p in reader.frames(TimeSpan(3.9))] == [98, 99]
    assert list(reader.frames(TimeSpan(4.5, 6.0))) == []


def test_other_calls_do_not_disturb_a_sequence(reader: VideoReader) -> None:
    seen = []
    for index, picture in enumerate(reader.frames(TimeSpan(0.5, 2.0))):
        seen.append(number(picture))
        if index % 4 == 0:
            assert number(reader.frame_at((index * 37 % 100) / RATE)) == index * 37 % 100
    assert seen == list(range(13, 50))


@pytest.mark.parametrize("cache_bytes", [0, 10 * 160 * 120, 2**30])
def test_stepping_back_and_forth(clip: Path, cache_bytes: int) -> None:
    with VideoReader(clip, cache_bytes=cache_bytes) as reader:
        picture: Picture | None = reader.frame_at(1.7)
        for expected in (41, 40, 39, 38, 37):
            assert picture is not None
            picture = reader.previous_frame(picture)
            assert picture is not None
            assert number(picture) == expected
        for expected in (38, 39, 40, 41, 42, 43, 44):
            assert picture is not None
            picture = reader.next_frame(picture)
            assert picture is not None
            assert number(picture) == expected


def test_nothing_comes_before_the_first_and_after_the_last(reader: VideoReader) -> None:
    assert reader.previous_frame(reader.frame_at(0)) is None
    assert reader.next_frame(reader.frame_at(100.0)) is None


def test_a_keyframe_is_a_true_picture_at_or_before(reader: VideoReader) -> None:
    for time_s in (3.99, 0.0, 2.41, 1.6, 0.79, -1.0, 50.0):
        keyframe = reader.keyframe_at(time_s)
        assert keyframe.keyframe
        expected = min(max(0, math.floor(time_s * RATE)), PICTURES - 1) // 20 * 20
        assert number(keyframe) == expected
        assert crc(keyframe) == crc(reader.frame_at(keyframe.time_s))
    assert number(reader.frame_at(2.0)) == 50


@pytest.mark.parametrize(
    "name",
    [
        "am_bbb_2500ms.ts",
        "ft_fixture-raw.mts",
        "mb_rotate-buck-bunny.mp4",
        "am_sample.flv",
        "ft_fixture2.mpg",
    ],
)
def test_keyframes_of_real_clips_are_true_pictures(media_dir: Path, name: str) -> None:
    with VideoReader(media_dir / name) as reader:
        first = reader.frame_at(-1.0)
        for time_s in (1.0, 0.0, 0.6):
            keyframe = reader.keyframe_at(time_s)
            assert keyframe.time_s <= max(time_s, first.time_s)
            assert crc(keyframe) == crc(reader.frame_at(keyframe.time_s))


class CancelAfter(CancelToken):
    """Cancels itself when it was asked so many times."""

    def __init__(self, packets: int) -> None:
        super().__init__()
        self.left = packets

    def raise_if_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().raise_if_cancelled()


@pytest.mark.parametrize("packets", [0, 1, 3, 8, 15])
def test_a_cancelled_reader_goes_on_working(clip: Path, packets: int) -> None:
    with VideoReader(clip, cache_bytes=0) as reader:
        expected = crc(reader.frame_at(3.1))
        assert number(reader.frame_at(1.0)) == 25
        with pytest.raises(CancelledError):
            reader.frame_at(3.1, cancel=CancelAfter(packets))
        assert number(reader.frame_at(1.04)) == 26
        with pytest.raises(CancelledError):
            reader.frame_at(1.8, cancel=CancelAfter(packets))
        assert number(reader.frame_at(1.4)) == 35
        assert crc(reader.frame_at(3.1)) == expected


@pytest.mark.parametrize("packets", [1, 2, 4])
@pytest.mark.parametrize("leaping", [False, True])
def test_a_cancelled_way_to_what_follows_goes_on_where_it_was(
    clip: Path, packets: int, leaping: bool
) -> None:
    """Whoever plays right after opening does not pay for what was decoded until then once more."""
    with VideoReader(clip) as reader:
        first = reader.frame_at(0.0)
        second = reader.next_frame(first)
        due = reader._head.decoder.packets_decoded
    with VideoReader(clip) as reader:
        picture = reader.frame_at(0.0)
        with pytest.raises(CancelledError):
            reader.next_frame(picture, cancel=CancelAfter(packets))
        if leaping:
            picture = reader.frame_at(0.0, going_on=True)
        after = reader.next_frame(picture)
        assert after is not None
        assert second is not None
        assert (after.pts, crc(after)) == (second.pts, crc(second))
        assert reader._head.decoder.packets_decoded == due


def test_a_cancelled_sequence_can_be_taken_up(reader: VideoReader) -> None:
    cancel = CancelToken()
    seen = []
    with pytest.raises(CancelledError):  # noqa: PT012 (the loop is what raises)
        for picture in reader.frames(cancel=cancel):
            seen.append(number(picture))
            if len(seen) == 10:
                cancel.cancel()
    assert seen == list(range(10))
    assert [number(p) for p in reader.frames(TimeSpan(0.4, 0.5))] == [10, 11, 12]


def test_the_cache_keeps_to_its_limit(clip: Path) -> None:
    with VideoReader(clip, cache_bytes=200_000) as reader:
        for _ in range(3):
            reader.previous_frame(reader.frame_at(3.9))
            reader.previous_frame(reader.frame_at(1.1))
        kept = reader._cache
        assert sum(shown.picture.nbytes for shown in kept._kept.values()) <= 200_000
        assert len(kept._order) > 3


def test_what_the_file_says_of_itself_disturbs_nothing(reader: VideoReader) -> None:
    pictures = reader.frames(TimeSpan(1.0))
    assert number(next(pictures)) == 25
    assert reader.info.video is not None
    assert reader.info.video.display_size == (160, 120)
    assert number(next(pictures)) == 26


def test_pictures_outlive_their_reader(clip: Path) -> None:
    with VideoReader(clip) as reader:
        picture = reader.frame_at(1.0)
        expected = crc(picture)
    assert crc(picture) == expected


def test_what_cannot_be_read_is_told_in_a_sentence(media_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"nothing\.mp4"):
        VideoReader(tmp_path / "nothing.mp4")
    with pytest.raises(MediaError, match="no video track"):
        VideoReader(media_dir / "am_sample_audio_only.mp4")
    with pytest.raises(MediaError, match="no video track number 3"):
        VideoReader(media_dir / "tc_nasa_13013.mp4", video_track=2)
    with pytest.raises(MediaError, match=r"jpeg_renamed\.mp4"):
        VideoReader(media_dir / "derived" / "jpeg_renamed.mp4")


def test_a_video_of_which_nothing_can_be_decoded(media_dir: Path) -> None:
    with (
        VideoReader(media_dir / "am_invalid-bitstream.webm") as reader,
        pytest.raises(DecodeError, match=r"am_invalid-bitstream\.webm"),
    ):
        reader.frame_at(1.0)


def test_survived_damage_is_told(media_dir: Path) -> None:
    with VideoReader(media_dir / "derived" / "trunc60_car-detection.mp4") as reader:
        assert len(list(reader.frames())) == 220
        assert len(reader.warnings) <= 2
    with VideoReader(media_dir / "am_invalid-bitstream.webm") as broken, pytest.raises(DecodeError):
        list(broken.frames())
    assert any("could not be decoded" in warning for warning in broken.warnings)


def test_raw_streams_count_their_pictures(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "raw.h264", *H264)
    with VideoReader(path) as reader:
        assert [number(p) for p in reader.frames()] == list(range(PICTURES))
        assert number(reader.frame_at(1.0)) == 25


def test_times_of_a_file_whose_pts_are_in_decoding_order(media_dir: Path) -> None:
    with VideoReader(media_dir / "ft_fixture.ogm") as reader:
        times = [picture.pts for picture in reader.frames()]
    # What ffmpeg 5.1 prints: 0, 1, 3, 4, 5, ...; but the last, which it puts on the one before.
    assert times == [0, 1, *range(3, 49)]


def test_pictures_and_closed_readers_are_freed_without_the_cyclic_collector(sample_video: Path) -> None:
    """The window collects cycles rarely: pixels in one would pile up while it plays."""
    gc.collect()
    gc.disable()
    try:
        before = _living_frames()
        reader = VideoReader(sample_video, cache_bytes=1)
        for picture in islice(reader.frames(), 40):
            assert picture.orientation.is_identity
        del picture
        # A few wait inside the decode; of 40 leaking ones none would be gone.
        assert _living_frames() - before < 20
        reader.close()
        gone = weakref.ref(reader)
        del reader
        assert gone() is None
        assert _living_frames() == before
    finally:
        gc.enable()


def _living_frames() -> int:
    return sum(type(each) is av.VideoFrame for each in gc.get_objects())
