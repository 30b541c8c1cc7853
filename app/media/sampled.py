"""Some pictures of a video, with as little decoding as its codec allows: the rest is decoded where they lean
on it, and passes by where nothing wanted does.

Packets tell when pictures are shown before anything is decoded. So the pictures are chosen among the time
stamps of packets that are read ahead; up to the last wanted picture of a group references are decoded, what
is behind it is not, nor are groups without any. Where packets do not tell, or decoding contradicts them,
every picture is decoded instead, and the outcome is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.core.time import WHOLE, TimeSpan
from app.media.decoder import VideoReader
from app.media.packet_decoder import DamageMetError
from app.media.packet_run import Extent, NotToldError, PacketRun
from app.media.picture import Picture
from app.media.playhead import Playhead
from app.media.rule import Rule, chosen
from app.media.seeking import Target, places_before
from app.media.shown_order import REORDERED, OutOfOrderError

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.media.packet_facts import PacketFacts


class SampledReader:
    """Decodes what a rule wants of one video track. A context manager; belongs to one thread.

    Attributes:
        warnings: what went wrong in the file but was survived, one sentence each.
        counted: how many pictures the span holds, once all of them passed.
        end_s: when the last picture of the file ends, once it passed; shown time.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened, or has no such video track.
    """

    def __init__(self, path: Path | str, *, video_track: int = 0, threads: int | None = None) -> None:
        self.warnings: list[str] = []
        self.counted: int | None = None
        self.end_s: float | None = None
        self._path, self._track, self._threads = Path(path), video_track, threads
        self._resources = ExitStack()
        self._decoded_before = 0
        self._head: Playhead | None = Playhead(
            self._path, video_track=video_track, threads=threads, warn=partial(_warn_once, self.warnings)
        )
        self._resources.callback(self._head.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    @property
    def packets_decoded(self) -> int:
        """How many packets went into decoders so far."""
        return self._decoded_before + (self._head.decoder.packets_decoded if self._head else 0)

    def pictures(
        self, rule: Rule, span: TimeSpan = WHOLE, *, cancel: CancelToken | None = None
    ) -> Iterator[Picture]:
        """Yield in order what ``rule`` wants of the pictures that begin inside ``span``; once.

        They are those, bit for bit, that it chooses of ``VideoReader.frames(span)``.

        Raises:
            CancelledError: between two packets.
            DecodeError: nothing of the track can be decoded.
            MediaError: the file cannot be read any more.
        """
        newest: int | None = None
        try:
            for picture in self._by_packets(rule, span, cancel):
                newest = picture.pts
                yield picture
        except (NotToldError, OutOfOrderError, DamageMetError):
            for picture in self._by_decoding_all(rule, span, cancel):
                if newest is None or picture.pts > newest:
                    yield picture

    def _by_packets(self, rule: Rule, span: TimeSpan, cancel: CancelToken | None) -> Iterator[Picture]:
        head = self._head
        facts = head.facts if head is not None else None
        if head is None or facts is None or not facts.tells_pictures:
            raise NotToldError
        at_start = not go_before(head, facts, span, cancel)
        first = self._first_shown(head, cancel) if at_start else None
        extent = SpanExtent(span, head, first)
        run = PacketRun(head, facts, extent, rule, anywhere=not at_start)
        yield from run.pictures(cancel)
        self.counted, self.end_s = run.number, run.end_s

    def _first_shown(self, head: Playhead, cancel: CancelToken | None) -> int:
        """Pts of the first picture of the file: packets before it may hold none.

        That is so where the file begins in the middle of a group of pictures, or with pictures that lean on
        what it does not hold.
        """
        facts = head.facts
        assert facts is not None
        while len(head.packets.ahead) <= REORDERED and head.packets.peek(cancel) is not None:
            pass
        packets = [packet for packet in islice(head.packets.ahead, REORDERED + 1) if packet.size]
        stamps = [packet.pts for packet in packets if packet.pts is not None]
        if packets and packets[0].pts == min(stamps, default=None) and facts.starts(packets[0]):
            return min(stamps)
        with VideoReader(self._path, video_track=self._track, threads=self._threads) as reader:
            return next(reader.frames(cancel=cancel)).pts

    def _by_decoding_all(self, rule: Rule, span: TimeSpan, cancel: CancelToken | None) -> Iterator[Picture]:
        if self._head is not None:
            self._decoded_before, self._head = self._head.decoder.packets_decoded, None
        self._resources.close()
        self.warnings.clear()
        with VideoReader(self._path, video_track=self._track, threads=self._threads) as reader:
            yield from chosen(self._counting(reader.frames(span, cancel=cancel)), rule)
            for warning in reader.warnings:
                _warn_once(self.warnings, warning)

    def _counting(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        count = 0
        for picture in pictures:
            count += 1
            self._decoded_before += 1
            self.end_s = picture.time_s + float(picture.duration or 0)
            yield picture
        self.counted = count


def go_before(head: Playhead, facts: PacketFacts, span: TimeSpan, cancel: CancelToken | None) -> bool:
    """Go to a packet from which all of a span can be decoded; False: to the start of the file."""
    if span.start_s <= 0:
        if head.decoder.packets_decoded:
            # To judge time stamps, pictures were decoded already.
            head.restart()
        return False
    target = Target.at(span.start_s, head.source)
    for _ in places_before(head, target.tick):
        while (packet := head.packets.peek(cancel)) is not None and packet.size:
            if packet.pts is not None and facts.starts(packet):
                if target.reached(packet.pts):
                    return True
                break
    head.restart()
    return False


class SpanExtent(Extent):
    """The pictures that begin inside a span of shown time; in the order of time stamps, not before the first.

    Attributes:
        first: no picture comes before this pts; None: that is not known.
    """

    def __init__(self, span: TimeSpan, head: Playhead, first: int | None) -> None:
        self._span, self._source, self._first = span, head.source, first

    def note_start(self, stamp: int) -> None:
        """It does not begin or end at keyframes."""

    def begins_after(self, pts: int) -> bool:
        """Whether a picture comes before the span, or before the first."""
        if self._first is not None and pts < self._first:
            return True
        return self._span.start_s > 0 and self._time_s(pts) < self._span.start_s

    def ends_before(self, pts: int) -> bool:
        """Whether it begins at the end of the span or after it."""
        return self._time_s(pts) >= self._span.end_s

    def _time_s(self, pts: int) -> float:
        return float(pts * self._source.time_base - self._source.start)


def _warn_once(warnings: list[str], sentence: str) -> None:
    if sentence not in warnings:
        warnings.append(sentence)
