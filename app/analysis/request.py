"""What an analysis is asked for: frozen, picklable, complete."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app.core.errors import UsageError
from app.core.reading import Reading
from app.core.time import WHOLE, TimeSpan


class Sampling(enum.Enum):
    """Which pictures the detector sees."""

    KEYFRAMES = "keyframes"
    ALL = "all"
    EVERY = "every"
    FPS = "fps"


@dataclass(frozen=True, slots=True)
class FramePolicy:
    """Which pictures are looked at: keyframes, all, every Nth, or so many a second.

    Attributes:
        sampling: the rule.
        amount: N of EVERY, pictures a second of FPS; 1 otherwise.
    """

    sampling: Sampling = Sampling.KEYFRAMES
    amount: Fraction = Fraction(1)

    @classmethod
    def parse(cls, text: str) -> FramePolicy:
        """Read ``keyframes``, ``all``, ``every:N`` or ``fps:F``.

        Raises:
            UsageError: anything else, N below 1, or F not above zero.
        """
        if text in (Sampling.KEYFRAMES.value, Sampling.ALL.value):
            return cls(Sampling(text))
        every = re.fullmatch(r"every:(\d{1,9})", text)
        if every and int(every[1]) > 0:
            return cls(Sampling.EVERY, Fraction(int(every[1])))
        rate = re.fullmatch(r"fps:(\d{1,6}(?:\.\d{1,6})?)", text)
        if rate and Fraction(rate[1]) > 0:
            return cls(Sampling.FPS, Fraction(rate[1]))
        raise UsageError(f"--frames does not know '{text}': use keyframes, all, every:N or fps:F.")

    def __str__(self) -> str:
        if self.sampling in (Sampling.KEYFRAMES, Sampling.ALL):
            return str(self.sampling.value)
        amount = f"{float(self.amount):.6f}".rstrip("0").rstrip(".")
        return f"{self.sampling.value}:{amount}"


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """A detector and what to keep of its findings; empty ``labels`` keep every class."""

    model: Path
    layout: str = "auto"
    confidence: float = 0.25
    iou: float = 0.45
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbedRequest:
    """A picture encoder: a vector for each picture that is looked at."""

    model: Path


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A speech model; without ``vad_model`` the loudness gate tells speech, unless ``use_vad`` is off.

    Attributes:
        vocabulary: names and terms to expect, the most important first.
        beam_size, temperature: whisper.cpp's; 1 beam is quicker and a little less accurate.
        threads: CPU threads of the model; None for all cores up to eight.
    """

    model: Path
    language: str = "auto"
    use_vad: bool = True
    vad_model: Path | None = None
    prompt: str = ""
    translate: bool = False
    vocabulary: tuple[str, ...] = ()
    beam_size: int = 5
    temperature: float = 0.0
    threads: int | None = None


def terms_in(text: str) -> tuple[str, ...]:
    """Return the terms of a vocabulary as a person writes it: between commas or on lines of their own."""
    return tuple(term.strip() for term in re.split(r"[,\n]", text) if term.strip())


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """One analysis of one file.

    Attributes:
        reading: MAPPED only in a child process, which may end with its work: see ``app.media.mapped``.
        jobs: so many analyses, this one included, share the machine, each in a process of its own.
        pictures: whether the picture track is gone through; without it only the sound is.
        playhead_first: the pictures where somebody looks come first, then the film coarse to fine; the
            document is the same.
    """

    path: Path
    span: TimeSpan = WHOLE
    frames: FramePolicy = FramePolicy()
    detect: DetectRequest | None = None
    speech: SpeechRequest | None = None
    embed: EmbedRequest | None = None
    video_track: int = 0
    audio_track: int = 0
    device: str = "auto"
    hwaccel: str = "auto"
    hash_media: bool = False
    thumbnails: bool = False
    thumbnail_height: int = 72
    reading: Reading = Reading.FILE
    jobs: int = 1
    playhead_first: bool = False
    pictures: bool = True
