"""One open video: where it is gone to, and how it plays. Free of Qt; one thread only."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.time import TimeSpan
from app.workers.orders import Orders, SeekOrder
from app.workers.pacing import Pacing
from app.workers.player_needs import Clock, Reader, Sound
from app.workers.stage import Stage

if TYPE_CHECKING:
    from app.media.picture import Picture

_UNTAKEN_S = 0.25
"""How long a step waits for the step before it to be seen."""


class FilmPlayback:
    """Goes to pictures and shows them; playing itself is left to ``Pacing``."""

    def __init__(self, reader: Reader, clock: Clock, sound: Sound | None, stage: Stage) -> None:
        self._reader, self._clock, self._stage = reader, clock, stage
        self._pacing = Pacing(reader, clock, sound, stage)
        # Where playing goes on: a picture may be shown for long.
        self._place_s = 0.0
        self._steps = 0
        # Whether an exact seek was let go before anything was shown for it.
        self._starved = False

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()

    # --- going somewhere

    def show_first(self, cancel: CancelToken) -> None:
        """Show the first picture; most play it next."""
        self._go_to(self._reader.frame_at(0.0, cancel=cancel))
        self._stage.spare.use_at_once()

    def seek(self, order: SeekOrder, orders: Orders) -> None:
        """Go to a time; where that need not be exact at once, the nearest keyframe comes first."""
        reader, screen = self._reader, self._stage.screen
        self._steps = 0
        if self._stage.state.playing:
            self._pacing.halt()
        # A burst of exact seeks would show nothing until it ends: the ones that were let go leave a debt.
        if not order.exact or self._starved:
            self._go_to(reader.preview_at(order.time_s, cancel=orders.until_other_file), preview=True)
            self._starved = False
            if screen.newer_waits():
                return
        self._starved = order.exact
        playing = self._stage.state.playing
        picture = reader.frame_at(order.time_s, cancel=orders.until_newer, going_on=playing)
        self._go_to(picture, order.time_s)
        self._starved = False

    def _go_to(self, picture: Picture, at_s: float | None = None, *, preview: bool = False) -> None:
        """Show a picture; playing goes on at its beginning, or at ``at_s`` where that lies within it."""
        pacing, stage = self._pacing, self._stage
        pacing.follow(picture)
        at_s = picture.time_s if at_s is None else at_s
        # What is found for a time behind its end is the last one, and sound may go on.
        behind = _within(picture, at_s) < at_s <= pacing.sounds_until_s
        self._place_s = at_s if behind else _within(picture, at_s)
        if stage.state.playing and not preview:
            pacing.begin(self._place_s if stage.state.speed > 0 else pacing.entered_s(picture))
        stage.show(picture, moves_on=self._steps != 0)
        stage.tell(dataclasses.replace(stage.state, at_end=False))

    def step(self, count: int) -> None:
        """Go so many pictures on, one after the other; calls add up."""
        self._steps += count

    def _step(self, cancel: CancelToken) -> None:
        shown = self._stage.picture
        if shown is None:
            self._steps = 0
            return
        forward = self._steps > 0
        move = self._reader.next_frame if forward else self._reader.previous_frame
        picture = move(shown, cancel=cancel)
        if picture is None:
            self._steps = 0
            self._stage.tell(dataclasses.replace(self._stage.state, at_end=forward))
            return
        self._go_to(picture)
        self._steps -= 1 if forward else -1

    def prepare(self, cancel: CancelToken) -> bool:
        """Do a little work, so that going back will not wait; False where none is left."""
        around = self._pacing.tail or self._stage.picture
        return around is not None and self._reader.prepare(around, cancel=cancel)

    # --- playing

    def play(self, orders: Orders) -> None:
        """Play on; from the beginning, where the end was reached."""
        stage = self._stage
        self._steps = 0
        picture, place_s = stage.picture, self._place_s
        if stage.state.at_end and orders.seek is None:
            picture = self._reader.frame_at(0.0, cancel=orders.until_other_file, going_on=True)
            place_s = picture.time_s
        stage.tell(dataclasses.replace(stage.state, playing=True, at_end=False))
        # Nothing is to be heard of a place that is left at once.
        if picture is not None and orders.seek is None:
            self._go_to(picture, place_s)

    def pause(self, *, at_end: bool = False) -> None:
        """Stop; playing goes forward again the next time."""
        pacing, stage = self._pacing, self._stage
        if not stage.state.playing:
            return
        pacing.halt()
        self._place_s = self._clock.now()
        if not pacing.ended and stage.picture is not None:
            self._place_s = _within(stage.picture, self._place_s)
        if stage.state.speed < 0:
            pacing.follow(stage.picture)
        pacing.end()
        speed = abs(stage.state.speed)
        stage.tell(dataclasses.replace(stage.state, playing=False, at_end=at_end, speed=speed, reached=1.0))

    def stop(self) -> None:
        """Stop, and go no further."""
        self._steps = 0
        self.pause()

    def set_loop(self, span: TimeSpan | None) -> None:
        """Play a stretch again and again, or no more."""
        self._pacing.loop = span

    def change_speed(self, speed: float) -> None:
        """Play so fast from this moment on; below zero: back."""
        state = self._stage.state
        if (speed > 0) != (state.speed > 0):
            self._pacing.follow(self._stage.picture)
        if state.playing and speed != state.speed:
            self._pacing.change_speed(speed)

    def due_in_s(self) -> float | None:
        """For how long nothing is due; None: until the next order."""
        stage = self._stage
        if self._steps:
            return 0.0 if stage.screen.taken() else max(0.0, stage.since + _UNTAKEN_S - stage.now())
        return self._pacing.due_in_s() if stage.state.playing else None

    def advance(self, cancel: CancelToken) -> None:
        """Do what is due: a step, or what playing asks for."""
        if self._steps:
            self._step(cancel)
            return
        pacing = self._pacing
        gap = pacing.gap()
        if gap is not None and not gap.wait_s:
            pacing.leave_out(gap)
        # Sound may have come to life in a gap since this was due.
        elif pacing.left_s() <= 0:
            self._play_on(cancel)

    def _play_on(self, cancel: CancelToken) -> None:
        pacing = self._pacing
        loop = pacing.loop_ahead()
        if loop is not None and (pacing.ended or self._clock.now() >= loop.end_s):
            # What is heard meanwhile lies behind the stretch.
            self._clock.pause()
            picture = self._reader.frame_at(loop.start_s, cancel=cancel, going_on=True)
            self._go_to(picture, loop.start_s)
        elif pacing.ended:
            self.pause(at_end=self._stage.state.speed > 0)
        else:
            pacing.move_on(cancel)


def _within(picture: Picture, at_s: float) -> float:
    """The shown time nearest to ``at_s`` for which a picture stands."""
    return min(max(at_s, picture.time_s), picture.time_s + float(picture.duration or 0))
