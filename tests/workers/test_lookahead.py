"""Pictures decoded ahead: the same as without, in bounded memory, never beside another use of the reader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError
from app.core.frame import PixelFormat
from app.core.geometry import Size
from app.media.checksum import crc
from app.media.decoder import VideoReader
from app.media.picture import Picture
from app.workers import lookahead as module
from app.workers.lookahead import MOST_PICTURES, Lookahead
from app.workers.prepared_frames import PreparedFrames, Preparer
from app.workers.shown_frames import Form
from tests.workers.fakes import FakeConverter, FakeReader

MANY = list(range(0, 4000, 40))
PATIENCE_S = 30


@dataclass
class OneAtATime(FakeReader):
    """Fails where two threads are inside at once; can be made to wait at a picture."""

    inside: threading.Lock = field(default_factory=threading.Lock)
    waits_at: int | None = None
    waiting: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    broken_at: int | None = None

    def _made(self, index: int, cancel: CancelToken | None) -> Picture:
        assert self.inside.acquire(blocking=False)
        try:
            if self.ticks[index] == self.waits_at:
                self.waiting.set()
                forget = cancel.on_cancel(self.go_on.set) if cancel is not None else lambda: None
                assert self.go_on.wait(PATIENCE_S)
                forget()
            if self.ticks[index] == self.broken_at:
                raise MediaError("It is damaged here.")
            return super()._made(index, cancel)
        finally:
            self.inside.release()


@dataclass
class Kitchen:
    """What prepares: notes what waits, and says when so many wait."""

    nbytes: int = 10
    waiting: list[int] = field(default_factory=list)
    forgotten: int = 0
    enough: int = MOST_PICTURES
    full: threading.Event = field(default_factory=threading.Event)

    def prepare(self, picture: Picture) -> int:
        self.waiting.append(picture.pts)
        if len(self.waiting) >= self.enough:
            self.full.set()
        return self.nbytes

    def forget(self) -> None:
        self.waiting.clear()
        self.forgotten += 1


@dataclass
class Bench:
    reader: OneAtATime = field(default_factory=lambda: OneAtATime(MANY))
    kitchen: Kitchen = field(default_factory=Kitchen)

    def __post_init__(self) -> None:
        self.ahead = Lookahead(self.reader, self.kitchen)


@pytest.fixture
def make() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def bench(**words: Any) -> Bench:
        made.append(Bench(**words))
        return made[-1]

    yield bench
    for one in made:
        one.ahead.close()
        assert one.reader.closed


def follow(ahead: Lookahead, picture: Picture | None) -> list[int]:
    found = []
    while picture is not None and (picture := ahead.next_frame(picture)) is not None:
        found.append(picture.pts)
    return found


def test_playing_gives_every_picture_once_in_order_to_the_end(make: Callable[..., Bench]) -> None:
    bench = make()
    first = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    assert follow(bench.ahead, first) == MANY[1:]
    assert bench.reader.decoded == MANY
    assert follow(bench.ahead, FakeReader(MANY).frame_at(3.92)) == [3960]
    assert bench.ahead.next_frame(FakeReader(MANY).frame_at(3.96)) is None


def test_what_was_left_before_it_began_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    picked, go_on, pick = threading.Event(), threading.Event(), Lookahead._next_run

    def pick_and_wait(ahead: Lookahead) -> Any:
        run = pick(ahead)
        picked.set()
        assert go_on.wait(PATIENCE_S)
        return run

    monkeypatch.setattr(Lookahead, "_next_run", pick_and_wait)
    bench, token = Bench(), CancelToken()
    try:
        first = bench.ahead.frame_at(0.0)
        bench.ahead.set_playing(True)
        token.cancel()
        with pytest.raises(CancelledError):
            bench.ahead.next_frame(first, cancel=token)
        assert picked.wait(PATIENCE_S)
        bench.ahead.frame_at(2.0)
    finally:
        go_on.set()
        bench.ahead.close()
    assert bench.reader.decoded == [0, 2000]
    assert bench.kitchen.waiting == []


def test_how_far_ahead_is_bounded_by_pictures(make: Callable[..., Bench]) -> None:
    bench = make(kitchen=Kitchen(enough=MOST_PICTURES - 1))
    first = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    second = bench.ahead.next_frame(first)
    assert second is not None
    assert bench.kitchen.full.wait(PATIENCE_S)
    bench.ahead.set_playing(False)
    assert len(bench.reader.decoded) <= 2 + MOST_PICTURES


def test_how_far_ahead_is_bounded_by_bytes(
    make: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture has 1000 bytes, and 500 when it is converted."""
    monkeypatch.setattr(module, "MOST_BYTES", 6000)
    bench = make(kitchen=Kitchen(nbytes=500, enough=3))
    first = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    bench.ahead.next_frame(first)
    assert bench.kitchen.full.wait(PATIENCE_S)
    bench.ahead.set_playing(False)
    assert len(bench.reader.decoded) <= 2 + 5


def test_going_elsewhere_does_not_wait_for_what_is_decoded_ahead(make: Callable[..., Bench]) -> None:
    bench = make(reader=OneAtATime(MANY, waits_at=200))
    first = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    second = bench.ahead.next_frame(first)
    assert second is not None
    assert bench.reader.waiting.wait(PATIENCE_S)
    there = bench.ahead.frame_at(2.0)
    assert there.pts == 2000
    assert bench.kitchen.waiting == []
    assert 200 not in bench.reader.decoded
    third = bench.ahead.next_frame(there)
    assert third is not None
    assert third.pts == 2040


def test_who_holds_the_reader_has_it_alone_and_playing_goes_on(make: Callable[..., Bench]) -> None:
    bench = make(reader=OneAtATime(MANY, waits_at=200))
    picture = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    second = bench.ahead.next_frame(picture)
    assert bench.reader.waiting.wait(PATIENCE_S)
    with bench.ahead.held():
        assert bench.reader.inside.acquire(blocking=False)
        bench.reader.inside.release()
    assert follow(bench.ahead, second) == MANY[2:]
    assert bench.reader.decoded == MANY


def test_waiting_lets_go_when_asked_and_nothing_is_lost(make: Callable[..., Bench]) -> None:
    bench = make(reader=OneAtATime(MANY, waits_at=40))
    first = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    token = CancelToken()

    def cancel() -> None:
        assert bench.reader.waiting.wait(PATIENCE_S)
        token.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(CancelledError):
        bench.ahead.next_frame(first, cancel=token)
    canceller.join()
    bench.reader.go_on.set()
    assert follow(bench.ahead, first) == MANY[1:]


def test_an_error_comes_where_its_picture_would_be(make: Callable[..., Bench]) -> None:
    bench = make(reader=OneAtATime(MANY, broken_at=400))
    picture = bench.ahead.frame_at(0.0)
    bench.ahead.set_playing(True)
    for pts in range(40, 400, 40):
        following = bench.ahead.next_frame(picture)
        assert following is not None
        assert following.pts == pts
        picture = following
    with pytest.raises(MediaError, match="damaged here"):
        bench.ahead.next_frame(picture)
    bench.reader.broken_at = None
    assert follow(bench.ahead, picture) == MANY[10:]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("next"), st.integers(1, 30)),
            st.tuples(st.just("back"), st.integers(1, 5)),
            st.tuples(st.just("go"), st.integers(0, 3990)),
            st.tuples(st.just("playing"), st.integers(0, 1)),
        ),
        max_size=12,
    )
)
def test_whatever_is_asked_the_pictures_are_those_of_the_reader_alone(asked: list[tuple[str, int]]) -> None:
    bench, plain = Bench(), FakeReader(MANY)
    picture, wanted = bench.ahead.frame_at(0.0), plain.frame_at(0.0)
    try:
        for what, number in asked:
            if what == "playing":
                bench.ahead.set_playing(bool(number))
            elif what == "go":
                picture, wanted = bench.ahead.frame_at(number / 1000), plain.frame_at(number / 1000)
            for _ in range(number if what in ("next", "back") else 0):
                name = "next_frame" if what == "next" else "previous_frame"
                found, due = getattr(bench.ahead, name)(picture), getattr(plain, name)(wanted)
                assert (found is None) == (due is None)
                if found is None:
                    break
                assert (found.pts, found.duration) == (due.pts, due.duration)
                picture, wanted = found, due
    finally:
        bench.ahead.close()


def test_what_was_decoded_ahead_serves_stepping_and_is_what_linear_decoding_gives(sample_video: Path) -> None:
    with VideoReader(sample_video) as reader:
        truth = [(picture.pts, crc(picture)) for picture in islice(reader.frames(), 100)]
    ahead = Lookahead(VideoReader(sample_video), Kitchen())
    try:
        seen, place = ahead.frame_at(0.0), 0
        for playing, move, count in (
            (True, 1, 40),
            (False, -1, 5),
            (False, 1, 10),
            (True, 1, 30),
            (False, -1, 60),
        ):
            ahead.set_playing(playing)
            for _ in range(count):
                found = ahead.next_frame(seen) if move > 0 else ahead.previous_frame(seen)
                assert found is not None
                seen, place = found, place + move
                assert (seen.pts, crc(seen)) == truth[place]
    finally:
        ahead.close()


def test_what_is_prepared_fits_what_the_screen_wants_and_is_given_once() -> None:
    class Screen:
        size = Size(160, 90)

        def wanted_size(self) -> Size:
            return self.size

        def deinterlaces(self) -> bool:
            return False

    screen, prepared = Screen(), PreparedFrames()
    preparer = Preparer(screen, FakeConverter, prepared)
    one, two = (FakeReader(MANY).frame_at(at) for at in (0.0, 0.04))
    form = Form(Size(160, 90), combed=True)
    assert preparer.prepare(one) == 160 * 90 * 4
    assert prepared.holds(0, form)
    frame = prepared.take(0, form)
    assert frame is not None
    assert (frame.size, frame.pixel_format) == (Size(160, 90), PixelFormat.BGRA)
    assert prepared.take(0, form) is None
    preparer.prepare(one)
    assert not prepared.holds(0, Form(Size(80, 45), combed=True))
    assert prepared.take(0, Form(Size(80, 45), combed=True)) is None
    preparer.prepare(one)
    preparer.prepare(two)
    prepared.drop(0)
    preparer.forget()
    assert not prepared.holds(0, form)
    assert not prepared.holds(40, form)
