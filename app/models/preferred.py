"""Which of several installed models is used where nobody chose one."""

from __future__ import annotations

from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from app.inference.model_entry import ModelEntry
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.models.recommended import DETECTORS, machine_here, recommended

_RECOMMENDED, _LESSER, _OWN, _LARGER = range(4)


def preferred(store: ModelStore, kind: ModelKind) -> ModelEntry | None:
    """Return the usable model that suits this machine best; None: there is none of the kind.

    The one that is recommended comes first, then lesser ones of the catalogue, the most able first, then
    files of the user's own by name, then those that ask for more than the machine has. Where folders are
    searched before others, that order stays.
    """
    real = [entry for entry in store.entries() if entry.kind is kind and not entry.is_sample]
    if len(real) < 2:
        # What suits the machine is asked only where it decides.
        return store.default(kind)
    known = catalogue()
    suits = next((each for each in recommended(known, machine_here()).models if each.kind is kind), None)
    return store.default(kind, lambda entry: _rank(known, entry, suits))


def _rank(known: Catalogue, entry: ModelEntry, suits: CatalogueEntry | None) -> tuple[int, int, int]:
    """The place of a model: the least is the best."""
    listed = known.find(entry.path.name)
    if suits is None or listed is None or listed.kind is not entry.kind:
        return _OWN, 0, 0
    if listed == suits:
        return _RECOMMENDED, 0, 0
    if listed.kind is ModelKind.DETECTOR and listed.name not in DETECTORS:
        # Such as one that finds faces only.
        return _OWN, 1, 0
    english_only = int(listed.languages == "en")
    if _able(listed) < _able(suits):
        return _LESSER, english_only, -_able(listed)
    return _LARGER, english_only, _able(listed)


def _able(entry: CatalogueEntry) -> int:
    """How much a model of the catalogue can do, and asks for, within its kind."""
    return DETECTORS.index(entry.name) if entry.name in DETECTORS else entry.memory_mb
