from __future__ import annotations

import dataclasses
from pathlib import Path

from app.analysis.engine import analyse
from app.analysis.progress import ProgressMeter
from app.analysis.request import AnalysisRequest
from app.core.events import Done, MediaOpened, Progress, Stage, StageFinished
from app.core.time import TimeSpan
from tests.export.documents import FULL

BOTH = (Stage.PICTURES, Stage.SPEECH)


def test_a_pass_without_a_track_is_not_waited_for() -> None:
    meter = ProgressMeter(BOTH)
    meter.take(MediaOpened(dataclasses.replace(FULL.media, audio=())))
    meter.take(Progress(Stage.PICTURES, 100, 100))
    meter.take(StageFinished(Stage.PICTURES, 1.0, 7))
    assert meter.share() == 1.0


def test_progress_counts_within_the_range(sample_video: Path) -> None:
    request = AnalysisRequest(sample_video, span=TimeSpan(5, 15))
    events = list(analyse(request))
    told = [event for event in events if isinstance(event, Progress)]
    assert told
    assert all(event.total_s == 10 and 0 <= event.done_s <= 10 for event in told)
    assert isinstance(events[-1], Done)
