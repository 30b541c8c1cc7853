"""The packets at which decoding can start, with true pts, reading as little else as the format allows.

Measured on a clip of 60 s at 27 Mbit/s (warm cache): reading every packet takes 198 ms, reading with
``discard=nonkey`` 3 ms, seeking to every keyframe of the container's index 11 ms. But after skipping packets
FFmpeg's mov demuxer adds the composition offset of the wrong sample: every pts of a file with B-frames is
wrong then (flower.mp4: 89089 instead of 90090). A seek sets it right. So:

- mov and mp4 that list all their samples: seek to each keyframe of the index (its times are DTS, only good
  for seeking) and take the pts of the packet found there. If another packet is found, the index is not
  what it seems, and the rest is read.
- everything else: read. Matroska's index names only some keyframes, AVI's has no pts, MPEG-TS has none;
  fragmented mp4 only lists what was read already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av.error
from av.stream import Discard

from app.core.time import WHOLE, TimeSpan
from app.media.bitstream import KeyCheck, starts_decoding
from app.media.opening import read_only, start_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken

_SEEK_WORTH_S = 10.0
"""A stretch that starts earlier is reached by reading; a seek may land this much off, too."""

_FIRST_INTERLACED = 2
"""AVFieldOrder: 0 unknown, 1 progressive, from 2 on the four interlaced orders."""


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """A picture at which decoding can start.

    Attributes:
        pts: of the picture, in the stream's time_base.
        packet: holds it.
        second: the packet after it where fields are coded apart: the other half of the picture.
    """

    pts: int
    packet: Packet[VideoStream]
    second: Packet[VideoStream] | None = None


@dataclass(slots=True)
class KeyTally:
    """What was passed over.

    Attributes:
        false_flags: packets that are flagged as keyframes, but are none.
        hidden: keyframes that an edit list hides.
        missing: keyframes that the index of the container names, but the file does not hold.
        stopped_by: what made the file end before its end.
    """

    false_flags: int = 0
    hidden: int = 0
    missing: int = 0
    stopped_by: av.error.FFmpegError | None = None


def codec_of(stream: VideoStream) -> str:
    """Return FFmpeg's name of the codec (av1), not of the decoder (libdav1d)."""
    return stream.codec_context.codec.canonical_name


def time_base_of(stream: Stream) -> Fraction:
    """Return the unit of a stream's pts, in seconds."""
    return stream.time_base or Fraction(1, 1_000_000)


def lists_all_samples(container: InputContainer, stream: VideoStream) -> bool:
    """Tell whether the index of the container names every keyframe: a mov or mp4 without fragments."""
    entries = len(stream.index_entries)
    return container.format.name.startswith("mov,") and 0 < stream.frames <= entries


def key_accesses(
    container: InputContainer,
    stream: VideoStream,
    span: TimeSpan = WHOLE,
    cancel: CancelToken | None = None,
    tally: KeyTally | None = None,
) -> Iterator[KeyAccess]:
    """Yield the keyframes shown in ``span`` in order of pts, strictly rising.

    Seeks in ``container``, which flushes its decoders: decode the packets with those of another container.

    ``tally`` counts what is passed over on the way.

    Raises:
        CancelledError: between two packets.
    """
    window = _Window.of(container, stream, span)
    read_only(container, stream)
    last: int | None = None
    source = _Source(container, stream, window, cancel, tally or KeyTally())
    for access in source.accesses():
        if (last is None or access.pts > last) and window.shows(access.pts):
            yield access
        last = access.pts if last is None else max(last, access.pts)


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of shown time in units of pts.

    ``low`` is a pts well before it; ``end`` None means to the end of the file.
    """

    start: Fraction
    end: Fraction | None
    low: int

    @classmethod
    def of(cls, container: InputContainer, stream: VideoStream, span: TimeSpan) -> _Window:
        time_base = time_base_of(stream)
        origin = start_of(container)
        start = (Fraction(span.start_s) + origin) / time_base
        end = (Fraction(span.end_s) + origin) / time_base if span.end_s != float("inf") else None
        # Pictures before the start of the container (an odd first pts) belong to a span from 0 on.
        from_start = span.start_s <= 0
        low = start - Fraction(_SEEK_WORTH_S) / time_base
        return cls(Fraction(-(2**62)) if from_start else start, end, int(low))

    def shows(self, pts: int) -> bool:
        return self.start <= pts and not self.is_after(pts)

    def is_after(self, time: int) -> bool:
        return self.end is not None and time >= self.end


class _Source:
    """Finds the keyframes of one stream."""

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        window: _Window,
        cancel: CancelToken | None,
        tally: KeyTally,
    ) -> None:
        self._container = container
        self._stream = stream
        self._window = window
        self._cancel = cancel
        self._tally = tally
        self._moved = False
        self._codec = codec_of(stream)
        self._extradata = stream.codec_context.extradata or b""
        self._by_fields = self._codec == "h264" and stream.codec_context.field_order >= _FIRST_INTERLACED

    def accesses(self) -> Iterator[KeyAccess]:
        if lists_all_samples(self._container, self._stream):
            entries = [entry for entry in self._stream.index_entries if entry.is_keyframe]
            shown = [entry.timestamp for entry in entries if not entry.is_discard]
            self._tally.hidden += len(entries) - len(shown)
            yield from self._by_seeking(shown)
        else:
            yield from self._by_reading()

    def _by_seeking(self, dts: Sequence[int]) -> Iterator[KeyAccess]:
        self._stream.discard = Discard.nonkey
        far = int(3600 / time_base_of(self._stream))
        for index, this in enumerate(dts):
            following = dts[index + 1] if index + 1 < len(dts) else this + far
            if following < self._window.low:
                continue
            if self._window.is_after(this):
                return
            # Asked for its own dts, FFmpeg would land one keyframe earlier where leading pictures follow
            # (open GOP): they are shown before it.
            packet = self._packet_at(following - 1)
            if packet is None:
                continue
            if packet.dts != this:
                yield from self._by_reading()
                return
            if self._is_key(packet):
                yield from self._access(packet, None)

    def _packet_at(self, dts: int) -> Packet[VideoStream] | None:
        """The next packet of the stream after a seek; None where the file ends before its data."""
        self._raise_if_cancelled()
        self._moved = True
        try:
            self._container.seek(dts, stream=self._stream)
            packet = next(self._container.demux(self._stream))
        except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError):
            self._tally.missing += 1
            return None
        if packet.size:
            return packet
        self._tally.missing += 1
        return None

    def _by_reading(self) -> Iterator[KeyAccess]:
        # Not nonkey: outside of mov hardly any demuxer saves by it, and in mov it falsifies the pts.
        self._stream.discard = Discard.default
        self._go_to_start()
        waiting: Packet[VideoStream] | None = None
        for packet in self._packets():
            if waiting is not None:
                yield from self._access(waiting, packet)
                waiting = None
            if packet.dts is not None and self._window.is_after(packet.dts):
                return
            if self._is_key(packet):
                if self._by_fields:
                    waiting = packet
                else:
                    yield from self._access(packet, None)
        if waiting is not None:
            yield from self._access(waiting, None)

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        """All packets with data; damage ends them."""
        packets = self._container.demux(self._stream)
        while True:
            self._raise_if_cancelled()
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError) as error:
                self._tally.stopped_by = error
                return
            if packet.size:
                yield packet

    def _go_to_start(self) -> None:
        first = self._stream.start_time or 0
        if not self._moved and self._window.low <= first:
            return
        # Not every format can seek (raw streams, GIF); one that was not read yet stands at its start.
        with suppress(av.error.FFmpegError):
            self._container.seek(max(self._window.low, first), stream=self._stream)

    def _is_key(self, packet: Packet[VideoStream]) -> bool:
        if not packet.is_keyframe:
            return False
        if packet.is_discard:
            self._tally.hidden += 1
            return False
        if starts_decoding(self._codec, memoryview(packet), self._extradata) is KeyCheck.NO:
            self._tally.false_flags += 1
            return False
        return True

    def _access(self, packet: Packet[VideoStream], second: Packet[VideoStream] | None) -> Iterator[KeyAccess]:
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is not None:
            yield KeyAccess(pts, packet, second)

    def _raise_if_cancelled(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()
