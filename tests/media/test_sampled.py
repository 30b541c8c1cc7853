"""Sampled pictures against choosing from all of them; what is decoded is counted in packets."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest

from app.analysis.request import FramePolicy
from app.analysis.sampling import rule_of
from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.core.time import WHOLE, TimeSpan
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.media.rule import Rule, chosen
from app.media.sampled import SampledReader
from tests.media.test_decoder_exact import H264, HEVC, MADE
from tests.media.truth import make

RULES = ("all", "every:7", "every:40", "fps:5", "fps:0.5")

# What each is here for: see the name, and after it.
REAL = [
    "am_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4",  # pyramid of B-frames
    "mb_rotate-buck-bunny.mp4",  # edit list
    "psd_delayed_start.mp4",  # starts at 1.075 s
    "am_sample_fragmented.mp4",
    "am_sample_without_stss.mp4",  # all packets flagged as keyframes, one is
    "am_bbb_2500ms.ts",  # MPEG-2 with a gap
    "am_sample_with_junk",  # program stream with junk
    "am_bbb_642x642_768kbps_30fps_vp9.webm",
    "am_roadtrip-vp92-10bit.webm",  # hidden alternative references
    "ft_fixture-null.webm",  # variable rate with gaps of a second
    "mdn_flower.webm",
    "tc_av1_video.mkv",
    "am_sample.flv",
    "ft_fixture.flv",
    "ft_fixture.3gp",
    "ft_fixture2.mpg",  # raw MPEG-1 video
    "ft_fixture.ogm",  # pts in decoding order, truncated
    "ft_fixture-mjpeg.mov",
    "mb_annex-b.mp4",  # truncated, the last picture damaged
    "derived/trunc12pct_tos.webm",
]
GENERATED = ("open_gop.mkv", "variable.mp4", "hevc.mkv", "mpeg2.mpg", "asp.avi")


def told(pictures: Iterable[Picture]) -> list[tuple[int, float, Fraction | None, int]]:
    return [(one.pts, one.time_s, one.duration, crc(one)) for one in pictures]


def check(path: Path, spans: tuple[TimeSpan, ...] = (WHOLE,)) -> None:
    for span in spans:
        with VideoReader(path) as reader:
            every = list(reader.frames(span))
        facts = dict(zip((one.pts for one in every), told(every), strict=True))
        end_s = every[-1].time_s + float(every[-1].duration or 0) if every else None
        for text in RULES:
            rule = rule_of(FramePolicy.parse(text))
            wanted = [facts[one.pts] for one in chosen(every, rule)]
            with SampledReader(path) as sampled:
                assert told(sampled.pictures(rule, span)) == wanted
                assert sampled.counted == len(every)
                if span == WHOLE:
                    assert sampled.end_s == end_s


@pytest.mark.parametrize("name", REAL)
def test_real_clips(media_dir: Path, name: str) -> None:
    check(media_dir / name)


@pytest.mark.parametrize("name", GENERATED)
def test_made_clips_and_stretches_of_them(tmp_path: Path, ffmpeg: str, name: str) -> None:
    path = make(ffmpeg, tmp_path / name, *MADE[name], seconds=4)
    check(path, (WHOLE, TimeSpan(1.3, 2.9), TimeSpan(3.5), TimeSpan(60)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("idr.mp4", (*H264, "-x264-params", "keyint=25:scenecut=0:bframes=3:b-pyramid=normal")),
        ("open.mkv", (*H264, "-x264-params", "keyint=25:scenecut=0:bframes=3:open-gop=1")),
        ("open.ts", (*H264, "-x264-params", "keyint=25:scenecut=0:bframes=3:open-gop=1")),
        ("hevc.mp4", (*HEVC, "-x265-params", "keyint=25:min-keyint=25:scenecut=0:log-level=none")),
        ("layers.mp4", (*HEVC, "-x265-params", "keyint=25:temporal-layers=3:log-level=none")),
        ("vp8.webm", ("-c:v", "libvpx", "-g", "25", "-auto-alt-ref", "1", "-deadline", "realtime")),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-g", "25", "-deadline", "realtime", "-cpu-used", "8")),
    ],
)
def test_short_groups_of_pictures(tmp_path: Path, ffmpeg: str, name: str, options: tuple[str, ...]) -> None:
    check(make(ffmpeg, tmp_path / name, *options, seconds=4), (WHOLE, TimeSpan(1.02, 3.1)))


class Numbers:
    """A rule that wants pictures by their number."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers

    def wants(self, number: int, begins: Fraction, ends: Fraction) -> bool:
        return number in self.numbers


def decoded_for(path: Path, rule: Rule) -> int:
    with SampledReader(path) as sampled:
        for _ in sampled.pictures(rule):
            pass
        return sampled.packets_decoded


@pytest.fixture
def ten_groups(tmp_path: Path, ffmpeg: str) -> Path:
    """Ten closed groups of 25 pictures, all P but the first."""
    params = "keyint=25:min-keyint=25:scenecut=0:bframes=0:ref=1"
    return make(ffmpeg, tmp_path / "groups.mp4", *H264, "-x264-params", params, seconds=10)


def test_groups_without_a_wanted_picture_are_not_decoded(ten_groups: Path) -> None:
    # The last picture is always decoded, for its length: a whole group.
    assert decoded_for(ten_groups, Numbers(0)) == 1 + 25
    assert decoded_for(ten_groups, Numbers(100)) == 1 + 25
    assert decoded_for(ten_groups, rule_of(FramePolicy.parse("every:50"))) == 5 + 25


def test_a_group_is_decoded_up_to_the_last_wanted_picture(ten_groups: Path) -> None:
    assert decoded_for(ten_groups, Numbers(110)) == 11 + 25
    assert decoded_for(ten_groups, Numbers(103, 119, 126)) == 20 + 2 + 25


def test_a_leading_picture_takes_the_group_it_leans_on(tmp_path: Path, ffmpeg: str) -> None:
    """The picture before a keyframe is stored behind it, and refers to both sides."""
    params = "keyint=24:min-keyint=24:scenecut=0:bframes=3:open-gop=1:b-adapt=0"
    path = make(ffmpeg, tmp_path / "open.mkv", *H264, "-x264-params", params, seconds=6)
    assert decoded_for(path, Numbers(47)) >= decoded_for(path, Numbers(48)) + 24


def test_what_no_other_picture_of_hevc_leans_on_is_left_out(tmp_path: Path, ffmpeg: str) -> None:
    """Of four pictures one is P, one a B that others refer to; two are neither."""
    params = "keyint=48:min-keyint=48:scenecut=0:bframes=3:b-adapt=0:b-pyramid=1:open-gop=0:log-level=none"
    path = make(ffmpeg, tmp_path / "pyramid.mp4", *HEVC, "-x265-params", params, seconds=1.96)
    assert decoded_for(path, Numbers(0)) <= 48 / 2 + 3


def test_it_can_be_stopped(ten_groups: Path) -> None:
    cancel = CancelToken()
    with SampledReader(ten_groups) as sampled:
        pictures = sampled.pictures(Numbers(0, 3, 200), cancel=cancel)
        next(pictures)
        cancel.cancel()
        with pytest.raises(CancelledError):
            list(pictures)
