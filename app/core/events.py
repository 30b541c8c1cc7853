"""What an analysis yields while it runs: small, frozen, picklable. Pixels only as bounded thumbnails."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.core.results import AnalysisResult, Detection, Keyframe, MediaInfo, Segment, Shot
from app.core.time import TimeSpan


class Stage(enum.Enum):
    """A part of the work with a progress of its own."""

    INDEX = "index"
    PICTURES = "pictures"
    SPEECH = "speech"
    EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class MediaOpened:
    """The file opened; what it is."""

    info: MediaInfo


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: ``done_s`` of ``total_s`` seconds of media; None where the length is unknown."""

    stage: Stage
    done_s: float
    total_s: float | None


@dataclass(frozen=True, slots=True)
class KeyframesFound:
    """Keyframes, in order; further events add to them."""

    keyframes: tuple[Keyframe, ...]


@dataclass(frozen=True, slots=True)
class ShotsFound:
    """Shots that are over, in order; further events add to them."""

    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small upright picture: ``rgb`` holds height * width * 3 bytes, rows without padding."""

    pts: int
    time_s: float
    width: int
    height: int
    rgb: bytes

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or len(self.rgb) != self.width * self.height * 3:
            raise ValueError(f"{len(self.rgb)} bytes are no picture of {self.width} x {self.height}")


@dataclass(frozen=True, slots=True)
class ThumbnailMade:
    """A thumbnail for the strip."""

    thumbnail: Thumbnail


@dataclass(frozen=True, slots=True)
class PictureAnalysed:
    """The detector looked at the picture ``pts``; ``detections`` may be empty: looked at, nothing found."""

    pts: int
    time_s: float
    detections: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class PictureEmbedded:
    """The encoder looked at the picture ``pts``; ``vector``: float32 numbers as this machine has them."""

    pts: int
    time_s: float
    vector: bytes


@dataclass(frozen=True, slots=True)
class LoudnessFound:
    """Peak levels 0..1 of consecutive blocks of ``step_s`` seconds from ``start_s`` on."""

    start_s: float
    step_s: float
    peaks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SpeechRegionsFound:
    """Where somebody speaks; further events add to them."""

    regions: tuple[TimeSpan, ...]


@dataclass(frozen=True, slots=True)
class LanguageFound:
    """The spoken language, a two-letter code; a later one of these replaces it.

    Attributes:
        language: the code.
        probability: how sure the model was; None where it was told.
    """

    language: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentFound:
    """A new piece of transcript."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class SegmentMarked:
    """A piece of transcript told before, the same but for ``marks``: later ones gave reason for doubt."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class PieceHeard:
    """The speech model was run once: it took ``took_s`` seconds, half of them where two ran at a time."""

    took_s: float


@dataclass(frozen=True, slots=True)
class WarningRaised:
    """Something the user should know: one sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StageFinished:
    """A stage is through."""

    stage: Stage
    seconds: float
    items: int


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of a complete analysis."""

    result: AnalysisResult


@dataclass(frozen=True, slots=True)
class Failed:
    """The last event of an analysis that broke off; ``result`` is what was found, if the file opened."""

    sentence: str
    result: AnalysisResult | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The last event of an analysis somebody stopped; ``result`` is what was found until then."""

    result: AnalysisResult | None


Outcome = Done | Failed | Cancelled

Event = (
    MediaOpened
    | Progress
    | KeyframesFound
    | ShotsFound
    | ThumbnailMade
    | PictureAnalysed
    | PictureEmbedded
    | LoudnessFound
    | SpeechRegionsFound
    | LanguageFound
    | SegmentFound
    | SegmentMarked
    | PieceHeard
    | WarningRaised
    | StageFinished
    | Done
    | Failed
    | Cancelled
)
