"""Which picture is shown when, while a film plays: what is due, too late, or to be waited for. Free of Qt."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.time import WHOLE, TimeSpan
from app.workers.gap import Gap, gap_ahead
from app.workers.player_needs import Clock, Reader, Sound
from app.workers.speed_gauge import SpeedGauge
from app.workers.stage import Stage

if TYPE_CHECKING:
    from app.media.picture import Picture

_LONGEST_STANDSTILL_S = 0.2
"""However late pictures come, one is shown this often."""
_UNSEEN_SHARE = 0.9
_LONGEST_UNSEEN_S = 0.02
"""However long a picture is shown, the next one does not wait longer than this for it to be looked at."""
_SEEN_SHARE = 0.5
_LONGEST_SEEN_S = 0.01
"""One that was taken may not be painted yet: late pictures follow each other at twice their pace at most."""
_UNNOTICED_S = 0.04
"""Sound may come so much before its picture (EBU R 37): what is not later than this is shown, not dropped."""
_LARGEST_LAG_S = 0.5
"""Later than this, playing slows down to what can be decoded instead of dropping ever more ..."""
_DROPS_THAT_HELP = 3
"""... and where nothing is heard after so many dropped in a row: most of the time goes into decoding. At no
more than the usual speed nothing is dropped there: time waits, which is seen less than a missing picture."""


class Pacing:
    """Takes pictures from the reader one after the other and shows each at its time. One thread only.

    Attributes:
        tail: the picture whose successor is taken next; None before the first one.
        ended: whether no other follows it.
        loop: what is played again and again.
        sounds_until_s: the sound of a film may go on behind its last picture, at most until then.
    """

    def __init__(self, reader: Reader, clock: Clock, sound: Sound | None, stage: Stage) -> None:
        self._reader, self._clock, self._sound, self._stage = reader, clock, sound, stage
        self._gauge = SpeedGauge()
        self._next: Picture | None = None
        self._drops = 0
        # Where the clock starts once the picture after that is there: decoders take a while to fill.
        self._start_s: float | None = None
        self.tail: Picture | None = None
        self.ended = False
        self.loop: TimeSpan | None = None
        self.sounds_until_s = (reader.info.duration_s or 0.0) if reader.info.audio else 0.0

    # --- where it goes on

    def follow(self, picture: Picture | None) -> None:
        """Go on from this picture; it does not follow in time."""
        self.tail, self._next, self.ended = picture, None, False
        self._gauge.jumped()

    def begin(self, at_s: float) -> None:
        """Let time run from ``at_s`` as soon as the next picture is there."""
        self._start_s = at_s
        self._clock.pause()
        self._clock.jump(at_s)

    def halt(self) -> None:
        """Let time stand still; what is heard belongs to the place that is left."""
        self._clock.pause()
        self._start_s = None

    def end(self) -> None:
        """Nothing plays any more."""
        self._gauge.reset()

    def change_speed(self, speed: float) -> None:
        """Let time run so fast from this moment on, where it does not wait for the decoder."""
        self._gauge.jumped()
        if self._start_s is None:
            self._clock.start(self._clock.now(), speed)

    # --- when

    def due_in_s(self) -> float | None:
        """For how many real seconds nothing is due; None: there is no picture to go on from."""
        if self.tail is None:
            return None
        gap = self.gap()
        return max(self._unseen_s(), self.left_s()) if gap is None else gap.wait_s

    def left_s(self) -> float:
        """In how many real seconds the next thing happens; not above 0: now."""
        if self._next is None and not self.ended:
            return 0.0
        return (self._due_s() - self._clock.now()) / self._stage.state.speed

    def gap(self) -> Gap | None:
        """The stretch without picture and sound in which playing is."""
        if self._start_s is not None or (self._next is None and not self.ended):
            return None
        silence: TimeSpan | None = WHOLE
        if self._reader.info.audio:
            silence = None if self._sound is None else self._sound.silence
        return gap_ahead(
            self._clock.now(), self._due_s(), self._stage.state.speed,
            stood_s=self._stage.now() - self._stage.since, silence=silence,
        )  # fmt: skip

    def loop_ahead(self) -> TimeSpan | None:
        """The stretch to be repeated, where playing is before its end."""
        if self.loop is None or self.tail is None or self._stage.state.speed < 0:
            return None
        return self.loop if self.tail.time_s < self.loop.end_s else None

    def entered_s(self, picture: Picture) -> float:
        """The shown time at which playing comes to a picture: going back, its end."""
        forward = self._stage.state.speed > 0
        return picture.time_s if forward else picture.time_s + float(picture.duration or 0)

    def _due_s(self) -> float:
        """The shown time at which the next thing happens."""
        assert self.tail is not None
        if self._stage.state.speed < 0:
            return self.tail.time_s
        loop = self.loop_ahead()
        end_s = math.inf if loop is None else loop.end_s
        if self._next is not None:
            return min(self._next.time_s, end_s)
        last_s = self.tail.time_s + float(self.tail.duration or 0)
        if self.ended and self._sound is not None:
            last_s = max(last_s, min(self._sound.ends_s, self.sounds_until_s))
        return min(last_s, end_s)

    def _unseen_s(self) -> float:
        """How long the next picture waits for the one before it to be looked at: less than that one's time.

        One that came late would else be replaced before anybody has seen it.
        """
        shown, stage = self._stage.picture, self._stage
        if self._next is None or shown is None or shown.duration is None:
            return 0.0
        seen = stage.screen.taken()
        share, longest_s = (_SEEN_SHARE, _LONGEST_SEEN_S) if seen else (_UNSEEN_SHARE, _LONGEST_UNSEEN_S)
        share_s = share * float(shown.duration) / abs(stage.state.speed)
        return max(0.0, stage.since + min(longest_s, share_s) - stage.now())

    def _late_s(self, picture: Picture) -> float:
        """For how much of the file's time a picture should have been seen already."""
        passed_s = self._clock.now() - self.entered_s(picture)
        return passed_s if self._stage.state.speed > 0 else -passed_s

    # --- what is due

    def leave_out(self, gap: Gap) -> None:
        """Go on behind a gap."""
        state = self._stage.state
        left_out_s = state.left_out_s + abs(gap.ends_s - self._clock.now())
        self._clock.start(gap.ends_s, state.speed)
        self._gauge.jumped()
        self._stage.tell(dataclasses.replace(state, left_out_s=left_out_s))

    def move_on(self, cancel: CancelToken) -> None:
        """Take the next picture, or show the one that was taken."""
        assert self.tail is not None
        if self._next is not None:
            picture, self._next = self._next, None
            self.tail = picture
            self._show_or_drop(picture)
            return
        forward = self._stage.state.speed > 0
        move = self._reader.next_frame if forward else self._reader.previous_frame
        self._next = move(self.tail, cancel=cancel)
        if self._next is None:
            self._finish_last(self.tail)
        elif self._start_s is not None or self._late_s(self._next) < 0:
            self._stage.projector.prepare(self._next, self._stage.generation)
        self._start_clock()

    def _start_clock(self) -> None:
        """Let time run, where it waits for the decoder."""
        start_s, self._start_s = self._start_s, None
        if start_s is not None:
            self._clock.start(start_s, self._stage.state.speed)

    def _finish_last(self, tail: Picture) -> None:
        """The last picture stays for its time; it is shown even where it came too late before."""
        self.ended = True
        if tail is not self._stage.picture:
            self._count_drops(-1)
            self._stage.show(tail)

    def _show_or_drop(self, picture: Picture) -> None:
        late_s, speed = self._late_s(picture), abs(self._stage.state.speed)
        late = picture.duration is not None and late_s >= max(float(picture.duration), _UNNOTICED_S * speed)
        if late and self._time_waits():
            self._wait_for(picture)
            late = False
        stands_s = self._stage.now() - self._stage.since
        if late and stands_s < _LONGEST_STANDSTILL_S and not self._drops_in_vain(self._drops):
            self._drops += 1
            self._count_drops(1)
            self._stage.projector.leave_out(picture)
            return
        drops, self._drops = self._drops, 0
        if late_s > _LARGEST_LAG_S * speed or (late and self._drops_in_vain(drops)):
            self._wait_for(picture)
        self._show(picture, late=late)

    def _show(self, picture: Picture, *, late: bool) -> None:
        """Show a picture, and tell how fast it really plays; a late one tells what was dropped before it."""
        stage = self._stage
        stage.show(picture)
        self._gauge.shown(self.entered_s(picture), stage.since, stage.state.speed)
        if late or self._gauge.reached != stage.state.reached:
            stage.state = dataclasses.replace(stage.state, reached=self._gauge.reached)
            stage.screen.state_changed(stage.state)

    def _count_drops(self, more: int) -> None:
        """Told with the next picture that is shown."""
        state = self._stage.state
        self._stage.state = dataclasses.replace(state, dropped=state.dropped + more)

    def _time_waits(self) -> bool:
        """Whether a late picture is waited for rather than dropped."""
        return not self.sounds_until_s and abs(self._stage.state.speed) <= 1

    def _drops_in_vain(self, drops: int) -> bool:
        """Whether it is time to play slower: what is heard must not stumble for what is seen."""
        return drops >= _DROPS_THAT_HELP and not self.sounds_until_s

    def _wait_for(self, picture: Picture) -> None:
        """Let time go on from a picture that came late."""
        self._clock.start(self.entered_s(picture), self._stage.state.speed)
        self._gauge.waited()
