"""What the window sees of the player: the picture that is shown, and how it moves. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.workers.notices import PlaybackState
from app.workers.player_needs import Screen
from app.workers.projector import Projector
from app.workers.spare_time import SpareTime

if TYPE_CHECKING:
    from app.media.picture import Picture


class Stage:
    """Shows pictures and tells of the state. One thread only.

    Attributes:
        screen: where it becomes visible.
        projector: who converts pictures for it.
        picture: the one that is shown; None where none is.
        since: when it was shown, real seconds.
        count: how many pictures were shown so far.
        generation: of what is shown from now on.
        state: how the picture moves. What changes with ``tell`` is told at once, else with the next change.
        spare: the time left beside showing.
        now: real seconds.
    """

    def __init__(self, screen: Screen, projector: Projector, now: Callable[[], float]) -> None:
        self.screen = screen
        self.projector = projector
        self.now = now
        self.spare = SpareTime(now)
        self.picture: Picture | None = None
        self.since = 0.0
        self.count = 0
        self.generation = 0
        self.state = PlaybackState()

    def show(self, picture: Picture, *, moves_on: bool = False) -> None:
        """Show a picture; ``moves_on``: though nothing plays, another one will follow soon."""
        playing = self.state.playing
        frame = self.projector.for_screen(picture, self.generation, keep=not playing)
        self.picture, self.since = picture, self.now()
        self.count += 1
        self.spare.shown(wanted=not playing or self.state.speed < 0, moves_on=playing or moves_on)
        self.screen.show(frame)
        self.projector.show_live(picture, self.generation)

    def give_full(self) -> None:
        """Hand out the picture shown at its full size."""
        self.projector.give_full(self.picture, self.generation)

    def clear(self) -> None:
        """Show nothing any more; what is on the screen stays until something else comes."""
        self.picture = None
        self.spare.wanted = False

    def tell(self, state: PlaybackState) -> None:
        """Say how the picture moves now, where that changed."""
        if state != self.state:
            self.state = state
            self.screen.state_changed(state)
