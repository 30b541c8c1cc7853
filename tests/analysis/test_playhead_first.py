"""Analyses that begin where somebody looks: the document is that of one in order of time."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, FramePolicy
from app.analysis.sampling import Every
from app.analysis.schedule import Schedule
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.events import Done, Event, PictureAnalysed, Progress, Stage, ThumbnailMade
from app.core.results import AnalysisResult
from app.core.time import WHOLE, TimeSpan
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.key_picks import KeyPicker
from app.media.keyframes import decode_keyframes
from app.media.stretches import StretchReader
from tests.media.truth import make


class Restless(Control):
    """Somebody who looks elsewhere each time anybody asks."""

    def __init__(self, seed: int, end_s: float) -> None:
        super().__init__(CancelToken())
        self._random, self._end_s = random.Random(seed), end_s

    def obeying(self, cancel: CancelToken) -> Control:
        """Stay the one who is asked."""
        self.cancel = cancel
        return self

    @property
    def focus_s(self) -> float | None:
        """A moment of the film, or none."""
        return self._random.choice((None, self._random.uniform(-1, self._end_s)))

    @focus_s.setter
    def focus_s(self, time_s: float | None) -> None:
        raise AssertionError("nobody but chance moves it")


def document(events: list[Event]) -> AnalysisResult:
    done = events[-1]
    assert isinstance(done, Done)
    return dataclasses.replace(done.result, run=dataclasses.replace(done.result.run, **NO_RUN))


NO_RUN: dict[str, Any] = {"started": "", "elapsed_s": 0.0, "stages": ()}

FILES = [
    "derived/ccby_5shots_jfk.mp4",
    "intel_car-detection.mp4",
    "mdn_flower.webm",
    "mb_rotate-buck-bunny.mp4",  # edit list
    "am_bbb_2500ms.ts",  # begins in the middle of a group, with a gap
    "ft_fixture-null.webm",  # variable rate with gaps of a second
    "am_sample.avi",  # times that packets do not tell
    "derived/trunc12pct_tos.webm",  # cut off
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("frames", ["keyframes", "fps:2"])
def test_the_same_document_as_in_order(media_dir: Path, name: str, frames: str) -> None:
    request = AnalysisRequest(media_dir / name, frames=FramePolicy.parse(frames), thumbnails=True)
    in_order = list(analyse(request))
    end_s = document(in_order).media.duration_s or 5.0
    restless = list(
        analyse(dataclasses.replace(request, playhead_first=True), control=Restless(len(name), end_s))
    )
    assert document(restless) == document(in_order)
    assert thumbnails(restless) == thumbnails(in_order)


def thumbnails(events: list[Event]) -> dict[int, ThumbnailMade]:
    made = [event for event in events if isinstance(event, ThumbnailMade)]
    by_pts = {event.thumbnail.pts: event for event in made}
    assert len(by_pts) == len(made), "each is made once"
    return dict(sorted(by_pts.items()))


@pytest.mark.parametrize("frames", ["keyframes", "fps:3"])
def test_the_same_detections(sample_dir: Path, frames: str) -> None:
    request = AnalysisRequest(
        sample_dir / "sample.mp4",
        frames=FramePolicy.parse(frames),
        detect=DetectRequest(sample_dir / "shapes.onnx"),
    )
    restless = list(analyse(dataclasses.replace(request, playhead_first=True), control=Restless(5, 24.0)))
    assert document(restless) == document(list(analyse(request)))


@pytest.mark.parametrize("name", ["open.mkv", "open.ts", "closed.mp4"])
def test_films_of_many_groups(tmp_path: Path, ffmpeg: str, name: str) -> None:
    is_open = int("open" in name)
    params = f"keyint=20:min-keyint=20:scenecut=0:bframes=3:open-gop={is_open}"
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", params)
    path = make(ffmpeg, tmp_path / name, *options, seconds=12)
    for frames, span in (("all", TimeSpan(0)), ("fps:1.7", TimeSpan(2.3, 9.02)), ("keyframes", TimeSpan(0))):
        request = AnalysisRequest(path, span, FramePolicy.parse(frames))
        in_order = document(list(analyse(request)))
        first = dataclasses.replace(request, playhead_first=True)
        assert document(list(analyse(first, control=Restless(3, 12)))) == in_order


@pytest.mark.parametrize("suffix", ["mkv", "ts", "mp4"])
def test_stretches_are_read_apart_and_join(tmp_path: Path, ffmpeg: str, suffix: str) -> None:
    """Without this, all that is compared here could be the way in order, taken where the other one fails."""
    params = "keyint=20:min-keyint=20:scenecut=0:bframes=3:open-gop=1"
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", params)
    path = make(ffmpeg, tmp_path / f"film.{suffix}", *options, seconds=12)
    borders = [None, 1.0, 2.5, 4.3, 9.9, None]
    with VideoReader(path) as reader:
        expected = [picture.pts for picture in reader.frames()]
    with StretchReader(path, Every(), WHOLE) as stretches:
        found: list[int] = []
        for low_s, high_s in random.Random(4).sample(list(pairwise(borders)), 5):
            of_stretch = [picture.pts for picture in stretches.pictures(low_s, high_s)]
            assert of_stretch == sorted(of_stretch)
            found += of_stretch
        assert stretches.possible()
        assert list(stretches.rest()) == []
        assert stretches.counted == len(expected)
    assert sorted(found) == expected


def test_keyframes_are_picked_by_their_places(media_dir: Path) -> None:
    path = media_dir / "mdn_tears-of-steel-battle-clip-medium.webm"
    in_order = [(picture.pts, crc(picture)) for picture in decode_keyframes(path)]
    with KeyPicker(path) as picker:
        places = [(20, 21, 22), (4,), tuple(range(5, 20)), (0, 1, 2, 3)]
        picked = [(one.pts, crc(one)) for some in places for one in picker.picked(some)]
        assert not picker.astray
        assert list(picker.rest()) == []
    assert picked[:3] == in_order[20:]
    assert sorted(picked) == in_order


@pytest.mark.parametrize(("name", "parts"), [("film.mp4", [2]), ("film.mkv", [])])
def test_keyframes_without_number_are_gone_through_in_few_parts(
    tmp_path: Path, ffmpeg: str, monkeypatch: pytest.MonkeyPatch, name: str, parts: list[int]
) -> None:
    """Where every picture is a keyframe; in order, where the container may list but some of them."""
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "keyint=20:scenecut=0")
    path = make(ffmpeg, tmp_path / name, *options, seconds=12)
    request = AnalysisRequest(path, thumbnails=True)
    in_order = list(analyse(request))
    assert len(document(in_order).keyframes) == 15
    scheduled: list[int] = []

    def schedule(starts_s: Sequence[float], together: int = 1) -> Schedule:
        scheduled.append(len(starts_s))
        return Schedule(starts_s, together)

    monkeypatch.setattr("app.analysis.sources._MOST_PARTS", 5)
    monkeypatch.setattr("app.analysis.sources.Schedule", schedule)
    restless = list(analyse(dataclasses.replace(request, playhead_first=True), control=Restless(1, 12)))
    assert scheduled == parts
    assert document(restless) == document(in_order)
    assert thumbnails(restless) == thumbnails(in_order)


def test_keyframes_that_the_container_does_not_list_are_found(tmp_path: Path, ffmpeg: str) -> None:
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "keyint=20:scenecut=0")
    path = make(ffmpeg, tmp_path / "film.mkv", *options, seconds=12)
    leave_out_cues(path, {4, 5, 9})
    request = AnalysisRequest(path, thumbnails=True)
    in_order = list(analyse(request))
    assert len(document(in_order).keyframes) == 15
    with KeyPicker(path) as picker:
        assert len(picker.times_s) == 12
    apart = list(analyse(dataclasses.replace(request, playhead_first=True)))
    assert document(apart) == document(in_order)
    assert thumbnails(apart) == thumbnails(in_order)


def leave_out_cues(path: Path, places: set[int]) -> None:
    """Make padding of some entries of a Matroska file's list of keyframes, by their places in it."""
    data = bytearray(path.read_bytes())
    at = data.rindex(b"\x1c\x53\xbb\x6b") + 4
    width = 9 - data[at].bit_length()
    end = at + width + (int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1))
    at, place = at + width, 0
    while at < end:
        if data[at] == 0xBB:  # CuePoint
            data[at] = 0xEC if place in places else 0xBB  # Void
            place += 1
        at += 2 + (data[at + 1] & 0x7F)
    path.write_bytes(data)


@pytest.mark.parametrize("frames", ["keyframes", "fps:5"])
def test_what_is_looked_at_comes_first(sample_dir: Path, frames: str) -> None:
    control = Control(CancelToken())
    control.focus_s = 15.0
    request = AnalysisRequest(
        sample_dir / "sample.mp4",
        frames=FramePolicy.parse(frames),
        detect=DetectRequest(sample_dir / "shapes.onnx"),
        playhead_first=True,
    )
    events = analyse(request, control=control)
    times = [event.time_s for event in events if isinstance(event, PictureAnalysed)]
    assert 13.0 <= times[0] <= 15.0
    assert times != sorted(times)


def test_progress_never_goes_back(media_dir: Path) -> None:
    path = media_dir / "derived" / "ccby_5shots_jfk.mp4"
    request = AnalysisRequest(path, frames=FramePolicy.parse("fps:5"), playhead_first=True)
    told = [
        event.done_s
        for event in analyse(request, control=Restless(1, 19))
        if isinstance(event, Progress) and event.stage is Stage.PICTURES
    ]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(18.9, abs=1.5)
