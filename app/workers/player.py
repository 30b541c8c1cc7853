"""One open video and its playhead: where to go, what to show, when. Free of Qt; one thread only."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError, ReelscopeError
from app.core.results import MediaInfo
from app.core.time import WHOLE, TimeSpan
from app.media.file_status import status_of
from app.workers.gap import Gap, gap_ahead
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.orders import CloseOrder, OpenOrder, Orders, SeekOrder
from app.workers.player_needs import Clock, PictureConverter, Reader, Screen, Sound
from app.workers.precedence import let_decoders_yield
from app.workers.prepared_frames import PreparedFrames
from app.workers.projector import Projector
from app.workers.shown_frames import ShownFrames
from app.workers.speed_gauge import SpeedGauge

if TYPE_CHECKING:
    from app.media.picture import Picture

SLOWEST, FASTEST = 0.25, 4.0
"""Limits of the playing speed."""

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
_SPARE_S = 0.01
"""With more time than this until something is due, a picture that may be wanted can be decoded."""
_REST_S = 0.15
"""After a seek nothing is prepared for so long: the next one would have to wait for it to let go."""
_LONGEST_IDLE_S = 3600.0
"""Damaged times may lie further ahead than a thread can be told to wait."""
_MOMENT_S = 0.001
_UNTAKEN_S = 0.25
"""How long a step waits for the step before it to be seen."""


class Player:
    """Carries out orders, and shows what is due."""

    def __init__(
        self,
        screen: Screen,
        *,
        open_reader: Callable[[Path, int], Reader],
        make_converter: Callable[[], PictureConverter],
        clock: Clock,
        sound: Sound | None = None,
        shown_frames: ShownFrames | None = None,
        prepared: PreparedFrames | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._open_reader = open_reader
        self._shown_frames = shown_frames or ShownFrames()
        self._projector = Projector(screen, make_converter, self._shown_frames, prepared)
        self._clock = clock
        self._sound = sound
        self._loop: TimeSpan | None = None
        # The length of a file that has sound only, which is played without pictures; None: another file.
        self._listening_s: float | None = None
        self._listened_from_s = 0.0
        # Where playing goes on: a picture may be shown for long.
        self._place_s = 0.0
        # The sound of a film may go on behind its last picture, at most until then.
        self._sounds_until_s = 0.0
        self._now = now
        self._reader: Reader | None = None
        self._shown: Picture | None = None
        self._tail: Picture | None = None
        self._next: Picture | None = None
        self._ended = False
        self._steps = 0
        self._shown_at = 0.0
        self._drops = 0
        self._gauge = SpeedGauge()
        # Where the clock starts once the picture after that is there: decoders take a while to fill.
        self._start_s: float | None = None
        self._starved = False
        self._up_to_date = True
        self._preparing = False
        self._prepare_at = 0.0
        self._generation = 0
        self._state = PlaybackState()

    def close(self) -> None:
        """Give the file back; nothing of it is heard any more."""
        self._clock.pause()
        self._start_s = None
        reader, self._reader = self._reader, None
        self._shown = self._tail = self._next = None
        self._preparing = False
        if reader is not None:
            reader.close()

    def obey(self, orders: Orders) -> None:
        """Carry out a batch of orders; what a newer one makes pointless is left unfinished."""
        self._up_to_date = not orders.again
        try:
            if orders.close is not None:
                self._leave(orders.close)
            if orders.open is not None:
                self._open(orders.open, orders)
            if orders.loop is not None:
                self._loop = orders.loop.span
            if orders.speed is not None:
                self._set_speed(orders.speed)
            if orders.playing is not None:
                self._set_playing(orders)
            if orders.seek is not None:
                self._seek(orders.seek, orders)
            if orders.steps:
                self._pause()
                self._steps += orders.steps
            if not self._up_to_date and self._shown is not None:
                self._show(self._shown)
            if self._screen.wants_full():
                self._projector.give_full(self._shown, self._generation)
        except CancelledError:
            return
        except ReelscopeError as error:
            self._fail(error)

    def idle_s(self) -> float | None:
        """For how long there is nothing to do; None: until the next order."""
        due_s = self._due_in_s()
        if not self._preparing or (due_s is not None and due_s <= _SPARE_S):
            return due_s
        rest_s = self._prepare_at - self._now()
        # Clocks that are far on cannot move by as little as is left then.
        rest_s = 0.0 if rest_s < _MOMENT_S else rest_s
        return rest_s if due_s is None else min(rest_s, due_s)

    def _due_in_s(self) -> float | None:
        """For how long nothing is due; None: until the next order."""
        if self._steps:
            return 0.0 if self._screen.taken() else max(0.0, self._shown_at + _UNTAKEN_S - self._now())
        if not self._state.playing or (self._tail is None and self._listening_s is None):
            return None
        gap = self._gap()
        idle_s = max(self._unseen_s(), self._left_s()) if gap is None else gap.wait_s
        return min(idle_s, _LONGEST_IDLE_S) if math.isfinite(idle_s) else None

    def _unseen_s(self) -> float:
        """How long the next picture waits for the one before it to be looked at: less than that one's time.

        One that came late would else be replaced before anybody has seen it.
        """
        shown, waits = self._shown, self._next is not None
        if not waits or shown is None or shown.duration is None:
            return 0.0
        seen = self._screen.taken()
        share, longest_s = (_SEEN_SHARE, _LONGEST_SEEN_S) if seen else (_UNSEEN_SHARE, _LONGEST_UNSEEN_S)
        share_s = share * float(shown.duration) / abs(self._state.speed)
        return max(0.0, self._shown_at + min(longest_s, share_s) - self._now())

    def advance(self, cancel: CancelToken) -> None:
        """Do what is due: a step, or the next picture of playing."""
        try:
            if self.idle_s() != 0.0:
                return
            if self._due_in_s() != 0.0:
                self._prepare(cancel)
            elif self._steps:
                self._step(cancel)
            elif self._state.playing:
                self._play_on(cancel)
        except CancelledError:
            return
        except ReelscopeError as error:
            self._fail(error)

    def _prepare(self, cancel: CancelToken) -> None:
        """Use spare time so that going back will not wait."""
        around = self._tail or self._shown
        self._preparing = False
        if self._reader is not None and around is not None:
            self._preparing = self._reader.prepare(around, cancel=cancel)

    # --- going somewhere ---

    def _open(self, order: OpenOrder, orders: Orders) -> None:
        self._let_go(order.generation)
        status = status_of(order.path)
        try:
            reader = self._open_reader(order.path, order.video_track)
        except MediaError:
            info = _sound_only(order)
            if info is None:
                raise
            self._listening_s = math.inf if info.duration_s is None else info.duration_s
            self._clock.jump(0.0)
            self._tell_sound(order.path, info)
            self._screen.opened(VideoOpened(info, order.generation, status))
            return
        let_decoders_yield()
        self._reader = reader
        self._sounds_until_s = (reader.info.duration_s or 0.0) if reader.info.audio else 0.0
        self._tell_sound(order.path, reader.info)
        self._screen.opened(VideoOpened(reader.info, order.generation, status))
        if orders.seek is None and not self._screen.newer_waits():
            self._go_to(reader.frame_at(0.0, cancel=orders.until_other_file))
            # Most play it next.
            self._prepare_at = self._now()

    def _tell_sound(self, path: Path, info: MediaInfo) -> None:
        if self._sound is not None:
            self._sound.open(path, has_sound=bool(info.audio))

    def _leave(self, order: CloseOrder) -> None:
        self._let_go(order.generation)
        self._projector.forget()
        self._screen.clear()

    def _let_go(self, generation: int) -> None:
        self.close()
        self._generation = generation
        self._projector.forget_pictures()
        self._shown_frames.clear(generation)
        self._gauge.reset()
        self._steps, self._starved, self._ended = 0, False, False
        self._loop = self._listening_s = None
        self._place_s = self._sounds_until_s = 0.0
        self._change(PlaybackState(speed=abs(self._state.speed)))

    def _seek(self, order: SeekOrder, orders: Orders) -> None:
        self._generation = order.generation
        self._steps = 0
        if self._listening_s is not None:
            self._listened_from_s = min(max(0.0, order.time_s), self._listening_s)
            self._clock.jump(self._listened_from_s)
            self._change(dataclasses.replace(self._state, at_end=False))
        reader = self._reader
        if reader is None:
            return
        if self._state.playing:
            # What is heard belongs to the place that is left.
            self._clock.pause()
            self._start_s = None
        # A burst of exact seeks would show nothing until it ends: the ones that were let go leave a debt.
        if not order.exact or self._starved:
            self._go_to(reader.preview_at(order.time_s, cancel=orders.until_other_file), preview=True)
            self._starved = False
            if self._screen.newer_waits():
                return
        self._starved = order.exact
        playing = self._state.playing
        picture = reader.frame_at(order.time_s, cancel=orders.until_newer, going_on=playing)
        self._go_to(picture, order.time_s)
        self._starved = False

    def _go_to(self, picture: Picture, at_s: float | None = None, *, preview: bool = False) -> None:
        """Show a picture; playing goes on at its beginning, or at ``at_s`` where that lies within it."""
        self._tail, self._next, self._ended = picture, None, False
        at_s = picture.time_s if at_s is None else at_s
        # What is found for a time behind its end is the last one, and sound may go on.
        behind = _within(picture, at_s) < at_s <= self._sounds_until_s
        self._place_s = at_s if behind else _within(picture, at_s)
        if self._state.playing and not preview:
            self._start_s = self._place_s if self._state.speed > 0 else self._entered_s(picture)
            self._clock.pause()
            self._clock.jump(self._start_s)
        self._gauge.jumped()
        self._show(picture)
        self._change(dataclasses.replace(self._state, at_end=False))

    def _step(self, cancel: CancelToken) -> None:
        reader, shown = self._reader, self._shown
        if reader is None or shown is None:
            self._steps = 0
            return
        forward = self._steps > 0
        move = reader.next_frame if forward else reader.previous_frame
        picture = move(shown, cancel=cancel)
        if picture is None:
            self._steps = 0
            self._change(dataclasses.replace(self._state, at_end=forward))
            return
        self._go_to(picture)
        self._steps -= 1 if forward else -1

    # --- playing ---

    def _set_speed(self, speed: float) -> None:
        speed = math.copysign(min(max(abs(speed), SLOWEST), FASTEST), speed)
        turned = (speed > 0) != (self._state.speed > 0)
        self._gauge.jumped()
        if turned:
            self._tail, self._next, self._ended = self._shown, None, False
        if self._state.playing and speed != self._state.speed and self._start_s is None:
            self._clock.start(self._clock.now(), speed)
        at_end = self._state.at_end and not turned
        self._change(dataclasses.replace(self._state, speed=speed, at_end=at_end))

    def _set_playing(self, orders: Orders) -> None:
        if not orders.playing:
            self._pause()
        elif self._state.playing:
            return
        elif self._listening_s is not None:
            if self._state.at_end and orders.seek is None:
                self._clock.jump(0.0)
            self._change(dataclasses.replace(self._state, playing=True, at_end=False))
            self._listened_from_s = self._clock.now()
            self._clock.start(None, self._state.speed)
        elif self._reader is not None:
            self._steps = 0
            picture, place_s = self._shown, self._place_s
            if self._state.at_end and orders.seek is None:
                picture = self._reader.frame_at(0.0, cancel=orders.until_other_file, going_on=True)
                place_s = picture.time_s
            self._change(dataclasses.replace(self._state, playing=True, at_end=False))
            # Nothing is to be heard of a place that is left at once.
            if picture is not None and orders.seek is None:
                self._go_to(picture, place_s)

    def _pause(self, *, at_end: bool = False) -> None:
        """Stop; playing goes forward again the next time."""
        if self._state.playing:
            self._clock.pause()
            self._start_s = None
            self._place_s = self._clock.now()
            if not self._ended and self._shown is not None:
                self._place_s = _within(self._shown, self._place_s)
            speed = abs(self._state.speed)
            if self._state.speed < 0:
                self._tail, self._next, self._ended = self._shown, None, False
            self._gauge.reset()
            paused = dataclasses.replace(self._state, playing=False, at_end=at_end, speed=speed, reached=1.0)
            self._change(paused)

    def _play_on(self, cancel: CancelToken) -> None:
        # Sound may have come to life in a gap since this was due.
        gap = self._gap()
        if gap is not None and not gap.wait_s:
            self._leave_out(gap)
        elif self._left_s() <= 0:
            self._do_what_is_due(cancel)

    def _do_what_is_due(self, cancel: CancelToken) -> None:
        loop = self._loop_ahead()
        over = self._ended or self._listening_s is not None
        if loop is not None and (over or self._clock.now() >= loop.end_s):
            self._play_again(loop, cancel)
        elif self._listening_s is not None:
            self._pause(at_end=self._state.speed > 0)
        elif self._reader is not None and self._tail is not None:
            self._next_or_show(self._reader, self._tail, cancel)

    def _gap(self) -> Gap | None:
        """The stretch without picture and sound in which playing is."""
        reader = self._reader
        if reader is None or self._start_s is not None or (self._next is None and not self._ended):
            return None
        silence: TimeSpan | None = WHOLE
        if reader.info.audio:
            silence = None if self._sound is None else self._sound.silence
        return gap_ahead(
            self._clock.now(), self._due_s(), self._state.speed,
            stood_s=self._now() - self._shown_at, silence=silence,
        )  # fmt: skip

    def _leave_out(self, gap: Gap) -> None:
        left_out_s = self._state.left_out_s + abs(gap.ends_s - self._clock.now())
        self._clock.start(gap.ends_s, self._state.speed)
        self._gauge.jumped()
        self._change(dataclasses.replace(self._state, left_out_s=left_out_s))

    def _play_again(self, loop: TimeSpan, cancel: CancelToken) -> None:
        if self._listening_s is not None:
            self._listened_from_s = loop.start_s
            self._clock.start(loop.start_s, self._state.speed)
        elif self._reader is not None:
            # What is heard meanwhile lies behind the stretch.
            self._clock.pause()
            picture = self._reader.frame_at(loop.start_s, cancel=cancel, going_on=True)
            self._go_to(picture, loop.start_s)

    def _next_or_show(self, reader: Reader, tail: Picture, cancel: CancelToken) -> None:
        if self._ended:
            self._pause(at_end=self._state.speed > 0)
        elif self._next is None:
            move = reader.next_frame if self._state.speed > 0 else reader.previous_frame
            self._next = move(tail, cancel=cancel)
            if self._next is None:
                self._finish_last(tail)
            elif self._start_s is not None or self._late_s(self._next) < 0:
                self._projector.prepare(self._next, self._generation)
            self._start_clock()
        else:
            picture, self._next = self._next, None
            self._tail = picture
            self._show_or_drop(picture)

    def _show_or_drop(self, picture: Picture) -> None:
        late_s = self._late_s(picture)
        unnoticed_s = _UNNOTICED_S * abs(self._state.speed)
        late = picture.duration is not None and late_s >= max(float(picture.duration), unnoticed_s)
        if late and self._time_waits():
            self._wait_for(picture)
            late = False
        stands_s = self._now() - self._shown_at
        if late and stands_s < _LONGEST_STANDSTILL_S and not self._drops_in_vain(self._drops):
            self._state = dataclasses.replace(self._state, dropped=self._state.dropped + 1)
            self._drops += 1
            self._projector.leave_out(picture)
            return
        drops, self._drops = self._drops, 0
        if late_s > _LARGEST_LAG_S * abs(self._state.speed) or (late and self._drops_in_vain(drops)):
            self._wait_for(picture)
        self._show(picture)
        self._gauge.shown(self._entered_s(picture), self._shown_at, self._state.speed)
        if late or self._gauge.reached != self._state.reached:
            self._state = dataclasses.replace(self._state, reached=self._gauge.reached)
            self._screen.state_changed(self._state)

    def _wait_for(self, picture: Picture) -> None:
        """Let time go on from a picture that came late."""
        self._clock.start(self._entered_s(picture), self._state.speed)
        self._gauge.waited()

    def _time_waits(self) -> bool:
        """Whether a late picture is waited for rather than dropped."""
        return not self._sounds_until_s and abs(self._state.speed) <= 1

    def _drops_in_vain(self, drops: int) -> bool:
        """Whether it is time to play slower: what is heard must not stumble for what is seen."""
        return drops >= _DROPS_THAT_HELP and not self._sounds_until_s

    def _start_clock(self) -> None:
        """Let time run, where it waits for the decoder."""
        start_s, self._start_s = self._start_s, None
        if start_s is not None:
            self._clock.start(start_s, self._state.speed)

    def _finish_last(self, tail: Picture) -> None:
        """The last picture stays for its time; it is shown even where it came too late before."""
        self._ended = True
        if tail is not self._shown:
            self._state = dataclasses.replace(self._state, dropped=self._state.dropped - 1)
            self._show(tail)

    def _entered_s(self, picture: Picture) -> float:
        """The shown time at which playing comes to a picture: going back, its end."""
        return picture.time_s if self._state.speed > 0 else picture.time_s + float(picture.duration or 0)

    def _late_s(self, picture: Picture) -> float:
        """For how much of the file's time a picture should have been seen already."""
        passed_s = self._clock.now() - self._entered_s(picture)
        return passed_s if self._state.speed > 0 else -passed_s

    def _loop_ahead(self) -> TimeSpan | None:
        """The stretch to be repeated, where playing is before its end."""
        loop = self._loop
        if loop is None or self._state.speed < 0:
            return None
        at_s = self._listened_from_s if self._tail is None else self._tail.time_s
        return loop if at_s < loop.end_s else None

    def _left_s(self) -> float:
        """In how many real seconds the next thing happens while playing; not above 0: now."""
        if self._listening_s is None and self._next is None and not self._ended:
            return 0.0
        return (self._due_s() - self._clock.now()) / self._state.speed

    def _due_s(self) -> float:
        """The shown time at which the next thing happens while playing."""
        loop = self._loop_ahead()
        end_s = math.inf if loop is None else loop.end_s
        if self._listening_s is not None:
            return 0.0 if self._state.speed < 0 else min(self._listening_s, end_s)
        assert self._tail is not None
        if self._state.speed < 0:
            return self._tail.time_s
        if self._next is not None:
            return min(self._next.time_s, end_s)
        last_s = self._tail.time_s + float(self._tail.duration or 0)
        if self._ended and self._sound is not None:
            last_s = max(last_s, min(self._sound.ends_s, self._sounds_until_s))
        return min(last_s, end_s)

    # --- showing ---

    def _show(self, picture: Picture) -> None:
        playing = self._state.playing
        frame = self._projector.for_screen(picture, self._generation, keep=not playing)
        self._shown, self._shown_at, self._up_to_date = picture, self._now(), True
        self._preparing = not playing or self._state.speed < 0
        moves_on = playing or self._steps != 0
        self._prepare_at = self._shown_at + (0.0 if moves_on else _REST_S)
        self._screen.show(frame)
        self._projector.show_live(picture, self._generation)

    def _change(self, state: PlaybackState) -> None:
        if state != self._state:
            self._state = state
            self._screen.state_changed(state)

    def _fail(self, error: ReelscopeError) -> None:
        self._steps = 0
        self._pause()
        self._screen.failed(OpenFailed(str(error), self._generation))


def _within(picture: Picture, at_s: float) -> float:
    """The shown time nearest to ``at_s`` for which a picture stands."""
    return min(max(at_s, picture.time_s), picture.time_s + float(picture.duration or 0))


def _sound_only(order: OpenOrder) -> MediaInfo | None:
    """What the file is where it opens and has no video; None where that is not what is wrong with it."""
    from app.media.description import describe
    from app.media.opening import open_media

    try:
        with open_media(order.path) as container:
            info = describe(container, order.path, video_track=0)
    except ReelscopeError:
        return None
    return info if info.video is None and info.audio else None
