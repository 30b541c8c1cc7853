"""The catalogue against its published schema, and what may stand in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.core.errors import UsageError
from app.inference.catalogue import catalogue, licence_text, parse_catalogue
from app.inference.model_kind import ModelKind

ROOT = Path(__file__).resolve().parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "reelscope-models-1.schema.json").read_bytes())
DOCUMENT: dict[str, Any] = json.loads((ROOT / "resources" / "catalogue.json").read_bytes())
VALIDATOR = Draft202012Validator(SCHEMA)
NAMES = [model["name"] for model in DOCUMENT["models"]]


def test_the_catalogue_passes_its_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert not [error.message for error in VALIDATOR.iter_errors(DOCUMENT)]


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["model"]["required"]))
def test_an_entry_without_a_required_fact_is_refused(key: str) -> None:
    model = {name: value for name, value in DOCUMENT["models"][0].items() if name != key}
    assert list(VALIDATOR.iter_errors({**DOCUMENT, "models": [model]}))


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "a24bc434f372355688ab9a623077a63e5361a1c41f4d8d648977e39f9b060f0"},
        {"licence": "AGPL-3.0"},
        {"licence": "apple-amlr"},
        {"url": "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-tiny.bin"},
        {"url": "http://huggingface.co/a/b/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/c.bin"},
        {"file": "../ggml-tiny.bin"},
        {"bytes": 0},
        {"colour": "red"},
    ],
    ids=str,
)
def test_what_must_not_be_is_refused_by_the_schema(change: dict[str, Any]) -> None:
    model = {**DOCUMENT["models"][0], **change}
    assert list(VALIDATOR.iter_errors({**DOCUMENT, "models": [model]}))


def test_names_files_and_hashes_are_each_once() -> None:
    for key in ("name", "file", "sha256", "url"):
        values = [model[key].casefold() for model in DOCUMENT["models"]]
        assert len(values) == len(set(values)), key


def test_what_is_wanted_is_in_it() -> None:
    kinds = {kind: {e.name for e in catalogue().models if e.kind is kind} for kind in ModelKind}
    assert {"tiny", "base", "small", "medium", "large-v3", "large-v3-turbo"} <= kinds[ModelKind.SPEECH]
    assert {"tiny-q5_1", "small-q8_0", "large-v3-turbo-q5_0"} <= kinds[ModelKind.SPEECH]
    assert kinds[ModelKind.VAD] == {"silero-v5.1.2", "silero-v6.2.0"}
    assert kinds[ModelKind.DETECTOR] == {
        "yolox_nano", "yolox_tiny", "yolox_s", "yolox_m", "rfdetr_nano", "dfine_s_coco", "yunet_2023mar",
    }  # fmt: skip
    assert len(kinds[ModelKind.ENCODER]) == len(kinds[ModelKind.TEXT_ENCODER]) == 3


def test_every_host_of_a_url_is_allowed() -> None:
    hosts = {entry.url.split("/")[2] for entry in catalogue().models}
    assert hosts <= set(catalogue().hosts)


def test_needs_name_entries_and_come_along_once() -> None:
    known = {entry.name for entry in catalogue().models}
    assert all(set(entry.needs) <= known for entry in catalogue().models)
    vision = "clip-vit-base-patch32-vision-q8"
    names = [entry.name for entry in catalogue().with_needs([vision, vision, "tiny"])]
    assert names == [vision, "clip-vit-base-patch32-text-q8", "clip-vit-base-patch32-tokenizer", "tiny"]


def test_turbo_and_english_models_do_not_translate() -> None:
    speech = [entry for entry in catalogue().models if entry.kind is ModelKind.SPEECH]
    assert {entry.name for entry in speech if entry.translates} == {
        entry.name for entry in speech if entry.languages == "many" and "turbo" not in entry.name
    }


@pytest.mark.parametrize("name", ["tiny", "TINY", "ggml-tiny", "ggml-tiny.bin"])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    assert catalogue().entry(name).file == "ggml-tiny.bin"


def test_an_unknown_name_is_answered_with_those_alike() -> None:
    with pytest.raises(UsageError, match="yolox_nano"):
        catalogue().entry("yolox-nano")
    with pytest.raises(UsageError, match="models list"):
        catalogue().entry("§§§§")


@pytest.mark.parametrize("name", NAMES)
def test_every_licence_can_be_shown(name: str) -> None:
    entry = catalogue().entry(name)
    text = licence_text(entry)
    assert entry.file in text
    assert entry.copyright in text
    assert {"MIT": "WITHOUT WARRANTY OF ANY KIND", "Apache-2.0": "WITHOUT WARRANTIES OR CONDITIONS"}[
        entry.licence
    ] in text


@pytest.mark.parametrize(
    "data", [b"[]", b"{}", b'{"schema": "reelscope-models/2", "hosts": [], "models": []}']
)
def test_what_is_no_catalogue_is_refused(data: bytes) -> None:
    import msgspec

    with pytest.raises(msgspec.MsgspecError):
        parse_catalogue(data)
