"""What the sheet of models says, in words."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from app.core.sizes import size_words
from app.core.time import format_short
from app.download.pulls import PullStage, PullState
from app.inference.catalogue import Basis, CatalogueEntry
from app.inference.model_kind import ModelKind
from app.models.library import LibraryRow, Standing

if TYPE_CHECKING:
    from app.models.recommended import RecommendedSet

MODEL_FILTER = "Models (*.onnx *.bin *.gguf *tokenizer.json);;All files (*)"

OFFLINE = (
    "Without a network: bring the files on another way and add them here; a file of this list is known by "
    "its checksum, whatever its name. Licences tell where each file lies."
)


class ModelPage(enum.Enum):
    """The pages of the sheet."""

    SPEECH = "Speech"
    OBJECTS = "Objects"
    SEARCH = "Picture Search"
    INSTALLED = "Installed"

    def holds(self, row: LibraryRow) -> bool:
        """Whether a model stands on this page."""
        if self is ModelPage.INSTALLED:
            return row.standing is not Standing.AVAILABLE
        return row.kind in _KINDS[self]


_KINDS = {
    ModelPage.SPEECH: (ModelKind.SPEECH, ModelKind.VAD),
    ModelPage.OBJECTS: (ModelKind.DETECTOR,),
    ModelPage.SEARCH: (ModelKind.ENCODER, ModelKind.TEXT_ENCODER, ModelKind.TOKENIZER),
}

_KIND_NAMES = {
    ModelKind.SPEECH: "Speech",
    ModelKind.VAD: "Speech regions",
    ModelKind.DETECTOR: "Objects",
    ModelKind.ENCODER: "Pictures",
    ModelKind.TEXT_ENCODER: "Words",
    ModelKind.TOKENIZER: "Tokenizer",
}

HINTS = {
    ModelPage.SEARCH: "For finding pictures by words, which is to come: until then only the command line "
    "uses the halves that see (analyze --embed)."
}
"""What to know of a page."""


def facts(row: LibraryRow) -> str:
    """Return size, kind and licence in one line."""
    parts = [_KIND_NAMES[row.kind]]
    if row.bytes:
        parts.append(size_words(row.bytes))
    if row.listed is not None:
        parts += [row.listed.speed.value, _memory(row.listed)]
    elif row.remark:
        parts.append(row.remark)
    return " · ".join(parts)


def purpose(row: LibraryRow, together: int) -> str:
    """Return what a model is good for; "" where nobody says. ``together``: bytes with all that it needs."""
    if row.listed is None:
        return ""
    needs = f" Comes with {' and '.join(row.listed.needs)}: {size_words(together)} together."
    return f"{row.listed.good_for}.{needs if row.listed.needs else ''}"


def standing_words(row: LibraryRow, *, in_use: bool = False) -> str:
    """Return how a model stands, in a word or two."""
    if row.standing is Standing.PARTLY:
        share = row.here / row.bytes if row.bytes else 0.0
        return f"{share:.0%} are here"
    if row.standing is Standing.INSTALLED:
        return "in use" if in_use else "installed"
    return "broken" if row.standing is Standing.BROKEN else ""


def get_words(row: LibraryRow) -> str:
    """Return what the button says that gets a model; "" where there is nothing to get."""
    if row.listed is None:
        return ""
    return {Standing.AVAILABLE: "Get", Standing.PARTLY: "Go On", Standing.BROKEN: "Get Again"}.get(
        row.standing, ""
    )


def pull_words(state: PullState) -> str:
    """Return how a download goes."""
    if state.stage is PullStage.WAITING:
        return "Waits for the others"
    share = state.done / state.total if state.total else 0.0
    if state.stage is PullStage.RESTING:
        return f"Tries again soon: {state.sentence}"
    if state.stage is PullStage.CHECKING:
        return f"Checked: {share:.0%}"
    left = f", {format_short(state.left_s)} left" if state.left_s is not None else ""
    return f"{size_words(state.done)} of {size_words(state.total)}{left}"


def recommended_words(chosen: RecommendedSet, worth: str, fault: str = "") -> str:
    """Return what suits this machine, and why, after what the models in use are ``worth``.

    ``fault``: why some of it did not come when it was asked for; said instead of the reason.
    """
    names = ", ".join(entry.name for entry in chosen.models)
    return f"{worth} For this machine: {names}. {fault or chosen.reason}".strip()


def recommended_button(missing_bytes: int) -> str:
    """Return what the button says that gets all of it."""
    return f"Get Them, {size_words(missing_bytes)}"


def address_words(entry: CatalogueEntry) -> str:
    """Return where a file lies and how it is known, for whoever brings it on another way."""
    return f"{entry.url}\n{entry.bytes} bytes, SHA-256 {entry.sha256}"


def _memory(entry: CatalogueEntry) -> str:
    about = "" if entry.memory_basis is Basis.PUBLISHED else "about "
    return f"takes {about}{size_words(entry.memory_mb * 10**6)} of memory"
