"""Stepping back: every picture once, in order, without decoding a GOP for each."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.test_decoder_exact import H264, MADE
from tests.media.truth import make

PICTURE_BYTES = 160 * 120 * 3 // 2
LONG_GOP = (*H264, "-x264-params", "keyint=300:scenecut=0")
MADE_HERE = ["open_gop.mp4", "open_gop.ts", "variable.mp4", "hevc.mkv", "asp.avi", "raw.h264"]
REAL = [
    "mb_rotate-buck-bunny.mp4",  # edit list
    "psd_delayed_start.mp4",  # starts at 1.075 s
    "am_sample_without_stss.mp4",  # false keyframe flags
    "ft_fixture-null.webm",  # gaps of a second
]


def there_and_back(path: Path, cache_bytes: int, rng: random.Random) -> None:
    """From the last picture to the first and on to the last again, with spare time in between."""
    with VideoReader(path) as reader:
        truth = [(p.pts, crc(p)) for p in reader.frames()]
    with VideoReader(path, cache_bytes=cache_bytes) as reader:
        seen = [picture := reader.frame_at(1e6)]
        while (before := reader.previous_frame(picture)) is not None:
            seen.append(picture := before)
            prepare(reader, picture, rng.choice((0, 0, 1, 5, 100)))
        assert [(p.pts, crc(p)) for p in seen] == truth[::-1]
        seen = [picture]
        while (after := reader.next_frame(picture)) is not None:
            seen.append(picture := after)
            prepare(reader, picture, rng.choice((0, 0, 0, 2)))
        assert [(p.pts, crc(p)) for p in seen] == truth


def prepare(reader: VideoReader, picture: Picture, pieces: int) -> int:
    """How many of the pieces of work there were."""
    return next((done for done in range(pieces) if not reader.prepare(picture)), pieces)


@pytest.mark.parametrize("name", MADE_HERE)
@pytest.mark.parametrize("kept", [3, 20, 1000])
def test_made_clips_there_and_back(tmp_path: Path, ffmpeg: str, name: str, kept: int) -> None:
    path = make(ffmpeg, tmp_path / name, *MADE[name], seconds=2)
    there_and_back(path, kept * 2 * PICTURE_BYTES, random.Random(kept))


@pytest.mark.parametrize("name", REAL)
def test_real_clips_there_and_back(media_dir: Path, name: str) -> None:
    there_and_back(media_dir / name, 40 * 2**20, random.Random(name))


def test_spare_time_ends_and_going_back_decodes_nothing(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=50:scenecut=0", seconds=6)
    with VideoReader(path) as reader:
        picture = reader.frame_at(3.5)
        assert prepare(reader, picture, 1000) < 150
        assert not reader.prepare(picture)
        decoded = reader._head.decoder.packets_decoded
        for _ in range(20):
            before = reader.previous_frame(picture)
            assert before is not None
            picture = before
        assert reader._head.decoder.packets_decoded == decoded


@pytest.mark.parametrize("seed", range(6))
def test_spare_time_ends_wherever_one_came_from(tmp_path: Path, ffmpeg: str, seed: int) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=50:scenecut=0", seconds=6)
    rng = random.Random(seed)
    with VideoReader(path, cache_bytes=rng.choice((30, 60, 90)) * PICTURE_BYTES) as reader:
        picture = reader.frame_at(0.0)
        for _ in range(60):
            going = rng.choice(("seek", "near", "preview", "on", "back"))
            if going == "preview":
                reader.preview_at(rng.uniform(0, 6))
            elif going in ("seek", "near"):
                at = rng.uniform(0, 6) if going == "seek" else picture.time_s + rng.uniform(-1, 1)
                picture = reader.frame_at(at)
            else:
                move = reader.next_frame if going == "on" else reader.previous_frame
                for _ in range(rng.randrange(30)):
                    picture = move(picture) or picture
            prepare(reader, picture, rng.choice((0, 3, 30)))
            if rng.random() < 0.3:
                assert prepare(reader, picture, 400) < 400


def test_spare_time_ends_at_a_picture_leapt_to_behind_kept_ones(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=50:scenecut=0", seconds=6)
    with VideoReader(path) as reader:
        truth = list(reader.frames())
    with VideoReader(path) as reader:
        reader.frame_at(truth[55].time_s)
        for place in range(55, 90):
            reader.next_frame(truth[place])
        reader.frame_at(truth[-1].time_s)
        reader.frame_at(truth[5].time_s)
        picture = reader.frame_at(truth[91].time_s)
        assert prepare(reader, picture, 400) < 400


def test_after_spare_time_going_on_decodes_no_more_than_is_shown(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *LONG_GOP, seconds=6)
    with VideoReader(path) as reader:
        picture = reader.frame_at(3.5)
        prepare(reader, picture, 1000)
        decoded = reader._head.decoder.packets_decoded
        for _ in range(10):
            after = reader.next_frame(picture)
            assert after is not None
            picture = after
        assert reader._head.decoder.packets_decoded - decoded <= 10


@pytest.mark.parametrize("at_s", [0.0, 3.5, 4.0])
def test_after_spare_time_playing_begins_with_pictures_that_are_there(
    tmp_path: Path, ffmpeg: str, at_s: float
) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=50:scenecut=0", seconds=6)
    with VideoReader(path) as reader:
        truth = [(p.pts, crc(p)) for p in reader.frames()]
    with VideoReader(path) as reader:
        picture = reader.frame_at(at_s)
        prepare(reader, picture, 1000)
        decoded, seen = reader._head.decoder.packets_decoded, [picture]
        for _ in range(8):
            after = reader.next_frame(seen[-1])
            assert after is not None
            seen.append(after)
        assert reader._head.decoder.packets_decoded == decoded
        place = int(at_s * 25)
        assert [(p.pts, crc(p)) for p in seen] == truth[place : place + 9]


@pytest.mark.parametrize("kept", [40, 400])
def test_a_key_held_backwards_decodes_each_gop_a_few_times_at_most(
    tmp_path: Path, ffmpeg: str, kept: int
) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *LONG_GOP, seconds=12)
    with VideoReader(path, cache_bytes=kept * 2 * PICTURE_BYTES) as reader:
        picture = reader.frame_at(12.0)
        decoded, steps, worst = reader._head.decoder.packets_decoded, 0, 0
        while (before := reader.previous_frame(picture)) is not None:
            at_once = reader._head.decoder.packets_decoded
            prepare(reader, before, 3)
            worst = max(worst, reader._head.decoder.packets_decoded - at_once)
            picture, steps = before, steps + 1
        assert steps == 299
        # 300 packets, for each chunk those from the keyframe on: half of them on average.
        chunks = -(-300 // min(64, kept // 2)) + 1
        assert reader._head.decoder.packets_decoded - decoded <= 300 + chunks * 170


def test_going_back_at_a_steady_pace_never_waits(tmp_path: Path, ffmpeg: str) -> None:
    """With four pictures' worth of spare time for each one shown, all come from what is kept."""
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=48:scenecut=0", seconds=12)
    with VideoReader(path) as reader:
        picture = reader.frame_at(11.0)
        prepare(reader, picture, 1000)
        waited = []
        while True:
            decoded = reader._head.decoder.packets_decoded
            before = reader.previous_frame(picture)
            waited.append(reader._head.decoder.packets_decoded - decoded)
            if before is None:
                break
            picture = before
            prepare(reader, picture, 4)
        assert len(waited) == 276
        assert sum(waited) == 0


def test_a_cache_for_one_picture_is_not_filled(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, seconds=2)
    with VideoReader(path, cache_bytes=1) as reader:
        assert not reader.prepare(reader.frame_at(1.0))


def test_durations_are_the_same_whichever_way_a_picture_came(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "variable.mp4", *MADE["variable.mp4"], seconds=3)
    with VideoReader(path) as reader:
        picture = reader.frame_at(2.9)
        backwards = [picture]
        while (before := reader.previous_frame(picture)) is not None:
            backwards.append(picture := before)
        for later, earlier in pairwise(backwards):
            assert earlier.duration == (later.pts - earlier.pts) * reader.time_base
