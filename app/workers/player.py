"""Carries out what the window asks of the decoder: what to open, where to go, how to play. Free of Qt."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError, ReelscopeError
from app.core.results import MediaInfo
from app.media.file_status import status_of
from app.workers.film_playback import FilmPlayback
from app.workers.notices import OpenFailed, PlaybackState, VideoOpened
from app.workers.orders import CloseOrder, OpenOrder, Orders
from app.workers.player_needs import Clock, PictureConverter, Reader, Screen, Sound
from app.workers.precedence import let_decoders_yield
from app.workers.prepared_frames import PreparedFrames
from app.workers.projector import Projector
from app.workers.shown_frames import ShownFrames
from app.workers.sound_playback import SoundPlayback, info_of_sound
from app.workers.stage import Stage

SLOWEST, FASTEST = 0.25, 4.0
"""Limits of the playing speed."""

_LONGEST_IDLE_S = 3600.0
"""Damaged times may lie further ahead than a thread can be told to wait."""


class Player:
    """One file at a time, as film or as sound alone, and the orders for it. One thread only."""

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
        self._stage = Stage(screen, self._projector, now)
        self._clock = clock
        self._sound = sound
        self._playback: FilmPlayback | SoundPlayback | None = None

    def close(self) -> None:
        """Give the file back; nothing of it is heard any more."""
        self._clock.pause()
        self._stage.clear()
        playback, self._playback = self._playback, None
        if playback is not None:
            playback.close()

    def obey(self, orders: Orders) -> None:
        """Carry out a batch of orders; what a newer one makes pointless is left unfinished."""
        stage, count = self._stage, self._stage.count
        try:
            if orders.close is not None:
                self._leave(orders.close)
            if orders.open is not None:
                self._open(orders.open, orders)
            self._steer(orders)
            if orders.again and stage.count == count and stage.picture is not None:
                stage.show(stage.picture)
            if self._screen.wants_full():
                stage.give_full()
        except CancelledError:
            return
        except ReelscopeError as error:
            self._fail(error)

    def idle_s(self) -> float | None:
        """For how long there is nothing to do; None: until the next order."""
        return self._stage.spare.idle_s(self._due_in_s())

    def advance(self, cancel: CancelToken) -> None:
        """Do what is due: a step, or the next picture of playing; else use spare time."""
        playback = self._playback
        try:
            if playback is None or self.idle_s() != 0.0:
                return
            if self._due_in_s() == 0.0:
                playback.advance(cancel)
                return
            self._stage.spare.wanted = False
            self._stage.spare.wanted = playback.prepare(cancel)
        except CancelledError:
            return
        except ReelscopeError as error:
            self._fail(error)

    def _due_in_s(self) -> float | None:
        """For how long nothing is due; None: until the next order."""
        due_s = None if self._playback is None else self._playback.due_in_s()
        return None if due_s is None or not math.isfinite(due_s) else min(due_s, _LONGEST_IDLE_S)

    # --- which file

    def _open(self, order: OpenOrder, orders: Orders) -> None:
        self._let_go(order.generation)
        status = status_of(order.path)
        try:
            reader = self._open_reader(order.path, order.video_track)
        except MediaError:
            info = info_of_sound(order.path)
            if info is None:
                raise
            self._playback = SoundPlayback(info.duration_s, self._clock, self._stage)
            self._tell_sound(order.path, info)
            self._screen.opened(VideoOpened(info, order.generation, status))
            return
        let_decoders_yield()
        self._playback = film = FilmPlayback(reader, self._clock, self._sound, self._stage)
        self._tell_sound(order.path, reader.info)
        self._screen.opened(VideoOpened(reader.info, order.generation, status))
        if orders.seek is None and not self._screen.newer_waits():
            film.show_first(orders.until_other_file)

    def _tell_sound(self, path: Path, info: MediaInfo) -> None:
        if self._sound is not None:
            self._sound.open(path, has_sound=bool(info.audio))

    def _leave(self, order: CloseOrder) -> None:
        self._let_go(order.generation)
        self._projector.forget()
        self._screen.clear()

    def _let_go(self, generation: int) -> None:
        self.close()
        self._stage.generation = generation
        self._projector.forget_pictures()
        self._shown_frames.clear(generation)
        self._stage.tell(PlaybackState(speed=abs(self._stage.state.speed)))

    # --- what to do with it

    def _steer(self, orders: Orders) -> None:
        playback = self._playback
        if orders.loop is not None and playback is not None:
            playback.set_loop(orders.loop.span)
        if orders.speed is not None:
            self._set_speed(orders.speed)
        if orders.playing is not None and playback is not None:
            if not orders.playing:
                playback.pause()
            elif not self._stage.state.playing:
                playback.play(orders)
        if orders.seek is not None:
            self._stage.generation = orders.seek.generation
            if playback is not None:
                playback.seek(orders.seek, orders)
        if orders.steps and playback is not None:
            playback.pause()
            playback.step(orders.steps)

    def _set_speed(self, speed: float) -> None:
        speed = math.copysign(min(max(abs(speed), SLOWEST), FASTEST), speed)
        if self._playback is not None:
            self._playback.change_speed(speed)
        state = self._stage.state
        at_end = state.at_end and (speed > 0) == (state.speed > 0)
        self._stage.tell(dataclasses.replace(state, speed=speed, at_end=at_end))

    def _fail(self, error: ReelscopeError) -> None:
        if self._playback is not None:
            self._playback.stop()
        self._screen.failed(OpenFailed(str(error), self._stage.generation))
