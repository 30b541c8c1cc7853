"""What an analysis finds: the values of the exported document, as frozen dataclasses.

Every ``_s`` counts seconds from the container's start (pts * time_base - start_s): what any player shows.
Field names and order are those of the document, schema ``reelscope/1``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from app.core.geometry import Box, Orientation, Size

SCHEMA = "reelscope/1"


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """A video track as its container and first picture describe it.

    ``rotation`` is the clockwise turn that makes the picture upright, ``mirrored`` a left-right flip before
    it; ``display_width`` x ``display_height`` is the size after sample aspect and rotation; ``frames`` the
    number of pictures shown, where they were counted. Rationals are written "num/den".
    """

    codec: str
    width: int
    height: int
    display_width: int
    display_height: int
    rotation: int
    mirrored: bool
    sample_aspect_ratio: str
    pixel_format: str | None
    time_base: str
    average_rate: str | None
    variable_rate: bool
    interlaced: bool
    hdr: str | None
    frames: int | None

    @property
    def display_size(self) -> Size:
        """Size of the upright, displayed picture, in which boxes are given."""
        return Size(self.display_width, self.display_height)

    @property
    def orientation(self) -> Orientation:
        """How the decoded picture becomes upright."""
        return Orientation(self.rotation, self.mirrored)


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """A sound track; rate and channels are 0 where the track has no decoder."""

    codec: str
    sample_rate: int
    channels: int
    language: str | None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A media file: what the ``media`` part of the document says."""

    path: str
    name: str
    bytes: int
    sha256: str | None
    format: str
    start_s: float
    duration_s: float | None
    video: VideoInfo | None
    audio: tuple[AudioInfo, ...]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A picture at which decoding can start."""

    pts: int
    time_s: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch between two cuts, [start, end)."""

    start_s: float
    end_s: float
    start_pts: int
    end_pts: int


@dataclass(frozen=True, slots=True)
class Detection:
    """One object in one picture; the box is in pixels of the upright, displayed picture."""

    pts: int
    time_s: float
    label: str
    class_id: int
    confidence: float
    box: Box
    track_id: int | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One object followed over several pictures."""

    track_id: int
    label: str
    start_s: float
    end_s: float
    frames: int


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word."""

    start_s: float
    end_s: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance of the transcript; ``marks`` name reasons for doubt.

    ``speaker`` is a name that somebody gave. ``edited`` tells that a person wrote the text or set the times:
    words that stayed keep the model's confidence, words a person wrote have 1.0.
    """

    start_s: float
    end_s: float
    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    marks: tuple[str, ...] = ()
    speaker: str | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said, in order of time; ``source`` names the subtitles it was taken from, if any."""

    language: str
    segments: tuple[Segment, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that took part; ``kind`` is detector, encoder, speech or vad."""

    name: str
    sha256: str
    kind: str
    layout: str | None = None


@dataclass(frozen=True, slots=True)
class StageRun:
    """How long a stage took and how many items it handled."""

    name: str
    seconds: float
    items: int


@dataclass(frozen=True, slots=True)
class RunInfo:
    """When and on what an analysis ran: the one part that differs between two runs.

    ``started`` is ISO 8601 in UTC.
    """

    started: str
    elapsed_s: float
    device: dict[str, str]
    stages: tuple[StageRun, ...]


@dataclass(frozen=True, slots=True)
class AppInfo:
    """The program that wrote a document."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """The whole document."""

    app: AppInfo
    media: MediaInfo
    settings: dict[str, Any]
    models: tuple[ModelInfo, ...]
    run: RunInfo
    keyframes: tuple[Keyframe, ...] = ()
    shots: tuple[Shot, ...] = ()
    detections: tuple[Detection, ...] = ()
    tracks: tuple[Track, ...] = ()
    transcript: Transcript | None = None
    warnings: tuple[str, ...] = ()
    schema: str = field(default=SCHEMA)


def ordered(result: AnalysisResult) -> AnalysisResult:
    """Return the result in the order of the document, so that equal findings make equal documents.

    Detections by pts, then falling confidence, class_id, x1; warnings sorted; the rest by time. Models and
    stages stay in the order they took part, and the words of a segment as they were spoken.
    """
    transcript = result.transcript
    if transcript is not None:
        segments = sorted(transcript.segments, key=lambda segment: (segment.start_s, segment.end_s))
        transcript = replace(transcript, segments=tuple(segments))
    return replace(
        result,
        keyframes=tuple(sorted(result.keyframes, key=lambda keyframe: keyframe.pts)),
        shots=tuple(sorted(result.shots, key=lambda shot: (shot.start_pts, shot.end_pts))),
        detections=tuple(sorted(result.detections, key=_detection_rank)),
        tracks=tuple(sorted(result.tracks, key=lambda track: (track.start_s, track.end_s, track.track_id))),
        transcript=transcript,
        warnings=tuple(sorted(result.warnings)),
    )


def _detection_rank(found: Detection) -> tuple[int, float, int, Box, str]:
    return (found.pts, -found.confidence, found.class_id, found.box, found.label)
