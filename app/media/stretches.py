"""The pictures that a rule wants, a stretch at a time, in any order.

Stretches begin and end at keyframes, so that no picture is decoded twice: from the first keyframe at or after
the wanted start to the first one at or after the wanted end. Both neighbours find the same keyframe, each by
itself; that they did is checked in the end, and what was missed is gone through in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.core.time import TimeSpan
from app.media.decoder import VideoReader
from app.media.packet_decoder import DamageMetError
from app.media.packet_run import NotToldError, PacketRun
from app.media.playhead import Playhead
from app.media.rule import Rule
from app.media.sampled import SampledReader, SpanExtent, go_before
from app.media.seeking import places_before
from app.media.shown_order import OutOfOrderError

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.media.packet_facts import PacketFacts
    from app.media.picture import Picture

_OFF_S = Fraction(1)
"""How far packets may run ahead of the pictures that they hold; where a seek finds no keyframe, it has to
land this much before the place."""


class StretchReader:
    """Reads one video track. A context manager; belongs to one thread.

    What ``pictures`` of stretches that divide the span and ``rest`` yield is together what
    ``SampledReader.pictures`` does. The rule must not go by numbers.

    Attributes:
        warnings, counted, end_s: as those of ``SampledReader``, after ``rest``.
    """

    def __init__(self, path: Path | str, rule: Rule, span: TimeSpan, *, video_track: int = 0) -> None:
        self._path, self._track, self._rule, self._span = Path(path), video_track, rule, span
        self.warnings: list[str] = []
        self.counted: int | None = 0
        self.end_s: float | None = None
        self._covered: list[tuple[int | None, int | None]] = []
        self._head = Playhead(self._path, video_track=video_track, threads=None, warn=self.warnings.append)
        facts = self._head.facts
        self._first = self._first_pts() if facts and facts.tells_pictures and self._head.seekable else None
        self._facts = facts if self._first is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._head.close()

    def possible(self) -> bool:
        """Whether stretches can be read apart; no more once that went wrong: ``rest`` yields what is left."""
        return self._facts is not None

    def marks_s(self) -> list[float]:
        """Return where the container says that keyframes are, more or less, in shown seconds, rising."""
        head = self._head
        # Some containers read their list of keyframes with the first seek.
        if not head.indexed or not head.seek(head.first_tick):
            return []
        source = head.source
        return [float(tick * source.time_base - source.start) for tick in head.listed.all()]

    def pictures(
        self, low_s: float | None, high_s: float | None, *, cancel: CancelToken | None = None
    ) -> Iterator[Picture]:
        """Yield what is wanted between two times, None: the start and the end of the span.

        Where the stretch cannot be read apart it ends early; ``rest`` yields what it has not.

        Raises: as ``SampledReader.pictures``.
        """
        facts = self._facts
        if facts is None:
            return
        extent = _GroupExtent(
            SpanExtent(self._span, self._head, self._first), self._tick(low_s), self._tick(high_s)
        )
        newest: int | None = None
        try:
            anywhere = self._go(facts, extent, cancel)
            run = PacketRun(self._head, facts, extent, self._rule, origin=self._first, anywhere=anywhere)
            for picture in run.pictures(cancel):
                newest = picture.pts
                yield picture
        except (NotToldError, OutOfOrderError, DamageMetError):
            self._facts = None
            if newest is not None:
                self._covered.append((extent.lower, newest + 1))
            return
        if not extent.is_empty:
            self._covered.append((extent.lower, extent.upper))
        self.counted = None if self.counted is None else self.counted + run.number
        self.end_s = run.end_s if run.end_s is not None else self.end_s

    def rest(self, *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        """Yield what no stretch has yielded, in order; nothing where they were all there is.

        Raises: as ``SampledReader.pictures``.
        """
        if self._facts is not None and self._meet():
            return
        self.warnings.clear()
        with SampledReader(self._path, video_track=self._track) as reader:
            for picture in reader.pictures(self._rule, self._span, cancel=cancel):
                if not self._has(picture.pts):
                    yield picture
            self.warnings, self.counted, self.end_s = reader.warnings, reader.counted, reader.end_s

    def _first_pts(self) -> int | None:
        with VideoReader(self._path, video_track=self._track) as reader:
            first = next(reader.frames(self._span), None)
            return None if first is None else first.pts

    def _tick(self, time_s: float | None) -> int | None:
        source = self._head.source
        return None if time_s is None else round((Fraction(time_s) + source.start) / source.time_base)

    def _go(self, facts: PacketFacts, extent: _GroupExtent, cancel: CancelToken | None) -> bool:
        """Go to where the stretch can be found from; whether the head was sought."""
        head, low = self._head, extent.low
        if low is None:
            if self._span.start_s <= 0:
                head.restart()
                return False
            return go_before(head, facts, self._span, cancel)
        off = int(_OFF_S / head.source.time_base)
        for _ in places_before(head, low):
            packet = head.packets.peek(cancel)
            if packet is None or packet.pts is None:
                continue
            dts = packet.pts if packet.dts is None else packet.dts
            if (facts.starts(packet) and dts <= low) or max(packet.pts, dts) <= low - off:
                return True
        head.restart()
        return True

    def _has(self, pts: int) -> bool:
        return any(
            (lower is None or lower <= pts) and (upper is None or pts < upper)
            for lower, upper in self._covered
        )

    def _meet(self) -> bool:
        """Whether the stretches join, from the start of the span to its end."""
        expected: int | None = None
        in_order = sorted(self._covered, key=lambda ends: (ends[0] is not None, ends[0] or 0))
        for place, (lower, upper) in enumerate(in_order):
            if lower != expected or (upper is None) != (place == len(in_order) - 1):
                return False
            expected = upper
        return bool(in_order)


class _GroupExtent(SpanExtent):
    """What of a span lies between two keyframes: the first ones at or after two ticks.

    Attributes:
        low, high: the ticks; None: no bound.
        lower, upper: pts of the keyframes, once they were read.
    """

    def __init__(self, span: SpanExtent, low: int | None, high: int | None) -> None:
        self._within = span
        self.low, self.high = low, high
        self.lower: int | None = None
        self.upper: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no keyframe lies in it: what it would hold belongs to a stretch before it."""
        return self.low is not None and (self.lower is None or self.lower == self.upper)

    def note_start(self, stamp: int) -> None:
        """Take it for the begin or the end where it is the first one there."""
        if self.low is not None and self.lower is None and stamp >= self.low:
            self.lower = stamp
        if self.high is not None and self.upper is None and stamp >= self.high:
            self.upper = stamp

    def begins_after(self, pts: int) -> bool:
        """Whether a picture comes before the first keyframe."""
        outside = self.low is not None and (self.lower is None or pts < self.lower)
        return outside or self._within.begins_after(pts)

    def ends_before(self, pts: int) -> bool:
        """Whether it comes at the second keyframe, or after it."""
        return (self.upper is not None and pts >= self.upper) or self._within.ends_before(pts)
