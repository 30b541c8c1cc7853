from __future__ import annotations

from pathlib import Path

import pytest

from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.test_decoder_exact import H264
from tests.media.truth import make

RATE = 25
GOP = 50
SECONDS = 8


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    return make(ffmpeg, path, *H264, "-x264-params", f"keyint={GOP}:scenecut=0", seconds=SECONDS)


def number(picture: Picture) -> int:
    return round(picture.time_s * RATE)


def test_each_keyframe_is_decoded_once(clip: Path) -> None:
    with VideoReader(clip) as reader:
        for _ in range(3):
            for index in range(0, SECONDS * RATE, 7):
                assert number(reader.keyframe_at(index / RATE)) == index // GOP * GOP
                assert abs(number(reader.preview_at(index / RATE)) - index) <= index % GOP
        # The packet of each, without a neighbour, which only fields need; and for a time between the decoding
        # of the next keyframe and its showing, that one in vain and the other again.
        assert reader._head.decoder.packets_decoded <= 3 * SECONDS * RATE // GOP


def test_a_kept_picture_is_shown_where_it_is_nearer_than_the_keyframe(clip: Path) -> None:
    with VideoReader(clip) as reader:
        assert number(reader.frame_at(90 / RATE)) == 90
        decoded = reader._head.decoder.packets_decoded
        assert number(reader.preview_at(90 / RATE)) == 90
        assert number(reader.preview_at(95 / RATE)) == 90
        assert number(reader.preview_at(75 / RATE)) == 90
        assert reader._head.decoder.packets_decoded == decoded
        assert number(reader.preview_at(60 / RATE)) == 50
        assert number(reader.preview_at(110 / RATE)) == 100


def test_a_preview_in_a_stream_without_a_list_of_keyframes(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.ts", *H264, seconds=6)
    with VideoReader(path) as reader:
        first = reader.keyframe_at(3.0)
        assert reader.keyframe_at(3.0).pts == first.pts
        assert reader.preview_at(3.0).pts == first.pts


@pytest.mark.parametrize("codec", ["libvpx-vp9", "libx264"])
def test_a_preview_of_any_codec_is_kept_where_its_time_is_known(
    tmp_path: Path, ffmpeg: str, codec: str
) -> None:
    path = make(ffmpeg, tmp_path / "clip.mkv", "-c:v", codec, "-g", "25", "-b:v", "200k", seconds=6)
    with VideoReader(path) as reader:
        first = reader.keyframe_at(3.1)
        decoded = reader._head.decoder.packets_decoded
        assert reader.keyframe_at(3.1) is first
        assert reader.preview_at(first.time_s) is first
        assert reader._head.decoder.packets_decoded == decoded


def test_a_place_seen_before_is_there_at_once(clip: Path) -> None:
    """Also after much else was decoded than the cache can hold."""
    with VideoReader(clip, cache_bytes=60 * 160 * 120 * 3 // 2) as reader:
        places = [20 / RATE, 130 / RATE]
        for time_s in places:
            reader.frame_at(time_s)
        picture = reader.frame_at(199 / RATE)
        for _ in range(60):
            before = reader.previous_frame(picture)
            assert before is not None
            picture = before
        decoded = reader._head.decoder.packets_decoded
        assert [number(reader.frame_at(time_s)) for time_s in places] == [20, 130]
        assert reader._head.decoder.packets_decoded == decoded
