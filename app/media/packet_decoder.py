"""Packets in, pictures out: one video decoder, what it may leave out, and what damage does to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING

import av
import av.error

from app.core.errors import HardwareError
from app.media.failures import reason_of
from app.media.hardware import Device, failed_with
from app.media.picture import Picture, PictureSource
from app.media.picture_times import PictureTimes, Stamps

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

_BAD_PACKETS_IN_A_ROW = 500
"""After so many packets of which nothing could be decoded, nothing more is expected."""

_CODECS_THAT_LEAP = ("h264", "hevc", "mpeg2video", "mpeg4")
"""One picture a packet: those of VP8, VP9 and AV1 may hold one that is never shown."""

_CODECS_THAT_SKIP = ("h264", "mpeg1video", "mpeg2video", "mpeg4")
"""Whose decoders know pictures that nothing leans on, and leave the others as they are (tests compare). In
HEVC only pictures of the same layer do not lean on those. A VP8 picture that is not kept may still say that
one reference becomes another: FFmpeg's decoder leaves that out where it skips."""


class DamageMetError(Exception):
    """Several threads met damage, and what they make of it depends on their number: one has to do it."""


class PacketDecoder:
    """Decodes one stream, which may be opened anew, and keeps what came out until it is taken.

    Belongs to one thread. What cannot be decoded is told through ``warn``; ``give_up`` is called where too
    much of it cannot. ``decode`` and ``drain`` raise DamageMetError and HardwareError.

    Attributes:
        landed: whether what is put out is as if decoded from the start.
        drained: whether the decoder has put out all it held, and takes no more before ``begin``.
        tainted: whether it has met damaged data since the stream was opened.
        newest_fed: highest pts of the packets decoded since ``forget``; None where that is not known.
        packets_decoded: how many packets were decoded so far, those of skipped pictures included.
        threads: how many of them the stream is decoded with.
        one_by_one: whether every picture has to be decoded in its turn.
    """

    def __init__(
        self, threads: int, device: Device | None, warn: Callable[[str], None], give_up: Callable[[], None]
    ) -> None:
        self._device, self._warn, self._give_up = device, warn, give_up
        self._pending: deque[av.VideoFrame] = deque()
        self._source: PictureSource | None = None
        self._times: PictureTimes | None = None
        self.threads = threads
        self.one_by_one = False
        self.tainted = False
        self.packets_decoded = 0
        self.forget()

    # --- where it is

    def open(self, stream: VideoStream) -> None:
        """Decode this stream from now on: the same one, when it was opened before."""
        self._stream = stream
        self.tainted = False

    def know(self, source: PictureSource, times: PictureTimes) -> None:
        """Learn how frames become pictures; before the first one is taken."""
        self._source, self._times = source, times

    def forget(self) -> None:
        """What comes next is of another place."""
        self._pending.clear()
        self._bad_packets = 0
        self._fed = self.drained = False
        self.landed = True
        self.newest_fed: int | None = None

    def flush(self) -> None:
        """Let the decoder forget what it saw, and all that it put out."""
        self._pending.clear()
        self._stream.codec_context.flush_buffers()

    def start_anew(self) -> None:
        """Let the drained decoder forget what it saw: the packet of another keyframe comes next."""
        self.flush()
        self.landed = self.drained = False
        self.restart_times()

    def restart_times(self) -> None:
        """The next picture is the first of where decoding begins anew."""
        assert self._times is not None
        self._times.restart()

    @property
    def can_leap(self) -> bool:
        """Whether packets tell when each picture is shown: one picture a packet, and no damage met."""
        known = self._stream.codec_context.name in _CODECS_THAT_LEAP
        return known and self._times is not None and self._times.stamps is Stamps.PTS and not self.one_by_one

    def has_met_damage(self) -> bool:
        """Whether the decoder has met damaged data: what it took from that stays with it when it is flushed.

        False parameter sets, for instance. It may have met them in what it has not put out yet, so it is
        drained.
        """
        if self._fed and not self.tainted:
            try:
                self.drain()
            except DamageMetError:
                self.threads = 1
        return self.tainted

    # --- packets in

    def decode(self, packet: Packet[VideoStream], *, references_only: bool = False) -> None:
        """Decode a packet; with ``references_only``, where that can be told, only if another leans on it."""
        codec = self._stream.codec_context
        if not references_only or codec.name not in _CODECS_THAT_SKIP:
            self._decode(packet)
            return
        codec.skip_frame = "NONREF"
        try:
            self._decode(packet)
        finally:
            codec.skip_frame = "DEFAULT"

    def drain(self) -> None:
        """Let the decoder put out what it holds; it is of no use then before a flush or another place."""
        self.drained = True
        try:
            self._put_out(self._received(self._stream.decode(None)))
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            self._meet_damage(error)

    def _decode(self, packet: Packet[VideoStream]) -> None:
        self._fed = True
        self.packets_decoded += 1
        if packet.pts is not None:
            self.newest_fed = packet.pts if self.newest_fed is None else max(self.newest_fed, packet.pts)
        if packet.is_corrupt:
            self._meet_damage()
        try:
            frames = self._received(packet.decode())
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            self._bad_packets += 1
            self._meet_damage(error)
            if self._bad_packets >= _BAD_PACKETS_IN_A_ROW:
                self._warn("Decoding stopped early: too much of the video is damaged.")
                self._give_up()
            return
        if frames:
            self._bad_packets = 0
            self._put_out(frames)

    def _received(self, frames: Sequence[av.VideoFrame]) -> Sequence[av.VideoFrame]:
        return frames if self._device is None else self._device.received(frames)

    def _put_out(self, frames: Sequence[av.VideoFrame]) -> None:
        self._pending.extend(frames)
        exact: Iterable[av.VideoFrame] = frames
        if not self.landed:
            exact = dropwhile(lambda frame: not _can_start(frame), frames)
        if any(frame.is_corrupt for frame in exact):
            self._meet_damage()

    def _meet_damage(self, error: av.error.FFmpegError | None = None) -> None:
        """Right after a seek that is nothing unusual: a packet may be cut, or lean on what was not read."""
        self.tainted = True
        if not self.landed:
            return
        if self._device is not None:
            raise failed_with(error) if error is not None else HardwareError("it met damaged data")
        if self.threads != 1:
            raise DamageMetError
        if error is not None:
            self._warn(f"Some pictures could not be decoded: {reason_of(error)}.")

    # --- pictures out

    @property
    def waiting(self) -> Sequence[av.VideoFrame]:
        """The frames that were put out, but not taken yet."""
        return self._pending

    def take(self) -> Picture:
        """Return the next picture that was put out; one must wait."""
        return self._wrap(self._pending.popleft())

    def take_landed(self) -> Picture | None:
        """Return the next picture from which on all is as if decoded from the start, dropping those before.

        That is one which the decoder calls a keyframe. None where none waits.
        """
        while self._pending:
            frame = self._pending.popleft()
            if _can_start(frame):
                self.landed = True
                return self._wrap(frame)
        return None

    def take_exact(self) -> list[Picture]:
        """Take all that waits, from where it is as if decoded from the start."""
        frames, self._pending = self._pending, deque()
        pictures = []
        for frame in frames:
            self.landed = self.landed or _can_start(frame)
            if self.landed:
                pictures.append(self._wrap(frame))
        return pictures

    def keyframe(self, *, whole: bool) -> Picture | None:
        """Drain the decoder and return the first keyframe that waits; ``whole``: unless it may be a field."""
        self.drain()
        keyframes = (frame for frame in self._pending if frame.key_frame)
        found = (frame for frame in keyframes if not (whole and frame.interlaced_frame))
        return next((self._wrap(frame) for frame in found), None)

    def find(self, pts: int) -> Picture | None:
        """Return the picture with this pts where it was put out, dropping those before it; else None.

        None, too, where it turns out that skipping is not safe in this stream; ``can_leap`` is false then.
        """
        self.drop_before(pts)
        while self._pending and not self.has_passed(pts) and self.can_leap:
            picture = self.take()
            if picture.pts == pts:
                return picture
        return None

    def drop_before(self, pts: int) -> None:
        """Let go of what was put out and is shown before ``pts``."""
        while self._pending:
            frame = self._pending[0]
            self.landed = self.landed or _can_start(frame)
            # Where fields come in packets of their own, a packet is no picture.
            if self.landed and (self.tainted or frame.interlaced_frame):
                self.one_by_one = True
                return
            if self.landed and (frame.pts is None or frame.pts >= pts):
                return
            self._pending.popleft()

    def has_passed(self, pts: int) -> bool:
        """Whether a picture was put out that comes after ``pts``."""
        if not self._pending or not self.landed:
            return False
        stamp = self._pending[0].pts
        return stamp is not None and stamp > pts

    def _wrap(self, frame: av.VideoFrame) -> Picture:
        assert self._source is not None
        assert self._times is not None
        return self._source.wrap(frame, pts=self._times.of(frame))


def _can_start(frame: av.VideoFrame) -> bool:
    return frame.key_frame and not frame.is_corrupt
