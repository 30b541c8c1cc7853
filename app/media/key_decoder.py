"""Packets of keyframes become pictures."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import av.error

from app.media.picture import Picture, PictureSource, pts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.media.key_packets import KeyAccess


class KeyframeDecoder:
    """Decodes key accesses, one by one, with the decoder of ``stream``; belongs to one thread.

    Args:
        stream: of a container that nobody seeks in.
        start: of the container that gives the packets, seconds.
        complain: told each error of the decoder.
    """

    def __init__(
        self,
        stream: VideoStream,
        start: Fraction,
        complain: Callable[[av.error.FFmpegError], None],
    ) -> None:
        self._stream = stream
        self._start = start
        self._complain = complain
        self._source: PictureSource | None = None
        self._codec = stream.codec_context
        self._codec.thread_count = 1

    def answer(self, access: KeyAccess) -> Picture | None:
        """Decode one access; None where no picture comes out.

        Nothing is left in the decoder: it would take the keyframe of an open GOP for an earlier one, as it is
        counted on from pictures that were left out.
        """
        self._codec.skip_frame = "NONKEY"
        frames = self._feed(access.packet)
        if access.second is not None:
            # The second field is no keyframe by itself, yet without it every other line is missing.
            self._codec.skip_frame = "DEFAULT"
            frames += self._feed(access.second)
        frames += self._feed(None)
        self._codec.flush_buffers()
        frame = next((frame for frame in frames if pts_of(frame) == access.pts), None)
        return dataclasses.replace(self._wrap(frame, access.pts), keyframe=True) if frame else None

    def _feed(self, packet: Packet[VideoStream] | None) -> list[av.VideoFrame]:
        try:
            return self._codec.decode(packet)
        except av.error.FFmpegError as error:
            self._complain(error)
            return []

    def _wrap(self, frame: av.VideoFrame, pts: int) -> Picture:
        if self._source is None:
            # Only now the decoder knows the shape of pixels, where the container does not tell it.
            self._source = PictureSource.of(self._stream, self._start)
        return self._source.wrap(frame, pts=pts)
