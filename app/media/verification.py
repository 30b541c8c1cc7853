"""Does seeking show what linear decoding shows? Asked of one file, at random and at all its keyframes."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.core.cancel import CancelToken
from app.core.results import Keyframe
from app.media.decoder import VideoReader
from app.media.index import keyframe_index
from app.media.linear_sample import LinearSample, Sample, Seen, sample_linear, seen
from app.media.picture import Picture

RANDOM_TIMES = 25
"""How many random times are tried unless the caller says otherwise."""

_LINEAR_SHARE = 0.5
"""How much of the work the linear pass is taken for when progress is told."""


class Seeker(Protocol):
    """What is put to the test: the seeking half of VideoReader."""

    def frame_at(self, time_s: float, *, cancel: CancelToken | None = None) -> Picture:
        """The picture shown at a time."""

    def next_frame(self, after: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture that follows."""

    def previous_frame(self, before: Picture, *, cancel: CancelToken | None = None) -> Picture | None:
        """The picture right before."""

    def close(self) -> None:
        """Give the file back."""


class Asked(enum.Enum):
    """How a picture was asked for."""

    FIRST = "first picture"
    LAST = "last picture"
    KEYFRAME = "keyframe"
    TIME = "random time"
    STEP_BACK = "step back from"
    STEP_ON = "step on from"


@dataclass(frozen=True, slots=True)
class Difference:
    """A picture that is not the one of linear decoding.

    Attributes:
        asked: how it was asked for.
        time_s: the shown time that was sought, or from whose picture the step went.
        expected: what linear decoding shows; None: it shows none there.
        got: what came instead; None: none.
    """

    asked: Asked
    time_s: float
    expected: Seen | None
    got: Seen | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What the comparison gave.

    Attributes:
        seed: of the random times: the same seed tries the same ones.
        times, keyframes: how many were sought.
        pictures: how many linear decoding gave.
        compared: how many pictures were compared, steps back and on from each random time included.
        differences: in the order of their times; empty: all is right.
        warnings: what was survived while decoding, a sentence each.
    """

    seed: int
    times: int
    keyframes: int
    pictures: int
    compared: int
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Check:
    asked: Asked
    time_s: float
    expected: Seen | None
    sample: Sample | None = None


def verify(
    path: Path,
    *,
    times: int = RANDOM_TIMES,
    seed: int,
    cancel: CancelToken | None = None,
    progress: Callable[[float], None] | None = None,
    open_seeker: Callable[[Path], Seeker] = VideoReader,
) -> Verification:
    """Compare pts and checksums of sought pictures with those of one linear pass from the start.

    Sought are ``times`` random times (each with a step back and a step on), every keyframe, the first and the
    last picture, in an order drawn from ``seed`` and all with one reader, as a person at the window would.
    ``progress`` is told the share of the work done, 0 to 1.

    Raises:
        MediaError: the file cannot be opened or read, has no video, or nothing of it can be decoded.
        CancelledError: asked to stop.
    """
    rng = random.Random(seed)
    tell = progress or _to_nobody
    keyframes = keyframe_index(path, cancel=cancel)
    with VideoReader(path) as reader:
        pictures = _telling(reader, tell, cancel)
        linear = sample_linear(pictures, {keyframe.pts for keyframe in keyframes}, times, rng)
        warnings = tuple(reader.warnings)
    checks = list(_checks(linear, keyframes))
    rng.shuffle(checks)
    differences: list[Difference] = []
    compared = 0
    seeker = open_seeker(path)
    try:
        for done, check in enumerate(checks):
            tell(_LINEAR_SHARE + (1 - _LINEAR_SHARE) * done / len(checks))
            for outcome in _carry_out(check, seeker, cancel):
                compared += 1
                if not _same(outcome):
                    differences.append(outcome)
    finally:
        seeker.close()
    differences.sort(key=lambda difference: difference.time_s)
    return Verification(
        seed, len(linear.samples), len(keyframes), linear.pictures, compared, tuple(differences), warnings
    )


def _telling(
    reader: VideoReader, tell: Callable[[float], None], cancel: CancelToken | None
) -> Iterator[Picture]:
    """All pictures from the start; each tells how far it is."""
    length_s = reader.info.duration_s
    for picture in reader.frames(cancel=cancel):
        if length_s:
            tell(_LINEAR_SHARE * min(1.0, max(0.0, picture.time_s / length_s)))
        yield picture


def _checks(linear: LinearSample, keyframes: tuple[Keyframe, ...]) -> Iterator[_Check]:
    if linear.first is not None:
        yield _Check(Asked.FIRST, linear.first.time_s, linear.first)
    if linear.last is not None:
        yield _Check(Asked.LAST, linear.last.time_s, linear.last)
    met = {keyframe.pts: keyframe for keyframe in linear.keyframes}
    for keyframe in keyframes:
        yield _Check(Asked.KEYFRAME, keyframe.time_s, met.get(keyframe.pts))
    for sample in linear.samples:
        yield _Check(Asked.TIME, sample.time_s, sample.shown, sample)


def _carry_out(check: _Check, seeker: Seeker, cancel: CancelToken | None) -> Iterator[Difference]:
    """Yield what was expected and what came."""
    picture = seeker.frame_at(check.time_s, cancel=cancel)
    yield Difference(check.asked, check.time_s, check.expected, Seen.of(picture))
    sample = check.sample
    if sample is None:
        return
    before = seeker.previous_frame(picture, cancel=cancel)
    yield Difference(Asked.STEP_BACK, check.time_s, sample.before, seen(before))
    after = seeker.next_frame(picture, cancel=cancel)
    yield Difference(Asked.STEP_ON, check.time_s, sample.after, seen(after))


def _same(outcome: Difference) -> bool:
    expected, got = outcome.expected, outcome.got
    if outcome.asked is Asked.KEYFRAME and expected is None:
        return False
    return expected == got


def _to_nobody(share: float) -> None:
    """Nobody follows."""
