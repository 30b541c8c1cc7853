"""``reelscope devices``: what decoding and inference can use here, and why not the rest."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.analysis.device_survey import ModelSurvey, ModelTrials
from app.cli.exit_codes import DONE
from app.core.errors import HardwareError
from app.inference.model_store import ModelKind, ModelStore
from app.inference.session import available_devices
from app.inference.verdicts import Verdict
from app.media.hardware import StreamFacts, known_devices, stream_facts
from app.media.hardware_book import DecodingBook
from app.media.hardware_trial import Figures
from app.media.trial_process import judge, try_device
from app.resources import resource_path


@dataclass(frozen=True, slots=True)
class _Row:
    """One device: its name, whether it can be used, and why or why not as a clause."""

    name: str
    available: bool
    reason: str


def devices(arguments: Namespace) -> int:
    """Print what decodes and what runs models; what has not been measured yet is tried in child processes."""
    models = _models(arguments.model)
    video = arguments.video or resource_path("sample", "sample.mp4")
    decoding = _decoding(video, again=arguments.again)
    inference = [_Row(each.name, each.available, each.reason) for each in available_devices()]
    trials = ModelTrials()
    surveys = [trials.survey(model, again=arguments.again, tell=_say) for model in models]
    if arguments.json:
        lists: dict[str, Any] = {
            "decoding": [*map(asdict, decoding)],
            "inference": [*map(asdict, inference)],
            "models": [*map(_record, surveys)],
        }
        print(json.dumps(lists, indent=2))
        return DONE
    for title, rows in (("decoding", decoding), ("inference", inference)):
        _print_rows(f"{title}:", rows)
    for survey in surveys:
        _print_rows(f"model {survey.model}:", _rows(survey))
    return DONE


def _models(named: list[str]) -> list[Path]:
    store = ModelStore()
    if named:
        return [store.resolve(name, ModelKind.DETECTOR).path for name in named]
    installed = [entry for entry in store.entries() if entry.kind is ModelKind.DETECTOR]
    real = [entry for entry in installed if not entry.is_sample]
    return [entry.path for entry in real or installed]


def _say(words: str) -> None:
    print(f"reelscope: trying {words}", file=sys.stderr)


def _rows(survey: ModelSurvey) -> list[_Row]:
    if survey.fault:
        return [_Row("none", False, survey.fault)]
    rows = [_Row(name, verdict.used, verdict.reason) for name, verdict in survey.verdicts]
    return [_Row("auto", True, f"runs it on {survey.chosen.name}: {survey.chosen.reason}"), *rows]


def _record(survey: ModelSurvey) -> dict[str, Any]:
    return {
        "model": survey.model,
        "sha256": survey.sha256,
        "chosen": None if survey.fault else survey.chosen.name,
        "reason": survey.fault or survey.chosen.reason,
        "devices": [{"name": name, **_verdict(verdict)} for name, verdict in survey.verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    measured = asdict(verdict.figures) if verdict.figures is not None else None
    return {"used": verdict.used, "reason": verdict.reason, "measured": measured}


def _print_rows(title: str, rows: list[_Row]) -> None:
    print(title)
    for row in rows:
        print(f"  {'yes' if row.available else 'no ':3}  {row.name:12}  {row.reason}")


def _decoding(video: Path, *, again: bool) -> list[_Row]:
    facts, book = stream_facts(video), DecodingBook()
    rows = [_Row("software", True, "always there")]
    for name in known_devices():
        found = None if again else book.find(name, facts)
        if found is None:
            found = _measured(name, video, facts)
            with suppress(OSError):  # then it is measured again next time
                book.note(name, facts, found)
        rows.append(_decoding_row(name, found, facts))
    return rows


def _measured(name: str, video: Path, facts: StreamFacts) -> Figures | str:
    if name not in facts.devices:
        return f"FFmpeg's {facts.codec} decoder cannot use it"
    try:
        return try_device(name, video)
    except HardwareError as error:
        return str(error)


def _decoding_row(name: str, found: Figures | str, facts: StreamFacts) -> _Row:
    if isinstance(found, str):
        return _Row(name, False, found)
    speed = f"{1 / max(found.hardware.picture_s, 1e-6):.0f} pictures/s of {facts.codec}"
    return _Row(name, True, judge(found, facts.rate).against_playing or speed)
