"""The first minutes: the empty window offers real models while there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.sizes import size_words
from app.inference.model_kind import ModelKind
from app.ui.open_file import FileState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.models.library import LibraryRow
    from app.models.recommended import RecommendedSet
    from app.ui.model_desk import ModelDesk
    from app.ui.session import Session

_FINDERS = (ModelKind.DETECTOR, ModelKind.SPEECH)


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """What the empty window says of models: a button, and a sentence below it."""

    button: str
    words: str


class Welcome(QObject):
    """Knows when models are to be offered; looks for them from ``begin`` on, speaks to nobody.

    Signals:
        offered(object): a ModelOffer, or None where there is nothing to offer.
    """

    offered = Signal(object)

    def __init__(self, session: Session, desk: ModelDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self._begun = False
        desk.changed.connect(self._refresh)
        desk.progressed.connect(self._refresh)
        session.file_changed.connect(self._refresh)

    def begin(self) -> None:
        """Look for models: asked for after the window shows, as it reads folders."""
        self._begun = True
        self._refresh()

    def _refresh(self) -> None:
        if self._begun and self._session.file.state is FileState.NONE:
            self.offered.emit(self._offer())

    def _offer(self) -> ModelOffer | None:
        pulls = self._desk.pulls.values()
        if pulls:
            return coming(sum(each.done for each in pulls), sum(each.total for each in pulls))
        rows = self._desk.rows()
        if any(_is_real(row) for row in rows):
            return None
        return worth_getting(self._desk.recommended(), rows)


def worth_getting(chosen: RecommendedSet, rows: Iterable[LibraryRow]) -> ModelOffer | None:
    """Return the offer of what suits this machine; None where all of it is here."""
    missing = chosen.missing(rows)
    if not missing:
        return None
    *others, last = [row.name for row in missing]
    names = f"{', '.join(others)} and {last}" if others else last
    size = size_words(sum(row.bytes - row.here for row in missing))
    return ModelOffer(
        f"Get models ({size})…",
        f"To find objects and speech, for this computer: {names}.\nNothing is downloaded before you say so.",
    )


def coming(done: int, total: int) -> ModelOffer:
    """Return what is said while models come; bytes."""
    words = f"Models are coming: {size_words(done)} of {size_words(total)}. You need not wait for them."
    return ModelOffer("Show models…", words)


def _is_real(row: LibraryRow) -> bool:
    """Whether a model finds something in films other than the sample."""
    from app.models.library import Standing

    here = row.standing is Standing.INSTALLED and row.model is not None and not row.model.is_sample
    return here and row.kind in _FINDERS
