"""Which packets must be decoded for the pictures that are wanted, and which may pass by."""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.media.shown_order import REORDERED

_P = TypeVar("_P")

_MAX_WAITING = 600
_MAX_WAITING_BYTES = 48 * 2**20
"""Packets that may wait for the next keyframe, to learn whether anything before it is wanted. Groups of
pictures that are longer are decoded, unless the picture wanted next is near."""


class Need(enum.Enum):
    """What is to be done with a packet."""

    SHOW = enum.auto()
    """Decode it: its picture is wanted."""
    LEAN_ON = enum.auto()
    """A wanted picture may refer to it."""
    NOTHING = enum.auto()
    """Nothing wanted needs it, nor anything else up to the next start."""


@dataclass(slots=True)
class Waiting(Generic[_P]):
    """A packet on its way to the decoder.

    Attributes:
        stamp: its time stamp, by which it is shown.
        starts: whether decoding can start there.
        wanted: whether its picture is; None as long as that is not known.
        size: bytes.
    """

    packet: _P
    stamp: int
    starts: bool
    wanted: bool | None
    size: int = 0


class PacketQueue(Generic[_P]):
    """Holds packets in decoding order until it is known what becomes of the first of them.

    A picture can be decoded once everything is from the last start on that is not shown after it. A start is
    shown before all that follows it, except for its leading pictures: they come right after it in the file
    and lean on what was before.
    """

    def __init__(self) -> None:
        self._queue: deque[Waiting[_P]] = deque()
        self._bytes = 0
        self._settled = 0
        self._needed = False

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, waiting: Waiting[_P]) -> None:
        """Put a packet behind the others."""
        self._queue.append(waiting)
        self._bytes += waiting.size

    def take(self, *, ended: bool) -> tuple[Waiting[_P], Need] | None:
        """Return the next packet and its fate; None: add more before that is certain, or there is none.

        Args:
            ended: no more will be added.
        """
        if not self._queue or not (self._settled or self._settle(ended=ended)):
            return None
        if self._queue[0].wanted is None:
            return None
        self._settled -= 1
        first = self._queue.popleft()
        self._bytes -= first.size
        if not self._needed:
            return first, Need.NOTHING
        return first, Need.SHOW if first.wanted else Need.LEAN_ON

    def _settle(self, *, ended: bool) -> bool:
        """Find out what becomes of the first packet, and of those behind it that share its fate."""
        start: tuple[int, int] | None = None
        later = 0
        for place, each in enumerate(self._queue):
            if start is not None:
                later += each.stamp > start[1]
                if each.starts or later >= REORDERED:
                    return self._decide(start[0], needed=False)
            elif place and each.starts:
                start = place, each.stamp
            if start is not None and each.stamp >= start[1]:
                continue
            if each.wanted is None:
                break
            if each.wanted:
                return self._decide(place + 1, needed=True)
        else:
            if ended and self._queue:
                return self._decide(start[0] if start else len(self._queue), needed=False)
        full = len(self._queue) >= _MAX_WAITING or self._bytes >= _MAX_WAITING_BYTES
        return full and self._decide(1, needed=True)

    def _decide(self, count: int, *, needed: bool) -> bool:
        self._settled, self._needed = count, needed
        return True
