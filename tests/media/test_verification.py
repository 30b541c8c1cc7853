"""The comparison of seeking with linear decoding: it agrees with ffmpeg, and it notices a wrong reader."""

from __future__ import annotations

import random
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError
from app.core.results import Keyframe
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.index import keyframe_index
from app.media.linear_sample import sample_linear
from app.media.picture import Picture
from app.media.playhead import Playhead
from app.media.verification import Asked, Verification, verify
from tests.media.truth import framecrc, linear, make

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "24", "-bf", "3", "-x264-params", "scenecut=0")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """A moving picture of 75 different frames, 25 a second, keyframes at 0, 24, 48 and 72."""
    return make(ffmpeg, tmp_path_factory.mktemp("clip") / "clip.mp4", *H264, seconds=3)


def asked(found: Verification) -> Counter[Asked]:
    return Counter(difference.asked for difference in found.differences)


def test_a_right_reader_passes(clip: Path) -> None:
    shares: list[float] = []
    found = verify(clip, times=10, seed=1, progress=shares.append)
    assert (found.times, found.keyframes, found.pictures, found.differences) == (10, 4, 75, ())
    assert found.compared == 2 + 4 + 3 * 10
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1


class OffByOne(VideoReader):
    """Shows the picture after the one that is due, wherever there is one."""

    def frame_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:  # type: ignore[override]
        due = super().frame_at(time_s, cancel=cancel)
        return super().next_frame(due, cancel=cancel) or due


class WrongPixels(VideoReader):
    """Shows the picture before with the right time, as a decoder would that missed a reference."""

    def frame_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:  # type: ignore[override]
        due = super().frame_at(time_s, cancel=cancel)
        before = super().previous_frame(due, cancel=cancel) or due
        return self._head.source.wrap(before.decoded, pts=due.pts)


class SkipsOneStepping(VideoReader):
    """Steps on by two."""

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        following = super().next_frame(after, cancel=cancel)
        return following and super().next_frame(following, cancel=cancel)


class StaysSteppingBack(VideoReader):
    """Does not step back."""

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        return before


def test_a_reader_off_by_one_is_noticed(clip: Path) -> None:
    found = verify(clip, times=5, seed=1, open_seeker=OffByOne)
    wrong = asked(found)
    assert (wrong[Asked.FIRST], wrong[Asked.LAST], wrong[Asked.KEYFRAME]) == (1, 0, 4)
    assert wrong[Asked.TIME] >= 4
    first = next(each for each in found.differences if each.asked is Asked.FIRST)
    assert first.expected is not None
    assert first.got is not None
    assert (first.expected.time_s, first.got.time_s) == (0.0, 0.04)


def test_wrong_pixels_with_the_right_time_are_noticed(clip: Path) -> None:
    found = verify(clip, times=5, seed=1, open_seeker=WrongPixels)
    wrong = asked(found)
    assert wrong[Asked.LAST] == 1
    assert wrong[Asked.KEYFRAME] == 3
    assert all(
        each.expected and each.got and each.expected.pts == each.got.pts
        for each in found.differences
        if each.asked in (Asked.KEYFRAME, Asked.LAST)
    )


@pytest.mark.parametrize(
    ("reader", "way"), [(SkipsOneStepping, Asked.STEP_ON), (StaysSteppingBack, Asked.STEP_BACK)]
)
def test_wrong_steps_are_noticed(clip: Path, reader: type[VideoReader], way: Asked) -> None:
    found = verify(clip, times=6, seed=3, open_seeker=reader)
    assert set(asked(found)) == {way}
    assert asked(found)[way] >= 5


def test_the_same_seed_tries_the_same_times(clip: Path) -> None:
    again = [verify(clip, times=4, seed=7, open_seeker=OffByOne) for _ in range(2)]
    other = verify(clip, times=4, seed=8, open_seeker=OffByOne)
    assert again[0] == again[1]
    assert [each.time_s for each in other.differences] != [each.time_s for each in again[0].differences]


def test_the_linear_side_is_ffmpegs(clip: Path, ffmpeg: str) -> None:
    lines = framecrc(ffmpeg, clip)
    at = {line.time_s: line.crc for line in lines}
    keyframes = {keyframe.pts for keyframe in keyframe_index(clip)}
    with VideoReader(clip) as reader:
        tick = reader.time_base
        noted = sample_linear(reader.frames(), keyframes, 40, random.Random(2))
    assert noted.pictures == len(lines) == 75
    assert (noted.first and noted.first.crc, noted.last and noted.last.crc) == (lines[0].crc, lines[-1].crc)
    assert [at[seen.pts * tick] for seen in noted.keyframes] == [seen.crc for seen in noted.keyframes]
    for sample in noted.samples:
        around = [None if seen is None else seen.crc for seen in (sample.before, sample.shown, sample.after)]
        index = next(n for n, line in enumerate(lines) if line.crc == around[1])
        assert around[0] == (lines[index - 1].crc if index else None)
        assert around[2] == (lines[index + 1].crc if index + 1 < 75 else None)
        assert index == int(sample.time_s * 25)


def test_the_linear_side_seeks_nowhere(tmp_path: Path, ffmpeg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(ffmpeg, tmp_path / "clip.ts", *H264, seconds=2)
    sought: list[int] = []

    def refuse(head: Playhead, tick: int) -> bool:
        sought.append(tick)
        return False

    monkeypatch.setattr(Playhead, "seek", refuse)
    with VideoReader(path) as reader:
        assert [crc(picture) for picture in reader.frames()] == [value for _, value in linear(path)]
    assert sought == []


def test_every_picture_has_the_same_chance(clip: Path) -> None:
    with VideoReader(clip) as reader:
        pictures = list(reader.frames())
    noted = sample_linear(pictures, (), 3000, random.Random(5))
    drawn = Counter(sample.shown.pts for sample in noted.samples)
    assert len(noted.samples) == 3000
    assert len(drawn) == 75
    assert 15 < min(drawn.values()) <= max(drawn.values()) < 75  # 40 each are expected


class Watched(Picture):
    """A picture that can be watched dying."""

    __slots__ = ("__weakref__",)


def test_the_linear_pass_keeps_no_pictures(clip: Path) -> None:
    alive: weakref.WeakSet[Watched] = weakref.WeakSet()
    most = 0

    def watched(reader: VideoReader) -> Iterator[Picture]:
        nonlocal most
        for picture in reader.frames():
            copy = Watched(**{field.name: getattr(picture, field.name) for field in fields(picture)})
            alive.add(copy)
            most = max(most, len(alive))
            yield copy
            del copy

    with VideoReader(clip) as reader:
        assert sample_linear(watched(reader), (), 10, random.Random(1)).pictures == 75
    assert most <= 4


def test_a_keyframe_that_linear_decoding_lacks_is_a_difference(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = (*keyframe_index(clip), Keyframe(pts=100_000, time_s=2.0))
    monkeypatch.setattr("app.media.verification.keyframe_index", lambda path, cancel: listed)
    (difference,) = verify(clip, times=2, seed=1).differences
    assert (difference.asked, difference.time_s, difference.expected) == (Asked.KEYFRAME, 2.0, None)


def test_it_can_be_cancelled(clip: Path) -> None:
    token = CancelToken()
    with pytest.raises(CancelledError):
        verify(clip, times=2, seed=1, cancel=token, progress=lambda share: token.cancel())


def test_sound_alone_cannot_be_verified(media_dir: Path) -> None:
    with pytest.raises(MediaError, match="no video"):
        verify(media_dir / "wc_jfk.wav", times=2, seed=1)
