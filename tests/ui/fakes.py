"""Workers that answer at once, in the window's thread: nothing is decoded, nothing has to be waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.analysis.request import AnalysisRequest, DetectRequest
from app.core.events import Cancelled, Done, Event, Failed
from app.core.frame import PixelFormat, VideoFrame
from app.core.geometry import Box, Size
from app.core.mailbox import Slot
from app.core.results import (
    AnalysisResult,
    AppInfo,
    AudioInfo,
    Detection,
    MediaInfo,
    RunInfo,
    Segment,
    Transcript,
    VideoInfo,
)
from app.core.time import MediaTime, TimeSpan
from app.media.file_status import FileStatus
from app.settings import Settings
from app.ui.closing import Closing
from app.ui.model_choice import ChosenModel, ModelChoice, ModelWishes
from app.ui.session import Session
from app.ui.session_workers import WorkerFactories
from app.workers.notices import LiveResult, OpenFailed, PlaybackState, VideoOpened
from app.workers.side_orders import CueSource
from app.workers.side_reader import SideReader

RATE = 25
TIME_BASE = Fraction(1, 1000)
SIZE = Size(640, 360)


def media(*, duration_s: float = 20.0, video: bool = True, audio: bool = True) -> MediaInfo:
    """A plain file."""
    picture = VideoInfo(
        "h264", 640, 360, 640, 360, 0, False, "1/1", "yuv420p", "1/1000", "25/1", False, False, None, None
    )
    return MediaInfo(
        "/films/clip.mp4", "clip.mp4", 1000, None, "mov,mp4", 0.0, duration_s,
        picture if video else None, (AudioInfo("aac", 44100, 2, None),) if audio else (),
    )  # fmt: skip


def frame_at(time_s: float, generation: int) -> VideoFrame:
    """The picture shown at a time, grey."""
    number = int(time_s * RATE + 1e-6)
    data = np.full((SIZE.height, SIZE.width * 4), 90, dtype=np.uint8)
    return VideoFrame(
        data, SIZE, SIZE.width * 4, PixelFormat.BGRA, MediaTime(number * 40, TIME_BASE), number / RATE,
        Fraction(1, RATE), number % RATE == 0, SIZE, generation,
    )  # fmt: skip


def detection(
    time_s: float,
    label: str = "ball",
    confidence: float = 0.9,
    box: Box | None = None,
    class_id: int | None = None,
) -> Detection:
    """Something found in the picture at a time."""
    number = int(time_s * RATE + 1e-6)
    where = box or Box(100, 50, 200, 150)
    return Detection(
        number * 40, number / RATE, label, len(label) if class_id is None else class_id, confidence, where
    )


def document(
    info: MediaInfo, detections: tuple[Detection, ...] = (), segments: tuple[Segment, ...] = ()
) -> AnalysisResult:
    """The result of an analysis."""
    run = RunInfo("2026-01-01T00:00:00Z", 1.5, {"detector": "CPU"}, ())
    transcript = Transcript("en", segments)
    return AnalysisResult(
        AppInfo("reelscope", "0"), info, {}, (), run, detections=detections, transcript=transcript
    )


class FakeThread(QObject):
    """What every worker has."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Any]] = []

    def note(self, name: str, *values: Any) -> None:
        """Remember a command."""
        self.calls.append((name, values[0] if len(values) == 1 else values))

    def named(self, name: str) -> list[Any]:
        """The arguments of every call of that name."""
        return [values for called, values in self.calls if called == name]

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        self.note("stop")

    def wait(self) -> bool:
        self.note("wait")
        return True


class FakeDecoder(FakeThread):
    """Answers every command at once; a ``failure`` opens no file, without ``show_steps`` steps are late."""

    frame_ready = Signal()
    full_ready = Signal()
    opened = Signal(object)
    failed = Signal(object)
    state_changed = Signal(object)
    decoding_changed = Signal(object)

    def __init__(self, info: MediaInfo | None = None) -> None:
        super().__init__()
        self.out: Slot[VideoFrame] = Slot()
        self.full_out: Slot[VideoFrame] = Slot()
        self.full: VideoFrame | None = None
        self.info = info or media()
        self.failure = ""
        self.generation = 0
        self.time_s = 0.0
        self.state = PlaybackState()
        self.show_steps = True

    def prepare(self) -> None:
        self.note("prepare")

    def open(self, path: Path, video_track: int = 0) -> int:
        self.note("open", path)
        self.generation += 1
        return self.generation

    def set_hwaccel(self, name: str) -> None:
        self.note("set_hwaccel", name)

    def close(self) -> int:
        self.note("close")
        self.generation += 1
        return self.generation

    def answer(self) -> None:
        """Answer the last ``open``, as the thread would a moment later."""
        if self.failure:
            self.failed.emit(OpenFailed(self.failure, self.generation))
            return
        self.opened.emit(VideoOpened(self.info, self.generation))
        if self.info.video is not None:
            self.show(0.0)

    def show(self, time_s: float, generation: int | None = None) -> None:
        """Show the picture at a time."""
        self.time_s = time_s
        self.out.put(frame_at(time_s, self.generation if generation is None else generation))
        self.frame_ready.emit()

    def seek(self, time_s: float, *, exact: bool = True) -> int:
        self.note("seek", time_s, exact)
        self.generation += 1
        self.show(time_s)
        return self.generation

    def step(self, count: int) -> None:
        self.note("step", count)
        if self.show_steps:
            self.show(self.time_s + count / RATE)

    def play(self) -> None:
        self._tell(playing=True)

    def pause(self) -> None:
        self._tell(playing=False)

    def set_speed(self, speed: float) -> None:
        self.state = PlaybackState(self.state.playing, speed)
        self.state_changed.emit(self.state)

    def _tell(self, *, playing: bool) -> None:
        self.note("play" if playing else "pause")
        self.state = PlaybackState(playing, self.state.speed)
        self.state_changed.emit(self.state)

    def set_view_size(self, size: Size) -> None:
        self.note("set_view_size", size)

    def set_loop(self, span: TimeSpan | None) -> None:
        self.note("set_loop", span)

    def follow(self, clock: object) -> None:
        self.note("follow", clock)

    def set_live_tap(self, tap: object) -> None:
        self.live_tap = tap

    def set_deinterlacing(self, on: bool) -> None:
        self.note("set_deinterlacing", on)

    def ask_full(self) -> None:
        self.note("ask_full")
        if self.full is not None:
            self.full_out.put(self.full)
            self.full_ready.emit()

    def show_again(self) -> None:
        self.note("show_again")


class FakeInference(FakeThread):
    """Gives the events it is told to give."""

    events_ready = Signal()
    live_ready = Signal()
    live_wanted = Signal()
    live_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.live_out: Slot[LiveResult] = Slot()
        self.waiting: deque[Event] = deque()

    def analyse(self, request: AnalysisRequest) -> None:
        self.note("analyse", request)

    def cancel(self) -> None:
        self.note("cancel")

    def prepare(self) -> None:
        self.note("prepare")

    def pause(self) -> None:
        self.note("pause")

    def resume(self) -> None:
        self.note("resume")

    def set_focus(self, time_s: float | None) -> None:
        self.note("set_focus", time_s)

    def take_events(self) -> list[Event]:
        taken = list(self.waiting)
        self.waiting.clear()
        return taken

    def say(self, *events: Event) -> None:
        """Let these events come."""
        self.waiting.extend(events)
        self.events_ready.emit()

    def set_live_detector(self, request: DetectRequest | None) -> None:
        self.note("set_live_detector", request)

    def wanted_size(self, display: Size) -> Size | None:
        return display

    def look_at(self, frame: VideoFrame) -> None:
        self.note("look_at", frame.time.pts)


class FakeSideReader(FakeThread):
    """Answers what it is told to answer."""

    contents_found = Signal(object)
    cues_found = Signal(object)
    transcript_read = Signal(object)
    files_listed = Signal(object)
    file_checked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.generation = 0
        self.generations: dict[str, int] = {}

    def _ask(self, name: str, *values: Any) -> int:
        self.note(name, *values)
        self.generation += 1
        self.generations[name] = self.generation
        return self.generation

    def look_into(self, path: Path) -> int:
        return self._ask("look_into", path)

    def read_cues(self, source: CueSource, near_s: float = 0.0) -> int:
        return self._ask("read_cues", source, near_s)

    def leave_cues(self) -> None:
        self.note("leave_cues")

    def read_transcript(self, source: CueSource) -> int:
        return self._ask("read_transcript", source)

    def leave_transcript(self) -> None:
        self.note("leave_transcript")

    def list_files(self, paths: tuple[Path, ...]) -> int:
        return self._ask("list_files", paths)

    def check(self, path: Path, before: FileStatus) -> int:
        return self._ask("check", path, before)


SAMPLE_MODELS = ModelChoice(
    ChosenModel("shapes", Path("/models/shapes.onnx"), True),
    ChosenModel("digits", Path("/models/digits.bin"), True),
)


@dataclass
class Bench:
    """A session on fake workers."""

    settings: Settings = field(default_factory=Settings)
    models: ModelChoice = SAMPLE_MODELS
    info: MediaInfo = field(default_factory=media)
    closing: Closing = Closing.LET_GO
    asked_at_the_end: list[tuple[Path, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.decoder = FakeDecoder(self.info)
        inferences = iter((FakeInference(), FakeInference()))
        factories = WorkerFactories(lambda: self.decoder, lambda: next(inferences))  # type: ignore[arg-type, return-value]
        self.session = Session(factories, self.choose, self.settings)
        self.analysis: FakeInference = self.session.workers.analysis  # type: ignore[assignment]
        self.live: FakeInference = self.session.workers.live  # type: ignore[assignment]

    def ask_unsaved(self, _parent: object, videos: Sequence[Path]) -> Closing:
        """Nobody is asked; the answer is prepared."""
        self.asked_at_the_end.append(tuple(videos))
        return self.closing

    def make_side_reader(self) -> SideReader:
        """The one that belongs to the window."""
        self.side = FakeSideReader()
        return self.side  # type: ignore[return-value]

    def choose(self, wishes: ModelWishes) -> ModelChoice:
        """Whatever is wished: the models of the bench."""
        self.wishes = wishes
        return self.models

    def open(self, path: Path = Path("/films/clip.mp4")) -> None:
        """Open the plain file, and let its index be made."""
        self.session.open(path)
        self.decoder.answer()
        if not self.decoder.failure:
            self.analysis.say(Done(document(self.info)))

    def analyse(self, *events: Event, outcome: Done | Failed | Cancelled | None = None) -> None:
        """Analyse, with these events."""
        self.session.analyse()
        self.analysis.say(*events, *([outcome] if outcome is not None else []))
