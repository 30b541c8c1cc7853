"""The running decode of one video track: a place in the file that moves on picture by picture."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError, HardwareError, MediaError, ReelscopeError
from app.media.failures import reason_of, told_to_user
from app.media.hardware import Device, failed_with, opened_with, software_threads
from app.media.names import shown_name
from app.media.opening import choose_video, decoder_of, read_only, start_of
from app.media.packet_facts import PacketFacts
from app.media.picture import Picture, PictureSource
from app.media.picture_times import PictureTimes, Stamps, reordered

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

_PROBED_PACKETS = 24
"""Enough to see whether a stream reorders: no encoder puts a picture more than 16 places off."""

_BAD_PACKETS_IN_A_ROW = 500
"""After so many packets of which nothing could be decoded, nothing more is expected."""

_FORMATS_WITHOUT_SEEKING = ("h264", "hevc", "mpegvideo", "m4v", "gif")
"""Raw streams have no time stamps to come back to; an animation has one keyframe, the first."""


_FORMATS_WITHOUT_INDEX = ("mpegts", "mpeg")
"""A seek finds a time there, not a keyframe."""

_CODECS_THAT_LEAP = ("h264", "hevc", "mpeg2video", "mpeg4")
"""One picture a packet: those of VP8, VP9 and AV1 may hold one that is never shown."""

_CODECS_THAT_SKIP = ("h264", "mpeg1video", "mpeg2video", "mpeg4")
"""Whose decoders know pictures that nothing leans on, and leave the others as they are (tests compare). In
HEVC only pictures of the same layer do not lean on those. A VP8 picture that is not kept may still say that
one reference becomes another: FFmpeg's decoder leaves that out where it skips."""


class DamageMetError(Exception):
    """Several threads met damage, and what they make of it depends on their number: one has to do it."""


class Playhead:
    """Decodes one track onwards from its start, or from a keyframe that ``seek`` and ``land`` have found.

    Belongs to one thread. Errors in the middle of a file are told through ``warn`` and survived where
    decoding can go on.

    Attributes:
        source: what the stream says of all its pictures.
        landing: lowest time stamp of the first packet after the last seek; None before it is read.
        seekable: whether going somewhere else than the start is possible at all.
        indexed: whether ``seek`` finds keyframes; else it finds a time between them.
        first_tick: no picture and no packet comes before this pts.
        last_tick: about where the track ends, as its header says; None where it does not.
        newest_fed: highest pts of the packets decoded since the last seek; None where that is not known.
        packets_decoded: how many packets went into decoders so far, those of skipped pictures included.
    """

    def __init__(
        self,
        path: Path,
        *,
        video_track: int,
        threads: int | None,
        warn: Callable[[str], None],
        device: Device | None = None,
    ) -> None:
        self._path, self._track, self._warn = path, video_track, warn
        self._device = device
        # With a device more threads only keep more of its few pictures busy.
        threads = 1 if device is not None else threads
        self._threads = software_threads() if threads is None else threads
        self._resources = ExitStack()
        self._pending: deque[av.VideoFrame] = deque()
        self._peeked: deque[Packet[VideoStream]] = deque()
        self._times: PictureTimes | None = None
        self._bad_packets = 0
        self._ended = False
        self._tainted = False
        self._fed = False
        self._landed = True
        self._drained = False
        self._broke_off = False
        self._one_by_one = False
        self._sought: int | None = None
        self._half_landed: int | None = None
        self.landing: int | None = None
        self.newest_fed: int | None = None
        self.packets_decoded = 0
        self.first_tick = 0
        self.last_tick: int | None = None
        try:
            self._open_with_fewer_threads_if_needed()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the file back; nothing else may be called afterwards."""
        self._pending.clear()
        self._peeked.clear()
        self._resources.close()

    def restart(self) -> None:
        """Go to the start of the file, by opening it anew: that is right in every format.

        Raises:
            FileMissingError, MediaError: it cannot be opened any more; other places can still be sought.
        """
        tainted = self._tainted
        try:
            self._open()
        except ReelscopeError:
            self._tainted = tainted
            raise

    def decode_alone(self) -> None:
        """Go to the start of the file, and decode on one thread from now on."""
        self._threads = 1
        self._one_by_one = True
        self.restart()

    def seek(self, tick: int, *, resume: bool = False) -> bool:
        """Go to the place from which the demuxer would decode the picture at ``tick``; whether it could.

        What is put out next is not to be trusted before ``land``. With ``resume`` a landing there that was
        cancelled goes on: most of it may be done.
        """
        if resume and self.is_landing(tick):
            return True
        if self._is_tainted():
            self.restart()
        self._forget_position()
        try:
            self._container.seek(tick, stream=self._stream, backward=True)
        except av.error.FFmpegError:
            return False
        self._landed = False
        self._sought = tick
        assert self._times is not None
        self._times.restart()
        self._packets = self._container.demux(self._stream)
        return True

    def is_landing(self, tick: int) -> bool:
        """Whether a landing there was cancelled, and ``seek`` can resume it."""
        return self._half_landed == tick

    def land(self, until: int, cancel: CancelToken | None = None) -> Picture | None:
        """Return the first picture after a seek from which all that follows is as if decoded from the start.

        That is the first one that the decoder calls a keyframe: pictures before it (leading ones of an open
        GOP, or what a false keyframe flag of the container gives) lean on others that were never read. None
        where there is none before the packets reach the tick ``until``. ``seek`` resumes what was cancelled.
        """
        self._half_landed = None
        with told_to_user(self._path), self._resumable():
            while True:
                while self._pending:
                    frame = self._pending.popleft()
                    if _can_start(frame):
                        self._landed = True
                        return self._wrap(frame)
                packet = self._read(cancel)
                if packet is None and not self._pending:
                    return None
                if packet is None:
                    continue
                stamp = packet.dts if packet.dts is not None else packet.pts
                self._decode(packet)
                if stamp is not None and stamp > until and not self._pending:
                    return None

    @contextmanager
    def _resumable(self) -> Iterator[None]:
        try:
            yield
        except CancelledError:
            self._half_landed = self._sought
            raise

    def next(self, cancel: CancelToken | None = None) -> Picture | None:
        """Return the next picture; None at the end of what can be decoded.

        Raises:
            CancelledError: asked to stop; calling again goes on at the same place.
            DamageMetError: ``decode_alone`` must be called and the place sought again.
            MediaError: the file cannot be read any more.
        """
        with told_to_user(self._path):
            while not self._pending:
                packet = self._read(cancel)
                if packet is not None:
                    self._decode(packet)
                elif not self._pending:
                    return None
            return self._wrap(self._pending.popleft())

    def first(self, cancel: CancelToken | None = None) -> Picture:
        """Return the first picture, after ``restart``.

        Raises:
            DecodeError: the whole file was read and held no picture.
        """
        picture = self.next(cancel)
        if picture is None:
            raise DecodeError(f"Nothing of the video in {shown_name(self._path)} can be decoded.")
        return picture

    def preview(self, cancel: CancelToken | None = None) -> Picture | None:
        """Return the next keyframe without waiting until the decoder has all its threads busy.

        The decoder is of no use after that: only ``seek`` and ``restart`` go on from there.
        """
        with told_to_user(self._path):
            while (packet := self._read(cancel)) is not None:
                if not packet.is_keyframe:
                    continue
                picture = self._decode_alone(packet) or self._decode_with_next(packet, cancel)
                if picture is not None:
                    return picture
                self._flush()
        return None

    # --- the parts of a leap ---

    @property
    def can_leap(self) -> bool:
        """Whether packets tell when each picture is shown: one picture a packet, and no damage met."""
        known = self._stream.codec_context.name in _CODECS_THAT_LEAP
        return known and self._times is not None and self._times.stamps is Stamps.PTS and not self._one_by_one

    @property
    def facts(self) -> PacketFacts | None:
        """What packets tell of their pictures; None where their time stamps are not to be believed."""
        assert self._times is not None
        return PacketFacts(self._stream) if self._times.stamps is Stamps.PTS else None

    @property
    def tells_times(self) -> bool:
        """Whether a picture that is decoded alone tells when it is shown: each packet has its time stamp."""
        return self.indexed and self._times is not None and self._times.stamps is Stamps.PTS

    @property
    def has_landed(self) -> bool:
        """Whether what is put out is as if decoded from the start."""
        return self._landed

    @property
    def is_drained(self) -> bool:
        """Whether the decoder has put out all it held, and takes no more before a seek."""
        return self._drained

    @property
    def packets_ahead(self) -> Sequence[Packet[VideoStream]]:
        """The packets that were read, but not decoded yet."""
        return self._peeked

    def peek(self, cancel: CancelToken | None) -> Packet[VideoStream] | None:
        """Read one packet more to ``packets_ahead``; None at the end of the file."""
        if cancel is not None:
            cancel.raise_if_cancelled()
        with told_to_user(self._path):
            packet = self._read_on()
        if packet is not None:
            self._note_landing(packet)
            self._peeked.append(packet)
        return packet

    def take_packet(self, cancel: CancelToken | None) -> Packet[VideoStream] | None:
        """Return the next packet; None at the end of the file."""
        with told_to_user(self._path):
            return self._read(cancel)

    def keyframe_comes(self, after: int, until: int) -> bool | None:
        """Whether the container lists a keyframe with ``after`` < time stamp <= ``until``; None: none at all.

        A list of decoding times is good enough to choose the shorter way.
        """
        before = self.keyframe_before(until)
        return None if before is None else before > after

    def keyframe_before(self, tick: int) -> int | None:
        """Time stamp (of decoding) of the last keyframe listed at or before ``tick``; None where unknown."""
        entries = self._stream.index_entries
        if not self.indexed or not len(entries):
            return None
        index = entries.search_timestamp(tick, backward=True, any_frame=False)
        return entries[index].timestamp if index >= 0 else None

    def listed_keyframes(self) -> list[int]:
        """Time stamps (of decoding) of the keyframes that the container lists, where it does; moves on."""
        if not self.indexed or not self.seek(self.first_tick):
            return []
        return [entry.timestamp for entry in self._stream.index_entries if entry.is_keyframe]

    def keyframe_after(self, tick: int, default: int) -> int:
        """Time stamp (of decoding) of the first keyframe listed after ``tick``; else ``default``."""
        entries = self._stream.index_entries
        if not self.indexed or not len(entries):
            return default
        index = entries.search_timestamp(tick + 1, backward=False, any_frame=False)
        return entries[index].timestamp if index >= 0 else default

    def feed(self, packet: Packet[VideoStream], *, references_only: bool) -> None:
        """Decode a packet; with ``references_only``, where that can be told, only if another leans on it."""
        codec = self._stream.codec_context
        skip = references_only and codec.name in _CODECS_THAT_SKIP
        codec.skip_frame = "NONREF" if skip else "DEFAULT"
        try:
            self._decode(packet)
        finally:
            codec.skip_frame = "DEFAULT"

    def put_out(self) -> list[Picture]:
        """Take what came out of the decoder since, from where it is as if decoded from the start."""
        frames, self._pending = self._pending, deque()
        pictures = []
        for frame in frames:
            self._landed = self._landed or _can_start(frame)
            if self._landed:
                pictures.append(self._wrap(frame))
        return pictures

    def start_anew(self) -> None:
        """Let the drained decoder forget what it saw: the packet of another keyframe comes next."""
        self._flush()
        self._landed = self._drained = False
        assert self._times is not None
        self._times.restart()

    def drain(self) -> None:
        """Let the decoder put out what it holds; after that it is of no use before a seek."""
        self._drained = True
        self._drain()

    def find(self, pts: int) -> Picture | None:
        """Return the picture with this pts where it was put out, dropping those before it; else None.

        None, too, where it turns out that skipping is not safe in this stream; ``can_leap`` is false then.
        """
        self.drop_before(pts)
        while self._pending and not self.has_passed(pts) and self.can_leap:
            picture = self._wrap(self._pending.popleft())
            if picture.pts == pts:
                return picture
        return None

    def drop_before(self, pts: int) -> None:
        """Let go of what was put out and is shown before ``pts``."""
        while self._pending:
            frame = self._pending[0]
            self._landed = self._landed or _can_start(frame)
            # Where fields come in packets of their own, a packet is no picture.
            if self._landed and (self._tainted or frame.interlaced_frame):
                self._one_by_one = True
                return
            if self._landed and (frame.pts is None or frame.pts >= pts):
                return
            self._pending.popleft()

    def has_passed(self, pts: int) -> bool:
        """Whether a picture was put out that comes after ``pts``."""
        if not self._pending or not self._landed:
            return False
        stamp = self._pending[0].pts
        return stamp is not None and stamp > pts

    def _open_with_fewer_threads_if_needed(self) -> None:
        try:
            self._open()
        except DamageMetError:
            self.decode_alone()

    def _open(self) -> None:
        self._forget_position()
        with ExitStack() as resources:
            container = resources.enter_context(opened_with(self._device, self._path))
            with told_to_user(self._path):
                stream = self._choose_stream(container)
            # Until here the one before is kept: streams of a closed file may not be touched.
            self._resources.close()
            self._resources = resources.pop_all()
        self._container, self._stream = container, stream
        self._tainted = False
        with told_to_user(self._path):
            read_only(self._container, self._stream)
            self._packets = self._container.demux(self._stream)
            if self._times is None:
                self.source = PictureSource.of(self._stream, start_of(self._container))
                self._times = self._judge_times()
                self.last_tick = _end_of(self._container, self.source)
            self._times.restart()
        self.indexed = self._container.format.name not in _FORMATS_WITHOUT_INDEX
        raw = self._container.format.name in _FORMATS_WITHOUT_SEEKING
        self.seekable = not raw and self._times.stamps is not Stamps.COUNT

    def _choose_stream(self, container: InputContainer) -> VideoStream:
        name = shown_name(self._path)
        stream = choose_video(container, self._track)
        if stream is None:
            number = f" number {self._track + 1}" if self._track else ""
            raise MediaError(f"{name} has no video track{number}.")
        decoder = decoder_of(stream)
        if decoder is None:
            raise DecodeError(f"There is no decoder here for the video of {name}.")
        if self._device is not None and not self._device.engaged(stream):
            raise HardwareError(f"FFmpeg's {decoder.name} decoder cannot use it")
        decoder.thread_count = self._threads
        decoder.thread_type = "AUTO"
        return stream

    def _judge_times(self) -> PictureTimes:
        """Look at the first packets, and where these leave a doubt at their pictures; nothing is lost."""
        packets = self._peeked
        while len(packets) < _PROBED_PACKETS and not reordered(packets):
            packet = self._read_on()
            if packet is None:
                break
            packets.append(packet)
        self.first_tick = min((stamp for packet in packets for stamp in _stamps(packet)), default=0)
        stamped = all(packet.pts is not None for packet in packets if packet.size)
        if stamped and (reordered(packets) or not self._stream.codec_context.reorder_depth):
            return PictureTimes()
        while packets:
            self._decode(packets.popleft())
        return PictureTimes.from_frames(tuple(self._pending), self._stream)

    def _forget_position(self) -> None:
        self._pending.clear()
        self._peeked.clear()
        self._bad_packets = 0
        self._ended = False
        self._fed = False
        self._landed = True
        self._drained = False
        self._broke_off = False
        self._sought = self._half_landed = None
        self.landing = None
        self.newest_fed = None

    def _read(self, cancel: CancelToken | None) -> Packet[VideoStream] | None:
        if cancel is not None:
            cancel.raise_if_cancelled()
        packet = self._peeked.popleft() if self._peeked else self._read_on()
        if packet is not None:
            self._note_landing(packet)
        elif self._broke_off:
            self._broke_off = False
            self._drain()
        return packet

    def _note_landing(self, packet: Packet[VideoStream]) -> None:
        if self.landing is None:
            self.landing = min(_stamps(packet), default=None)

    def _read_on(self) -> Packet[VideoStream] | None:
        """The next packet of the file; the last one is empty and makes the decoder give out what it holds."""
        if self._ended:
            return None
        try:
            packet = next(self._packets, None)
        except av.error.FFmpegError as error:
            self._warn(f"Reading stopped early: {reason_of(error)}.")
            packet = None
            # Not before the packets that were read ahead are decoded.
            self._broke_off = True
        self._ended = packet is None
        return packet

    def _decode(self, packet: Packet[VideoStream]) -> None:
        self._fed = True
        self.packets_decoded += 1
        if packet.pts is not None:
            self.newest_fed = packet.pts if self.newest_fed is None else max(self.newest_fed, packet.pts)
        if packet.is_corrupt:
            self._meet_damage()
        try:
            frames = self._out_of_decoder(packet)
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            self._bad_packets += 1
            self._meet_damage(error)
            if self._bad_packets >= _BAD_PACKETS_IN_A_ROW:
                self._warn("Decoding stopped early: too much of the video is damaged.")
                self._ended = True
            return
        if frames:
            self._bad_packets = 0
            self._put_out(frames)

    def _decode_alone(self, packet: Packet[VideoStream]) -> Picture | None:
        """The keyframe of a packet, where that holds all of it; the decoder is drained."""
        self._decode(packet)
        self._drain()
        whole = (frame for frame in self._pending if frame.key_frame and not frame.interlaced_frame)
        return next((self._wrap(frame) for frame in whole), None)

    def _decode_with_next(self, packet: Packet[VideoStream], cancel: CancelToken | None) -> Picture | None:
        """The same where a packet may be a single field; or comes out only when the next one goes in."""
        self._flush()
        self._decode(packet)
        second = self._read(cancel)
        if second is not None and second.size:
            self._decode(second)
        self._drain()
        return next((self._wrap(frame) for frame in self._pending if frame.key_frame), None)

    def _flush(self) -> None:
        self._pending.clear()
        self._stream.codec_context.flush_buffers()

    def _drain(self) -> None:
        """Take out what the decoder holds; after that it is of no use before a flush."""
        try:
            self._put_out(self._out_of_decoder(None))
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            self._meet_damage(error)

    def _out_of_decoder(self, packet: Packet[VideoStream] | None) -> Sequence[av.VideoFrame]:
        frames = self._stream.decode(None) if packet is None else packet.decode()
        return frames if self._device is None else self._device.received(frames)

    def _put_out(self, frames: Sequence[av.VideoFrame]) -> None:
        self._pending.extend(frames)
        exact = frames if self._landed else tuple(dropwhile(lambda frame: not _can_start(frame), frames))
        if any(frame.is_corrupt for frame in exact):
            self._meet_damage()

    def _meet_damage(self, error: av.error.FFmpegError | None = None) -> None:
        """Right after a seek that is nothing unusual: a packet may be cut, or lean on what was not read."""
        self._tainted = True
        if not self._landed:
            return
        if self._device is not None:
            raise failed_with(error) if error is not None else HardwareError("it met damaged data")
        if self._threads != 1:
            raise DamageMetError
        if error is not None:
            self._warn(f"Some pictures could not be decoded: {reason_of(error)}.")

    def _is_tainted(self) -> bool:
        """Whether the decoder has met damaged data: what it took from that stays with it when it is flushed.

        False parameter sets, for instance. It may have met them in what it has not put out yet.
        """
        if self._fed and not self._tainted:
            try:
                self._drain()
            except DamageMetError:
                self._threads = 1
        return self._tainted

    def _wrap(self, frame: av.VideoFrame) -> Picture:
        assert self._times is not None
        return self.source.wrap(frame, pts=self._times.of(frame))


def _can_start(frame: av.VideoFrame) -> bool:
    return frame.key_frame and not frame.is_corrupt


def _stamps(packet: Packet[VideoStream]) -> Iterator[int]:
    return (stamp for stamp in (packet.pts, packet.dts) if stamp is not None)


def _end_of(container: InputContainer, source: PictureSource) -> int | None:
    if container.duration is None:
        return None
    end = source.start + Fraction(container.duration, av.time_base)
    return math.ceil(end / source.time_base)
