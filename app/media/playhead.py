"""The running decode of one video track: a place in the file that moves on picture by picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DecodeError, ReelscopeError
from app.media.failures import told_to_user
from app.media.hardware import Device, software_threads
from app.media.listed_keyframes import ListedKeyframes
from app.media.names import shown_name
from app.media.open_track import OpenTrack
from app.media.packet_decoder import DamageMetError, PacketDecoder
from app.media.packet_facts import PacketFacts
from app.media.packet_reader import PacketReader, stamps_of
from app.media.picture import Picture, PictureSource
from app.media.picture_times import PictureTimes, Stamps, reordered

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

_PROBED_PACKETS = 24
"""Enough to see whether a stream reorders: no encoder puts a picture more than 16 places off."""


class Playhead:
    """Decodes one track onwards from its start, or from a keyframe that ``seek`` and ``land`` have found.

    Belongs to one thread. Errors in the middle of a file are told through ``warn`` and survived where
    decoding can go on.

    Attributes:
        packets: those of the track, from where the playhead stands.
        decoder: what they go into. Whoever leaps lets some of them pass by.
        listed: the keyframes that the container lists.
        source: what the stream says of all its pictures.
        seekable: whether going somewhere else than the start is possible at all.
        indexed: whether ``seek`` finds keyframes; else it finds a time between them.
        first_tick: no picture and no packet comes before this pts.
        last_tick: about where the track ends, as its header says; None where it does not.
    """

    source: PictureSource
    _times: PictureTimes

    def __init__(
        self,
        path: Path,
        *,
        video_track: int,
        threads: int | None,
        warn: Callable[[str], None],
        device: Device | None = None,
    ) -> None:
        self._path = path
        # With a device more threads only keep more of its few pictures busy.
        threads = 1 if device is not None else threads
        threads = software_threads() if threads is None else threads
        self._track = OpenTrack(path, video_track, device)
        self.packets = PacketReader(warn)
        self.decoder = PacketDecoder(threads, device, warn, give_up=self.packets.end)
        self._judged = False
        self._sought: int | None = None
        self._half_landed: int | None = None
        self.first_tick = 0
        self.last_tick: int | None = None
        try:
            self._open_with_fewer_threads_if_needed()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the file back; nothing else may be called afterwards."""
        self._forget_position()
        self._track.close()

    # --- going somewhere

    def restart(self) -> None:
        """Go to the start of the file, by opening it anew: that is right in every format.

        Raises:
            FileMissingError, MediaError: it cannot be opened any more; other places can still be sought.
        """
        tainted = self.decoder.tainted
        try:
            self._open()
        except ReelscopeError:
            self.decoder.tainted = tainted
            raise

    def decode_alone(self) -> None:
        """Go to the start of the file, and decode on one thread from now on."""
        self.decoder.threads = 1
        self.decoder.one_by_one = True
        self.restart()

    def seek(self, tick: int, *, resume: bool = False) -> bool:
        """Go to the place from which the demuxer would decode the picture at ``tick``; whether it could.

        What is put out next is not to be trusted before ``land``. With ``resume`` a landing there that was
        cancelled goes on: most of it may be done.
        """
        if resume and self.is_landing(tick):
            return True
        if self.decoder.has_met_damage():
            self.restart()
        self._forget_position()
        if not self._track.seek(tick):
            return False
        self.decoder.landed = False
        self._sought = tick
        self.decoder.restart_times()
        self.packets.begin(self._track.container, self._track.stream)
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
                picture = self.decoder.take_landed()
                if picture is not None:
                    return picture
                packet = self.take_packet(cancel)
                if packet is None and not self.decoder.waiting:
                    return None
                if packet is None:
                    continue
                stamp = packet.dts if packet.dts is not None else packet.pts
                self.decoder.decode(packet)
                if stamp is not None and stamp > until and not self.decoder.waiting:
                    return None

    @contextmanager
    def _resumable(self) -> Iterator[None]:
        try:
            yield
        except CancelledError:
            self._half_landed = self._sought
            raise

    # --- moving on

    def next(self, cancel: CancelToken | None = None) -> Picture | None:
        """Return the next picture; None at the end of what can be decoded.

        Raises:
            CancelledError: asked to stop; calling again goes on at the same place.
            DamageMetError: ``decode_alone`` must be called and the place sought again.
            MediaError: the file cannot be read any more.
        """
        with told_to_user(self._path):
            while not self.decoder.waiting:
                packet = self.take_packet(cancel)
                if packet is not None:
                    self.decoder.decode(packet)
                elif not self.decoder.waiting:
                    return None
            return self.decoder.take()

    def first(self, cancel: CancelToken | None = None) -> Picture:
        """Return the first picture, after ``restart``.

        Raises:
            DecodeError: the whole file was read and held no picture.
        """
        picture = self.next(cancel)
        if picture is None:
            raise DecodeError(f"Nothing of the video in {shown_name(self._path)} can be decoded.")
        return picture

    def take_packet(self, cancel: CancelToken | None = None) -> Packet[VideoStream] | None:
        """Return the next packet; None at the end of the file, when the decoder has put out what it held."""
        packet = self.packets.take(cancel)
        # Not before the packets that were read ahead are decoded.
        if packet is None and self.packets.broke_off():
            self.decoder.drain()
        return packet

    # --- what packets tell

    @property
    def facts(self) -> PacketFacts | None:
        """What packets tell of their pictures; None where their time stamps are not to be believed."""
        return PacketFacts(self._track.stream) if self._times.stamps is Stamps.PTS else None

    @property
    def tells_times(self) -> bool:
        """Whether a picture that is decoded alone tells when it is shown: each packet has its time stamp."""
        return self.indexed and self._times.stamps is Stamps.PTS

    # --- opening

    def _open_with_fewer_threads_if_needed(self) -> None:
        try:
            self._open()
        except DamageMetError:
            self.decode_alone()

    def _open(self) -> None:
        self._forget_position()
        track = self._track
        track.open(self.decoder.threads)
        self.decoder.open(track.stream)
        with told_to_user(self._path):
            self.packets.begin(track.container, track.stream)
            if not self._judged:
                self.source = PictureSource.of(track.stream, track.start)
                self._times = self._judge_times()
                self.decoder.know(self.source, self._times)
                self.last_tick = track.ends_at(self.source.time_base)
                self._judged = True
            self.decoder.restart_times()
        self.indexed = track.has_index
        self.listed = ListedKeyframes(track.stream, usable=self.indexed)
        self.seekable = not track.is_raw and self._times.stamps is not Stamps.COUNT

    def _judge_times(self) -> PictureTimes:
        """Look at the first packets, and where these leave a doubt at their pictures; nothing is lost."""
        packets, stream = self.packets.ahead, self._track.stream
        while len(packets) < _PROBED_PACKETS and not reordered(packets):
            if self.packets.peek() is None:
                break
        self.first_tick = min((stamp for packet in packets for stamp in stamps_of(packet)), default=0)
        stamped = all(packet.pts is not None for packet in packets if packet.size)
        if stamped and (reordered(packets) or not stream.codec_context.reorder_depth):
            return PictureTimes()
        while packets:
            self.decoder.decode(packets.popleft())
        return PictureTimes.from_frames(tuple(self.decoder.waiting), stream)

    def _forget_position(self) -> None:
        self.packets.forget()
        self.decoder.forget()
        self._sought = self._half_landed = None
