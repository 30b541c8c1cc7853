from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.analysis.request import AnalysisRequest
from app.core.control import Control
from app.core.events import Cancelled, Event, Failed, WarningRaised
from app.workers.analysis_runs import AnalysisRuns


def ring() -> None:
    """Nobody listens."""


def analyse(request: AnalysisRequest, control: Control) -> Iterator[Event]:
    yield WarningRaised(request.path.name)
    yield Failed(request.path.name, None)


def drive_next(runs: AnalysisRuns) -> None:
    run = runs.next()
    assert run is not None
    run.drive(analyse)


def test_a_run_that_has_said_nothing_yet_is_not_taken_for_over() -> None:
    runs = AnalysisRuns(ring)
    runs.add(AnalysisRequest(Path("one")))
    runs.add(AnalysisRequest(Path("two")))
    drive_next(runs)
    # The outcome of the first is there, the second has not begun.
    assert runs.take_events() == [Cancelled(None)]
    assert runs.take_events() == []
    drive_next(runs)
    assert runs.take_events() == [WarningRaised("two"), Failed("two", None)]
