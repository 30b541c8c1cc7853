"""Keeps what the events say, so that whatever was found can be handed over at any moment."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import app
from app.analysis.request import AnalysisRequest
from app.analysis.settings_record import settings_record
from app.analysis.stage import FramesCounted, ModelUsed, Note, RunsOn, SpeechLookedFor
from app.core.events import (
    Event,
    KeyframesFound,
    LanguageFound,
    PictureAnalysed,
    SegmentFound,
    SegmentMarked,
    ShotsFound,
    StageFinished,
    WarningRaised,
)
from app.core.marks import differs_in_marks_only
from app.core.results import (
    AnalysisResult,
    AppInfo,
    Detection,
    Keyframe,
    MediaInfo,
    ModelInfo,
    RunInfo,
    Segment,
    Shot,
    StageRun,
    Transcript,
    ordered,
)


@dataclass(slots=True)
class Collector:
    """Takes the events of one analysis, in one thread, and makes the document of them.

    Attributes:
        request: what was asked for.
        media: what the file is.
        models: the models that took part, as stages load them.
        devices: what each part of the work ran on, as stages tell, one after the other.
        clock: seconds that only go up, of which the document says how many it took.
    """

    request: AnalysisRequest
    media: MediaInfo
    models: list[ModelInfo] = field(default_factory=list)
    devices: dict[str, list[str]] = field(default_factory=dict)
    clock: Callable[[], float] = time.perf_counter
    _started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    _began: float = field(init=False)
    _frames: int | None = None
    _keyframes: list[Keyframe] = field(default_factory=list)
    _shots: list[Shot] = field(default_factory=list)
    _detections: list[Detection] = field(default_factory=list)
    _segments: list[Segment] = field(default_factory=list)
    _language: str | None = None
    _heard: bool = False
    _stages: list[StageRun] = field(default_factory=list)
    _warnings: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def take(self, event: Event | Note) -> None:
        """Keep what ``event`` says; what only the window shows is let go."""
        match event:
            case ModelUsed(info, device):
                self.models.append(info)
                self._ran_on(info.kind, device)
            case RunsOn(part, device):
                self._ran_on(part, device)
            case FramesCounted(frames):
                self._frames = frames
            case SpeechLookedFor():
                self._heard = True
            case KeyframesFound(keyframes):
                self._keyframes += keyframes
            case ShotsFound(shots):
                self._shots += shots
            case PictureAnalysed(detections=detections):
                self._detections += detections
            case LanguageFound(language):
                self._language = language
            case SegmentFound() | SegmentMarked():
                self._take_line(event)
            case WarningRaised(sentence):
                self._warnings.add(sentence)
            case StageFinished(stage, seconds, items):
                self._stages.append(StageRun(stage.value, round(seconds, 3), items))
            case _:
                pass

    def _take_line(self, event: SegmentFound | SegmentMarked) -> None:
        """Keep a line, or the marks of one told before: of a late one, as a rule."""
        if isinstance(event, SegmentFound):
            self._segments.append(event.segment)
            return
        for place in reversed(range(len(self._segments))):
            if differs_in_marks_only(self._segments[place], event.segment):
                self._segments[place] = event.segment
                return

    def _ran_on(self, part: str, device: str) -> None:
        known = self.devices.setdefault(part, [])
        if device not in known[-1:]:
            known.append(device)

    def result(self) -> AnalysisResult:
        """Return the document of all that was found so far."""
        return ordered(
            AnalysisResult(
                app=AppInfo("reelscope", app.__version__),
                media=self._described(),
                settings=settings_record(self.request),
                models=tuple(sorted(self.models, key=lambda model: (model.kind, model.name))),
                run=self._run(),
                keyframes=tuple(self._keyframes),
                shots=tuple(self._shots),
                detections=tuple(self._detections),
                transcript=self._transcript(),
                warnings=tuple(self._warnings),
            )
        )

    def _described(self) -> MediaInfo:
        video = self.media.video
        if video is None or self._frames is None:
            return self.media
        return dataclasses.replace(self.media, video=dataclasses.replace(video, frames=self._frames))

    def _transcript(self) -> Transcript | None:
        if not self._heard and not self._segments:  # these come before all was listened to
            return None
        wanted = self.request.speech.language if self.request.speech else "auto"
        language = self._language or ("und" if wanted == "auto" else wanted)
        return Transcript(language, tuple(self._segments))

    def _run(self) -> RunInfo:
        elapsed = round(self.clock() - self._began, 3)
        stages = tuple(sorted(self._stages, key=lambda stage: stage.name))
        devices = {part: ", then ".join(used) for part, used in sorted(self.devices.items())}
        return RunInfo(self._started, elapsed, devices, stages)
