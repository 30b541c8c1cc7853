"""What the window asks of the decoder: a mailbox in which a burst of wishes becomes one.

A newer place to go to replaces an older one and makes the running search let go; steps add up. Free of Qt.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.geometry import Size
from app.core.mailbox import MailboxClosedError
from app.core.time import TimeSpan


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Show another file, from its beginning."""

    path: Path
    video_track: int
    generation: int


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """Let the file go, show none."""

    generation: int


@dataclass(frozen=True, slots=True)
class SeekOrder:
    """Show the picture at ``time_s``; where it need not be ``exact`` at once, the nearest keyframe first."""

    time_s: float
    exact: bool
    generation: int


@dataclass(frozen=True, slots=True)
class LoopOrder:
    """Play this again and again; None: no more."""

    span: TimeSpan | None


@dataclass(frozen=True, slots=True)
class Orders:
    """What has gathered since the last look, in the order in which it is to be done.

    Attributes:
        open, seek: where to go.
        close: whether to let the file go; never beside another order to go somewhere.
        steps: pictures to go on (back, if negative), counted since that.
        playing, speed: how to go on; None leaves it.
        loop: what to play again and again; None leaves it.
        again: the picture shown has to be converted again.
        until_newer: cancelled by the next request for another place; for what that makes pointless.
        until_other_file: cancelled only by another file, none, or the end; for what must be shown even in a
            burst.
    """

    open: OpenOrder | None
    seek: SeekOrder | None
    steps: int
    playing: bool | None
    speed: float | None
    again: bool
    until_newer: CancelToken
    until_other_file: CancelToken
    close: CloseOrder | None = None
    loop: LoopOrder | None = None


class OrderBox:
    """Takes orders from any thread; one thread carries them out."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._generation = 0
        self._closed = False
        self._nudged = False
        self._view_size: Size | None = None
        self._until_newer = CancelToken()
        self._until_other_file = CancelToken()
        self._open: OpenOrder | None = None
        self._close: CloseOrder | None = None
        self._without_file = False
        self._seek: SeekOrder | None = None
        self._steps = 0
        self._playing: bool | None = None
        self._speed: float | None = None
        self._loop: LoopOrder | None = None
        self._again = False

    @property
    def generation(self) -> int:
        """Of the newest request for another place."""
        with self._condition:
            return self._generation

    @property
    def view_size(self) -> Size | None:
        """Within which size pictures are wanted, device pixels; None: as large as they are."""
        with self._condition:
            return self._view_size

    @property
    def newer_waits(self) -> bool:
        """Whether another place was asked for since the last look."""
        with self._condition:
            return self._goes_elsewhere()

    def open(self, path: Path, video_track: int) -> int:
        """Ask for a file; returns the generation of everything that will be shown of it."""
        with self._condition:
            self._generation += 1
            self._open = OpenOrder(path, video_track, self._generation)
            self._close, self._without_file = None, False
            self._seek, self._steps, self._loop = None, 0, None
            generation = self._tell()
            tokens = (self._until_newer, self._until_other_file)
        for token in tokens:
            token.cancel()
        return generation

    def close_file(self) -> int:
        """Ask to let the file go; until the next ``open`` there is nothing to go to, step in or play.

        Returns a generation above that of everything shown so far.
        """
        with self._condition:
            self._generation += 1
            self._close, self._without_file = CloseOrder(self._generation), True
            self._open = self._seek = self._playing = self._loop = None
            self._steps, self._again = 0, False
            generation = self._tell()
            tokens = (self._until_newer, self._until_other_file)
        for token in tokens:
            token.cancel()
        return generation

    def seek(self, time_s: float, *, exact: bool) -> int:
        """Ask for a time; returns the generation of what will be shown for it."""
        with self._condition:
            if self._without_file:
                return self._generation
            self._generation += 1
            self._seek = SeekOrder(time_s, exact, self._generation)
            self._steps = 0
            generation, token = self._tell(), self._until_newer
        token.cancel()
        return generation

    def step(self, count: int) -> None:
        """Ask for the picture ``count`` places on; calls add up."""
        with self._condition:
            if not self._without_file:
                self._steps += count
                self._tell()

    def set_playing(self, playing: bool) -> None:
        """Ask to play, which takes the place of steps that wait, or to pause."""
        with self._condition:
            if not self._without_file:
                self._playing = playing
                self._steps = 0 if playing else self._steps
                self._tell()

    def set_speed(self, speed: float) -> None:
        """Ask for another speed."""
        with self._condition:
            self._speed = speed
            self._tell()

    def set_loop(self, span: TimeSpan | None) -> None:
        """Ask to play a stretch again and again, or no more."""
        with self._condition:
            if not self._without_file:
                self._loop = LoopOrder(span)
                self._tell()

    def set_view_size(self, size: Size) -> None:
        """Ask for pictures of another size; the one shown comes again."""
        with self._condition:
            if size != self._view_size:
                self._view_size = size
                self._again = not self._without_file
                self._tell()

    def show_again(self) -> None:
        """Ask for the picture shown once more: somebody new wants to see it."""
        with self._condition:
            if not self._without_file:
                self._again = True
                self._tell()

    def nudge(self) -> None:
        """Let ``take`` return though there is no order."""
        with self._condition:
            self._nudged = True
            self._tell()

    def close(self) -> None:
        """Refuse more, and make whatever runs let go; repeated calls do nothing."""
        with self._condition:
            self._closed = True
            self._tell()
            tokens = (self._until_newer, self._until_other_file)
        for token in tokens:
            token.cancel()

    def take(self, timeout_s: float | None) -> Orders:
        """Wait for an order, a nudge or the time to pass, and take everything there is (maybe nothing).

        Raises:
            MailboxClosedError: closed, by ``close``.
        """
        with self._condition:
            self._condition.wait_for(self._anything, timeout_s)
            if self._closed:
                raise MailboxClosedError
            self._until_newer = CancelToken()
            if self._open is not None or self._close is not None:
                self._until_other_file = CancelToken()
            orders = Orders(
                self._open, self._seek, self._steps, self._playing, self._speed, self._again,
                self._until_newer, self._until_other_file, self._close, self._loop,
            )  # fmt: skip
            self._open = self._close = self._seek = self._playing = self._speed = self._loop = None
            self._steps, self._again, self._nudged = 0, False, False
            return orders

    def _anything(self) -> bool:
        waiting = (
            self._playing is not None
            or self._loop is not None
            or self._speed is not None
            or self._steps != 0
            or self._again
        )
        return waiting or self._goes_elsewhere() or self._nudged or self._closed

    def _goes_elsewhere(self) -> bool:
        file_changes = self._open is not None or self._close is not None
        return file_changes or self._seek is not None or self._closed

    def _tell(self) -> int:
        self._condition.notify_all()
        return self._generation
