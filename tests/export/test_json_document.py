"""The result document: reads back exactly, keeps the contract's keys, refuses what it is not."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from app.core.errors import ExportError, FileMissingError
from app.core.results import AnalysisResult, Detection, Keyframe
from app.export.json_document import (
    dump,
    dump_transcript,
    load,
    load_json,
    load_transcript,
    save_json,
)
from tests.export import strategies
from tests.export.documents import FULL

# Written down from the contract, not from the code.
CONTRACT_KEYS: dict[str, list[str]] = {
    "": [
        "schema", "app", "media", "settings", "models", "run",
        "keyframes", "shots", "detections", "tracks", "transcript", "warnings",
    ],
    "app": ["name", "version"],
    "media": ["path", "name", "bytes", "sha256", "format", "start_s", "duration_s", "video", "audio"],
    "media.video": [
        "codec", "width", "height", "display_width", "display_height", "rotation", "mirrored",
        "sample_aspect_ratio", "pixel_format", "time_base", "average_rate", "variable_rate", "interlaced",
        "hdr", "frames",
    ],
    "media.audio.0": ["codec", "sample_rate", "channels", "language"],
    "models.0": ["name", "sha256", "kind", "layout"],
    "run": ["started", "elapsed_s", "device", "stages"],
    "run.stages.0": ["name", "seconds", "items"],
    "keyframes.0": ["pts", "time_s"],
    "shots.0": ["start_s", "end_s", "start_pts", "end_pts"],
    "detections.0": ["pts", "time_s", "label", "class_id", "confidence", "box", "track_id"],
    "tracks.0": ["track_id", "label", "start_s", "end_s", "frames"],
    "transcript": ["language", "segments", "source"],
    "transcript.segments.0": [
        "start_s", "end_s", "text", "confidence", "words", "marks", "speaker", "edited",
    ],
    "transcript.segments.0.words.0": ["start_s", "end_s", "text", "confidence"],
}  # fmt: skip


def _listed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in pairs}


def _part(document: Any, path: str) -> Any:
    for step in path.split(".") if path else []:
        document = document[int(step)] if step.isdigit() else document[step]
    return document


@strategies.fewer
@given(strategies.results)
def test_a_document_reads_back_exactly(result: AnalysisResult) -> None:
    assert load(dump(result)) == result


@strategies.fewer
@given(strategies.results)
def test_another_reader_finds_the_same_values(result: AnalysisResult) -> None:
    document = json.loads(dump(result).decode("utf-8"))
    assert document["settings"] == result.settings
    assert [found["pts"] for found in document["keyframes"]] == [found.pts for found in result.keyframes]
    assert [found["box"] for found in document["detections"]] == [
        list(found.box) for found in result.detections
    ]
    assert [[*shot.values()] for shot in document["shots"]] == [[*astuple(shot)] for shot in result.shots]
    assert document["media"]["name"] == result.media.name
    assert document["transcript"] == (
        asdict(result.transcript, dict_factory=_listed) if result.transcript else None
    )


@strategies.fewer
@given(strategies.results)
def test_the_transcript_alone_reads_back(
    tmp_path_factory: pytest.TempPathFactory, result: AnalysisResult
) -> None:
    path = tmp_path_factory.mktemp("transcripts", numbered=True) / "a.transcript.json"
    path.write_bytes(dump_transcript(result))
    assert json.loads(path.read_bytes()) == json.loads(dump(result))["transcript"]
    assert load_transcript(path) == result.transcript
    path.write_bytes(dump(result))
    assert load_transcript(path) == result.transcript


def test_what_is_no_transcript_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for data, sentence in (
        (b"[1]", "no transcript"),
        (b'{"segments": 1}', "no transcript"),
        (b"{}", "no schema"),
    ):
        path.write_bytes(data)
        with pytest.raises(ExportError, match=sentence):
            load_transcript(path)
    with pytest.raises(FileMissingError):
        load_transcript(tmp_path / "none.json")


@strategies.fewer
@given(strategies.results)
def test_equal_results_give_equal_bytes(result: AnalysisResult) -> None:
    reordered = replace(
        result,
        settings=dict(reversed(result.settings.items())),
        run=replace(result.run, device=dict(reversed(result.run.device.items()))),
    )
    assert dump(reordered) == dump(result)
    assert dump(load(dump(result))) == dump(result)


@pytest.mark.parametrize("path", CONTRACT_KEYS)
def test_keys_stand_as_in_the_contract(path: str) -> None:
    assert list(_part(json.loads(dump(FULL)), path)) == CONTRACT_KEYS[path]


def test_the_layout_is_made_for_people() -> None:
    text = dump(FULL).decode()
    assert text.startswith('{\n  "schema": "reelscope/1",\n  "app": {\n    "name": "reelscope",\n')
    assert (
        '\n  "keyframes": [\n    {"pts": 126000, "time_s": 0.0},\n    {"pts": 306180, "time_s": 2.002}\n  ],'
        in text
    )
    assert '"box": [10.5, 20.0, 100.25, 200.0]' in text
    assert text.endswith("\n}\n")


def test_numbers_are_written_as_shortly_as_they_read_back() -> None:
    result = replace(
        FULL, keyframes=(Keyframe(2**53 + 1, 0.1 + 0.2), Keyframe(-1, -0.0), Keyframe(0, 5e-324))
    )
    text = dump(result).decode()
    assert '{"pts": 9007199254740993, "time_s": 0.30000000000000004}' in text
    assert '{"pts": -1, "time_s": -0.0}' in text
    assert '{"pts": 0, "time_s": 5e-324}' in text
    assert math.copysign(1, load(text.encode()).keyframes[1].time_s) == -1


def test_text_is_written_as_it_is() -> None:
    text = 'naïve 日本語 \N{PARTY POPPER} \u2028 \x00 " \\ </script>'
    result = replace(FULL, warnings=(text,))
    assert "naïve 日本語 \N{PARTY POPPER}".encode() in dump(result)
    assert load(dump(result)).warnings == (text,)


def test_bytes_of_a_name_that_is_not_utf8_are_spelled_out() -> None:
    name = "caf\udce9 \ud83d\ude00.mp4"
    result = replace(FULL, media=replace(FULL.media, name=name), settings={name: name})
    spelled = "caf\\udce9 \\ud83d\\ude00.mp4"
    assert load(dump(result)).media.name == spelled
    assert json.loads(dump(result))["settings"] == {spelled: spelled}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("part", ["keyframes", "detections", "media", "settings"])
def test_a_number_that_is_not_finite_is_refused(number: float, part: str) -> None:
    found: Detection = FULL.detections[0]
    broken: dict[str, Any] = {
        "keyframes": (Keyframe(1, number),),
        "detections": (replace(found, box=found.box._replace(y2=number)),),
        "media": replace(FULL.media, duration_s=number),
        "settings": {"deep": [{"down": number}]},
    }
    with pytest.raises(ExportError, match="cannot be written as JSON"):
        dump(replace(FULL, **{part: broken[part]}))


def test_the_refusal_says_where() -> None:
    with pytest.raises(ExportError, match=r"`\$\.keyframes\[1\]`"):
        dump(replace(FULL, keyframes=(Keyframe(1, 1.0), Keyframe(2, math.nan))))


def test_values_that_json_does_not_know_are_refused() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    for value in (np.float32(1.5), object(), {1, object()}, nested):
        with pytest.raises(ExportError, match="cannot be written as JSON"):
            dump(replace(FULL, settings={"value": value}))
    with pytest.raises(ExportError, match=r"`\$\.settings\.value\[0\]`"):
        dump(replace(FULL, settings={"value": [{(1, 2): 3}]}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated"),
        (b"\xff\xfe{}", "malformed"),
        (b"[]", "got `array`"),
        (b"{}", "no schema"),
        (b'{"schema": null}', "no schema"),
        (b'{"schema": "reelscope/2"}', 'schema is "reelscope/2"'),
        (b'{"schema": 1}', "schema is 1"),
        (b'{"schema": "reelscope/1"}', "'app' is missing"),
        (dump(FULL).replace(b"a film.ts", b"\xff"), "can't decode byte 0xff"),
        (b'{"a":' * 100_000, "too deeply"),
        (dump(FULL)[:-2], "truncated"),
        (dump(FULL) + b"x", "malformed"),
        (dump(FULL).replace(b"126000", b"126000.5"), r"keyframes\[0\]\.pts"),
        (dump(FULL).replace(b"2.002", b"NaN"), "malformed"),
        (dump(FULL).replace(b"2.002", b"1e999"), "out of range"),
        (dump(FULL).replace(b", 200.0]", b"]"), r"detections\[0\]\.box"),
        (dump(FULL).replace(b'"mirrored": false', b'"mirrored": 0'), r"media\.video\.mirrored"),
        (dump(FULL).replace(b'"pts": 306180, ', b""), r"field `pts` - at `\$\.keyframes\[1\]`"),
    ],
)
def test_other_documents_are_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(ExportError, match=reason) as caught:
        load(data)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_key_of_a_later_version_is_passed_over() -> None:
    data = dump(FULL).replace(b'"schema"', b'"colours": [1, {"deep": null}],\n  "schema"', 1)
    assert load(data) == FULL


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    save_json(FULL, path)
    assert load_json(path) == FULL
    assert [entry.name for entry in tmp_path.iterdir()] == ["result.json"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"none\.json' is not there"):
        load_json(tmp_path / "none.json")
    with pytest.raises(ExportError, match="cannot be read"):
        load_json(tmp_path)
    (tmp_path / "other.json").write_bytes(b"{}")
    with pytest.raises(ExportError, match=r"other\.json': This is no result document"):
        load_json(tmp_path / "other.json")
