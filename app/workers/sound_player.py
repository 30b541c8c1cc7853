"""Keeps the sound device fed with what the clock wants to be heard, and tells the clock what is heard.

Free of Qt; one thread only, which calls ``tick`` again after the time that it returns, and when woken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from app.core.audio import Samples
from app.core.errors import CancelledError, ReelscopeError
from app.core.time import TimeSpan
from app.workers.sound_clock import FIRST_SOUND_S, SoundClock, SoundRun
from app.workers.sound_sink import DEVICE_FAILED, DEVICE_LATE, SoundDeviceError, SoundSink

TICK_S = 0.015
"""How often the device is looked at: some 60 times a second."""

_STUCK_S = 1.0
"""A device that plays nothing of what it holds for so long has failed."""

_SILENCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to play and through what form; ``tell_gap`` is told where the file has no sound."""

    run: SoundRun
    rate: int
    channels: int
    tell_gap: Callable[[TimeSpan], None]


class SoundPlayer:
    """Plays what the clock wants.

    Args:
        clock: what is wanted, and who is told.
        open_sink: gives the output to be used now; called at every start, so it may give the same again.
        decode: gives the sound of a run, from its first sample on.
        tell: is told why nothing is heard; "" where something is.
        now: real seconds.
    """

    def __init__(
        self,
        clock: SoundClock,
        open_sink: Callable[[], SoundSink],
        decode: Callable[[Wanted], Iterator[Samples]],
        tell: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._open_sink = open_sink
        self._decode = decode
        self._tell = tell
        self._now = now
        self._gain = 1.0
        self._sink: SoundSink | None = None
        self._generation = -1
        self._playing: _Playing | None = None
        self._told = ""

    def tick(self) -> float | None:
        """Do what is due; return after how many seconds to come again, None: when woken."""
        run = self._clock.wanted()
        if run is None and self._playing is not None and self._clock.gave_up(self._generation):
            self._say(DEVICE_LATE)
        if run is None or run.generation != self._generation:
            self._stop()
        if run is None:
            return None
        try:
            if run.generation != self._generation:
                self._generation = run.generation
                self._playing = self._begin(run)
            if self._playing is None:
                return None
            self._go_on(self._playing)
        except CancelledError:
            self._stop()
            return 0.0
        except ReelscopeError as error:
            self._fail(run, str(error))
            return None
        return TICK_S

    def set_gain(self, gain: float) -> None:
        """Play so loud from now on."""
        self._gain = gain
        if self._sink is not None:
            self._sink.set_gain(gain)

    def close(self) -> None:
        """Be silent, and give the device back."""
        self._stop()
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.close()

    def _begin(self, run: SoundRun) -> _Playing:
        self._sink = sink = self._open_sink()
        tell_gap = partial(self._clock.pauses, run.generation)
        sound = self._decode(Wanted(run, sink.rate, sink.channels, tell_gap))
        # Nothing is waited for once the device runs.
        first = next(sound, None)
        sink.set_gain(self._gain)
        sink.start()
        return _Playing(run, sink, sound, first, self._now())

    def _go_on(self, playing: _Playing) -> None:
        if playing.fill():
            self._clock.ends(playing.run.generation, playing.written_until())
        heard = playing.sink.heard()
        if heard != playing.heard:
            playing.heard, playing.moved_at = heard, self._now()
        patience_s = _STUCK_S if heard else 2 * FIRST_SOUND_S
        if self._now() - playing.moved_at > patience_s:
            raise SoundDeviceError(DEVICE_FAILED)
        if not heard:
            return
        if not self._clock.report(playing.run.generation, playing.time_of(heard), playing.written_until()):
            self._stop()
            return
        self._say("")

    def _fail(self, run: SoundRun, sentence: str) -> None:
        self.close()
        self._clock.alone(run.generation)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._tell(sentence)

    def _stop(self) -> None:
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.sink.stop()
            playing.close()


class _Playing:
    """A run under way.

    Attributes:
        heard: samples heard so far.
        moved_at: when that changed last.
    """

    def __init__(
        self, run: SoundRun, sink: SoundSink, sound: Iterator[Samples], first: Samples | None, now: float
    ) -> None:
        import numpy as np

        self.run = run
        self.sink = sink
        self.heard = 0
        self.moved_at = now
        self._sound = sound
        self._part = np.zeros((0, sink.channels), np.float32) if first is None else first
        self._written = 0
        self._ended = False

    def fill(self) -> bool:
        """Write what there is room for; after the last sound silence: the device's time goes on.

        Returns whether all of the sound was written now, nothing behind it yet.
        """
        while True:
            taken = self.sink.write(self._part)
            self._written += taken
            if taken < len(self._part):
                self._part = self._part[taken:]
                return False
            following = next(self._sound, None)
            self._part = self._silence() if following is None else following
            if following is None and not self._ended:
                self._ended = True
                return True

    def time_of(self, samples: int) -> float:
        """Return the shown time after so many samples."""
        return self.run.at_s + samples / self.sink.rate * self.run.speed

    def written_until(self) -> float:
        """Return the shown time until which sound is on its way."""
        return self.time_of(self._written)

    def close(self) -> None:
        """Give the file back."""
        close = getattr(self._sound, "close", None)
        if close is not None:
            close()

    def _silence(self) -> Samples:
        import numpy as np

        return np.zeros((round(_SILENCE_S * self.sink.rate), self.sink.channels), np.float32)
