"""What files are, against ffprobe and ffmpeg (the golden file; tools/make_media_golden.py makes it)."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ReelscopeError
from app.core.results import VideoInfo
from app.media.description import describe, ratio
from app.media.opening import open_media
from app.media.pace import is_variable
from app.media.probe import probe
from tests.media.truth import make

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parent / "golden" / "media.json").read_text(encoding="utf-8")
)


def video_of(path: Path) -> VideoInfo:
    video = probe(path).media.video
    assert video is not None
    return video


@pytest.mark.parametrize("name", GOLDEN)
def test_against_ffprobe(name: str, media_dir: Path) -> None:
    golden, path = GOLDEN[name], media_dir / name
    report = probe(path, count_frames=True)
    media, video = report.media, report.media.video
    assert video is not None
    assert (media.bytes, media.format) == (golden["bytes"], golden["format"])
    assert (video.codec, video.width, video.height) == (golden["codec"], golden["width"], golden["height"])
    assert video.rotation == golden["rotation"]
    aspect = Fraction(golden["sample_aspect_ratio"].replace(":", "/"))
    assert video.sample_aspect_ratio == ratio(aspect)
    shown = (round(golden["width"] * aspect), golden["height"])
    assert (video.display_width, video.display_height) == (shown[::-1] if video.rotation % 180 else shown)
    assert media.start_s == pytest.approx(golden["start"] or 0, abs=1e-6)
    duration = golden["duration"]
    assert media.duration_s == (None if duration is None else pytest.approx(duration, abs=0.0051))
    assert video.frames == golden["frames"]
    if golden["keyframes"] is not None:
        assert report.keyframe_count == len(golden["keyframes"])
    json.dumps(asdict(media), allow_nan=False).encode("utf-8")


def test_the_golden_file_is_about_these_files(media_dir: Path) -> None:
    assert len(GOLDEN) >= 55
    assert {"vvc", "av1", "hevc", "h264", "vp8", "vp9", "mpeg2video", "flv1", "gif"} <= {
        facts["codec"] for facts in GOLDEN.values()
    }


# What the notes must contain, and what not.
NOTES = {
    "am_sample.flv": ["starts at 0.067 s", "rate (1000) is wrong"],
    "mb_annex-b-avc.mkv": ["does not say how long", "rate varies", "8.3 s apart"],
    "mb_rotate-buck-bunny.mp4": ["first picture comes at 0.083 s", "turned by 90 degrees clockwise"],
    "am_dolbyVision-hdr.MOV": ["HLG", "Dolby Vision"],
    "am_sample_missing_stsd.mp4": ["no decoder here for sound track 0"],
    "ft_fixture.ogm": ["Sound track 1 is damaged"],
    "ft_fixture-raw.mts": ["interlaced"],
    "tc_nasa_13013.mp4": ["2 video tracks"],
    "am_sample_empty_track.mp4": ["empty video track"],
    "am_bear_with_picture.flac": ["no video", "cover art"],
    "am_sample_without_stss.mp4": ["Every packet is marked"],
    "am_sample_with_junk": ["2 packets are falsely marked"],
    "am_invalid-bitstream.webm": ["No picture of it can be decoded", "51 packets are falsely marked"],
    "am_large_stbl_truncated_after_moov.m4b": ["cut off"],
    "derived/trunc60_car-detection.mp4": ["cut off"],
    "am_bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4": ["not square (64:45): shown as 1138 x 640"],
    "am_sample_with_metadata.mp4": [],
    "psd_fades.mp4": [],
}


@pytest.mark.parametrize("name", NOTES)
def test_notes(name: str, media_dir: Path) -> None:
    notes = probe(media_dir / name).notes
    for part in NOTES[name]:
        assert any(part in note for note in notes), (part, notes)
    if not NOTES[name]:
        assert notes == ()
    assert all(note.endswith(".") for note in notes)


def test_decoding_too_little_is_noted(media_dir: Path) -> None:
    notes = probe(media_dir / "derived" / "trunc12pct_tos.webm", count_frames=True).notes
    assert "The file is 70.54 s long, but its pictures end at 8.92 s." in notes


def test_sound_tracks(media_dir: Path) -> None:
    def tracks(name: str) -> list[tuple[str, int, int, str | None]]:
        audio = probe(media_dir / name).media.audio
        return [(each.codec, each.sample_rate, each.channels, each.language) for each in audio]

    assert tracks("tc_nasa_13013.mp4") == [("aac", 8000, 2, "eng"), ("aac", 16000, 2, "eng")]
    assert tracks("am_sample_missing_stsd.mp4") == [("unknown", 0, 0, None)]
    assert tracks("mdn_flower.mp4") == [("aac", 48000, 2, None)]
    assert tracks("mdn_voices-around-a-fire.mp3") == [("mp3", 48000, 2, None)]
    assert tracks("ft_fixture.3gp") == [("amr_nb", 8000, 1, "eng")]


def test_sound_alone(media_dir: Path) -> None:
    report = probe(media_dir / "wc_jfk.wav", count_frames=True)
    assert (report.media.video, report.keyframe_count, report.media.start_s) == (None, 0, 0.0)
    assert report.media.duration_s == 11.0


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("ft_fixture-null.webm", True), ("mb_annex-b-avc.mkv", True), ("ft_fixture.flv", True),
        ("am_roadtrip-vp92-10bit.webm", False), ("am_sample.avi", False), ("am_bbb_2500ms.ts", False),
        ("intel_preview_classroom.gif", False), ("mdn_flower.webm", False), ("mdn_flower.mp4", False),
        ("ft_fixture-raw.mts", False), ("ft_fixture2.mpg", False),
    ],
)  # fmt: skip
def test_variable_rate(name: str, variable: bool, media_dir: Path) -> None:
    assert video_of(media_dir / name).variable_rate is variable


def test_hdr_and_interlacing(media_dir: Path) -> None:
    assert video_of(media_dir / "am_hlg10-color-test.mp4").hdr == "hlg"
    assert video_of(media_dir / "mdn_flower.mp4").hdr is None
    assert video_of(media_dir / "ft_fixture-raw.mts").interlaced
    assert not video_of(media_dir / "mdn_flower.mp4").interlaced


def test_pq(ffmpeg: str, tmp_path: Path) -> None:
    transfer = ("-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_primaries", "bt2020")
    path = make(
        ffmpeg, tmp_path / "pq.mkv", "-c:v", "libx264", "-pix_fmt", "yuv420p10le", *transfer, seconds=0.4
    )
    assert video_of(path).hdr == "pq"


# The nine numbers of tkhd, and what a player then shows: turned clockwise, after mirroring left-right.
MATRICES = {
    (1, 0, 0, 1): (0, False),
    (0, 1, -1, 0): (90, False),
    (-1, 0, 0, -1): (180, False),
    (0, -1, 1, 0): (270, False),
    (-1, 0, 0, 1): (0, True),
    (1, 0, 0, -1): (180, True),
}


@pytest.mark.parametrize("matrix", MATRICES)
def test_orientation(matrix: tuple[int, int, int, int], ffmpeg: str, tmp_path: Path) -> None:
    path = make(ffmpeg, tmp_path / "turned.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p", seconds=0.4)
    data = bytearray(path.read_bytes())
    a, b, c, d = matrix
    at = data.index(b"tkhd") + 4 + 40
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
    path.write_bytes(bytes(data))
    video = video_of(path)
    assert (video.rotation, video.mirrored) == MATRICES[matrix]
    assert video.display_size == ((120, 160) if video.rotation % 180 else (160, 120))


def test_describing_leaves_the_container_alone(media_dir: Path) -> None:
    path = media_dir / "mb_hevc.ts"
    with open_media(path) as container:
        before = next(container.demux(video=0)).pts
    with open_media(path) as container:
        info = describe(container, path)
        assert next(container.demux(video=0)).pts == before
    assert info == probe(path).media


def test_a_track_that_is_not_there(media_dir: Path) -> None:
    path = media_dir / "tc_nasa_13013.mp4"
    with open_media(path) as container:
        second, third = (describe(container, path, video_track=number).video for number in (1, 2))
    assert second is not None
    assert (second.width, second.height, third) == (480, 270, None)


def test_cancelling(media_dir: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        probe(media_dir / "mdn_flower.mp4", count_frames=True, cancel=token)


def test_the_other_files_work_or_say_why_not(media_dir: Path) -> None:
    files = [path for path in sorted(media_dir.rglob("*")) if path.is_file()]
    others = [path for path in files if path.relative_to(media_dir).as_posix() not in GOLDEN]
    refused = []
    for path in others:
        try:
            report = probe(path)
        except ReelscopeError as error:
            refused.append(str(error))
            continue
        has_pictures = report.media.video is not None and path.name != "am_invalid-bitstream.webm"
        assert (report.keyframe_count > 0) is has_pictures, path.name
    assert len(refused) == 14
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)


BASE = st.sampled_from([Fraction(1, 1000), Fraction(1, 90000), Fraction(1, 30000)])
RATES = st.sampled_from(
    [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(10)]
)


@given(RATES, BASE, st.integers(3, 400), st.integers(-100_000, 10**7), st.booleans())
def test_rounded_times_are_no_varying_rate(
    rate: Fraction, base: Fraction, count: int, offset: int, in_milliseconds: bool
) -> None:
    seconds = [number / rate for number in range(count)]
    if in_milliseconds:
        seconds = [Fraction(round(time * 1000), 1000) for time in seconds]
    assert not is_variable([offset + round(time / base) for time in seconds], base)


@given(RATES, st.integers(40, 400), st.data())
def test_drops_are_no_varying_rate_but_many_are(rate: Fraction, count: int, data: st.DataObject) -> None:
    base = Fraction(1, 90000)
    dropped = data.draw(st.integers(1, count - 2))
    times = [round(number / rate / base) for number in range(count)]
    assert not is_variable(times[:dropped] + times[dropped + 1 :], base)
    assert is_variable([time for number, time in enumerate(times) if number % 5 not in (1, 3)], base)
