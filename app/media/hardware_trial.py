"""Decodes the beginning of a file with a device and without: what a child process does, so that a driver
that crashes or hangs takes nothing else down. Free of Qt.

The child prints one line: ``MARK`` and a JSON object that ``trial_process`` reads.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import DecodeError, HardwareError, MediaError
from app.core.trial import answer, live_briefly
from app.media.hardware import Device, FFmpegDevice, opened_with, software_threads

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

WORD = "--hardware-trial"
"""The first argument of a program that is to be such a child; DEVICE, TRACK and FILE follow."""

MARK = "reelscope-hardware-trial:"

_PICTURES = 48
_LONGEST_S = 1.5
"""So many pictures are decoded each way, or for so long: enough to outweigh what starting costs."""

_COMPARED_BYTES = 64 * 2**20
"""Pictures kept for comparing, each way: 21 of 1080p, 5 of 2160p."""

_LONGEST_LIFE_S = 60

_SEEKS, _PICTURES_A_SEEK = 3, 12

_NO_DRIVER = (
    ("libcuda", "no NVIDIA driver"), ("nvcuda", "no NVIDIA driver"),
    ("dynamically load CUDA", "no NVIDIA driver"),
    ("no CUDA-capable device", "no NVIDIA graphics chip"), ("libnvcuvid", "no NVIDIA video driver"),
    ("Failed to create Direct3D", "no graphics chip that Direct3D can decode with"),
    ("Error creating a MFX session", "no Intel graphics driver"), ("No VA display", "no VA-API driver"),
)  # fmt: skip
"""What drivers that are missing make FFmpeg say, and what that means."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What decoding took.

    Attributes:
        first_s: from opening the file to the first picture, seconds.
        picture_s, cpu_s: seconds, and seconds of processor time, for each picture after that.
        seek_s: seconds for going back to the start and decoding some pictures.
    """

    first_s: float
    picture_s: float
    cpu_s: float
    seek_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a device and software took for the same."""

    hardware: Speed
    software: Speed


@dataclass(slots=True)
class _Taken:
    """Pictures of one way of decoding: some whole, of all the times."""

    kept: list[av.VideoFrame]
    times: list[int | None]
    speed: Speed


def compare(path: Path, device: Device, *, video_track: int = 0, threads: int) -> Figures:
    """Decode the beginning of a track with ``device`` and with ``threads`` threads of software.

    Raises:
        HardwareError: the device cannot be used for this; the sentence is a clause that says why.
        MediaError: the file cannot be read, whatever decodes.
    """
    from app.media.hardware_comparison import difference

    hardware = _take(path, video_track, device, 1)
    software = _take(path, video_track, None, threads)
    shared = min(len(hardware.times), len(software.times))
    if hardware.times[:shared] != software.times[:shared]:
        raise HardwareError("its pictures come at other times than software's")
    with _opened(path, video_track, None, 1) as (_, stream):
        codec = stream.codec_context.codec.canonical_name
    for ours, theirs in zip(hardware.kept, software.kept, strict=False):
        wrong = difference(codec, ours, theirs)
        if wrong is not None:
            raise HardwareError(wrong)
    return Figures(hardware.speed, software.speed)


def main(arguments: Sequence[str]) -> int:
    """Be the child: try ``DEVICE TRACK FILE`` and print what came of it."""
    name, track, path = arguments
    live_briefly(_LONGEST_LIFE_S)
    import av.logging

    av.logging.set_level(av.logging.ERROR)
    reply: dict[str, object]
    # Not only this thread: the decoder's own threads are heard, too.
    with av.logging.Capture(local=False) as said:
        try:
            threads = software_threads()
            figures = compare(Path(path), FFmpegDevice(name), video_track=int(track), threads=threads)
            reply = asdict(figures)
        except (MediaError, OSError, ValueError, RuntimeError) as error:
            reply = _refusal(error, [text for _, _, text in said])
    answer(MARK, reply)
    return 0


def _refusal(error: Exception, said: Sequence[str]) -> dict[str, object]:
    for part, meaning in _NO_DRIVER:
        if any(part in text for text in (*said, str(error))):
            return {"reason": meaning, "missing": True}
    last = said[-1].strip().rstrip(".") if said else ""
    clause = str(error).rstrip(".")
    more = f" ({last})" if last and isinstance(error, HardwareError) and last not in clause else ""
    return {"reason": clause + more, "missing": False}


def _take(path: Path, track: int, device: Device | None, threads: int) -> _Taken:
    begun = time.perf_counter()
    with _opened(path, track, device, threads) as (container, stream):
        pictures = _decoded(container, stream, device)
        first = next(pictures, None)
        if first is None:
            raise HardwareError("it gives no picture")
        first_s = time.perf_counter() - begun
        kept, times, room = [first], [first.pts], _COMPARED_BYTES
        begun, cpu = time.perf_counter(), time.process_time()
        for picture in pictures:
            times.append(picture.pts)
            room -= sum(plane.buffer_size for plane in picture.planes)
            if room > 0:
                kept.append(picture)
            if len(times) > _PICTURES or time.perf_counter() - begun > _LONGEST_S:
                break
        count = max(1, len(times) - 1)
        picture_s, cpu_s = (time.perf_counter() - begun) / count, (time.process_time() - cpu) / count
        pictures.close()
        return _Taken(kept, times, Speed(first_s, picture_s, cpu_s, _seek_s(container, stream, device)))


def _seek_s(container: InputContainer, stream: VideoStream, device: Device | None) -> float:
    begun = time.perf_counter()
    for _ in range(_SEEKS):
        container.seek(stream.start_time or 0, stream=stream, backward=True)
        for count, _ in enumerate(_decoded(container, stream, device), start=1):
            if count == _PICTURES_A_SEEK:
                break
    return (time.perf_counter() - begun) / _SEEKS


@contextmanager
def _opened(
    path: Path, track: int, device: Device | None, threads: int
) -> Iterator[tuple[InputContainer, VideoStream]]:
    from app.media.opening import choose_video, decoder_of, read_only

    with opened_with(device, path) as container:
        stream = choose_video(container, track)
        if stream is None or decoder_of(stream) is None:
            raise DecodeError("there is no video that can be decoded")
        if device is not None and not device.engaged(stream):
            raise HardwareError(f"FFmpeg's {stream.codec_context.name} decoder cannot use it")
        stream.codec_context.thread_count = threads
        stream.codec_context.thread_type = "AUTO"
        read_only(container, stream)
        yield container, stream


def _decoded(
    container: InputContainer, stream: VideoStream, device: Device | None
) -> Generator[av.VideoFrame]:
    for packet in container.demux(stream):
        frames = packet.decode()
        yield from frames if device is None else device.received(frames)
