"""Hardware decoding: what was wished for, what could serve, what is used, and why the rest is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.cores import usable_cores
from app.core.errors import DecodeError, HardwareError, MediaError, UsageError
from app.core.geometry import Size

if TYPE_CHECKING:
    import av
    from av.codec.hwaccel import HWAccel
    from av.container import InputContainer
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream

AUTO, NONE = "auto", "none"

_THREADS_A_CORE, _MAX_THREADS = 3, 8
"""A packet that is skipped takes its turn, too: with a thread for each core, cores would stand idle on the
way to a picture (2 cores, 1080p: 180 ms on average with 2 threads, 158 with 6, 155 with 8). But each thread
holds one picture back, which costs memory."""

_PREFERENCE = {
    "darwin": ("videotoolbox",),
    "win32": ("d3d11va", "d3d12va", "dxva2", "cuda", "qsv", "amf"),
    "linux": ("cuda", "vaapi", "qsv", "vdpau", "drm", "amf"),
}
"""First what the system itself offers for every maker's chip, then what one maker's driver offers."""


_PLANAR = {"nv12": "yuv420p", "nv16": "yuv422p", "nv24": "yuv444p"}


@dataclass(frozen=True, slots=True)
class HardwareChoice:
    """What somebody wishes for one stage of the work: ``auto``, ``none`` or the name of a device kind."""

    name: str = AUTO

    @classmethod
    def parse(cls, text: str) -> HardwareChoice:
        """Read what a user wrote.

        Raises:
            UsageError: FFmpeg knows no such device on this system; the sentence names those it knows.
        """
        if text not in (AUTO, NONE) and text not in known_devices():
            known = ", ".join((AUTO, NONE, *known_devices()))
            raise UsageError(f"There is no hardware decoding called '{text}' here: use {known}.")
        return cls(text)

    def candidates(self, known: Sequence[str]) -> tuple[str, ...]:
        """Return the devices to be tried, the preferred first."""
        if self.name == NONE:
            return ()
        return tuple(known) if self.name == AUTO else (self.name,)


@dataclass(frozen=True, slots=True)
class HardwareReport:
    """How one stage decodes.

    Attributes:
        asked: the choice.
        used: name of the device; None: software.
        rejected: what else was thought of, in the order of preference, with a clause that says why not.
    """

    asked: str = AUTO
    used: str | None = None
    rejected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What decides whether a device can decode a video track.

    Attributes:
        codec, profile, pixel_format: FFmpeg's names; the last two are "" where the file does not tell.
        size: of the coded picture, pixels.
        rate: pictures a second; None where the file does not tell.
        devices: the kinds that FFmpeg's decoder for the codec can work with.
    """

    codec: str
    profile: str
    pixel_format: str
    size: Size
    rate: Fraction | None
    devices: frozenset[str]

    @property
    def kind(self) -> tuple[str, str, str, int]:
        """What files have in common that a device can decode alike: the size counts as a power of two."""
        area = self.size.width * self.size.height
        return self.codec, self.profile, self.pixel_format, area.bit_length()


class Device(Protocol):
    """Something that decodes in place of the processor; tests put others in."""

    @property
    def name(self) -> str:
        """What users call it."""

    def accelerator(self) -> HWAccel | None:
        """What the file is to be opened with."""

    def engaged(self, stream: VideoStream) -> bool:
        """Whether the decoder of ``stream`` works with it."""

    def received(self, frames: Sequence[av.VideoFrame]) -> Sequence[av.VideoFrame]:
        """Return what is to be shown of what came out of the decoder."""


class FFmpegDevice:
    """One of the kinds of devices that FFmpeg was built with. Belongs to one reader, and its thread.

    Its pictures of 8 bits come with one plane for each colour, as those of software do: libswscale takes
    another way with both in one, and edges of colour would change when playing changes over. Pictures of
    more bits take the same way in either form.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._reformatter: VideoReformatter | None = None

    def accelerator(self) -> HWAccel | None:
        """Without leave to fall back on software: that would happen in silence."""
        from av.codec.hwaccel import HWAccel

        return HWAccel(self.name, allow_software_fallback=False)

    def engaged(self, stream: VideoStream) -> bool:
        """As FFmpeg says."""
        return stream.codec_context.is_hwaccel

    def received(self, frames: Sequence[av.VideoFrame]) -> Sequence[av.VideoFrame]:
        """Give each colour a plane of its own."""
        return [self.planar(frame) for frame in frames]

    def planar(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the same picture with one plane for each colour, where it has 8 bits."""
        form = _PLANAR.get(frame.format.name)
        if form is None:
            return frame
        if self._reformatter is None:
            from av.video.reformatter import VideoReformatter

            self._reformatter = VideoReformatter()
        return self._reformatter.reformat(frame, format=form)


@contextmanager
def opened_with(device: Device | None, path: Path) -> Iterator[InputContainer]:
    """Open a media file, to be decoded with ``device`` (None: in software), as ``open_media`` does.

    Raises:
        HardwareError: the device fails, or no decoder of the file knows it.
        MediaError: without a device: as ``open_media``.
    """
    from app.media.opening import open_media

    if device is None:
        with open_media(path) as container:
            yield container
        return
    try:
        with open_media(path, hwaccel=device.accelerator()) as container:
            yield container
    except HardwareError:
        raise
    except RuntimeError as error:  # how PyAV says that no decoder of the file knows the device
        raise HardwareError("FFmpeg's decoder for this codec cannot use it") from error
    except MediaError as error:
        raise failed_with(error.__cause__ or error) from error


def failed_with(error: BaseException) -> HardwareError:
    """Return what to raise where a device made FFmpeg fail with ``error``."""
    return HardwareError(f"it failed: {getattr(error, 'strerror', None) or error}")


def known_devices(platform: str = sys.platform, built_in: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the kinds of devices that this FFmpeg knows, the preferred first."""
    if built_in is None:
        from av.codec.hwaccel import hwdevices_available

        built_in = hwdevices_available()
    preferred = _PREFERENCE.get(platform, _PREFERENCE["linux"])
    first = [name for name in preferred if name in built_in]
    return (*first, *(name for name in built_in if name not in preferred))


def software_threads() -> int:
    """Return how many threads decode in software."""
    return min(_THREADS_A_CORE * usable_cores(), _MAX_THREADS)


def stream_facts(path: Path, video_track: int = 0) -> StreamFacts:
    """Look at a video track; opens the file and reads its headers.

    Raises:
        MediaError: the file cannot be opened, has no such track, or nothing here decodes it.
    """
    from app.media.names import shown_name
    from app.media.opening import choose_video, decoder_of, open_media

    with open_media(path) as container:
        stream = choose_video(container, video_track)
        if stream is None or decoder_of(stream) is None:
            raise DecodeError(f"There is no video in {shown_name(path)} that can be decoded here.")
        codec = stream.codec_context
        return StreamFacts(
            codec=codec.codec.canonical_name,
            profile=codec.profile or "",
            pixel_format=codec.pix_fmt or "",
            size=Size(codec.width, codec.height),
            rate=Fraction(stream.average_rate) if stream.average_rate else None,
            devices=frozenset(
                config.device_type.name
                for config in codec.codec.hardware_configs or ()
                if config.is_supported
            ),
        )
