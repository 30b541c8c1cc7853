"""The number in the picture is the one that belongs to the time: at random times, and stepping both ways."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.counters import DigitReader, luma_by_ffmpeg, luma_of, make_numbered, read_bars

Number = Callable[[Picture], int]


def check(path: Path, number_of: Number, times: list[Fraction], *, first: int, rounds: int = 12) -> None:
    """``times`` are those at which the pictures begin; the first shows the number ``first``."""
    rng = random.Random(path.name)
    ends = [*times[1:], times[-1] + Fraction(1, 25)]
    with VideoReader(path) as reader:
        for _ in range(rounds):
            index = rng.randrange(len(times))
            time_s = times[index] + (ends[index] - times[index]) * Fraction(rng.randrange(1, 99), 100)
            picture = reader.frame_at(float(time_s))
            assert number_of(picture) == first + index, f"at {float(time_s)} s"
            _walk(reader, picture, number_of, first + index, rng.choice((-9, -4, 3, 8)), first, len(times))


def _walk(
    reader: VideoReader,
    picture: Picture,
    number_of: Number,
    number: int,
    steps: int,
    first: int,
    count: int,
) -> None:
    """Step; every picture comes once, in order, until there is none."""
    step = reader.next_frame if steps > 0 else reader.previous_frame
    direction = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        following = step(picture)
        number += direction
        if following is None:
            assert number in (first - 1, first + count)
            return
        assert number_of(following) == number, f"after {direction:+d} step"
        picture = following


def test_the_counter_in_white_letters(media_dir: Path, ffmpeg: str) -> None:
    """From 1 to 30 behind the words, ten a second."""
    path = media_dir / "psd_counter.mp4"
    known = luma_by_ffmpeg(ffmpeg, path, 1080, 1920, 10)
    examples = [(str(index + 1), luma) for index, luma in enumerate(known)]
    digits = DigitReader.learn(examples, ink=lambda luma: luma > 215, skipped=len("Frame="))
    times = [Fraction(index, 10) for index in range(30)]
    check(path, lambda picture: digits.read(luma_of(picture)), times, first=1, rounds=8)


def test_the_counter_in_black_letters(media_dir: Path, ffmpeg: str) -> None:
    """0 to 99 below a stripe of changing colour, thirty a second, in times that are rounded to ms."""
    path = media_dir / "mb_frames.webm"
    below = 200
    known = luma_by_ffmpeg(ffmpeg, path, 1080, 1080, 10)
    examples = [(str(index), luma[below:]) for index, luma in enumerate(known)]
    digits = DigitReader.learn(examples, ink=lambda luma: luma < 80)
    times = [Fraction(round(index * 1000 / 30), 1000) for index in range(100)]
    check(path, lambda picture: digits.read(luma_of(picture)[below:]), times, first=0, rounds=6)


X264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-bf", "3")
OPEN = (*X264, "-x264-params", "open-gop=1:b-pyramid=normal:scenecut=0")

HEVC = "log-level=0:open-gop=1:keyint=30:bframes=4"
VP9 = ("-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "1", "-lag-in-frames", "16")

NUMBERED: dict[str, tuple[str, ...]] = {
    "open_gop.mp4": OPEN,
    "open_gop.ts": OPEN,
    "pyramid.mkv": (*X264, "-bf", "7", "-x264-params", "b-pyramid=normal:b-adapt=0:ref=5:scenecut=0"),
    "refresh.ts": (*X264, "-bf", "0", "-x264-params", "intra-refresh=1:keyint=30"),
    "one_gop.mp4": (*X264, "-g", "9999", "-x264-params", "scenecut=0"),
    "rasl.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", HEVC),
    "hidden.webm": ("-c:v", "libvpx-vp9", *VP9, "-g", "40", "-b:v", "300k"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-bf", "2", "-g", "15", "-b:v", "4M"),
    "motion.mov": ("-c:v", "mjpeg", "-q:v", "3"),
}


@pytest.mark.parametrize("name", NUMBERED)
def test_bar_codes_in_made_clips(tmp_path: Path, ffmpeg: str, name: str) -> None:
    path = make_numbered(ffmpeg, tmp_path / name, 110, *NUMBERED[name])
    with VideoReader(path) as reader:
        pictures = list(reader.frames())
        assert [read_bars(picture) for picture in pictures] == list(range(110))
        start = pictures[0].time_s
    # Only TS begins elsewhere than at 0; Matroska rounds to ms.
    rounding = Fraction(1, 1000) if name.endswith(("webm", "mkv")) else Fraction(1, 90000)
    assert 0 <= start < 0.2
    begin = Fraction(start).limit_denominator(90000)
    times = [begin + round(Fraction(index, 25) / rounding) * rounding for index in range(110)]
    check(path, read_bars, times, first=0)


def test_bar_codes_at_a_varying_rate(tmp_path: Path, ffmpeg: str) -> None:
    """Pictures that stand from 20 ms to 6 s."""
    stands = [20, 21, 500, 40, 40, 6000, 33, 34, 33, 1000]
    times = [Fraction(sum((stands * 11)[:index]), 1000) for index in range(100)]
    steps = "+".join(f"eq(mod(N,10),{place})*{sum(stands[:place])}" for place in range(10))
    timing = ("-vf", f"settb=1/1000,setpts='floor(N/10)*{sum(stands)}+{steps}'", "-fps_mode", "passthrough")
    path = make_numbered(ffmpeg, tmp_path / "varying.mp4", 100, *timing, "-enc_time_base", "1:1000", *OPEN)
    check(path, read_bars, times, first=0, rounds=20)


def test_the_wanted_picture_may_stand_far_behind_one_that_is_nearly_wanted(
    tmp_path: Path, ffmpeg: str
) -> None:
    """16 B-frames in a row: the anchor shown before it is stored 20 packets and more ahead of it."""
    deep = (*X264, "-bf", "16", "-x264-params", "b-pyramid=normal:b-adapt=0:ref=8:scenecut=0")
    path = make_numbered(ffmpeg, tmp_path / "deep.mp4", 65, *deep)
    for number in range(65):
        with VideoReader(path) as reader:
            assert read_bars(reader.frame_at(number / 25)) == number


def test_previews_where_only_decoding_times_are_stored(tmp_path: Path, ffmpeg: str) -> None:
    """AVI: the keyframe is the right one, and its time is off by the reordering at most."""
    path = make_numbered(ffmpeg, tmp_path / "misstamped.avi", 110, *X264)
    with VideoReader(path) as reader:
        for time_s in (3.9, 0.7, 2.9, 1.8):
            picture = reader.keyframe_at(time_s)
            assert read_bars(picture) % 30 == 0
            assert abs(picture.time_s - read_bars(picture) / 25) < 5 / 25


@pytest.mark.parametrize("name", ["misstamped.avi", "program.mpg"])
def test_a_preview_with_a_time_nearly_right_passes_for_no_other_picture(
    tmp_path: Path, ffmpeg: str, name: str
) -> None:
    low = ("-c:v", "mpeg2video", "-g", "15", "-b:v", "4M")
    path = make_numbered(ffmpeg, tmp_path / name, 110, *(X264 if name.endswith("avi") else low))
    with VideoReader(path) as reader:
        shown = [(picture.time_s, read_bars(picture)) for picture in reader.frames()]
    for time_s in (1.138, 1.72, 2.9, 3.518):
        with VideoReader(path) as reader:
            begins = reader.keyframe_at(time_s).time_s
            due = max(number for began, number in shown if began <= begins)
            assert read_bars(reader.frame_at(begins)) == due
