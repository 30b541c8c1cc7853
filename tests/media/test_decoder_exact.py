"""frame_at against linear decoding by PyAV on one thread and against ffmpeg's framecrc."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.truth import framecrc, linear, make, remux

RANDOM_PICTURES = 4

LONG_GOP = {"mb_missing-keyframe-labels.ts": 1, "mb_hevc.ts": 1, "ft_fixture-raw.mts": 3}
"""Random pictures of clips where each means decoding hundreds of large ones."""

# What each is here for: see the name, and after it.
CLIPS = [
    "am_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4",  # pyramid of B-frames
    "mb_rotate-buck-bunny.mp4",  # edit list
    "am_dolbyVision-hdr.MOV",  # edit list that hides the first picture, 10 bit
    "psd_delayed_start.mp4",  # starts at 1.075 s
    "am_sample_fragmented.mp4",  # no index up front, starts at 0.067 s
    "am_sample_without_stss.mp4",  # all packets flagged as keyframes, one is
    "am_bbb_2500ms.ts",  # MPEG-2 with a gap
    "mb_hevc.ts",  # one keyframe
    "ft_fixture-raw.mts",  # a field a packet
    "mb_missing-keyframe-labels.ts",  # next to no keyframe flags
    "am_sample_with_junk",  # program stream with junk
    "am_bbb_642x642_768kbps_30fps_vp9.webm",
    "am_roadtrip-vp92-10bit.webm",  # hidden alternative references
    "ft_fixture-null.webm",  # variable rate with gaps of a second
    "mdn_flower.webm",
    "tc_av1_video.mkv",
    "am_sample_with_srt.mkv",
    "intel_preview_classroom.gif",
    "ft_fixture2.mpg",  # raw MPEG-1 video
    "am_sample.avi",
    "am_sample.flv",
    "ft_fixture.flv",
    "ft_fixture.3gp",
    "ft_fixture.ogm",  # pts in decoding order, truncated
    "mb_annex-b.mp4",  # truncated, the last picture damaged
    "psd_fades.mp4",
    "derived/trunc12pct_tos.webm",
]

# FFmpeg before 7 decodes these two a little differently; PyAV alone is the judge there.
NOT_IN_OLD_FFMPEG = {"am_sample.avi"}


def describe(picture: Picture) -> tuple[int, float, int]:
    return picture.pts, picture.time_s, crc(picture)


def check_every_picture(path: Path, seed: int) -> list[Picture]:
    """Ask for each time in order, then at random without a cache; returns the pictures in order."""
    crcs = [value for _, value in linear(path)]
    with VideoReader(path) as reader:
        pictures = list(reader.frames())
        assert [crc(picture) for picture in pictures] == crcs
    times = [picture.time_s for picture in pictures]
    with VideoReader(path) as reader:
        for index, time_s in enumerate(times):
            assert crc(reader.frame_at(time_s)) == crcs[index]
    picks = random.Random(seed).sample(
        range(len(times)), min(LONG_GOP.get(path.name, RANDOM_PICTURES), len(times))
    )
    with VideoReader(path, cache_bytes=0) as reader:
        for index in picks:
            after = times[index + 1] if index + 1 < len(times) else times[index] + 1
            for time_s in (math.nextafter(after, -math.inf), times[index], (times[index] + after) / 2):
                got = reader.frame_at(time_s)
                assert describe(got) == (pictures[index].pts, times[index], crcs[index]), time_s
                if index + 1 < len(times):
                    assert got.duration == pictures[index].duration
    return pictures


@pytest.mark.parametrize("name", CLIPS)
def test_frame_at_equals_linear_decoding(media_dir: Path, ffmpeg: str, name: str) -> None:
    pictures = check_every_picture(media_dir / name, seed=len(name))
    shown = framecrc(ffmpeg, media_dir / name)
    assert len(shown) == len(pictures)
    if name not in NOT_IN_OLD_FFMPEG:
        assert [line.crc for line in shown] == [crc(picture) for picture in pictures]
    # The clock of framecrc ticks once a frame of the average rate, from the first picture on in a TS.
    for line, picture in zip(shown, pictures, strict=True):
        since_first = picture.time_s - pictures[0].time_s + float(shown[0].time_s)
        assert since_first == pytest.approx(float(line.time_s), abs=float(line.tick_s) * 1.01)


H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "24", "-bf", "3")
OPEN_GOP = (*H264, "-x264-params", "open-gop=1:scenecut=0")
HEVC = (
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-bf",
    "4",
    "-x265-params",
    "log-level=0:open-gop=1:keyint=24",
)
VARIABLE = (
    "-vf",
    "settb=1/1000,setpts='(N+5*sin(N/9))/25/TB'",
    "-fps_mode",
    "passthrough",
    "-enc_time_base",
    "1:1000",
)
MPEG2 = ("-c:v", "mpeg2video", "-bf", "2", "-g", "12")

MADE: dict[str, tuple[str, ...]] = {
    "closed_gop.mp4": H264,
    "open_gop.mp4": OPEN_GOP,
    "open_gop.ts": OPEN_GOP,
    "open_gop.mkv": OPEN_GOP,
    "variable.mp4": (*VARIABLE, *H264),
    "fragments.mp4": (*OPEN_GOP, "-movflags", "frag_keyframe+empty_moov"),
    "refresh.ts": (*H264, "-bf", "0", "-x264-params", "intra-refresh=1:keyint=24"),
    "interlaced.ts": (*H264, "-flags", "+ildct+ilme", "-x264-params", "tff=1"),
    "hevc.ts": HEVC,
    "hevc.mkv": HEVC,
    "mpeg2.mpg": MPEG2,
    "mpeg2.mxf": MPEG2,
    "asp.avi": ("-c:v", "mpeg4", "-bf", "2", "-g", "20"),
    "misstamped.avi": H264,
    "windows.wmv": ("-c:v", "wmv2", "-g", "20"),
    "raw.h264": H264,
    "raw.m2v": MPEG2,
}


@pytest.mark.parametrize("name", MADE)
def test_frame_at_equals_linear_decoding_of_made_clips(tmp_path: Path, ffmpeg: str, name: str) -> None:
    path = make(ffmpeg, tmp_path / name, *MADE[name], seconds=3)
    pictures = check_every_picture(path, seed=len(name))
    assert [line.crc for line in framecrc(ffmpeg, path)] == [crc(picture) for picture in pictures]
    assert len(pictures) == 75 or name == "variable.mp4"


def test_a_stream_without_cues_and_duration(tmp_path: Path, ffmpeg: str) -> None:
    source = make(ffmpeg, tmp_path / "source.mp4", *OPEN_GOP)
    check_every_picture(remux(ffmpeg, source, tmp_path / "live.mkv", "-live", "1"), seed=1)


@pytest.mark.parametrize("suffix", ["avi", "mkv", "ts", "flv"])
def test_a_file_that_ends_early(tmp_path: Path, ffmpeg: str, suffix: str) -> None:
    path = make(ffmpeg, tmp_path / f"whole.{suffix}", *H264)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert len(check_every_picture(path, seed=2)) > 40


def test_damage_in_the_middle(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "damaged.ts", *H264)
    data = bytearray(path.read_bytes())
    rng = random.Random(4)
    for _ in range(40):
        data[rng.randrange(len(data) // 3, len(data) // 2)] ^= 0x55
    path.write_bytes(data)
    with VideoReader(path) as reader:
        after = [p for p in reader.frames() if p.time_s > 3.2]
        crcs = {p.pts: crc(p) for p in after}
    with VideoReader(path, cache_bytes=0) as reader:
        for picture in reversed(after[::5]):
            assert crc(reader.frame_at(picture.time_s)) == crcs[picture.pts]


def test_any_number_of_threads_gives_the_same(media_dir: Path) -> None:
    path = media_dir / "am_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4"
    results = []
    for threads in (1, 2, 5):
        with VideoReader(path, threads=threads, cache_bytes=0) as reader:
            results.append([describe(reader.frame_at(time_s)) for time_s in (3.5, 0.4, 2.0, 2.03, 1.1)])
    assert results[0] == results[1] == results[2]


def test_the_second_video_track(media_dir: Path, ffmpeg: str) -> None:
    with VideoReader(media_dir / "tc_nasa_13013.mp4", video_track=1) as reader:
        assert reader.frame_at(2.0).source_size == (480, 270)
