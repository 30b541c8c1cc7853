"""Which models the window works with, and what to say about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model that will be used; ``is_sample``: it came with the sample and knows next to nothing."""

    name: str
    path: Path
    is_sample: bool


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The models of the next analysis; None where there is none of a kind."""

    detector: ChosenModel | None = None
    speech: ChosenModel | None = None
    vad: ChosenModel | None = None

    @property
    def samples(self) -> tuple[ChosenModel, ...]:
        """Those that are only samples."""
        return tuple(each for each in (self.detector, self.speech) if each is not None and each.is_sample)

    @property
    def nothing(self) -> bool:
        """Whether neither objects nor speech can be found."""
        return self.detector is None and self.speech is None


ChooseModels = Callable[[], ModelChoice]

HOW_TO = (
    "Object detection takes an ONNX file of the YOLO families (YOLOX, YOLOv5, YOLOv8 and later), DETR, "
    "NanoDet or YuNet; speech takes a Whisper model in the ggml format, such as ggml-base.bin. "
    "Add them with Analyse → Add a Model File, or on the command line with 'reelscope models add FILE'."
)


def sample_sentence(choice: ModelChoice) -> str:
    """Say plainly that the models are samples; nothing where they are not."""
    kinds = {
        (
            True,
            True,
        ): "These are sample models: they know six drawn shapes and some thirty spoken words.",
        (True, False): "This detector is a sample: it knows six drawn shapes.",
        (False, True): "This speech model is a sample: it knows some thirty spoken words.",
    }
    detector, speech = choice.detector, choice.speech
    key = (detector is not None and detector.is_sample, speech is not None and speech.is_sample)
    return kinds.get(key, "")


def missing_sentence(choice: ModelChoice) -> str:
    """Say which kind of model is missing; nothing where both are there."""
    if choice.nothing:
        return "There is no model here, so neither objects nor speech can be found: add a model file."
    if choice.detector is None:
        return "There is no detector here, so no objects can be found: add a model file."
    if choice.speech is None:
        return "There is no speech model here, so nothing can be transcribed: add a model file."
    return ""
