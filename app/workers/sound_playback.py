"""A file that has sound only, which is played without pictures. Free of Qt; one thread only."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import ReelscopeError
from app.core.results import MediaInfo
from app.core.time import TimeSpan
from app.workers.orders import Orders, SeekOrder
from app.workers.player_needs import Clock
from app.workers.stage import Stage


class SoundPlayback:
    """Lets the clock run, which the sound follows."""

    def __init__(self, length_s: float | None, clock: Clock, stage: Stage) -> None:
        self._length_s = math.inf if length_s is None else length_s
        self._clock, self._stage = clock, stage
        self._from_s = 0.0
        self._loop: TimeSpan | None = None
        clock.jump(0.0)

    def close(self) -> None:
        """Nothing is kept open here."""

    def seek(self, order: SeekOrder, _orders: Orders) -> None:
        """Go to a time."""
        self._from_s = min(max(0.0, order.time_s), self._length_s)
        self._clock.jump(self._from_s)
        self._stage.tell(dataclasses.replace(self._stage.state, at_end=False))

    def play(self, orders: Orders) -> None:
        """Play on; from the beginning, where the end was reached."""
        state = self._stage.state
        if state.at_end and orders.seek is None:
            self._clock.jump(0.0)
        self._stage.tell(dataclasses.replace(state, playing=True, at_end=False))
        self._from_s = self._clock.now()
        self._clock.start(None, state.speed)

    def pause(self, *, at_end: bool = False) -> None:
        """Stop; playing goes forward again the next time."""
        state = self._stage.state
        if state.playing:
            self._clock.pause()
            speed = abs(state.speed)
            self._stage.tell(dataclasses.replace(state, playing=False, at_end=at_end, speed=speed))

    def stop(self) -> None:
        """Stop."""
        self.pause()

    def set_loop(self, span: TimeSpan | None) -> None:
        """Play a stretch again and again, or no more."""
        self._loop = span

    def change_speed(self, speed: float) -> None:
        """Play so fast from this moment on."""
        if self._stage.state.playing and speed != self._stage.state.speed:
            self._clock.start(self._clock.now(), speed)

    def step(self, _count: int) -> None:
        """There is no picture to go to."""

    def due_in_s(self) -> float | None:
        """For how long nothing is due; None: until the next order."""
        return max(0.0, self._left_s()) if self._stage.state.playing else None

    def advance(self, _cancel: CancelToken) -> None:
        """Do what is due: come round, or end."""
        if self._left_s() > 0:
            return
        loop = self._loop_ahead()
        if loop is None:
            self.pause(at_end=self._stage.state.speed > 0)
            return
        self._from_s = loop.start_s
        self._clock.start(loop.start_s, self._stage.state.speed)

    def prepare(self, _cancel: CancelToken) -> bool:
        """Nothing has to be decoded ahead here."""
        return False

    def _left_s(self) -> float:
        speed, loop = self._stage.state.speed, self._loop_ahead()
        due_s = 0.0 if speed < 0 else min(self._length_s, math.inf if loop is None else loop.end_s)
        return (due_s - self._clock.now()) / speed

    def _loop_ahead(self) -> TimeSpan | None:
        """The stretch to be repeated, where playing came from before its end."""
        if self._loop is None or self._stage.state.speed < 0:
            return None
        return self._loop if self._from_s < self._loop.end_s else None


def info_of_sound(path: Path) -> MediaInfo | None:
    """What a file is that has sound and no video; None where it is another one, or cannot be opened."""
    from app.media.description import describe
    from app.media.opening import open_media

    try:
        with open_media(path) as container:
            info = describe(container, path, video_track=0)
    except ReelscopeError:
        return None
    return info if info.video is None and info.audio else None
