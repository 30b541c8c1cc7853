"""The published JSON Schema takes every document that is written, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from app.core.results import AnalysisResult
from app.export.json_document import dump
from tests.export import strategies
from tests.export.documents import FULL

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "reelscope-1.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))

DOCUMENT: dict[str, Any] = json.loads(dump(FULL))
OPEN = ("settings", "run.device")
"""Where keys may grow without a new schema."""


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place within the document, the inside of what is open left out."""
    yield path
    if ".".join(map(str, path)) in OPEN:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


PLACES = [place for place in _places(DOCUMENT) if place]


def _with(path: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(DOCUMENT)
    target: Any = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


def _at(path: tuple[str | int, ...]) -> Any:
    value: Any = DOCUMENT
    for step in path:
        value = value[step]
    return value


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)


@strategies.fewer
@given(strategies.results)
def test_every_document_that_is_written_is_valid(result: AnalysisResult) -> None:
    VALIDATOR.validate(json.loads(dump(result)))


def test_the_example_fills_every_part() -> None:
    assert all(_at(place) not in (None, [], {}) for place in PLACES)
    VALIDATOR.validate(DOCUMENT)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_a_value_of_another_type_is_refused(place: tuple[str | int, ...]) -> None:
    wrong = [1] if isinstance(_at(place), dict) else {"not": "this"}
    assert not VALIDATOR.is_valid(_with(place, wrong))


@pytest.mark.parametrize(
    "place",
    [place for place in PLACES if isinstance(place[-1], str)],
    ids=lambda place: ".".join(map(str, place)),
)
def test_every_key_is_required(place: tuple[str | int, ...]) -> None:
    changed = copy.deepcopy(DOCUMENT)
    target: Any = changed
    for step in place[:-1]:
        target = target[step]
    del target[place[-1]]
    assert not VALIDATOR.is_valid(changed)


@pytest.mark.parametrize(
    "place",
    [(), *(place for place in PLACES if isinstance(_at(place), dict))],
    ids=lambda place: ".".join(map(str, place)) or "document",
)
def test_a_key_that_nobody_knows_is_refused_where_keys_are_fixed(place: tuple[str | int, ...]) -> None:
    valid = VALIDATOR.is_valid(_with((*place, "unheard_of"), "of"))
    assert valid == (".".join(map(str, place)) in OPEN)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "reelscope/2"),
        ("app.name", "another"),
        ("app.version", ""),
        ("media.bytes", -1),
        ("media.bytes", 1.5),
        ("media.sha256", "A" * 64),
        ("media.sha256", "a" * 63),
        ("media.duration_s", -0.1),
        ("media.start_s", None),
        ("media.video.width", 0),
        ("media.video.display_height", 0),
        ("media.video.rotation", 45),
        ("media.video.rotation", -90),
        ("media.video.mirrored", 1),
        ("media.video.sample_aspect_ratio", "0/1"),
        ("media.video.sample_aspect_ratio", "1:1"),
        ("media.video.time_base", "1/0"),
        ("media.video.time_base", "-1/90000"),
        ("media.video.time_base", None),
        ("media.video.average_rate", "29.97"),
        ("media.video.frames", -1),
        ("media.audio.0.channels", -1),
        ("models.0.kind", "oracle"),
        ("models.0.sha256", None),
        ("run.started", "yesterday"),
        ("run.started", "2026-01-02 03:04:05Z"),
        ("run.started", "2026-01-02T03:04:05+02:00"),
        ("run.elapsed_s", -1),
        ("run.device", {"detector": 1}),
        ("keyframes.0.pts", 0.5),
        ("keyframes.0.pts", 2**63),
        ("keyframes.0.pts", None),
        ("keyframes.0.time_s", "0:00"),
        ("detections.0.confidence", 1.01),
        ("detections.0.confidence", -0.01),
        ("detections.0.class_id", -1),
        ("detections.0.box", [0, 0, 1]),
        ("detections.0.box", [0, 0, 1, 1, 1]),
        ("detections.0.box", [-1, 0, 1, 1]),
        ("detections.0.box", [0, 0, 0, 1]),
        ("detections.0.box", {"x1": 0}),
        ("detections.0.track_id", -1),
        ("tracks.0.frames", 0),
        ("transcript.language", "English"),
        ("transcript.segments.0.confidence", 2),
        ("transcript.segments.0.words.0.confidence", None),
        ("transcript.segments.0.marks", [""]),
        ("warnings", [""]),
    ],
)
def test_a_value_out_of_bounds_is_refused(path: str, value: Any) -> None:
    steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
    assert not VALIDATOR.is_valid(_with(steps, value))


@pytest.mark.parametrize(
    "path",
    [
        "media.sha256", "media.duration_s", "media.video", "media.video.average_rate",
        "media.video.pixel_format", "media.video.hdr", "media.video.frames", "media.audio.0.language",
        "models.0.layout", "detections.0.track_id", "transcript", "transcript.segments.0.confidence",
    ],
)  # fmt: skip
def test_null_stands_for_what_is_not_known(path: str) -> None:
    steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
    VALIDATOR.validate(_with(steps, None))
