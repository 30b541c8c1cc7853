"""The time that runs while a video plays: led by what the sound device has played, where there is sound.

The picture's thread starts and asks it, the sound's thread tells it what is heard; the window may ask, too.
"""

from __future__ import annotations

import enum
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.time import TimeSpan

FIRST_SOUND_S = 1.5
"""How long the picture waits for the first sound; then it goes on without."""

_REPORTS_CEASED_S = 1.0
"""A clock that is told nothing for so long goes on alone: the sound's thread hangs in a driver."""

_SMOOTHING = 0.1
"""Which part of the difference to a report is taken at once. Devices report in steps of 5 to 25 ms; with some
60 reports a second a drift of 0.5 % is followed within 1 ms."""

_LARGEST_OFF_S = 0.025
"""Further than this, in real seconds, the clock is never from the last report."""


@dataclass(frozen=True, slots=True)
class SoundSource:
    """One sound track of a file."""

    path: Path
    track: int


@dataclass(frozen=True, slots=True)
class SoundRun:
    """What is to be heard: the sound from ``at_s`` on, until the next generation."""

    generation: int
    source: SoundSource
    at_s: float
    speed: float
    cancel: CancelToken


class _Mode(enum.Enum):
    STANDING = enum.auto()
    WAITING = enum.auto()
    LED = enum.auto()
    ALONE = enum.auto()


def _nothing() -> None:
    """Nobody listens."""


class SoundClock:
    """A clock for `Player`; any thread may call anything.

    ``start`` waits with the picture for the first sound, follows the device from then on, and runs by itself
    where there is no sound, where it is reversed, and from the moment on at which the sound fails. While it
    plays it never jumps back (in reverse: on).

    Attributes:
        on_wanted: called after another sound, or none, is wanted.
        on_moved: called when time begins to run, leapt, or the sound's end or a gap in it is known: who
            waits for a time has to look again.
    """

    def __init__(self, source: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._source = source
        self._sound: SoundSource | None = None
        self._generation, self._gave_up = 0, -1
        self._cancel = CancelToken()
        self._mode = _Mode.STANDING
        self._speed = 1.0
        # The moment _moment_s was at _since; with sound no later than _until_s is written to the device.
        self._moment_s, self._since, self._until_s = 0.0, 0.0, math.inf
        self._told_at = self._given_s = self._began_s = 0.0
        self._ends_s = math.inf
        self._pause_of_sound: TimeSpan | None = None
        self.on_wanted: Callable[[], None] = _nothing
        self.on_moved: Callable[[], None] = _nothing

    # --- the picture's thread

    def open(self, path: Path, *, has_sound: bool) -> None:
        """Another file; of the one before the choice of the track stays where it is the same file."""
        with self._lock:
            same = self._sound is not None and self._sound.path == path
            track = self._sound.track if same and self._sound is not None else 0
            self._sound = SoundSource(path, track) if has_sound else None

    def start(self, at_s: float | None = None, speed: float | None = None) -> None:
        """Run from ``at_s`` (None: from where it stands) at ``speed`` (None: as before; below 0: back)."""
        with self._lock:
            self._begin(self._now() if at_s is None else at_s, self._speed if speed is None else speed)
        self.on_wanted()

    def pause(self) -> None:
        """Stand still, and let the sound stop."""
        with self._lock:
            self._moment_s = self._given_s = self._now()
            standing, self._mode = self._mode is _Mode.STANDING, _Mode.STANDING
            if not standing:
                self._end_run()
        if not standing:
            self.on_wanted()

    def jump(self, to_s: float) -> None:
        """Go to a moment; time runs on from there, or stands still as before."""
        with self._lock:
            self._moment_s = self._given_s = to_s
            running = self._mode is not _Mode.STANDING
            if running:
                self._begin(to_s, self._speed)
        if running:
            self.on_wanted()

    def now(self) -> float:
        """Return the shown time that is due, seconds."""
        with self._lock:
            return self._now()

    @property
    def ends_s(self) -> float:
        """The shown time after which nothing is heard; infinite while that is not known."""
        with self._lock:
            return self._ends_s if self._mode in (_Mode.WAITING, _Mode.LED) else -math.inf

    @property
    def silence(self) -> TimeSpan | None:
        """The stretch around this moment in which the file has no sound; None where it has, or may have."""
        with self._lock:
            if self._mode not in (_Mode.WAITING, _Mode.LED):
                return None
            now_s = self._now()
            if now_s >= self._ends_s:
                return TimeSpan(self._ends_s)
            pause = self._pause_of_sound
            return pause if pause is not None and pause.start_s <= now_s < pause.end_s else None

    # --- the window

    def choose_track(self, track: int) -> None:
        """Hear another track of the file, from this moment on."""
        with self._lock:
            if self._sound is None or self._sound.track == track:
                return
            self._sound = SoundSource(self._sound.path, track)
            if self._mode is _Mode.STANDING:
                return
            self._begin(self._now(), self._speed)
        self.on_wanted()

    def restart(self) -> None:
        """Let the sound begin anew from this moment on: it goes another way."""
        with self._lock:
            if self._mode is _Mode.STANDING:
                return
            self._begin(self._now(), self._speed)
        self.on_wanted()

    @property
    def track(self) -> int:
        """The sound track that is heard."""
        with self._lock:
            return 0 if self._sound is None else self._sound.track

    # --- the sound's thread

    def wanted(self) -> SoundRun | None:
        """Return what is to be heard; None: nothing."""
        with self._lock:
            if self._sound is None or self._mode not in (_Mode.WAITING, _Mode.LED):
                return None
            return SoundRun(self._generation, self._sound, self._began_s, self._speed, self._cancel)

    def report(self, generation: int, heard_s: float, until_s: float) -> bool:
        """Tell that ``heard_s`` is heard now, and that sound until ``until_s`` is on its way.

        Returns False where nobody wants to know any more: something else is wanted, or it came too late.
        """
        with self._lock:
            moved = self._take_report(heard_s, until_s) if generation == self._generation else None
        if moved:
            self.on_moved()
        return moved is not None

    def ends(self, generation: int, at_s: float) -> None:
        """Tell that after ``at_s`` there is silence only."""
        with self._lock:
            if generation != self._generation:
                return
            self._ends_s = at_s
        self.on_moved()

    def pauses(self, generation: int, span: TimeSpan) -> None:
        """Tell that the file has no sound in this stretch, shown times."""
        with self._lock:
            if generation != self._generation:
                return
            self._pause_of_sound = span
        self.on_moved()

    def gave_up(self, generation: int) -> bool:
        """Whether the clock stopped waiting for the sound of this run."""
        with self._lock:
            return generation == self._gave_up

    def alone(self, generation: int) -> None:
        """There is no sound to follow, or no more: run on from this moment without."""
        with self._lock:
            if generation != self._generation or self._mode not in (_Mode.WAITING, _Mode.LED):
                return
            self._go_alone(self._now())
        self.on_moved()

    # --- with the lock held

    def _begin(self, at_s: float, speed: float) -> None:
        self._end_run()
        self._cancel = CancelToken()
        self._speed = speed
        self._moment_s = self._given_s = self._began_s = at_s
        self._since = self._told_at = self._source()
        self._until_s = self._ends_s = math.inf
        self._pause_of_sound = None
        heard = self._sound is not None and speed > 0
        self._mode = _Mode.WAITING if heard else _Mode.ALONE

    def _end_run(self) -> None:
        self._generation += 1
        self._cancel.cancel()

    def _give_up(self, moment_s: float) -> None:
        self._gave_up = self._generation
        self._go_alone(moment_s)

    def _go_alone(self, moment_s: float) -> None:
        self._mode = _Mode.ALONE
        self._moment_s, self._since, self._until_s = moment_s, self._source(), math.inf
        self._cancel.cancel()

    def _now(self) -> float:
        at = self._source()
        if self._mode is _Mode.WAITING and at - self._since > FIRST_SOUND_S:
            self._give_up(self._moment_s)
        elif self._mode is _Mode.LED and at - self._told_at > _REPORTS_CEASED_S:
            self._give_up(self._given_s)
        if self._mode in (_Mode.STANDING, _Mode.WAITING):
            return self._moment_s
        forward = max if self._speed > 0 else min
        self._given_s = forward(self._given_s, self._estimate(at))
        return self._given_s

    def _estimate(self, at: float) -> float:
        return min(self._moment_s + max(0.0, at - self._since) * self._speed, self._until_s)

    def _take_report(self, heard_s: float, until_s: float) -> bool | None:
        """Return whether time leapt; None where the report is not wanted."""
        at = self._source()
        if self._mode is _Mode.WAITING:
            self._mode = _Mode.LED
            self._moment_s, leapt = max(heard_s, self._moment_s), True
        elif self._mode is _Mode.LED:
            estimate = self._estimate(at)
            most = _LARGEST_OFF_S * self._speed
            off = heard_s - estimate
            leapt = off > most
            nearer = estimate + off * _SMOOTHING
            self._moment_s = min(max(nearer, heard_s - most), heard_s + most)
        else:
            return None
        self._since = self._told_at = at
        self._until_s = max(until_s, heard_s)
        return leapt
