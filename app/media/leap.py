"""The shortest exact way to a picture: decode only what it leans on, and let the rest pass by.

Pictures that no other refers to are skipped by the decoder where they come before the wanted one. Which one
is wanted is known from the packets before anything is decoded, so only that one is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.media.picture import Picture
from app.media.seeking import Target, places_before

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken
    from app.media.playhead import Playhead

_REORDERED = 16
"""No standard lets a packet come after more than so many that are shown later: then it is not there."""

_READ_AHEAD = 2 * _REORDERED
"""Packets read before the first of them is decoded: mostly enough to be sure of the wanted one by then."""


@dataclass(frozen=True, slots=True)
class Leapt:
    """Where a leap has landed.

    Attributes:
        picture: what is shown at the target.
        until: pts of the packet that is shown next, None after the last one. That it holds a picture is
            likely, not certain: it was not decoded.
    """

    picture: Picture
    until: int | None


def leap_before(
    head: Playhead, target: Target, cancel: CancelToken | None = None, *, go_on: bool
) -> Leapt | None:
    """Go to a keyframe before ``target`` and on to what is shown then; None where that needs the long way.

    With ``go_on`` the next pictures of ``head`` are those that follow; without, the picture comes sooner but
    ``head`` is astray. It is also astray after None.

    Raises:
        CancelledError: asked to stop; ``head`` is astray.
        DamageMetError: as ``Playhead.next``.
    """
    for _ in places_before(head, target.tick):
        found = leap(head, target, cancel, go_on=go_on)
        if found is not None or head.decoder.landed or not head.decoder.can_leap:
            return found
    return None


def leap(head: Playhead, target: Target, cancel: CancelToken | None = None, *, go_on: bool) -> Leapt | None:
    """Go on from where ``head`` is; else as ``leap_before``. ``target`` lies behind all that was decoded."""
    scout = _Scout(head, target)
    begun = head.decoder.landed
    wanted_fed = scout.best if scout.goes_on else None
    while True:
        scout.look_ahead(cancel)
        packet = None if scout.lost else head.take_packet(cancel)
        if packet is None:
            return None
        if not begun and not packet.is_keyframe:
            continue
        begun = True
        head.decoder.decode(packet, references_only=packet.pts is not None and packet.pts < scout.best)
        if packet.pts == scout.best:
            wanted_fed = scout.best
        if not scout.decided:
            head.decoder.drop_before(scout.best)
            if not head.decoder.can_leap:
                return None
            continue
        if not go_on and wanted_fed == scout.best:
            head.decoder.drain()
        picture = head.decoder.find(scout.best)
        if picture is not None:
            return Leapt(picture, scout.until) if head.decoder.can_leap else None
        if head.decoder.has_passed(scout.best) or head.decoder.drained or not head.decoder.can_leap:
            return None


class _Scout:
    """Reads ahead, to know which picture is shown at a time before it is decoded.

    Attributes:
        best: highest pts seen that has begun by then.
        until: lowest pts seen that has not.
        decided: whether nothing that comes later changes them.
        goes_on: whether the best one so far was decoded before.
        lost: whether there is no telling: packets without pts, or none that has begun by then.
    """

    def __init__(self, head: Playhead, target: Target) -> None:
        self._head, self._target = head, target
        self._later = 0
        self._found = False
        self._ended = False
        self._without_pts = False
        self.best = 0
        self.until: int | None = None
        fed = head.decoder.newest_fed
        self.goes_on = head.decoder.landed and fed is not None and target.reached(fed)
        if self.goes_on and fed is not None:
            # It may be shown behind all that is still to come, and not be put out yet.
            self.best, self._found = fed, True
        for packet in head.packets.ahead:
            self._judge(packet)

    @property
    def decided(self) -> bool:
        return self._ended or self._later >= _REORDERED

    @property
    def lost(self) -> bool:
        return self._without_pts or not self._found

    def look_ahead(self, cancel: CancelToken | None) -> None:
        """Read until it is decided, but no further ahead than is worth it."""
        while not self.decided and len(self._head.packets.ahead) <= _READ_AHEAD:
            packet = self._head.packets.peek(cancel)
            if packet is None:
                self._ended = True
            else:
                self._judge(packet)

    def _judge(self, packet: Packet[VideoStream]) -> None:
        if not packet.size:
            self._ended = True
        elif packet.pts is None:
            self._without_pts = True
        elif packet.is_discard:
            return
        elif not self._target.reached(packet.pts):
            self._later += 1
            self.until = packet.pts if self.until is None else min(self.until, packet.pts)
        else:
            self._later = 0
            self.best = max(self.best, packet.pts) if self._found else packet.pts
            self._found = True
