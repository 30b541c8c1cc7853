"""One stretch of packets, read and decoded as far as the wanted pictures need it."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.media.packet_queue import Need, PacketQueue, Waiting
from app.media.rule import Rule, lasts
from app.media.shown_order import REORDERED, OutOfOrderError, ShownOrder

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken
    from app.media.packet_facts import PacketFacts
    from app.media.picture import Picture
    from app.media.playhead import Playhead

    _Waiting = Waiting[Packet[VideoStream]]


class NotToldError(Exception):
    """The packets do not tell what decoding gives: every picture has to be decoded."""


class Extent(ABC):
    """Where a stretch begins and ends, in units of pts."""

    @abstractmethod
    def note_start(self, stamp: int) -> None:
        """A packet was read at which decoding can start."""

    @abstractmethod
    def begins_after(self, pts: int) -> bool:
        """Whether a picture comes before the stretch."""

    @abstractmethod
    def ends_before(self, pts: int) -> bool:
        """Whether a picture comes after it."""


class PacketRun:
    """Goes once through a stretch.

    Args:
        head: stands at the start of the file, or anywhere before the stretch after a seek.
        facts: of its packets.
        extent: where the stretch lies.
        rule: what is wanted.
        origin: pts from which the rule counts time; None: the first picture of the stretch.
        anywhere: ``head`` was sought, so decoding can begin at a start only.

    Attributes:
        number: how many pictures of the stretch have passed.
        end_s: shown time at which the last picture of the file ends; None before it was decoded.
    """

    def __init__(
        self,
        head: Playhead,
        facts: PacketFacts,
        extent: Extent,
        rule: Rule,
        *,
        origin: int | None = None,
        anywhere: bool = False,
    ) -> None:
        self._head, self._facts, self._extent, self._rule = head, facts, extent, rule
        self._origin, self._broken = origin, anywhere
        self._queue: PacketQueue[Packet[VideoStream]] = PacketQueue()
        self._order = ShownOrder(0 if facts.intra_only else REORDERED)
        self._undecided: dict[int, _Waiting] = {}
        self._newest: int | None = None
        self._over = False
        self._expected: list[int] = []
        self._ends: dict[int, int | None] = {}
        self.number = 0
        self.end_s: float | None = None

    def pictures(self, cancel: CancelToken | None) -> Iterator[Picture]:
        """Yield what is wanted, in order.

        Raises:
            NotToldError, OutOfOrderError: what packets say is not so, or not enough.
            DamageMetError: as ``Playhead.next``.
            CancelledError: asked to stop.
        """
        ended = False
        while True:
            step = self._queue.take(ended=ended)
            if step is not None:
                yield from self._do(*step)
            elif ended:
                break
            else:
                ended = not self._read_on(cancel)
        yield from self._drain()

    def _read_on(self, cancel: CancelToken | None) -> bool:
        """Read a packet; False behind the last one."""
        packet = self._head.take_packet(cancel)
        if packet is None:
            for stamp in self._order.end():
                self._settle(stamp)
            self._settle_last()
        elif packet.size:
            self._take(packet)
        if self._over:
            for waiting in self._undecided.values():
                waiting.wanted = False
        return packet is not None and not self._over

    def _take(self, packet: Packet[VideoStream]) -> None:
        if packet.pts is None:
            raise NotToldError
        starts = self._facts.starts(packet)
        if starts:
            self._extent.note_start(packet.pts)
        shown = self._facts.shows(packet)
        waiting = Waiting(packet, packet.pts, starts, None if shown else False, packet.size)
        self._queue.add(waiting)
        if not shown:
            return
        if packet.pts in self._undecided:
            raise OutOfOrderError
        self._undecided[packet.pts] = waiting
        settled = self._order.add(packet.pts)
        if settled is not None:
            self._settle(settled)

    def _settle(self, stamp: int) -> None:
        """The next picture in shown order: now it is known how long the one before it is shown."""
        before, self._newest = self._newest, stamp
        if before is not None and not self._over:
            self._decide(before, stamp)
        self._over = self._over or self._extent.ends_before(stamp)

    def _settle_last(self) -> None:
        """The last one of the file: its length is known when it is decoded, so it always is."""
        last = self._newest
        if last is None or self._over:
            return
        waiting = self._undecided.pop(last)
        waiting.wanted = not self._extent.begins_after(last)
        if waiting.wanted:
            self._ends[last] = None

    def _decide(self, pts: int, ends: int) -> None:
        waiting = self._undecided.pop(pts)
        waiting.wanted = not self._extent.begins_after(pts) and self._wants(pts, ends)
        if waiting.wanted:
            self._ends[pts] = ends

    def _wants(self, pts: int, ends: int) -> bool:
        if self._origin is None:
            self._origin = pts
        base, number = self._head.source.time_base, self.number
        self.number += 1
        return self._rule.wants(number, (pts - self._origin) * base, (ends - self._origin) * base)

    def _do(self, waiting: _Waiting, need: Need) -> Iterator[Picture]:
        if need is Need.NOTHING:
            self._broken = True
            return
        if self._broken:
            yield from self._begin_anew(waiting)
        if need is Need.SHOW:
            heapq.heappush(self._expected, waiting.stamp)
        elif self._facts.is_unreferenced(waiting.packet):
            return
        self._head.decoder.decode(waiting.packet, references_only=need is Need.LEAN_ON)
        yield from self._put_out()

    def _begin_anew(self, waiting: _Waiting) -> Iterator[Picture]:
        if not waiting.starts:
            raise NotToldError
        yield from self._drain()
        self._head.decoder.start_anew()
        self._broken = False

    def _drain(self) -> Iterator[Picture]:
        self._head.decoder.drain()
        yield from self._put_out()
        if self._expected:
            raise NotToldError

    def _put_out(self) -> Iterator[Picture]:
        for picture in self._head.decoder.take_exact():
            # Where fields come in packets of their own, a packet is no picture.
            if picture.decoded.interlaced_frame:
                raise NotToldError
            if self._expected and picture.pts >= self._expected[0]:
                if heapq.heappop(self._expected) != picture.pts:
                    raise NotToldError
                yield from self._wanted(picture)

    def _wanted(self, picture: Picture) -> Iterator[Picture]:
        ends = self._ends.pop(picture.pts)
        base = self._head.source.time_base
        if ends is not None:
            yield picture.lasting((ends - picture.pts) * base)
            return
        self.end_s = picture.time_s + float(picture.duration or 0)
        if self._wants(picture.pts, picture.pts + round(lasts(picture) / base)):
            yield picture
