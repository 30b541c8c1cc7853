"""What is worth saying about a media file, in words."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from app.core.results import AudioInfo, MediaInfo, VideoInfo
from app.core.time import format_timecode


class Fact(NamedTuple):
    """A name and its value."""

    name: str
    value: str


Sections = tuple[tuple[str, tuple[Fact, ...]], ...]


def media_sections(media: MediaInfo) -> Sections:
    """Describe a file: the file itself, its picture, its sound."""
    length = "not stated" if media.duration_s is None else format_timecode(media.duration_s)
    file_facts = (
        Fact("Name", media.name),
        Fact("Folder", media.path.removesuffix(media.name).rstrip("/\\") or media.path),
        Fact("Size", bytes_text(media.bytes)),
        Fact("Format", format_text(media.format)),
        Fact("Length", length),
    )
    sound = tuple(_sound_fact(number, each) for number, each in enumerate(media.audio, start=1))
    return (
        ("File", file_facts),
        ("Picture", _picture_facts(media.video) if media.video else (Fact("Video", "none in this file"),)),
        ("Sound", sound or (Fact("Audio", "none in this file"),)),
    )


_FORMATS = {
    "mov": "MP4 / QuickTime",
    "matroska": "Matroska / WebM",
    "avi": "AVI",
    "mpegts": "MPEG transport stream",
    "mpeg": "MPEG programme stream",
    "flv": "Flash Video",
    "asf": "Windows Media",
    "ogg": "Ogg",
    "mxf": "MXF",
    "gif": "GIF",
    "mp3": "MP3",
    "wav": "WAV",
    "flac": "FLAC",
    "aac": "AAC (ADTS)",
    "h264": "H.264, no container",
    "hevc": "H.265, no container",
}
"""What people call the formats; FFmpeg names a demuxer by all the formats it reads, the first one counts."""


def format_text(name: str) -> str:
    """Write what people call a format; FFmpeg's own name where they have none."""
    return _FORMATS.get(name.split(",", maxsplit=1)[0], name.replace(",", ", "))


def _picture_facts(video: VideoInfo) -> tuple[Fact, ...]:
    stored = f"{video.width} \N{MULTIPLICATION SIGN} {video.height}"
    shown = f"{video.display_width} \N{MULTIPLICATION SIGN} {video.display_height}"
    facts = [Fact("Codec", f"{video.codec}, {video.pixel_format}" if video.pixel_format else video.codec)]
    facts.append(Fact("Size", shown if shown == stored else f"{shown}, stored as {stored}"))
    if video.rotation or video.mirrored:
        turn = f"turned by {video.rotation}°" if video.rotation else ""
        facts.append(Fact("Upright", ", ".join(filter(None, ("mirrored" if video.mirrored else "", turn)))))
    facts.append(Fact("Rate", rate_text(video)))
    if video.hdr:
        facts.append(Fact("HDR", video.hdr))
    if video.interlaced:
        facts.append(Fact("Fields", "interlaced"))
    return tuple(facts)


def rate_text(video: VideoInfo) -> str:
    """Describe how many pictures a second there are."""
    if video.average_rate is None:
        return "not stated"
    rate = float(Fraction(video.average_rate))
    return (
        f"{rate:.3f}".rstrip("0").rstrip(".") + " pictures/s" + (", varying" if video.variable_rate else "")
    )


def _sound_fact(number: int, audio: AudioInfo) -> Fact:
    channels = {0: "", 1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels} channels")
    rate = f"{audio.sample_rate / 1000:g} kHz" if audio.sample_rate else "no decoder"
    return Fact(
        f"Track {number}", ", ".join(filter(None, (audio.codec, rate, channels, audio.language or "")))
    )


def bytes_text(size: int) -> str:
    """Write a size the way file managers do."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{size} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    raise AssertionError("unreachable: the last unit always returns")
