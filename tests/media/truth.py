"""What other programs say of a video: plain linear decoding by PyAV, and ffmpeg's framecrc."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error

from app.media.checksum import crc
from app.media.picture import PictureSource

TEST_SOURCE = "testsrc2=size=160x120:rate=25"


@dataclass(frozen=True, slots=True)
class CrcLine:
    """One picture as framecrc prints it; ``time_s`` counts from the start, in ticks of ``tick_s``."""

    time_s: Fraction
    tick_s: Fraction
    crc: int


def framecrc(ffmpeg: str, path: Path) -> list[CrcLine]:
    """Every picture of the first video track, as the ffmpeg program decodes it."""
    command = [ffmpeg, "-v", "error", "-noautorotate", "-i", str(path), "-map", "0:v:0"]
    command += ["-fps_mode", "passthrough", "-f", "framecrc", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout
    rows = text.splitlines()
    ticks = [Fraction(row.split(":")[1].strip()) for row in rows if row.startswith("#tb 0:")]
    fields = [row.split(",") for row in rows if not row.startswith("#")]
    return [CrcLine(int(row[2]) * ticks[0], ticks[0], int(row[5], 16)) for row in fields]


def linear(path: Path) -> list[tuple[int | None, int]]:
    """Pts and checksum of every picture of the first video track, decoded by one thread from the start."""
    found: list[tuple[int | None, int]] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        source = PictureSource(Fraction(1, 1000))
        try:
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    continue
                found += [(frame.pts, crc(source.wrap(frame, pts=0))) for frame in frames]
        except av.error.FFmpegError:
            return found
    return found


def make(ffmpeg: str, path: Path, *options: str, source: str = TEST_SOURCE, seconds: float = 4) -> Path:
    """Let ffmpeg encode a moving test picture into ``path``."""
    command = [
        ffmpeg,
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        source,
        "-t",
        str(seconds),
        *options,
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path


def remux(ffmpeg: str, source: Path, path: Path, *options: str) -> Path:
    """Let ffmpeg put the same packets into another container."""
    command = [ffmpeg, "-v", "error", "-y", "-i", str(source), "-c", "copy", *options, str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path
