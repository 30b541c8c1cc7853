"""Keyframes as pictures, those first that somebody asks for: places in the container's list, in any order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av.error

from app.media.key_opening import open_for_keyframes, packets_tell_times, video_track_of
from app.media.key_packets import key_accesses, lists_all_samples
from app.media.keyframes import decode_keyframes
from app.media.opening import open_media, read_only, start_of
from app.media.packet_facts import PacketFacts
from app.media.packet_run import NotToldError
from app.media.picture import PictureSource, pts_of

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken
    from app.media.picture import Picture

_HOUR_S = 3600


class KeyPicker:
    """Decodes keyframes of one video track. A context manager; belongs to one thread.

    All ``picked`` and then the ``rest`` are together what ``decode_keyframes`` yields.

    Attributes:
        times_s: about when the keyframes are shown that the container lists, rising; empty where it lists
            none that can be relied on.

    Raises:
        MediaError: the file cannot be opened, or has no such video track.
    """

    def __init__(
        self, path: Path | str, *, video_track: int = 0, warn: Callable[[str], None] | None = None
    ) -> None:
        self._path, self._track, self._warn = Path(path), video_track, warn
        self._seen: set[int] = set()
        self._astray = False
        with ExitStack() as stack:
            container = stack.enter_context(open_media(self._path))
            self._decoder = video_track_of(container, self._path, video_track)
            # Seeking flushes the decoders of a container, so packets found by seeking come from a second one.
            self._feeder = stack.enter_context(open_media(self._path, packets_only=True))
            self._stream = self._feeder.streams.video[container.streams.video.index(self._decoder)]
            self._source = PictureSource.of(self._decoder, start_of(container))
            self._facts = PacketFacts(self._decoder)
            self._listed = lists_all_samples(self._feeder, self._stream)
            tells = packets_tell_times(container, self._path, self._decoder)
            self._ticks = self._list() if tells and self._facts.tells_pictures else ()
            codec = self._decoder.codec_context
            codec.thread_type, codec.skip_frame = "AUTO", "NONKEY"
            self._resources = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    @property
    def times_s(self) -> list[float]:
        """See above."""
        base, start = self._source.time_base, self._source.start
        return [float(tick * base - start) for tick in self._ticks]

    @property
    def lists_all(self) -> bool:
        """Whether the container lists every keyframe: else there may be others between those."""
        return self._listed

    @property
    def astray(self) -> bool:
        """Whether the list has proved wrong: nothing more can be picked."""
        return self._astray

    def picked(self, places: Sequence[int], *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        """Yield the keyframes at some places of ``times_s``, rising, in order.

        Where the list proves wrong, or data damaged, it ends early and nothing more can be picked.

        Raises:
            CancelledError: between two packets.
        """
        codec, expected = self._decoder.codec_context, list[int]()
        try:
            for place in places:
                packet = self._packet_at(place, cancel)
                if packet is None:
                    continue
                assert packet.pts is not None
                if expected and not self._facts.resets(packet):
                    yield from self._out(None, expected)
                    codec.flush_buffers()
                expected.append(packet.pts)
                yield from self._out(packet, expected)
            yield from self._out(None, expected)
        except (NotToldError, av.error.FFmpegError):
            self._astray = True
        finally:
            self._astray = self._astray or bool(expected)
            codec.flush_buffers()

    def rest(self, *, cancel: CancelToken | None = None) -> Iterator[Picture]:
        """Yield the keyframes that were not picked, in order.

        Raises: as ``decode_keyframes``.
        """
        if not self._astray and len(self._seen) and self._missing_none(cancel):
            return
        for picture in decode_keyframes(self._path, video_track=self._track, cancel=cancel, warn=self._warn):
            if picture.pts not in self._seen:
                yield picture

    def _list(self) -> tuple[int, ...]:
        """Time stamps of the keyframes in the index, of decoding or of showing as its format has them."""
        with suppress(av.error.FFmpegError):
            # Matroska's index is read by the first seek.
            self._feeder.seek(0, stream=self._stream)
        read_only(self._feeder, self._stream)
        entries = self._stream.index_entries
        ticks = tuple(one.timestamp for one in entries if one.is_keyframe and not one.is_discard)
        return ticks if all(a < b for a, b in pairwise(ticks)) and len(ticks) > 1 else ()

    def _packet_at(self, place: int, cancel: CancelToken | None) -> Packet[VideoStream] | None:
        """The packet of a listed keyframe; None where it is none, after all."""
        if cancel is not None:
            cancel.raise_if_cancelled()
        tick = self._ticks[place]
        last = place + 1 == len(self._ticks)
        following = tick + int(_HOUR_S / self._source.time_base) if last else self._ticks[place + 1]
        # Asked for its own dts, FFmpeg may land one keyframe earlier, where leading pictures follow.
        self._feeder.seek(following - 1 if self._listed else tick, stream=self._stream)
        packet = next(self._feeder.demux(self._stream), None)
        if packet is None or not packet.size or packet.pts is None:
            raise NotToldError
        if tick != (packet.dts if self._listed else packet.pts):
            raise NotToldError
        shown = self._facts.starts(packet) and self._facts.shows(packet)
        return packet if shown else None

    def _out(self, packet: Packet[VideoStream] | None, expected: list[int]) -> Iterator[Picture]:
        for frame in self._decoder.codec_context.decode(packet):
            pts = pts_of(frame)
            if pts is None or not expected or pts != expected[0]:
                raise NotToldError
            expected.pop(0)
            self._seen.add(pts)
            yield dataclasses.replace(self._source.wrap(frame, pts=pts), keyframe=True)

    def _missing_none(self, cancel: CancelToken | None) -> bool:
        """Whether every keyframe was seen; where the container lists all samples, that is known already."""
        if self._listed:
            return True
        # Opened anew: this one was sought in, and would be read from there on.
        with open_for_keyframes(self._path, self._track) as (container, stream):
            accesses = key_accesses(container, stream, cancel=cancel)
            return all(access.pts in self._seen for access in accesses)
