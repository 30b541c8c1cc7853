"""Packets of keyframes become pictures."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av.error

from app.core.cores import cores_here, usable_cores
from app.media.bitstream import resets
from app.media.key_packets import codec_of
from app.media.picture import Picture, PictureSource, pts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.media.key_packets import KeyAccess


class KeyframeDecoder:
    """Decodes key accesses with the decoder of ``stream``; belongs to one thread.

    Args:
        stream: of a container that nobody seeks in.
        start: of the container that gives the packets, seconds.
        complain: told each error of the decoder.
        alone: one thread decodes, and each access is answered at once. Else the decoder takes all cores, by
            whole pictures where it can, and answers some packets later.
    """

    def __init__(
        self,
        stream: VideoStream,
        start: Fraction,
        complain: Callable[[av.error.FFmpegError], None],
        *,
        alone: bool = False,
    ) -> None:
        self._stream = stream
        self._start = start
        self._complain = complain
        self._source: PictureSource | None = None
        self._expected: deque[int] = deque()
        self._fed = False
        self._codec = stream.codec_context
        self._codec.skip_frame = "NONKEY"
        self._codec.thread_type = "AUTO"
        if alone:
            self._codec.thread_count = 1
        elif usable_cores() < cores_here():
            self._codec.thread_count = usable_cores()  # left to itself FFmpeg takes them all

    def decode(self, access: KeyAccess) -> Iterator[Picture | None]:
        """Feed one access; yields what comes out, None for a picture that was expected and never comes."""
        if self._fed and not self._resets(access):
            yield from self.flush()
            self._codec.flush_buffers()
        self._fed = True
        self._expected.append(access.pts)
        yield from self._feed(access.packet)
        if access.second is not None:
            # The second field is no keyframe by itself, yet without it every other line is missing.
            self._codec.skip_frame = "DEFAULT"
            yield from self._feed(access.second)

    def answer(self, access: KeyAccess) -> Picture | None:
        """Decode one access by itself, where one thread decodes alone; None where no picture comes out."""
        pictures = list(self.decode(access))
        if not pictures:
            pictures = list(self.flush())
            self._codec.flush_buffers()
            self._fed = False
        self._expected.clear()
        return next((picture for picture in pictures if picture is not None), None)

    def flush(self) -> Iterator[Picture | None]:
        """Yield the rest."""
        yield from self._feed(None)
        while self._expected:
            self._expected.popleft()
            yield None

    def _resets(self, access: KeyAccess) -> bool:
        return resets(codec_of(self._stream), bytes(access.packet), self._codec.extradata or b"")

    def _feed(self, packet: Packet[VideoStream] | None) -> Iterator[Picture | None]:
        try:
            frames = self._codec.decode(packet)
        except av.error.FFmpegError as error:
            self._complain(error)
            return
        for frame in frames:
            pts = pts_of(frame)
            if pts in self._expected:
                while self._expected.popleft() != pts:
                    yield None
                yield dataclasses.replace(self._wrap(frame, pts), keyframe=True)

    def _wrap(self, frame: av.VideoFrame, pts: int | None) -> Picture:
        if self._source is None:
            # Only now the decoder knows the shape of pixels, where the container does not tell it.
            self._source = PictureSource.of(self._stream, self._start)
        return self._source.wrap(frame, pts=pts)
