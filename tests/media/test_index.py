"""Keyframes found without decoding, against ffprobe's decoder, our own decoding and known bitstreams."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError
from app.media.bitstream import KeyCheck, parameter_sets, resets, starts_decoding, unreferenced
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.index import keyframe_index, survey_keyframes
from app.media.keyframes import decode_keyframes
from tests.media.truth import make, remux

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parent / "golden" / "media.json").read_text(encoding="utf-8")
)

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
OPEN_GOP = (*X264, "-x264-params", "open-gop=1:keyint=40:min-keyint=40:scenecut=0:bframes=3")
CLOSED_GOP = (*X264, "-g", "40", "-bf", "2")
REFRESH = (*X264, "-x264-params", "intra-refresh=1:keyint=40:bframes=0")
HEVC_OPEN_GOP = (
    "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
    "-x265-params", "open-gop=1:keyint=40:min-keyint=40:bframes=3:log-level=none",
)  # fmt: skip

VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "20", "-pix_fmt", "yuv420p")

MADE: dict[str, tuple[str, ...]] = {
    "closed.mp4": CLOSED_GOP,
    "closed.ts": CLOSED_GOP,
    "closed.mkv": CLOSED_GOP,
    "closed.flv": CLOSED_GOP,
    "closed.avi": CLOSED_GOP,
    "raw.h264": CLOSED_GOP,
    "open.mp4": OPEN_GOP,
    "open.ts": OPEN_GOP,
    "open.mkv": OPEN_GOP,
    "fragmented.mp4": (*CLOSED_GOP, "-movflags", "frag_keyframe+empty_moov"),
    "refresh.mp4": REFRESH,
    "refresh.ts": REFRESH,
    "hevc.mp4": HEVC_OPEN_GOP,
    "hevc.ts": HEVC_OPEN_GOP,
    "raw.hevc": HEVC_OPEN_GOP,
    "interlaced.ts": (*X264, "-g", "30", "-flags", "+ildct+ilme"),
    "mpeg2.mpg": ("-c:v", "mpeg2video", "-g", "15", "-bf", "2"),
    "raw.m2v": ("-c:v", "mpeg2video", "-g", "15", "-bf", "2"),
    "mpeg2.mxf": ("-c:v", "mpeg2video", "-g", "12", "-bf", "2"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-g", "20", "-bf", "2"),
    "raw.m4v": ("-c:v", "mpeg4", "-g", "15", "-bf", "2"),
    "wmv.asf": ("-c:v", "wmv2", "-g", "20"),
    "theora.ogv": ("-c:v", "libtheora", "-g", "20"),
    "all.mov": ("-c:v", "mjpeg"),
    "vp9.webm": VP9,
    "vp9.mp4": VP9,
}

ONE_KEYFRAME = ("refresh.mp4", "refresh.ts")
"""Column by column, the picture is whole again only 40 pictures later: no place to start but the first."""


@pytest.fixture(scope="module")
def made(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for name, options in MADE.items():
        make(ffmpeg, folder / name, *options)
    return folder


def assert_consistent(path: Path) -> list[int]:
    """Index and decoding name the same pictures, and each is what decoding everything gives at that time."""
    index = keyframe_index(path)
    pictures = [(picture.pts, picture.time_s, crc(picture)) for picture in decode_keyframes(path)]
    assert [(each.pts, each.time_s) for each in index] == [(pts, time) for pts, time, _ in pictures]
    wanted = {each.pts for each in index}
    with VideoReader(path) as reader:
        linear = [(each.pts, each.time_s, crc(each)) for each in reader.frames() if each.pts in wanted]
    assert pictures == linear
    return [each.pts for each in index]


@pytest.mark.parametrize("name", MADE)
def test_made_files(name: str, made: Path) -> None:
    found = assert_consistent(made / name)
    assert len(found) == 1 if name in ONE_KEYFRAME else len(found) >= 3


@pytest.mark.parametrize(
    "name", [name for name in MADE if not name.startswith(("raw", "mpeg4.avi", "closed.avi"))]
)
def test_made_files_by_ffprobe(name: str, made: Path, ffprobe: str) -> None:
    assert [each.pts for each in keyframe_index(made / name)] == by_ffprobe(ffprobe, made / name)


def by_ffprobe(ffprobe: str, path: Path) -> list[int]:
    command = [ffprobe, "-v", "error", "-fflags", "+genpts", "-select_streams", "v:0", "-skip_frame", "nokey"]
    command += ["-show_entries", "frame=key_frame,pts", "-of", "csv=p=0", str(path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [int(line.split(",")[1]) for line in lines if line.startswith("1,")]


@pytest.mark.parametrize("name", [name for name, facts in GOLDEN.items() if facts["keyframes"]])
def test_real_files(name: str, media_dir: Path) -> None:
    assert [each.pts for each in keyframe_index(media_dir / name)] == GOLDEN[name]["keyframes"]


@pytest.mark.parametrize(
    "name",
    [
        "mdn_flower.mp4", "am_sample_with_increasing_timestamps_360p.mp4", "am_sample_without_stss.mp4",
        "mb_rotate-buck-bunny.mp4", "am_dolbyVision-hdr.MOV", "am_roadtrip-vp92-10bit.webm",
        "ft_fixture-raw.mts", "am_bbb_2500ms.ts", "am_sample_vvc.mp4", "tc_av1_video.mkv",
        "intel_preview_classroom.gif", "psd_delayed_start.mp4", "ft_fixture2.mpg",
        "derived/trunc60_car-detection.mp4", "derived/trunc12pct_tos.webm",
    ],
)  # fmt: skip
def test_odd_files_decode_to_what_the_index_says(name: str, media_dir: Path) -> None:
    assert assert_consistent(media_dir / name)


def test_long_files_are_not_read(media_dir: Path) -> None:
    for name in ("am_long_1080p_lowbitrate.mp4", "am_long_1080p_videoonly_lowbitrate.mp4"):
        assert len(keyframe_index(media_dir / name)) == 44
    assert len(keyframe_index(media_dir / "am_long_180p_av1.mp4")) == 68


def test_an_edit_list_hides_keyframes(made: Path, ffmpeg: str, tmp_path: Path) -> None:
    whole = keyframe_index(made / "closed.mp4")
    cut = tmp_path / "cut.mp4"
    subprocess.run(
        [ffmpeg, "-v", "error", "-ss", "0.5", "-i", str(made / "closed.mp4"), "-c", "copy", str(cut)],
        check=True,
    )
    survey = survey_keyframes(cut)
    assert len(survey.keyframes) == len(whole) - 1
    assert survey.hidden == 1
    assert survey.keyframes[0].time_s == pytest.approx(whole[1].time_s - 0.5, abs=0.04)
    assert_consistent(cut)


def test_false_flags_are_counted(media_dir: Path) -> None:
    survey = survey_keyframes(media_dir / "am_invalid-bitstream.webm")
    assert (survey.keyframes, survey.false_flags) == ((), 51)
    assert survey_keyframes(media_dir / "am_sample_with_junk").false_flags == 2


def test_times_count_from_the_container_start(media_dir: Path) -> None:
    first = keyframe_index(media_dir / "mb_missing-keyframe-labels.ts")[0]
    assert first.pts == 902999
    assert first.time_s == pytest.approx(902999 / 90000 - 10.0101, abs=1e-6)


def test_the_second_track(media_dir: Path, ffprobe: str) -> None:
    index = keyframe_index(media_dir / "tc_nasa_13013.mp4", video_track=1)
    pictures = list(decode_keyframes(media_dir / "tc_nasa_13013.mp4", video_track=1))
    assert [each.pts for each in index] == [each.pts for each in pictures]
    assert {each.source_size for each in pictures} == {(480, 270)}
    with pytest.raises(MediaError, match=r"tc_nasa_13013\.mp4 has no video track 2\."):
        keyframe_index(media_dir / "tc_nasa_13013.mp4", video_track=2)


def test_sound_has_no_keyframes(media_dir: Path) -> None:
    with pytest.raises(MediaError, match=r"wc_jfk\.wav has no video\."):
        keyframe_index(media_dir / "wc_jfk.wav")


@pytest.mark.parametrize("name", ["closed.mp4", "closed.mkv", "raw.h264"])
def test_cancelling(name: str, made: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        keyframe_index(made / name, cancel=token)


def test_a_false_index_is_not_believed(made: Path, ffmpeg: str, tmp_path: Path) -> None:
    """An stss that names other samples: the pictures there are not keyframes, so nothing false comes out."""
    data = bytearray((made / "closed.mp4").read_bytes())
    at = data.index(b"stss") + 8
    count = int.from_bytes(data[at : at + 4], "big")
    true = [each.pts for each in keyframe_index(made / "closed.mp4")]
    for entry in range(1, count):
        place = at + 4 + 4 * entry
        number = int.from_bytes(data[place : place + 4], "big")
        data[place : place + 4] = (number + 3).to_bytes(4, "big")
    path = tmp_path / "false.mp4"
    path.write_bytes(bytes(data))
    assert {each.pts for each in keyframe_index(path)} <= set(true)
    assert_consistent(path)


def test_damage_in_the_middle(made: Path, tmp_path: Path) -> None:
    """A stretch of zeros over a keyframe: what can be decoded stays, and is told."""
    data = bytearray((made / "closed.ts").read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 8] = bytes(len(data) // 8)
    path = tmp_path / "damaged.ts"
    path.write_bytes(bytes(data))
    found = [each.pts for each in decode_keyframes(path)]
    assert found
    assert set(found) <= {each.pts for each in keyframe_index(made / "closed.ts")}


def test_a_remux_keeps_the_keyframes(made: Path, ffmpeg: str, tmp_path: Path) -> None:
    moved = remux(ffmpeg, made / "open.mp4", tmp_path / "moved.mkv")
    before = [each.time_s for each in keyframe_index(made / "open.mp4")]
    assert [each.time_s for each in keyframe_index(moved)] == pytest.approx(before, abs=0.001)


# --- bytes -------------------------------------------------------------------------------------------------

CODECS = ("h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "vp8", "vp9", "av1", "anything")


UNITS = st.lists(st.binary(max_size=3).map(lambda unit: b"\0\0\1" + unit), max_size=5).map(b"".join)


@given(st.sampled_from(CODECS), st.binary(max_size=200) | UNITS, st.binary(max_size=40) | UNITS)
@example("hevc", b"\0\0\1\2", b"")
@example("hevc", b"\0\0\1\2\1", b"\0\0\1\x42")
def test_any_bytes_get_an_answer(codec: str, data: bytes, extradata: bytes) -> None:
    assert starts_decoding(codec, data, extradata) in KeyCheck
    assert resets(codec, data, extradata) in (True, False)
    assert unreferenced(codec, data, extradata) in (True, False)
    assert len(parameter_sets(codec, data, extradata)) <= len(data)


AVCC = bytes([1, 100, 0, 31, 0xFF, 0xE1, 0, 0])


@given(st.lists(st.sampled_from([1, 5, 6, 7, 8, 9]), min_size=1, max_size=6))
def test_h264_units_in_both_framings(kinds: list[int]) -> None:
    units = [bytes([kind | 0x60, 0x88, 0x84, 0x21]) for kind in kinds]
    by_length = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    by_start_code = b"".join(b"\x00\x00\x00\x01" + unit for unit in units)
    slices = [kind for kind in kinds if kind in (1, 5)]
    wanted = KeyCheck.UNKNOWN if not slices else KeyCheck.YES if slices[0] == 5 else KeyCheck.NO
    assert starts_decoding("h264", by_length, AVCC) is wanted
    assert starts_decoding("h264", by_start_code, b"") is wanted
    assert starts_decoding("h264", by_start_code, AVCC) is wanted


@pytest.mark.parametrize(("count_bits", "wanted"), [(0x80, KeyCheck.YES), (0x40, KeyCheck.NO)])
def test_a_recovery_point_later_is_no_start(count_bits: int, wanted: KeyCheck) -> None:
    sei = bytes([6, 6, 1, count_bits, 0x80])
    data = b"\x00\x00\x01" + sei + b"\x00\x00\x01" + bytes([1, 0x88, 0x84])
    assert starts_decoding("h264", data, b"") is wanted
