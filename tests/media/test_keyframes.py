"""Keyframes as pictures: spans, cancelling, damage, and that they are ffmpeg's pictures."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError, MediaError, ReelscopeError
from app.core.time import TimeSpan
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.index import keyframe_index
from app.media.key_packets import key_accesses
from app.media.keyframes import decode_keyframes
from app.media.opening import choose_video, open_media
from tests.media.truth import framecrc, make, remux

CLOSED_GOP = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "25", "-bf", "2")


@pytest.fixture(scope="module")
def long_clips(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute each, a keyframe a second: long enough for spans to be sought."""
    folder = tmp_path_factory.mktemp("long")
    for name in ("long.mp4", "long.mkv", "long.ts", "long.avi"):
        options = CLOSED_GOP if not name.endswith("avi") else ("-c:v", "mpeg4", "-g", "25")
        make(ffmpeg, folder / name, *options, source="testsrc2=size=64x48:rate=25", seconds=60)
    return folder


@pytest.mark.parametrize("name", ["long.mp4", "long.mkv", "long.ts", "long.avi"])
@pytest.mark.parametrize("span", [(0, 60), (0, 5), (29.5, 40), (30, 31), (45.25, 45.75), (55, 99), (70, 80)])
def test_spans(name: str, span: tuple[float, float], long_clips: Path) -> None:
    index = keyframe_index(long_clips / name)
    assert len(index) == 60
    inside = [each.pts for each in index if each.time_s in TimeSpan(*span)]
    found = decode_keyframes(long_clips / name, span=TimeSpan(*span))
    assert [picture.pts for picture in found] == inside


@pytest.mark.parametrize("name", ["long.mp4", "long.ts"])
def test_keyframes_are_the_pictures_of_ffmpeg(name: str, long_clips: Path, ffmpeg: str) -> None:
    known = {line.crc for line in framecrc(ffmpeg, long_clips / name)}
    pictures = list(decode_keyframes(long_clips / name, span=TimeSpan(20, 30)))
    assert len(pictures) == 10
    assert {crc(picture) for picture in pictures} <= known


def test_cancelling_between_packets(long_clips: Path) -> None:
    token = CancelToken()
    pictures = decode_keyframes(long_clips / "long.mp4", cancel=token)
    assert next(pictures).pts == 0
    token.cancel()
    with pytest.raises(CancelledError):
        list(pictures)


def test_no_thread_is_left_by_an_iterator_that_was_given_up(long_clips: Path) -> None:
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        pytest.skip("needs /proc to count native threads")
    list(decode_keyframes(long_clips / "long.mp4", span=TimeSpan(0, 2)))
    before = len(list(tasks.iterdir()))
    pictures = decode_keyframes(long_clips / "long.mp4")
    next(pictures)
    del pictures
    gc.collect()
    assert len(list(tasks.iterdir())) <= before


def test_nothing_decodable_is_an_error(media_dir: Path) -> None:
    with pytest.raises(DecodeError, match=r"am_invalid-bitstream\.webm"):
        list(decode_keyframes(media_dir / "am_invalid-bitstream.webm"))


def test_no_video_is_an_error(media_dir: Path) -> None:
    with pytest.raises(MediaError, match=r"am_sample_with_dts\.mkv has no video\."):
        list(decode_keyframes(media_dir / "am_sample_with_dts.mkv"))


def test_damage_is_survived(long_clips: Path, tmp_path: Path) -> None:
    """Bytes that are no H.264 over many pictures of the middle; the rest of the keyframes stay."""
    data = bytearray((long_clips / "long.mp4").read_bytes())
    begin, end = int(len(data) * 0.3), int(len(data) * 0.5)
    data[begin:end] = b"\xa5" * (end - begin)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(bytes(data))
    found = {picture.pts for picture in decode_keyframes(path)}
    whole = {each.pts for each in keyframe_index(long_clips / "long.mp4")}
    assert found < whole
    assert len(found) >= 0.6 * len(whole)


def test_a_file_that_is_cut_off_says_so(long_clips: Path, tmp_path: Path, media_dir: Path) -> None:
    warnings: list[str] = []
    pictures = list(decode_keyframes(media_dir / "derived/trunc60_car-detection.mp4", warn=warnings.append))
    assert len(pictures) == 4
    assert warnings == ["The file is cut off: it lists keyframes that it does not hold."]


def test_a_keyframe_that_does_not_decode_is_told(long_clips: Path, tmp_path: Path) -> None:
    """The unit's header stays, so it passes for a keyframe; what follows is zeros."""
    path = long_clips / "long.mp4"
    with open_media(path) as container:
        stream = choose_video(container)
        assert stream is not None
        victim = [access.packet for access in key_accesses(container, stream)][30]
        packet, position, pts = bytes(victim), victim.pos, victim.pts
    assert position is not None
    at, header = 0, 4
    while packet[at + header] & 31 != 5:
        at += header + int.from_bytes(packet[at : at + header], "big")
    data = bytearray(path.read_bytes())
    begin, end = position + at + header + 1, position + len(packet)
    data[begin:end] = bytes(end - begin)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(bytes(data))
    warnings: list[str] = []
    found = [picture.pts for picture in decode_keyframes(damaged, warn=warnings.append)]
    assert found == [each.pts for each in keyframe_index(path) if each.pts != pts]
    assert len(warnings) == 1
    assert warnings[0].startswith("Some keyframes could not be decoded: ")


def test_fields_coded_apart_make_whole_pictures(media_dir: Path, ffmpeg: str) -> None:
    path = media_dir / "ft_fixture-raw.mts"
    known = {line.crc for line in framecrc(ffmpeg, path)}
    assert {crc(picture) for picture in decode_keyframes(path)} <= known


def test_the_shape_of_pixels_may_stand_in_the_pictures_only(ffmpeg: str, tmp_path: Path) -> None:
    """An mp4 whose container does not tell it: only a decoder knows, and none is tried while opening."""
    stream, clip = tmp_path / "stream.h264", tmp_path / "clip.mp4"
    make(ffmpeg, stream, *CLOSED_GOP, "-bsf:v", "h264_metadata=sample_aspect_ratio=64/45", seconds=3)
    remux(ffmpeg, stream, clip)
    data = clip.read_bytes()
    assert data.count(b"pasp") == 1
    clip.write_bytes(data.replace(b"pasp", b"free"))
    with VideoReader(clip) as reader:
        wide = reader.frame_at(0.0).display_size
    assert wide.width > 160
    assert {each.display_size for each in decode_keyframes(clip)} == {wide}


def test_every_file_works_or_says_why_not(media_dir: Path) -> None:
    files = sorted(path for path in media_dir.rglob("*") if path.is_file() and "images" not in path.parts)
    assert len(files) > 70
    refused = []
    for path in files:
        try:
            index = keyframe_index(path)
            first = next(decode_keyframes(path, span=TimeSpan(0, 3)), None)
        except ReelscopeError as error:
            refused.append(str(error))
            continue
        assert index, path.name
        if index[0].time_s < 3:
            assert first is not None, path.name
            assert first.pts == index[0].pts, path.name
    assert len(refused) == 17
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("h264.mkv", ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params")),
        ("hevc.mkv", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params")),
        ("h264.ts", ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params")),
        ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params")),
    ],
)
def test_keyframes_that_are_counted_on_from_pictures_left_out(
    tmp_path: Path, ffmpeg: str, name: str, options: tuple[str, ...]
) -> None:
    """Open GOPs, longer than slice headers count: the decoder took their keyframes for earlier ones."""
    params = "keyint=200:min-keyint=200:scenecut=0:bframes=3:open-gop=1:log-level=none"
    source = "testsrc2=size=64x64:rate=25"
    path = make(ffmpeg, tmp_path / name, *options, params, source=source, seconds=26)
    with VideoReader(path) as reader:
        expected = [(one.pts, crc(one)) for one in reader.frames() if one.keyframe]
    assert len(expected) == 4
    complaints: list[str] = []
    assert [(one.pts, crc(one)) for one in decode_keyframes(path, warn=complaints.append)] == expected
    assert complaints == []
