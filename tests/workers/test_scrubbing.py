"""Bursts of seeks: they end on the last, show something on the way, and never anything older after it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.frame import VideoFrame
from app.core.geometry import Size
from app.media.clock import PlaybackClock
from app.media.convert import Converter
from app.media.decoder import VideoReader
from app.workers.orders import OrderBox
from app.workers.player import Player
from app.workers.player_needs import Reader
from tests.media.test_decoder_exact import H264
from tests.media.truth import make
from tests.workers.fakes import FakeConverter, FakeReader, FakeTime, RecordingScreen

SEEKS = 200


class Hand:
    """A player driven as its thread drives it, while a hand asks for 200 places.

    Requests come while the player works, some at each picture it decodes: nothing depends on time.
    """

    def __init__(self, open_reader: Callable[[], Reader], *, real: bool = False) -> None:
        self.screen = RecordingScreen(size=Size(160, 90))
        self.box = OrderBox()
        time = FakeTime()
        self.player = Player(
            self.screen,
            open_reader=lambda _path, _track: open_reader(),
            make_converter=Converter if real else FakeConverter,
            clock=PlaybackClock(time),
            now=time,
        )
        self.box.open(Path("film.mp4"), 0)
        self.work()

    def work(self) -> None:
        """Until nothing is left to do."""
        while True:
            orders = self.box.take(0)
            self.screen.newer = False
            self.player.obey(orders)
            while self.player.idle_s() == 0.0 and not self.box.newer_waits:
                self.player.advance(orders.until_newer)
            if not self.box.newer_waits:
                return

    @property
    def shown(self) -> list[VideoFrame]:
        return self.screen.frames


def places(length_s: float) -> list[float]:
    rng = random.Random(3)
    return [rng.uniform(0, length_s) for _ in range(SEEKS)]


@pytest.mark.parametrize("exact", [False, True])
def test_a_burst_before_anything_is_decoded_shows_two_pictures(exact: bool) -> None:
    reader = FakeReader(list(range(0, 10_000, 40)), gop=50)
    hand = Hand(lambda: reader)
    decoded = len(reader.decoded)
    times = places(9.9)
    for time_s in times:
        hand.box.seek(time_s, exact=exact)
    hand.work()
    assert len(reader.decoded) - decoded == (1 if exact else 2)
    assert hand.shown[-1].time.pts == int(times[-1] * 1000) // 40 * 40


@pytest.mark.parametrize("at_once", [15, 40])
@pytest.mark.parametrize("exact", [False, True])
def test_a_burst_while_decoding_ends_on_the_last_and_shows_nothing_older(exact: bool, at_once: int) -> None:
    reader = FakeReader(list(range(0, 10_000, 40)), gop=50)
    hand = Hand(lambda: reader)
    shown, times = len(hand.shown), places(9.9)
    asked = 0

    def ask(_picture: object = None) -> None:
        nonlocal asked
        for time_s in times[asked : asked + at_once]:
            hand.box.seek(time_s, exact=exact)
            hand.screen.newer = True
        asked = min(SEEKS, asked + at_once)

    reader.on_decode = ask
    ask()
    hand.work()
    assert asked == SEEKS
    answers = hand.shown[shown:]
    assert answers[-1].time.pts == int(times[-1] * 1000) // 40 * 40
    assert [frame.generation for frame in answers] == sorted(frame.generation for frame in answers)
    # One for each time the hand was looked at, and the two of the last place.
    assert len(answers) <= SEEKS // at_once + 2 < 17


def test_a_burst_on_a_real_file(tmp_path: Path, ffmpeg: str) -> None:
    path = make(ffmpeg, tmp_path / "clip.mp4", *H264, "-x264-params", "keyint=50:scenecut=0", seconds=10)
    times = places(9.9)

    class Watched(VideoReader):
        """Lets the hand ask for 20 more places whenever something is looked for."""

        asked = 0
        hand: Hand | None = None

        def preview_at(self, *args: object, **options: object) -> object:  # type: ignore[override]
            self._ask()
            return super().preview_at(*args, **options)  # type: ignore[arg-type]

        def _ask(self) -> None:
            if self.hand is None:
                return
            for time_s in times[self.asked : self.asked + 20]:
                self.hand.box.seek(time_s, exact=False)
                self.hand.screen.newer = True
            self.asked += 20

    with Watched(path) as reader:
        hand = Hand(lambda: reader, real=True)  # type: ignore[arg-type, return-value]
        shown, reader.hand = len(hand.shown), hand
        hand.box.seek(times[0], exact=False)
        hand.work()
        answers = hand.shown[shown:]
        with VideoReader(path) as judge:
            assert answers[-1].time == judge.frame_at(times[-1]).time
        assert [frame.generation for frame in answers] == sorted(frame.generation for frame in answers)
        assert len(answers) < 15
        hand.player.close()
