"""A sound device whose own clock is wrong, in virtual time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from app.core.audio import Samples
from app.workers.sound_player import Wanted
from app.workers.sound_sink import DEVICE_FAILED, SoundDeviceError

RATE = 48_000


@dataclass
class FakeSink:
    """Plays what is buffered ``drift`` times faster than real time says, and reports it in coarse steps.

    Attributes:
        step_s: what is reported is rounded down to this.
        late_s: between the first sample written and the first one heard.
        jitter_s: reports are older than they should be by up to this.
        fails_at: real time from which on the device is gone.
        stuck_at: real time from which on it plays nothing any more.
    """

    now: Callable[[], float]
    drift: float = 1.0
    step_s: float = 0.0
    late_s: float = 0.05
    jitter_s: float = 0.0
    buffer_s: float = 0.35
    rate: int = RATE
    channels: int = 2
    fails_at: float = float("inf")
    stuck_at: float = float("inf")
    starts: int = 0
    stops: int = 0
    closed: bool = False
    gains: list[float] = field(default_factory=list)
    underruns: int = 0
    written: list[Samples] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(3)
        self._running = False
        self._reset()

    def _reset(self) -> None:
        self._taken, self._played, self._at = 0, 0.0, self.now()
        self._since: float | None = None
        self._reported = 0
        self.written.clear()

    def start(self) -> None:
        self._check()
        self.starts += 1
        self._reset()
        self._running = True

    def stop(self) -> None:
        self.stops += 1
        self._running = False

    def close(self) -> None:
        self.closed = True

    def set_gain(self, gain: float) -> None:
        self.gains.append(gain)

    def write(self, samples: Samples) -> int:
        self._check()
        assert self._running
        self._run()
        if self._since is None:
            self._since = self.now() + self.late_s
        room = round(self.buffer_s * self.rate) - (self._taken - int(self._played))
        taken = min(len(samples), max(0, room))
        self._taken += taken
        self.written.append(samples[:taken])
        return taken

    def heard(self) -> int:
        self._check()
        self._run()
        seen = self._played - self._random.uniform(0, self.jitter_s) * self.rate
        step = max(1, round(self.step_s * self.rate))
        self._reported = max(self._reported, int(seen) // step * step)
        return self._reported

    @property
    def truly_heard(self) -> float:
        """Samples that have reached the ear."""
        self._run()
        return self._played

    def _run(self) -> None:
        now = min(self.now(), self.stuck_at)
        if self._running and self._since is not None and now > self._since:
            wanted = self._played + max(0.0, now - max(self._at, self._since)) * self.rate * self.drift
            if wanted > self._taken and self._taken:
                self.underruns += 1
            self._played = min(wanted, float(self._taken))
        self._at = max(self._at, now)

    def _check(self) -> None:
        if self.now() >= self.fails_at:
            raise SoundDeviceError(DEVICE_FAILED)


def ramp(wanted: Wanted, *, end_s: float = float("inf")) -> Iterator[Samples]:
    """Sound whose every sample is its own time in the file, seconds; until ``end_s``."""
    speed, rate = wanted.run.speed, wanted.rate
    done, size = 0, rate // 20
    while wanted.run.at_s + done / rate * speed < end_s:
        times = wanted.run.at_s + (done + np.arange(size)) / rate * speed
        yield np.repeat(times.astype(np.float32)[:, None], wanted.channels, axis=1)
        done += size
