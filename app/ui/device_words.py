"""What trials of devices found, in words for the sheet."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.analysis.device_survey import ModelSurvey, SpeechSurvey, Survey
from app.inference.devices import CPU
from app.inference.speech_pace import cost_words


class Sign(enum.Enum):
    """How it stands with a device; the value is what stands beside its name."""

    USED = "used"
    USABLE = "usable"
    NOT = "not used"


@dataclass(frozen=True, slots=True)
class Line:
    """One device in a section."""

    sign: Sign
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A title, a sentence under it, and a line for each device."""

    title: str
    sentence: str
    lines: tuple[Line, ...] = ()


NOTHING_ELSE = (
    "Models run on the processor: the ONNX Runtime that is installed here brings nothing else. Its other "
    "builds do (onnxruntime-gpu, onnxruntime-directml, onnxruntime-openvino, or the one for macOS)."
)

CHOICES = (
    "Automatic, in the settings, takes a device where a trial found it faster than the processor with the "
    "same results. A device that is named there is used even where it is slower. Where one fails in the "
    "middle of the work, the processor goes on at the same picture, and Info says so."
)


def device_sections(survey: Survey) -> tuple[Section, ...]:
    """Describe what is known so far."""
    found = []
    if survey.decoding:
        lines = tuple(
            Line(Sign.USABLE if row.available else Sign.NOT, row.name, row.reason) for row in survey.decoding
        )
        found.append(Section("Decoding", f"Tried on the beginning of a video in {survey.codec}.", lines))
    alone = nothing_but_the_cpu(survey)
    # A list of models that all run on the only thing there is says nothing; one that runs nowhere does.
    found += [_model_section(model) for model in survey.models if model.fault or not alone]
    found += [_speech_section(each) for each in survey.speech]
    return tuple(found)


def nothing_but_the_cpu(survey: Survey) -> bool:
    """Whether there is no device for models beside the processor."""
    return all(each.name == CPU for each in survey.inference if each.available)


def progress_words(survey: Survey) -> str:
    """Say what is done now."""
    if survey.complete:
        return (
            "Measured on this machine. It counts until a model, a driver or the program's libraries change."
        )
    return f"Trying {survey.trying}…" if survey.trying else "Looking for devices…"


def _model_section(model: ModelSurvey) -> Section:
    if model.fault:
        return Section(model.model, model.fault)
    chosen = model.chosen.name
    cpu = Line(Sign.USED if chosen == CPU else Sign.USABLE, CPU, _cpu_words(model))
    others = (
        Line(_sign(name == chosen, verdict.used), name, verdict.reason) for name, verdict in model.verdicts
    )
    return Section(model.model, f"Automatic runs it on {chosen.upper()}.", (cpu, *others))


def _speech_section(survey: SpeechSurvey) -> Section:
    words = survey.fault or f"Speech: {cost_words(survey.model, survey.pace, None)}."
    return Section(survey.model.stem, words)


def _sign(chosen: bool, usable: bool) -> Sign:
    if chosen:
        return Sign.USED
    return Sign.USABLE if usable else Sign.NOT


def _cpu_words(model: ModelSurvey) -> str:
    measured = [verdict.figures.cpu_ms for _, verdict in model.verdicts if verdict.figures is not None]
    return f"{min(measured):.1f} ms a picture" if measured else "always there"
