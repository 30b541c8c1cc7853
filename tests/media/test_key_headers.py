"""Headers that a file tells once: each keyframe has them, whichever decoder gets it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.key_decoder import KeyframeDecoder
from app.media.key_headers import self_contained
from app.media.key_packets import key_accesses
from app.media.opening import choose_video, open_media
from tests.media.truth import make, remux

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "10")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast")
TIMES = "setts=ts=N*48000"
START_CODE = b"\x00\x00\x01"


def told_once(data: bytes, codec: str) -> bytes:
    """A raw stream whose parameter sets stand in front of its first picture only."""
    units = data.replace(b"\x00" + START_CODE, START_CODE).split(START_CODE)[1:]
    kinds = [unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63 for unit in units]
    sets = (7, 8) if codec == "h264" else (32, 33, 34)
    kept = [unit for n, unit in enumerate(units) if kinds[n] not in sets or kinds[n] not in kinds[:n]]
    return b"".join(START_CODE + unit for unit in kept)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two streams one after the other, coded in different ways: what is told of each stands at its start."""
    folder, ffmpeg = tmp_path_factory.mktemp("changing"), get_ffmpeg_exe()
    for codec, options, params in (
        ("h264", (*H264, "-x264-params"), ("cabac=1", "cabac=0:8x8dct=1")),
        ("hevc", (*HEVC, "-x265-params"), ("sao=1:ctu=32", "sao=0:ctu=16")),
    ):
        parts = []
        for number, way in enumerate(params):
            extra = ":keyint=10:bframes=0:log-level=none" if codec == "hevc" else ""
            part = make(ffmpeg, folder / f"{number}.{codec}", *options, way + extra, seconds=2)
            parts.append(told_once(part.read_bytes(), codec))
        (folder / f"once.{codec}").write_bytes(b"".join(parts))
        # Raw streams have no times; these are of 25 pictures a second.
        remux(ffmpeg, folder / f"once.{codec}", folder / f"{codec}.mp4", "-bsf:v", TIMES)
    remux(ffmpeg, folder / "once.h264", folder / "described.mp4", "-bsf:v", f"extract_extradata,{TIMES}")
    return folder


@pytest.mark.parametrize("name", ["h264.mp4", "hevc.mp4", "described.mp4"])
def test_each_keyframe_can_be_decoded_by_a_decoder_that_saw_no_other(changing: Path, name: str) -> None:
    path = changing / name
    with VideoReader(path) as reader:
        expected = [(crc(one), Fraction(1, 25)) for one in reader.frames() if one.keyframe]
    assert len(expected) == 10
    found: list[tuple[int, Fraction | None] | None] = []
    errors: list[Exception] = []
    with open_media(path) as container:
        stream = choose_video(container)
        assert stream is not None
        for access in self_contained(key_accesses(container, stream), stream):
            with open_media(path, packets_only=True) as other:
                picture = KeyframeDecoder(other.streams.video[0], Fraction(0), errors.append).answer(access)
                found.append((crc(picture), picture.duration) if picture else None)
    assert (found, errors) == (expected, [])
