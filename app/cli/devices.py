"""``reelscope devices``: what decoding and inference can use here, and why not the rest."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.analysis.device_survey import ModelSurvey, SpeechSurvey, Survey, Surveyor
from app.cli.exit_codes import DONE
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.inference.speech_pace import cost_words
from app.inference.verdicts import Verdict
from app.resources import sample_clip

_Row = tuple[bool, str, str]
"""Whether it is used or can be, its name, and why or why not as a clause."""


def devices(arguments: Namespace) -> int:
    """Print what decodes and what runs models; what has not been measured yet is tried in child processes."""
    video = arguments.video or sample_clip()
    found = Survey()
    speech = [] if arguments.model else _speech_models()
    for found in Surveyor().survey(video, _models(arguments.model), speech=speech, again=arguments.again):
        if (
            " with " in found.trying or "speed" in found.trying
        ):  # models may take a minute each, decoding never does
            print(f"reelscope: trying {found.trying}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_document(found), indent=2))
        return DONE
    _print_rows("decoding", ((row.available, row.name, row.reason) for row in found.decoding))
    _print_rows("inference", ((each.available, each.name, each.reason) for each in found.inference))
    for model in found.models:
        _print_rows(f"model {model.model}", _rows(model))
    if found.speech:
        rows = ((each.pace is not None, each.model.stem, _speed(each)) for each in found.speech)
        _print_rows("speech models", rows)
    return DONE


def _models(named: list[str]) -> list[Path]:
    store = ModelStore()
    if named:
        return [store.resolve(name, ModelKind.DETECTOR).path for name in named]
    installed = [entry for entry in store.entries() if entry.kind is ModelKind.DETECTOR]
    real = [entry for entry in installed if not entry.is_sample]
    return [entry.path for entry in real or installed]


def _speech_models() -> list[Path]:
    installed = [entry for entry in ModelStore().entries() if entry.kind is ModelKind.SPEECH]
    real = [entry for entry in installed if not entry.is_sample]
    return [entry.path for entry in real or installed]


def _speed(survey: SpeechSurvey) -> str:
    return survey.fault or cost_words(survey.model, survey.pace, None)


def _rows(survey: ModelSurvey) -> list[_Row]:
    if survey.fault:
        return [(False, "none", survey.fault)]
    rows = [(verdict.used, name, verdict.reason) for name, verdict in survey.verdicts]
    return [(True, "auto", f"runs it on {survey.chosen.name}: {survey.chosen.reason}"), *rows]


def _print_rows(title: str, rows: Iterable[_Row]) -> None:
    print(f"{title}:")
    for used, name, reason in rows:
        print(f"  {'yes' if used else 'no ':3}  {name:12}  {reason}")


def _document(found: Survey) -> dict[str, Any]:
    inference = [
        {"name": each.name, "available": each.available, "reason": each.reason} for each in found.inference
    ]
    return {
        "decoding": [asdict(row) for row in found.decoding],
        "inference": inference,
        "models": [_record(model) for model in found.models],
        "speech": [_speech_record(each) for each in found.speech],
    }


def _record(survey: ModelSurvey) -> dict[str, Any]:
    return {
        "model": survey.model,
        "sha256": survey.sha256,
        "chosen": None if survey.fault else survey.chosen.name,
        "reason": survey.fault or survey.chosen.reason,
        "devices": [{"name": name, **_verdict(verdict)} for name, verdict in survey.verdicts],
    }


def _speech_record(survey: SpeechSurvey) -> dict[str, Any]:
    measured = asdict(survey.pace) if survey.pace is not None else None
    return {"model": survey.model.stem, "measured": measured, "reason": _speed(survey)}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    measured = asdict(verdict.figures) if verdict.figures is not None else None
    return {"used": verdict.used, "reason": verdict.reason, "measured": measured}
