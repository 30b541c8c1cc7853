"""What the window does with models: gets, adds, checks and removes them, and knows how that goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import ReelscopeError
from app.ui.message import Message, Tone

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.download.pulls import FetchOne, PullState
    from app.download.wanted import Told, Wanted
    from app.models.library import Library, LibraryRow
    from app.models.recommended import RecommendedSet
    from app.ui.session import Session
    from app.workers.model_clerk import ModelClerk, ModelOrder, OrderEnded
    from app.workers.model_puller import ModelPuller


@dataclass(frozen=True, slots=True)
class Word:
    """What is to be said of a model: of a failure, or that it is whole."""

    sentence: str
    is_fault: bool


class ModelDesk(QObject):
    """Owns the threads that work on models; makes them when they are first wanted.

    Attributes:
        pulls: downloads that run or wait, by name.
        words: what came of the last thing done with a model, by name.

    Signals:
        progressed(object): a PullState.
        changed(): models came or went, or there is something to say.
    """

    progressed = Signal(object)
    changed = Signal()

    def __init__(
        self,
        session: Session,
        open_library: Callable[[], Library],
        parent: QObject,
        fetch: FetchOne | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_library = open_library
        self.pulls: dict[str, PullState] = {}
        self.words: dict[str, Word] = {}
        self._session = session
        self._fetch = fetch or self._fetch_by_settings
        self._puller: ModelPuller | None = None
        self._clerk: ModelClerk | None = None
        self._verifying: set[str] = set()
        self._failure = ""
        self._ended = False

    @cached_property
    def library(self) -> Library:
        """What there is; loaded when it is first looked at."""
        return self._open_library()

    @property
    def adding_or_checking(self) -> frozenset[str]:
        """Names of the models that are being read to their end."""
        return frozenset(self._verifying)

    def recommended(self) -> RecommendedSet:
        """Return what suits this machine."""
        from app.models.recommended import machine_here, recommended

        return recommended(self.library.catalogue, machine_here())

    def rows(self) -> list[LibraryRow]:
        """Return every model there is."""
        return self.library.rows()

    def pull(self, *names: str) -> None:
        """Get models of the catalogue, with all they need."""
        from app.download.pulls import PullStage, PullState

        if self._ended:
            return
        try:
            entries = self.library.to_fetch(names)
        except ReelscopeError as error:
            self._say(str(error), Tone.FAILURE)
            return
        for entry in entries:
            self.words.pop(entry.name, None)
            wanted = self.library.wanted(entry)
            if self._the_puller().pull(entry.name, wanted):
                here = self.library.row(entry.name).here
                self._told(PullState(entry.name, PullStage.WAITING, here, entry.bytes))

    def cancel(self, name: str) -> None:
        """Give up a download; what has come is kept."""
        if self._puller is not None:
            self._puller.cancel(name)

    def remove(self, name: str) -> None:
        """Remove a model."""
        try:
            self.library.remove(name)
        except ReelscopeError as error:
            self.words[name] = Word(str(error), True)
        else:
            self.words.pop(name, None)
            self._session.models_changed()
        self.changed.emit()

    def verify(self, name: str) -> None:
        """Read a model to its end and say whether it is whole."""
        from app.workers.model_clerk import Errand, ModelOrder

        self.words.pop(name, None)
        self._verifying.add(name)
        self._order(ModelOrder(Errand.VERIFY, name=name))
        self.changed.emit()

    def add(self, place: Path, *, in_place: bool = False) -> None:
        """Add a file or a folder of models."""
        from app.workers.model_clerk import Errand, ModelOrder

        self._order(ModelOrder(Errand.ADD_IN_PLACE if in_place else Errand.ADD, place))

    def offer(self, files: tuple[Path, ...]) -> None:
        """Ask whether model files that came into the window shall be added."""
        from app.media.names import shown_name

        it, is_one = ("it", True) if len(files) == 1 else ("them", False)
        what = f"'{shown_name(files[0])}' is a model" if is_one else f"These are {len(files)} models"
        self._session.said.emit(
            Message(
                f"{what}. Add {it} to your models?",
                Tone.NOTE,
                "Add a copy" if is_one else "Add copies",
                partial(self._add_all, files, in_place=False),
                ((f"Leave {it} in place", partial(self._add_all, files, in_place=True)),),
            )
        )

    def _add_all(self, files: tuple[Path, ...], *, in_place: bool) -> None:
        for file in files:
            self.add(file, in_place=in_place)

    def stop(self) -> None:
        """End what runs, and wait for it."""
        self._ended = True
        for thread in (self._puller, self._clerk):
            if thread is not None:
                thread.stop()
        for thread in (self._puller, self._clerk):
            if thread is not None:
                thread.wait()
        self.pulls.clear()

    # --- the threads

    def _fetch_by_settings(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        """Fetch by the mirror that the settings name now; in a thread of downloads."""
        from app.models.way import model_fetcher

        fetcher = model_fetcher(self.library.catalogue, self._session.settings.model_mirror)
        fetcher.fetch(wanted, told, cancel)

    def _the_puller(self) -> ModelPuller:
        from app.workers.model_puller import ModelPuller

        if self._puller is None:
            self._puller = ModelPuller(self._fetch)
            self._puller.told.connect(self._told)
        return self._puller

    def _order(self, order: ModelOrder) -> None:
        from app.workers.model_clerk import ModelClerk

        if self._ended:
            return
        if self._clerk is None:
            self._clerk = ModelClerk(self.library)
            self._clerk.ended.connect(self._order_ended)
        self._clerk.begin(order)

    def _told(self, state: PullState) -> None:
        from app.download.pulls import PullStage

        if not state.stage.ended:
            self.pulls[state.name] = state
            self.progressed.emit(state)
            return
        self.pulls.pop(state.name, None)
        if state.stage is PullStage.FAILED:
            self._failure = state.sentence
            self.words[state.name] = Word(state.sentence, True)
            self._say(state.sentence, Tone.FAILURE)
        elif state.stage is PullStage.DONE:
            self._session.models_changed()
        if not self.pulls:
            self._all_ended(state)
        self.changed.emit()

    def _all_ended(self, last: PullState) -> None:
        """Say what came of all of them: that one failed comes before that others are there."""
        from app.download.pulls import PullStage

        failure, self._failure = self._failure, ""
        if last.stage is PullStage.DONE:
            self._say(failure or "The models are there.", Tone.FAILURE if failure else Tone.DONE)

    def _order_ended(self, ended: OrderEnded) -> None:
        from app.workers.model_clerk import Errand

        order = ended.order
        if order.errand is Errand.VERIFY:
            self._verifying.discard(order.name)
            sentence = ended.sentence[:1].upper() + ended.sentence[1:]
            self.words[order.name] = Word(sentence, not ended.ok)
        else:
            if ended.added:
                self._session.models_changed()
            self._say(ended.sentence, Tone.DONE if ended.ok else Tone.FAILURE)
        self.changed.emit()

    def _say(self, sentence: str, tone: Tone) -> None:
        self._session.said.emit(Message(sentence, tone))
