"""What is worth saying about an analysis, in words: its models, what they ran on, how long it took."""

from __future__ import annotations

from app.core.results import AnalysisResult, StageRun
from app.ui.media_facts import Fact, Sections
from app.ui.model_choice import ModelChoice
from app.ui.status_words import device_words

_STAGES = {"index": "Keyframes", "pictures": "Pictures", "speech": "Lines"}


def analysis_sections(models: ModelChoice, result: AnalysisResult | None) -> Sections:
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
    return (("Models", used), ("Analysis", (took, *devices, *map(_stage, result.run.stages))))


def _stage(run: StageRun) -> Fact:
    return Fact(_STAGES.get(run.name, run.name.capitalize()), f"{run.items} in {run.seconds:.1f} s")
