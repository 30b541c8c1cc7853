"""What a stage of the analysis is handed: where to say things, whom to obey."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.request import AnalysisRequest
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.events import Event, Progress, Stage, WarningRaised
from app.core.results import MediaInfo, ModelInfo

if TYPE_CHECKING:
    from app.inference.session import StepDown


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A stage loaded a model, and runs it on ``device``. Inside the engine only."""

    info: ModelInfo
    device: str


@dataclass(frozen=True, slots=True)
class RunsOn:
    """From now on ``part`` of the work (decoding, or a kind of model) runs on ``device``. Inside the engine
    only."""

    part: str
    device: str


@dataclass(frozen=True, slots=True)
class FramesCounted:
    """The pictures pass saw every picture of the file. Inside the engine only."""

    frames: int


@dataclass(frozen=True, slots=True)
class SpeechLookedFor:
    """Sound was decoded and listened to. Inside the engine only."""


@dataclass(frozen=True, slots=True)
class DecodedUntil:
    """A pass decoded its whole track, up to ``end_s``. Inside the engine only.

    ``all_there_is`` says that nothing of the file should come later: sound may end before the pictures.
    """

    end_s: float
    all_there_is: bool


Note = ModelUsed | RunsOn | FramesCounted | SpeechLookedFor | DecodedUntil


@dataclass(frozen=True, slots=True)
class StageContext:
    """Attributes:
    request: what was asked for.
    info: what the file is.
    control: ask it to ``wait_while_paused`` before each picture or piece of sound; tells where one looks.
    emit: hands an event or note to the engine; waits where that lags; any thread.
    """

    request: AnalysisRequest
    info: MediaInfo
    control: Control
    emit: Callable[[Event | Note], None]

    @property
    def cancel(self) -> CancelToken:
        """Raises at the next picture, packet or model run once set."""
        return self.control.cancel

    @property
    def length_s(self) -> float | None:
        """Seconds that are asked for: of the file, or the range of it; None where nobody knows."""
        span, length_s = self.request.span, self.info.duration_s
        end_s = span.end_s if length_s is None else min(span.end_s, length_s)
        return None if math.isinf(end_s) else max(0.0, end_s - span.start_s)

    def progress(self, stage: Stage, reached_s: float) -> None:
        """Tell that ``stage`` has come to ``reached_s`` seconds of shown time, within the range asked for."""
        span, total_s = self.request.span, self.length_s
        self.emit(Progress(stage, max(0.0, reached_s - span.start_s), total_s))

    def warn(self, sentence: str) -> None:
        """Tell the user something that does not stop the work."""
        self.emit(WarningRaised(sentence))

    def stepped_down(self, part: str, step: StepDown) -> None:
        """Tell that a model goes on with less than it had."""
        self.warn(step.sentence)
        self.emit(RunsOn(part, step.device.name))
