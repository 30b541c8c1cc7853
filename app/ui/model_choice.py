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

    @property
    def shown_name(self) -> str:
        """The name, and that it is only a sample where it is."""
        return f"{self.name} (sample)" if self.is_sample else self.name


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The models of the next analysis; None where there is none of a kind, or none is wanted."""

    detector: ChosenModel | None = None
    speech: ChosenModel | None = None
    vad: ChosenModel | None = None
    detector_declined: bool = False
    speech_declined: bool = False

    @property
    def samples(self) -> tuple[ChosenModel, ...]:
        """Those that are only samples."""
        return tuple(each for each in (self.detector, self.speech) if each is not None and each.is_sample)


NO_MODEL = ""
"""The wish for no model at all; where nothing is wished, the first usable one is taken."""


@dataclass(frozen=True, slots=True)
class ModelWishes:
    """Names of models that a person chose; a name that is not there any more counts as no wish."""

    detector: str | None = None
    speech: str | None = None


ChooseModels = Callable[[ModelWishes], ModelChoice]


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
    no_detector = choice.detector is None and not choice.detector_declined
    no_speech = choice.speech is None and not choice.speech_declined
    if no_detector and no_speech:
        return "There is no model here, so neither objects nor speech can be found: see Analyse → Models."
    if no_detector:
        return "There is no detector here, so no objects can be found: get one in Analyse → Models."
    if no_speech:
        return "There is no speech model here, so nothing can be transcribed: get one in Analyse → Models."
    return ""
