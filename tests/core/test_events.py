"""Events cross threads and processes: each is frozen, comparable, and survives pickling."""

from __future__ import annotations

import dataclasses
import pickle
from typing import get_args

import pytest

from app.core import events
from app.core.events import Event, Outcome, Stage
from app.core.time import TimeSpan
from tests.export.documents import FULL

SPOKEN = FULL.transcript.segments[0] if FULL.transcript else None

ONE_OF_EACH = [
    events.MediaOpened(FULL.media),
    events.Progress(Stage.SPEECH, 1.0, None),
    events.KeyframesFound(FULL.keyframes),
    events.ShotsFound(FULL.shots),
    events.ThumbnailMade(events.Thumbnail(1, 0.5, 2, 1, bytes(6))),
    events.PictureAnalysed(1, 0.5, FULL.detections),
    events.PictureEmbedded(1, 0.5, bytes(16)),
    events.LoudnessFound(0.0, 0.1, (0.0, 1.0)),
    events.SpeechRegionsFound((TimeSpan(0.0, 1.0),)),
    events.LanguageFound("en"),
    events.SegmentFound(SPOKEN) if SPOKEN else None,
    events.SegmentMarked(SPOKEN) if SPOKEN else None,
    events.PieceHeard(0.5),
    events.WarningRaised("A sentence."),
    events.StageFinished(Stage.INDEX, 0.1, 3),
    events.Done(FULL),
    events.Failed("A sentence.", None),
    events.Cancelled(FULL),
]


def test_there_is_an_example_of_each() -> None:
    assert {type(event) for event in ONE_OF_EACH} == set(get_args(Event))
    assert set(get_args(Outcome)) < set(get_args(Event))


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_survives_a_trip_between_processes(event: Event) -> None:
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 (our own value)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_cannot_be_changed(event: Event) -> None:
    name = dataclasses.fields(event)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, name, None)
