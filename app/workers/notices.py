"""What the threads tell the window: frozen values, carried by signals as objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.results import Detection, MediaInfo
from app.media.file_status import FileStatus
from app.media.hardware import HardwareReport


@dataclass(frozen=True, slots=True)
class VideoOpened:
    """A file is open; ``info.video`` is None where it has sound only, and no picture will come.

    ``status`` is how it stood right before it was opened.
    """

    info: MediaInfo
    generation: int
    status: FileStatus | None = None


@dataclass(frozen=True, slots=True)
class OpenFailed:
    """A file cannot be opened, or cannot be read any more."""

    sentence: str
    generation: int


@dataclass(frozen=True, slots=True)
class PlaybackState:
    """How the picture moves.

    Attributes:
        playing: whether it moves by itself.
        speed: media seconds per second; below zero: back.
        at_end: whether the last picture was reached by playing or stepping on.
        dropped: pictures of this file that came too late to be shown.
        left_out_s: seconds of this file that playing did not wait through: neither picture nor sound.
        reached: share of the speed that playing reaches; below 1 time waits for what is to be seen.
    """

    playing: bool = False
    speed: float = 1.0
    at_end: bool = False
    dropped: int = 0
    reached: float = 1.0
    left_out_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DecodingState:
    """With what pictures are decoded.

    Attributes:
        codec: FFmpeg's name; "" while no video is open.
        threads: how many of them software uses.
        playing, seeking: what serves for each, and why nothing else.
        active: whether playing has changed over to the device.
        note: what is to be said once, a sentence; "" for nothing.
    """

    codec: str = ""
    threads: int = 1
    playing: HardwareReport = field(default_factory=HardwareReport)
    seeking: HardwareReport = field(default_factory=HardwareReport)
    active: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What the live detector sees in the picture ``pts``; boxes in displayed pixels."""

    pts: int
    time_s: float
    detections: tuple[Detection, ...]
    generation: int


@dataclass(frozen=True, slots=True)
class LiveFailed:
    """The live detector cannot go on, and rests until another one is set."""

    sentence: str


@dataclass(frozen=True, slots=True)
class SoundNotice:
    """How it stands with the sound; ``sentence`` tells why nothing is heard, "" where something is."""

    sentence: str
