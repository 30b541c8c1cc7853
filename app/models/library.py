"""Every model there is: those on this machine and those of the catalogue, each with how it stands."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ModelError, ReelscopeError, UsageError
from app.core.sizes import size_words
from app.download.partial import discard_part, locked, part_bytes
from app.download.wanted import Wanted
from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from app.inference.file_kind import may_be_model
from app.inference.model_check import Verification, verify_model
from app.inference.model_entry import ModelEntry, ModelSource
from app.inference.model_files import read_note
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore

FindKind = Callable[[Path, CancelToken | None], ModelKind]


class Standing(enum.Enum):
    """How a model stands on this machine."""

    INSTALLED = "installed"
    AVAILABLE = "available"
    PARTLY = "partly there"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One model.

    Attributes:
        name: of the catalogue where it is one of its, else of the file.
        bytes: of the whole file; 0 where it cannot be told.
        here: bytes that are on this machine.
        listed: its entry in the catalogue; None for a file of the user's own.
        model: the file; None where there is none.
        remark: what else to say, a clause.
    """

    name: str
    kind: ModelKind
    standing: Standing
    bytes: int
    here: int
    listed: CatalogueEntry | None = None
    model: ModelEntry | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding a file: the model, or why not, a sentence."""

    file: Path
    model: ModelEntry | None
    sentence: str = ""


class Library:
    """Looks at the folders each time it is asked; any thread may call it."""

    def __init__(
        self, store: ModelStore, known: Catalogue | None = None, find_kind: FindKind | None = None
    ) -> None:
        """``find_kind`` tells what a file is for that is added; None: loading it in this process."""
        self.store = store
        self._find_kind = find_kind
        self.catalogue = known or catalogue()

    def rows(self) -> list[LibraryRow]:
        """Return those of the catalogue in its order, then the user's own, then the sample's."""
        entries = self.store.entries()
        by_file: dict[str, ModelEntry] = {}
        for model in entries:
            by_file.setdefault(model.path.name, model)
        rows = [self._listed(entry, by_file.get(entry.file)) for entry in self.catalogue.models]
        taken = {row.model.path for row in rows if row.model is not None}
        return rows + [_own(model) for model in entries if model.path not in taken]

    def row(self, name: str) -> LibraryRow:
        """Return one by its name, as the catalogue or a file has it.

        Raises:
            UsageError: there is none.
        """
        listed = self.catalogue.find(name)
        wanted = {listed.name.casefold()} if listed else {name.casefold(), Path(name).stem.casefold()}
        for row in self.rows():
            if row.name.casefold() in wanted:
                return row
        self.catalogue.entry(name)  # says what is alike
        raise UsageError(f"There is no model '{name}'.")

    def to_fetch(self, names: Iterable[str]) -> list[CatalogueEntry]:
        """Return what is to be fetched for these names: with all they need, without what is installed.

        Raises:
            UsageError: no such name, or a file of the user's own has the place.
        """
        found = []
        for entry in self.catalogue.with_needs(names):
            target = self.store.user_folder / entry.file
            if target.exists() and read_note(target) is not None and not self._is_listed(target, entry):
                way = f"'reelscope models remove {entry.name}'"
                raise UsageError(f"Another {entry.file} was added: remove it first ({way}).")
            if self.row(entry.name).standing is not Standing.INSTALLED:
                found.append(entry)
        return found

    def wanted(self, entry: CatalogueEntry) -> Wanted:
        """Return what the download layer needs to know."""
        return Wanted(entry.url, self.store.user_folder / entry.file, entry.bytes, entry.sha256)

    def wanted_path(self, name: str) -> Path:
        """Return where a model of the catalogue stands once it was fetched."""
        return self.store.user_folder / self.catalogue.entry(name).file

    def add(self, place: Path, *, in_place: bool = False, cancel: CancelToken | None = None) -> list[Added]:
        """Add a file, or all models of a folder.

        Raises:
            FileMissingError, ModelError, UsageError: nothing of it could be added.
            CancelledError: ``cancel`` was set; what was added before stays.
        """
        if not place.is_dir():
            return [Added(place, self._add(place, cancel, in_place=in_place))]
        if in_place:
            return [Added(model.path, model) for model in self.store.add_folder_in_place(place)]
        files = sorted(path for path in place.iterdir() if path.is_file() and may_be_model(path))
        if not files:
            raise ModelError(f"There is no model in {place}.")
        return [self._added(file, cancel) for file in files]

    def remove(self, name: str) -> str:
        """Remove a model and whatever came of its download; return what was done, a sentence.

        Raises:
            UsageError: no such model, or none that was added or pulled here.
            ModelError: it cannot be removed.
        """
        if self.store.forget_folder(Path(name)):
            return f"Forgot the folder {name}; its files are as they were."
        listed = self.catalogue.find(name)
        target = self.store.user_folder / listed.file if listed is not None else None
        part_gone = target is not None and part_bytes(target) > 0 and self._remove_part(target)
        if part_gone and target is not None and not target.exists():
            return f"Removed what had come of {target.name}."
        model = self.store.remove(listed.file if listed is not None else name)
        if model.source is ModelSource.PLACE:
            return f"Forgot {model.path}; the file is as it was."
        return f"Removed {model.path}."

    def verify(self) -> Iterable[Verification]:
        """Read every installed model to its end."""
        return (verify_model(entry) for entry in self.store.entries())

    def _add(self, file: Path, cancel: CancelToken | None, *, in_place: bool = False) -> ModelEntry:
        kind = self._find_kind(file, cancel) if self._find_kind is not None else None
        return self.store.add(file, in_place=in_place, kind=kind, cancel=cancel)

    def _added(self, file: Path, cancel: CancelToken | None) -> Added:
        try:
            return Added(file, self._add(file, cancel))
        except CancelledError:
            raise
        except ReelscopeError as error:
            return Added(file, None, str(error))

    def _remove_part(self, target: Path) -> bool:
        try:
            with locked(target):
                discard_part(target)
        except ReelscopeError as error:
            raise ModelError(f"{target.name} cannot be removed: {error}.") from error
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{target.name} cannot be removed: {reason}.") from error
        return True

    def _is_listed(self, path: Path, entry: CatalogueEntry) -> bool:
        note = read_note(path)
        return note is not None and note.sha256 == entry.sha256

    def _listed(self, entry: CatalogueEntry, model: ModelEntry | None) -> LibraryRow:
        target = self.store.user_folder / entry.file
        if model is None:
            here = part_bytes(target)
            standing = Standing.PARTLY if here else Standing.AVAILABLE
            return LibraryRow(entry.name, entry.kind, standing, entry.bytes, here, entry)
        size = _size(model.path)
        row = LibraryRow(entry.name, entry.kind, Standing.INSTALLED, entry.bytes, size, entry, model)
        note = read_note(model.path)
        is_own = model.source is not ModelSource.USER or note is not None
        if is_own and (size != entry.bytes or (note is not None and note.sha256 != entry.sha256)):
            remark = "a file of your own with this name, not that of the catalogue"
            return LibraryRow(entry.name, entry.kind, Standing.INSTALLED, size, size, None, model, remark)
        if size != entry.bytes:
            remark = f"{size_words(size)} of {size_words(entry.bytes)} are there"
            if size > entry.bytes:
                remark = "it is longer than it should be"
            return LibraryRow(
                entry.name, entry.kind, Standing.BROKEN, entry.bytes, size, entry, model, remark
            )
        return row


def _own(model: ModelEntry) -> LibraryRow:
    size = _size(model.path)
    remark = {
        ModelSource.SAMPLE: "the sample's own",
        ModelSource.BUNDLE: "part of this edition",
        ModelSource.PLACE: f"in {model.path.parent}",
        ModelSource.ENVIRONMENT: f"in {model.path.parent}",
    }.get(model.source, "added")
    return LibraryRow(model.name, model.kind, Standing.INSTALLED, size, size, None, model, remark)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
