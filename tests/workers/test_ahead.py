"""Decoding ahead, and changing over to it between two pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, HardwareError
from app.core.time import WHOLE, TimeSpan
from app.media.picture import Picture
from app.workers import ahead as ahead_module
from app.workers import switching_reader
from app.workers.ahead import MOST_PICTURES, Ahead
from app.workers.switching_reader import SwitchingReader
from tests.workers.fakes import FakeReader

TICKS = [40 * index for index in range(100)]


@dataclass
class Film(FakeReader):
    """A FakeReader that also gives stretches: until ``lost_at``, each picture when ``gate`` lets it."""

    ticks: list[int] = field(default_factory=lambda: list(TICKS))
    lost_at: int | None = None
    gate: threading.Semaphore | None = None
    thread: threading.Thread | None = None

    def frames(self, span: TimeSpan = WHOLE, *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        self.thread = threading.current_thread()
        for index in range(self._index(span.start_s), len(self.ticks)):
            if self.gate is not None:
                self.gate.acquire(timeout=30)
            if self.lost_at is not None and self.ticks[index] >= self.lost_at:
                raise HardwareError("it was lost")
            yield self._made(index, cancel)


@pytest.fixture
def device() -> Film:
    return Film()


@pytest.fixture
def ahead(device: Film) -> Iterator[Ahead]:
    ahead = Ahead(lambda: device)
    yield ahead
    ahead.close()


def at(pts: int) -> Picture:
    return Film().frame_at(pts / 1000)


def all_after(ahead: Ahead, pts: int, count: int) -> list[int]:
    seen = []
    for _ in range(count):
        picture = ahead.after(pts, 30.0)
        assert picture is not None
        pts = picture.pts
        seen.append(pts)
    return seen


def test_pictures_come_in_order_from_a_thread_of_their_own(ahead: Ahead, device: Film) -> None:
    ahead.follow(at(80))
    assert all_after(ahead, 80, 20) == TICKS[3:23]
    assert device.thread is not None
    assert device.thread is not threading.current_thread()


def test_it_decodes_only_a_little_ahead(device: Film) -> None:
    ahead = Ahead(lambda: device)
    ahead.follow(at(0))
    assert all_after(ahead, 0, 1) == [40]
    ahead.close()
    assert len(device.decoded) <= MOST_PICTURES + 4
    assert device.closed


def test_what_the_player_has_passed_already_is_left_out(ahead: Ahead) -> None:
    ahead.follow(at(0))
    assert ahead.follows(400)
    assert all_after(ahead, 400, 2) == [440, 480]
    assert not ahead.follows(200)
    assert ahead.after(200, 30.0) is None


def test_the_end(ahead: Ahead) -> None:
    ahead.follow(at(TICKS[-3]))
    assert all_after(ahead, TICKS[-3], 2) == TICKS[-2:]
    assert ahead.after(TICKS[-1], 30.0) is None
    assert ahead.has_ended()


def test_another_place_replaces_the_first(ahead: Ahead) -> None:
    ahead.follow(at(0))
    all_after(ahead, 0, 3)
    ahead.follow(at(2000))
    assert not ahead.follows(160)
    assert all_after(ahead, 2000, 3) == [2040, 2080, 2120]
    ahead.rest()
    assert not ahead.follows(2120)


def test_at_rest_no_pictures_are_kept(ahead: Ahead, device: Film) -> None:
    decoded = threading.Semaphore(0)
    device.on_decode = lambda _picture: decoded.release()
    ahead.follow(at(0))
    for _ in range(MOST_PICTURES):
        assert decoded.acquire(timeout=30)
    run = ahead._run
    assert run is not None
    assert run.ready
    ahead.rest()
    assert not run.ready


def test_what_was_decoded_before_a_loss_is_given(ahead: Ahead, device: Film) -> None:
    device.lost_at = 200
    ahead.follow(at(0))
    assert all_after(ahead, 0, 4) == [40, 80, 120, 160]
    with pytest.raises(HardwareError, match=r"^it was lost$"):
        ahead.after(160, 30.0)


def test_a_device_that_cannot_be_opened() -> None:
    def refuse() -> Film:
        raise HardwareError("it does not open")

    ahead = Ahead(refuse)
    ahead.follow(at(0))
    with pytest.raises(HardwareError, match=r"^it does not open$"):
        ahead.after(0, 30.0)
    ahead.close()


@pytest.mark.expect_log("Decoding ahead met something unexpected")
def test_a_fault_costs_the_device_only(device: Film) -> None:
    device.error = RuntimeError("boom")
    ahead = Ahead(lambda: device)
    ahead.follow(at(0))
    with pytest.raises(HardwareError, match=r"boom"):
        ahead.after(0, 30.0)
    ahead.close()


def test_waiting_can_be_cancelled(device: Film) -> None:
    device.gate = threading.Semaphore(0)
    ahead, token = Ahead(lambda: device), CancelToken()
    ahead.follow(at(0))
    token.cancel()
    with pytest.raises(CancelledError):
        ahead.after(0, 30.0, token)
    device.gate.release(100)
    ahead.close()


# --- changing over


def play(reader: SwitchingReader, start: Picture, count: int) -> list[int]:
    seen = []
    for _ in range(count):
        picture = reader.next_frame(start)
        assert picture is not None
        start = picture
        seen.append(start.pts)
    return seen


@dataclass
class Told:
    """What a reader has told."""

    changes: int = 0
    failures: list[str] = field(default_factory=list)

    def on_hardware(self) -> None:
        self.changes += 1


def switching(software: Film, told: Told) -> SwitchingReader:
    return SwitchingReader(software, on_hardware=told.on_hardware, failed=told.failures.append)


def paced(software: Film, device: Film, told: Told) -> None:
    """Until playing has changed over, let software decode one picture while the device decodes three."""
    decoded = threading.Semaphore(0)

    def wait(_picture: Picture) -> None:
        for _ in range(0 if told.changes else 3):
            decoded.acquire(timeout=30)

    device.on_decode = lambda _picture: decoded.release()
    software.on_decode = wait


def test_software_plays_until_the_device_is_ready_and_no_picture_is_lost(device: Film) -> None:
    device.gate = threading.Semaphore(0)
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    seen = play(reader, at(0), 10)
    assert (told.changes, len(software.decoded)) == (0, 10)
    paced(software, device, told)
    device.gate.release(1000)
    while not told.changes and len(seen) < 80:
        seen += play(reader, at(seen[-1]), 1)
    by_software = len(software.decoded)
    seen += play(reader, at(seen[-1]), 10)
    assert len(software.decoded) == by_software
    assert seen == TICKS[1 : len(seen) + 1]
    reader.close()
    assert software.closed
    assert device.closed


def test_the_device_gives_all_until_the_end(device: Film) -> None:
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    assert play(reader, at(0), 99) == TICKS[1:]
    assert reader.next_frame(at(TICKS[-1])) is None
    assert told.failures == []
    reader.close()


def test_software_goes_on_where_the_device_is_lost(device: Film) -> None:
    device.lost_at = 2000
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    paced(software, device, told)
    assert play(reader, at(0), 99) == TICKS[1:]
    assert told.failures == ["it was lost"]
    assert device.closed
    reader.close()


def test_steps_are_taken_in_software(device: Film) -> None:
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.play_with(Ahead(lambda: device))
    assert play(reader, at(0), 20) == TICKS[1:21]
    before = reader.previous_frame(at(800))
    assert before is not None
    assert before.pts == 760
    assert not device.decoded
    assert told.changes == 0
    reader.close()


def test_a_jump_while_playing_keeps_the_order(device: Film) -> None:
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    play(reader, at(0), 10)
    for target in (3000, 120):
        start = reader.frame_at(target / 1000)
        assert start.pts == target
        assert play(reader, start, 10) == list(range(target + 40, target + 440, 40))
    reader.set_playing(False)
    assert play(reader, at(520), 2) == [560, 600]
    reader.close()


def test_a_jump_far_ahead_does_not_wait_for_what_lies_between(
    device: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switching_reader, "_PATIENCE_S", 0.5)
    software, told = Film(), Told()
    reader = switching(software, told)
    device.gate = threading.Semaphore(60)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    paced(software, device, told)
    start = at(0)
    while not told.changes:
        start = reader.next_frame(start) or start
    software.on_decode = lambda _picture: None
    jumped = reader.frame_at(3.0)
    assert play(reader, jumped, 10) == list(range(3040, 3440, 40))
    assert told.failures == []
    device.gate.release(1000)
    reader.close()


def test_a_device_that_finds_pictures_until_it_is_lost(device: Film) -> None:
    software, told = Film(), Told()
    reader = switching(software, told)
    reader.seek_with(lambda: device)
    assert reader.frame_at(1.0).pts == 1000
    assert software.decoded == []
    device.error = HardwareError("it was lost")
    assert reader.frame_at(2.0).pts == 2000
    assert reader.preview_at(2.0).pts == 2000
    assert told.failures == ["it was lost"]
    assert device.closed
    reader.close()


@pytest.mark.expect_log("A hardware decoder does not let go")
def test_a_device_that_gets_stuck_does_not_stop_the_film(
    device: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switching_reader, "_PATIENCE_S", 0.05)
    monkeypatch.setattr(ahead_module, "_CLOSING_S", 0.05)
    software, told = Film(), Told()
    reader = switching(software, told)
    device.gate = threading.Semaphore(40)
    reader.play_with(Ahead(lambda: device))
    reader.set_playing(True)
    paced(software, device, told)
    assert play(reader, at(0), 99) == TICKS[1:]
    assert told.changes == 1
    assert told.failures == ["it gave no picture for 0.05 s"]
    device.gate.release(1000)
    reader.close()
