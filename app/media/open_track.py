"""One video track of a file, open: ready to be demuxed, with a decoder set up; it can be opened anew."""

from __future__ import annotations

import math
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error

from app.core.errors import DecodeError, HardwareError, MediaError
from app.media.failures import told_to_user
from app.media.hardware import Device, opened_with
from app.media.names import shown_name
from app.media.opening import choose_video, decoder_of, read_only, start_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_FORMATS_WITHOUT_SEEKING = ("h264", "hevc", "mpegvideo", "m4v", "gif")
"""Raw streams have no time stamps to come back to; an animation has one keyframe, the first."""

_FORMATS_WITHOUT_INDEX = ("mpegts", "mpeg")
"""A seek finds a time there, not a keyframe."""


class OpenTrack:
    """Holds the container; what was taken of it may not be touched after ``close``. Belongs to one thread.

    Attributes:
        container, stream: since ``open``.
    """

    container: InputContainer
    stream: VideoStream

    def __init__(self, path: Path, number: int, device: Device | None) -> None:
        self._path, self._number, self._device = path, number, device
        self._resources = ExitStack()

    def open(self, threads: int) -> None:
        """Open the file, decoding with so many threads, and close the one opened before.

        Raises:
            FileMissingError, MediaError: it cannot be opened; the one before stays open.
            HardwareError: the device does not serve.
        """
        with ExitStack() as resources:
            container = resources.enter_context(opened_with(self._device, self._path))
            with told_to_user(self._path):
                stream = self._choose(container, threads)
            # Until here the one before is kept: streams of a closed file may not be touched.
            self._resources.close()
            self._resources = resources.pop_all()
        self.container, self.stream = container, stream
        with told_to_user(self._path):
            read_only(container, stream)

    def close(self) -> None:
        """Give the file back."""
        self._resources.close()

    def seek(self, tick: int) -> bool:
        """Go to where the demuxer would decode the picture at ``tick`` from; whether it could."""
        try:
            self.container.seek(tick, stream=self.stream, backward=True)
        except av.error.FFmpegError:
            return False
        return True

    @property
    def start(self) -> Fraction:
        """The container's start, seconds."""
        return start_of(self.container)

    @property
    def has_index(self) -> bool:
        """Whether a seek finds keyframes; else it finds a time between them."""
        return self.container.format.name not in _FORMATS_WITHOUT_INDEX

    @property
    def is_raw(self) -> bool:
        """Whether there is nothing that a seek could go by."""
        return self.container.format.name in _FORMATS_WITHOUT_SEEKING

    def ends_at(self, time_base: Fraction) -> int | None:
        """About where the track ends as its header says, in units of ``time_base``; None: it does not say."""
        if self.container.duration is None:
            return None
        return math.ceil((self.start + Fraction(self.container.duration, av.time_base)) / time_base)

    def _choose(self, container: InputContainer, threads: int) -> VideoStream:
        name = shown_name(self._path)
        stream = choose_video(container, self._number)
        if stream is None:
            number = f" number {self._number + 1}" if self._number else ""
            raise MediaError(f"{name} has no video track{number}.")
        decoder = decoder_of(stream)
        if decoder is None:
            raise DecodeError(f"There is no decoder here for the video of {name}.")
        if self._device is not None and not self._device.engaged(stream):
            raise HardwareError(f"FFmpeg's {decoder.name} decoder cannot use it")
        decoder.thread_count = threads
        decoder.thread_type = "AUTO"
        return stream
