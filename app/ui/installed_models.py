"""The models of this machine as the window chooses and offers them; looked for when first asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app.inference.model_kind import ModelKind
from app.ui.model_choice import NO_MODEL, ChosenModel, ModelChoice, ModelWishes

if TYPE_CHECKING:
    from app.inference.model_entry import ModelEntry
    from app.inference.model_store import ModelStore
    from app.models.library import Library


class InstalledModels:
    """A store, loaded with the first question: a window without a file asks none before it is painted."""

    def __init__(self, store: ModelStore | None = None) -> None:
        """Look into a store; None: into the usual folders."""
        self._given = store

    @cached_property
    def store(self) -> ModelStore:
        """Where models lie."""
        from app.inference.model_store import ModelStore

        return self._given or ModelStore()

    def library(self) -> Library:
        """Return all models there are, those of the catalogue too; what is added is tried in a child."""
        from app.inference.kind_trial import kind_in_child
        from app.models.library import Library

        return Library(self.store, find_kind=kind_in_child)

    def choose(self, wishes: ModelWishes) -> ModelChoice:
        """Return those wished for, else those that suit the machine."""
        return ModelChoice(
            self._pick(ModelKind.DETECTOR, wishes.detector),
            self._pick(ModelKind.SPEECH, wishes.speech),
            self._pick(ModelKind.VAD),
            detector_declined=wishes.detector == NO_MODEL,
            speech_declined=wishes.speech == NO_MODEL,
        )

    def detectors(self) -> tuple[ChosenModel, ...]:
        """Return the models that find objects, by name; of two with one name what that name means."""
        return self._offered(ModelKind.DETECTOR)

    def speech_models(self) -> tuple[ChosenModel, ...]:
        """Return the models that hear speech, likewise."""
        return self._offered(ModelKind.SPEECH)

    def _pick(self, kind: ModelKind, wish: str | None = None) -> ChosenModel | None:
        from app.models.preferred import preferred

        if wish == NO_MODEL:
            return None
        named = (entry for entry in self.store.entries() if wish is not None and entry.name == wish)
        entry = next((each for each in named if each.kind is kind), None) or preferred(self.store, kind)
        return _chosen(entry) if entry is not None else None

    def _offered(self, kind: ModelKind) -> tuple[ChosenModel, ...]:
        by_name: dict[str, ChosenModel] = {}
        for entry in self.store.entries():
            if entry.kind is kind:
                by_name.setdefault(entry.name, _chosen(entry))
        return tuple(by_name.values())


def _chosen(entry: ModelEntry) -> ChosenModel:
    return ChosenModel(entry.name, entry.path, entry.is_sample)
