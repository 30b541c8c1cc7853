"""What is worth saying about an analysis, in words: its models, what they ran on, how long it took."""

from __future__ import annotations

from app.core.languages import UNKNOWN
from app.core.results import AnalysisResult, StageRun
from app.ui.media_facts import Fact, Sections
from app.ui.model_choice import ModelChoice
from app.ui.speech_languages import language_name
from app.ui.status_words import device_words

_STAGES = {"index": "Keyframes", "pictures": "Pictures", "speech": "Lines"}


def analysis_sections(
    models: ModelChoice, result: AnalysisResult | None, language_probability: float | None = None
) -> Sections:
    """Describe the models in use, and the last analysis where there was one."""
    used = (
        Fact("Objects", models.detector.name if models.detector is not None else "none"),
        Fact("Speech", models.speech.name if models.speech is not None else "none"),
        Fact("Pauses", models.vad.name if models.vad is not None else "by loudness, without a model"),
    )
    if result is None:
        return (("Models", used),)
    took = Fact("Took", f"{result.run.elapsed_s:.1f} s")
    devices = tuple(
        Fact(f"{name.capitalize()} on", device_words(device)) for name, device in result.run.device.items()
    )
    spoken = _language(result, language_probability)
    return (("Models", used), ("Analysis", (took, *spoken, *devices, *map(_stage, result.run.stages))))


def _language(result: AnalysisResult, probability: float | None) -> tuple[Fact, ...]:
    if result.transcript is None or result.transcript.language == UNKNOWN:
        return ()
    name = language_name(result.transcript.language)
    wished = (result.settings.get("speech") or {}).get("translate")
    detected = "" if probability is None else f", detected ({probability:.0%} sure)"
    return (Fact("Language", f"{name}{detected}{', written in English' if wished else ''}"),)


def _stage(run: StageRun) -> Fact:
    return Fact(_STAGES.get(run.name, run.name.capitalize()), f"{run.items} in {run.seconds:.1f} s")
