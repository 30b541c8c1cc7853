"""Where to begin decoding so that a wanted picture comes out as it would from the start of the file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.media.picture import Picture, PictureSource
from app.media.playhead import Playhead

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

_FIRST_STEP_S = Fraction(1)
"""How far the second step back goes; each later one doubles it."""

_USUAL_GOP_S = Fraction(1, 2)
"""How far before a target a keyframe is likely, in broadcasts and on discs."""

_MARGIN_S = Fraction(2)
"""How far packets run ahead of the pictures that they hold, at most: reordering and the decoder's threads."""


@dataclass(frozen=True, slots=True)
class Target:
    """A moment, to be compared with the pts of pictures.

    Attributes:
        tick: the last unit of the stream's clock that is not after it.
        reached: whether a picture with this pts has begun by then.
    """

    tick: int
    reached: Callable[[int], bool]

    @classmethod
    def at(cls, time_s: float | Fraction, source: PictureSource) -> Target:
        """A shown time, seconds from the container's start.

        A float means what ``Picture.time_s`` rounds to: the time_s of a picture names that picture.
        """
        base, start = source.time_base, source.start
        if isinstance(time_s, float):
            bounded = min(max(time_s, -_FAR_S), _FAR_S)
            tick = math.floor((Fraction(bounded) + start) / base)
            return cls(tick, lambda pts: float(pts * base - start) <= time_s)
        return cls(math.floor((time_s + start) / base), lambda pts: pts * base - start <= time_s)

    @classmethod
    def pts(cls, tick: int) -> Target:
        """The moment at which a picture with this pts begins."""
        return cls(tick, lambda pts: pts <= tick)


_FAR_S = 1e9


def land_before(head: Playhead, target: Target, cancel: CancelToken | None = None) -> Picture:
    """Move ``head`` to a picture that has begun by ``target`` and return it; all that follow are exact.

    Where the demuxer's own seek lands too late (its index knows decoding times only; or it has none and
    guesses), or no keyframe comes before the target, it goes further back in growing steps, at last to the
    start of the file. Then the first picture is returned, be it after the target.

    Raises:
        CancelledError: asked to stop.
        DecodeError: no picture can be decoded at all.
    """
    for _ in places_before(head, target.tick, resume=True):
        picture = head.land(target.tick + _ticks(head, _MARGIN_S), cancel)
        if picture is not None and target.reached(picture.pts):
            return picture
    head.restart()
    return head.first(cancel)


def keyframe_before(head: Playhead, target: Target, cancel: CancelToken | None = None) -> Picture:
    """Return a keyframe near ``target`` that has begun by then, quickly; ``head`` is astray after it.

    Raises:
        CancelledError: asked to stop.
        DecodeError: no picture can be decoded at all.
    """
    for _ in places_before(head, target.tick):
        picture = _next_keyframe(head, cancel)
        if picture is not None and target.reached(picture.pts):
            return picture
    head.restart()
    return head.first(cancel)


def _next_keyframe(head: Playhead, cancel: CancelToken | None) -> Picture | None:
    """Return the next keyframe without waiting until the decoder has all its threads busy."""
    decoder = head.decoder
    while (packet := head.take_packet(cancel)) is not None:
        if not packet.is_keyframe:
            continue
        decoder.decode(packet)
        picture = decoder.keyframe(whole=True) or _keyframe_with_next(head, packet, cancel)
        if picture is not None:
            return picture
        decoder.flush()
    return None


def _keyframe_with_next(
    head: Playhead, packet: Packet[VideoStream], cancel: CancelToken | None
) -> Picture | None:
    """The same where a packet may be a single field; or comes out only when the next one goes in."""
    head.decoder.flush()
    head.decoder.decode(packet)
    second = head.take_packet(cancel)
    if second is not None and second.size:
        head.decoder.decode(second)
    return head.decoder.keyframe(whole=False)


def places_before(head: Playhead, tick: int, *, resume: bool = False) -> Iterator[None]:
    """Put ``head`` at one place after the other, each before the last, until the start of the stream.

    With ``resume`` a landing at one of them that was cancelled goes on.
    """
    if not head.seekable or tick < head.first_tick:
        return
    if head.last_tick is not None:
        tick = min(tick, head.last_tick)
    step = 1
    if not head.indexed:
        tick = max(head.first_tick, tick - _ticks(head, _USUAL_GOP_S))
    while tick >= head.first_tick:
        if head.seek(tick, resume=resume):
            yield
            tick = min(tick, tick if head.packets.landing is None else head.packets.landing)
        tick -= step
        step = max(2 * step, _ticks(head, _FIRST_STEP_S))


def _ticks(head: Playhead, seconds: Fraction) -> int:
    return max(1, math.ceil(seconds / head.source.time_base))
