"""Leaps against linear decoding: any order of calls gives the pictures that decoding from the start gives."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from tests.media.test_decoder_exact import H264, HEVC, MADE, MPEG2
from tests.media.truth import linear, make

REAL = [
    "am_sample_without_stss.mp4",
    "mb_rotate-buck-bunny.mp4",
    "psd_delayed_start.mp4",
    "am_roadtrip-vp92-10bit.webm",
    "am_sample.flv",
]
MADE_HERE = {
    name: MADE[name] for name in ("open_gop.mkv", "variable.mp4", "hevc.mkv", "mpeg2.mpg", "asp.avi")
}
WALK = 120


class Film:
    """The pictures of a file in order, and a walk through them that checks each answer."""

    def __init__(self, path: Path) -> None:
        with VideoReader(path) as reader:
            self.pictures = [(p.pts, p.time_s, crc(p)) for p in reader.frames()]
        assert [value for _, _, value in self.pictures] == [value for _, value in linear(path)]

    def check(self, picture: Picture | None, index: int) -> None:
        if not 0 <= index < len(self.pictures):
            assert picture is None
        else:
            assert picture is not None
            assert (picture.pts, picture.time_s, crc(picture)) == self.pictures[index]

    def walk(self, reader: VideoReader, rng: random.Random) -> None:
        index = 0
        picture = reader.frame_at(self.pictures[0][1])
        for _ in range(WALK):
            move = rng.choice(("at", "near", "near", "next", "next", "previous", "previous", "key"))
            if move == "key":
                assert reader.keyframe_at(self.pictures[index][1]).pts in {p[0] for p in self.pictures}
                continue
            if move in ("at", "near"):
                far = rng.randrange(len(self.pictures)) if move == "at" else index + rng.randrange(-9, 24)
                index = min(max(far, 0), len(self.pictures) - 1)
                picture = reader.frame_at(self.pictures[index][1], going_on=rng.random() < 0.3)
                self.check(picture, index)
                continue
            forward = move == "next"
            found = reader.next_frame(picture) if forward else reader.previous_frame(picture)
            self.check(found, index + (1 if forward else -1))
            if found is not None:
                picture, index = found, index + (1 if forward else -1)


@pytest.mark.parametrize("name", MADE_HERE)
@pytest.mark.parametrize("cache_bytes", [0, 2**30])
def test_a_walk_through_made_clips(tmp_path: Path, ffmpeg: str, name: str, cache_bytes: int) -> None:
    path = make(ffmpeg, tmp_path / name, *MADE_HERE[name], seconds=3)
    with VideoReader(path, cache_bytes=cache_bytes) as reader:
        Film(path).walk(reader, random.Random(name))


@pytest.mark.parametrize("name", REAL)
def test_a_walk_through_real_clips(media_dir: Path, name: str) -> None:
    film = Film(media_dir / name)
    with VideoReader(media_dir / name, cache_bytes=2**23) as reader:
        film.walk(reader, random.Random(name))


@pytest.mark.parametrize(("name", "options"), [("a.mp4", H264), ("b.mkv", HEVC), ("c.mxf", MPEG2)])
def test_every_picture_by_a_leap(tmp_path: Path, ffmpeg: str, name: str, options: tuple[str, ...]) -> None:
    """Without a cache, and each from elsewhere: no running decode is of use."""
    path = make(ffmpeg, tmp_path / name, *options, seconds=3)
    film = Film(path)
    order = list(range(len(film.pictures)))
    random.Random(5).shuffle(order)
    with VideoReader(path, cache_bytes=0) as reader:
        for index in order:
            film.check(reader.frame_at(film.pictures[index][1]), index)


def test_a_leap_decodes_nothing_behind_its_target(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=48:scenecut=0", seconds=6)
    with VideoReader(path, cache_bytes=0) as reader:
        for number in (119, 60, 30):
            before = reader._head.decoder.packets_decoded
            assert round(reader.frame_at(number / 25).time_s * 25) == number
            # The packets from the keyframe on; a picture leans on at most three that are shown later.
            assert reader._head.decoder.packets_decoded - before <= number % 48 + 1 + 3


def test_a_leap_reuses_the_decode_that_stands_in_the_same_gop(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=100:scenecut=0", seconds=8)
    with VideoReader(path, cache_bytes=0) as reader:
        reader.frame_at(4.2, going_on=True)
        before = reader._head.decoder.packets_decoded
        assert round(reader.frame_at(6.0).time_s * 25) == 150
        assert reader._head.decoder.packets_decoded - before <= 50


class CancelAfter(CancelToken):
    """Cancels itself when it was asked so many times."""

    def __init__(self, questions: int) -> None:
        super().__init__()
        self.left = questions

    def raise_if_cancelled(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().raise_if_cancelled()


def test_a_leap_let_go_at_any_packet_leaves_no_trace(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, seconds=3)
    film = Film(path)
    with VideoReader(path, cache_bytes=0) as reader:
        for questions in range(40):
            with suppress(CancelledError):
                reader.frame_at(2.5, cancel=CancelAfter(questions))
            film.check(reader.frame_at(film.pictures[questions][1]), questions)
