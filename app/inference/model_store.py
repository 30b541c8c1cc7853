"""Where models lie, which one a name means, and whether they are whole. Files only: nothing is ever
fetched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app.core.cancel import CancelToken
from app.core.errors import FileMissingError, ModelError, UsageError
from app.folders import models_folder
from app.inference.catalogue import CatalogueEntry, catalogue
from app.inference.file_hash import sha256_of
from app.inference.file_kind import (
    GGML_SUFFIXES,
    ONNX_KINDS,
    ONNX_SUFFIX,
    checked_kind,
    kind_of_file,
    loaded_kind,
    may_be_model,
)
from app.inference.model_check import Verification, fault_of, verify_model
from app.inference.model_entry import ModelEntry, ModelSource
from app.inference.model_files import Note, copy_whole, note_file, write_note
from app.inference.model_kind import ModelKind
from app.inference.model_places import ModelPlaces
from app.resources import resource_path

ENVIRONMENT_VARIABLE = "REELSCOPE_MODELS"
_WHISPER_PREFIXES = ("ggml-", "ggml_")

Rank = Callable[[ModelEntry], tuple[int, ...]]
"""The place of a model among others."""

_SEARCHED = {
    ModelSource.ENVIRONMENT: 0,
    ModelSource.USER: 1,
    ModelSource.PLACE: 1,
    ModelSource.BUNDLE: 2,
    ModelSource.SAMPLE: 3,
}
"""Which folders come before others; what a person added counts the same, wherever it lies."""


def _as_they_come(_entry: ModelEntry) -> tuple[int, ...]:
    return ()


class ModelStore:
    """The models of this machine: those in $REELSCOPE_MODELS, the user's own, the program's, the sample's.

    Nothing is kept: each call looks at the folders as they are. Any thread may call it.
    """

    def __init__(
        self,
        folders: Sequence[Path] | None = None,
        user_folder: Path | None = None,
        sample_folder: Path | None = None,
        bundled_folder: Path | None = None,
    ) -> None:
        """Look into the given folders; None stands for the usual ones. None is created before ``add``."""
        self._folders = _environment_folders() if folders is None else tuple(folders)
        self.user_folder = user_folder or models_folder()
        self._places = ModelPlaces(self.user_folder)
        self._sample_folder = sample_folder or resource_path("sample")
        self._bundled_folder = bundled_folder or resource_path("models")

    def entries(self) -> list[ModelEntry]:
        """Return all models, in order of preference; what is no model by its first bytes is left out."""
        found: list[ModelEntry] = []
        for folder in self._folders:
            found += _scan(folder, ModelSource.ENVIRONMENT)
        found += _scan(self.user_folder, ModelSource.USER)
        for place in self._places.read():
            found += _scan(place, ModelSource.PLACE) if place.is_dir() else _single(place)
        found += _scan(self._bundled_folder, ModelSource.BUNDLE)
        found += _scan(self._sample_folder, ModelSource.SAMPLE)
        unique = {os.path.realpath(entry.path): entry for entry in reversed(found)}
        return [entry for entry in found if unique[os.path.realpath(entry.path)] is entry]

    def resolve(self, name_or_path: str | Path, kind: ModelKind) -> ModelEntry:
        """Return the model a user means: by name, by file name, by a whisper name such as "tiny", or by path.

        Raises:
            FileMissingError: a path where there is no file.
            UsageError: no model of that name; the sentence lists those that are there.
            ModelError: the file is no usable model of that kind.
        """
        text = os.fspath(name_or_path)
        path = Path(text)
        looks_like_path = isinstance(name_or_path, Path) or path.name != text or may_be_model(path)
        if looks_like_path and path.is_file():
            return self._of_file(path, kind)
        # An ONNX file that does not tell what it is for is listed as a detector.
        listed = (ModelKind.ENCODER, ModelKind.DETECTOR) if kind is ModelKind.ENCODER else (kind,)
        entries = [entry for each in listed for entry in self.entries() if entry.kind is each]
        of_kind = [replace(entry, kind=kind) for entry in entries]
        for entry in of_kind:
            if text.casefold() in _names(entry.path):
                return entry
        if path.is_file():
            return self._of_file(path, kind)
        if looks_like_path:
            raise FileMissingError(f"There is no model file '{text}'.{_way_to(path.name, kind)}")
        known = ", ".join(dict.fromkeys(entry.name for entry in of_kind)) or "none"
        sentence = f"There is no {kind.value} model '{text}'; installed here: {known}."
        raise UsageError(sentence + _way_to(text, kind))

    def default(self, kind: ModelKind, rank: Rank = _as_they_come) -> ModelEntry | None:
        """Return the first usable model of a kind: an installed one before the sample's own.

        ``rank`` decides among those that lie where folders have the same rank; the least is the best.
        """
        of_kind = [entry for entry in self.entries() if entry.kind is kind]
        ordered = sorted(of_kind, key=lambda entry: (_SEARCHED[entry.source], rank(entry)))
        return next((entry for entry in ordered if fault_of(entry) is None), None)

    def add(
        self,
        file: Path,
        *,
        in_place: bool = False,
        kind: ModelKind | None = None,
        cancel: CancelToken | None = None,
    ) -> ModelEntry:
        """Copy a model into the user's folder, with its checksum beside it, or note where it lies.

        The copy appears whole or not at all. A file that is one of the catalogue gets the name it has there.
        ``kind`` is what it is for; where None it is tried, which loads it.

        Raises:
            FileMissingError: no such file.
            ModelError: it is no usable model, or it cannot be copied.
            UsageError: another model of that name is installed.
            CancelledError: ``cancel`` was set; nothing was added.
        """
        kind = kind or loaded_kind(file)
        if in_place:
            return self._add_place(file, kind)
        known = _known(file, cancel)
        target = self.user_folder / (known.file if known is not None else _installed_name(file, kind))
        entry = ModelEntry(target.stem, kind, target, ModelSource.USER)
        try:
            if target.exists():
                return self._already_there(file, entry, cancel)
            self.user_folder.mkdir(parents=True, exist_ok=True)
            digest = copy_whole(file, target, cancel)
            write_note(target, Note(digest, kind if kind_of_file(target) is not kind else None))
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{file.name} cannot be copied to {self.user_folder}: {reason}.") from error
        return entry

    def add_folder_in_place(self, folder: Path) -> list[ModelEntry]:
        """Note that models lie in a folder, and return those that do now.

        Raises:
            FileMissingError: no such folder.
            ModelError: there is no model in it, or it cannot be noted.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay what they are
        if not folder.is_dir():
            raise FileMissingError(f"There is no folder '{folder}'.")
        found = _scan(folder, ModelSource.PLACE)
        if not found:
            raise ModelError(f"There is no model in {folder}.")
        self._note_place(folder)
        return found

    def remove(self, name: str) -> ModelEntry:
        """Remove a model from the user's folder; one that lies elsewhere is forgotten, its file stays.

        Raises:
            UsageError: no such model, or it is none of the user's.
            ModelError: it cannot be removed.
        """
        entry = self._removable(name)
        try:
            if entry.source is ModelSource.PLACE:
                self._places.forget(entry.path)
            else:
                entry.path.unlink(missing_ok=True)
                note_file(entry.path).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{entry.path.name} cannot be removed: {reason}.") from error
        return entry

    def forget_folder(self, folder: Path) -> bool:
        """Look no more into a folder that was added in place; False where it was not."""
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - as it was added
        known = folder in self._places.read()
        if known:
            self._places.forget(folder)
        return known

    def verify(self) -> Iterator[Verification]:
        """Read every model to its end and compare it with the checksum that is known of it."""
        for entry in self.entries():
            yield verify_model(entry)

    def _removable(self, name: str) -> ModelEntry:
        entries = [entry for entry in self.entries() if name.casefold() in _names(entry.path)]
        places = self._places.read()
        for entry in entries:
            if entry.source is ModelSource.USER or entry.path in places:
                return entry
        if not entries:
            raise UsageError(f"There is no model '{name}' to remove.")
        entry = entries[0]
        if entry.source is ModelSource.PLACE:
            where = f"'reelscope models remove {entry.path.parent}' forgets that folder"
        elif entry.source in (ModelSource.BUNDLE, ModelSource.SAMPLE):
            where = "it came with the program"
        else:
            where = f"{ENVIRONMENT_VARIABLE} names its folder"
        raise UsageError(f"{entry.name} is not among the models that were added here: {where}.")

    def _add_place(self, file: Path, kind: ModelKind) -> ModelEntry:
        path = Path(os.path.abspath(file))  # noqa: PTH100 - links stay what they are
        if not may_be_model(path):
            ending = "a name that ends in .onnx, .bin or .gguf"
            raise UsageError(f"'{file.name}' cannot stay where it is: it would need {ending}.")
        if kind_of_file(path) is not kind:
            raise UsageError(f"'{file.name}' does not tell that it is a model for this: add it as a copy.")
        self._note_place(path)
        return ModelEntry(path.stem, kind, path, ModelSource.PLACE)

    def _note_place(self, place: Path) -> None:
        try:
            self._places.add(place)
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{self.user_folder} cannot be written to: {reason}.") from error

    def _of_file(self, path: Path, kind: ModelKind) -> ModelEntry:
        found = checked_kind(path, kind)
        if kind is ModelKind.ENCODER and found is ModelKind.DETECTOR:
            return ModelEntry(path.stem, kind, path, ModelSource.FILE)
        if found is not kind:
            raise ModelError(f"{path.name} is a {found.value} model; a {kind.value} model is needed here.")
        for entry in self.entries():
            if entry.kind is kind and entry.path.samefile(path):
                return entry
        return ModelEntry(path.stem, kind, path, ModelSource.FILE)

    def _already_there(self, file: Path, entry: ModelEntry, cancel: CancelToken | None) -> ModelEntry:
        if file.samefile(entry.path) or sha256_of(file, cancel) == sha256_of(entry.path, cancel):
            return entry
        raise UsageError(
            f"Another model named {entry.name} is installed: rename the file, or remove {entry.path}."
        )


def _way_to(name: str, kind: ModelKind) -> str:
    """Say how a model of the catalogue is got; "" where it is none of that kind."""
    entry = catalogue().find(name)
    return (
        f" 'reelscope models pull {entry.name}' gets it." if entry is not None and entry.kind is kind else ""
    )


def _environment_folders() -> tuple[Path, ...]:
    listed = os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep)
    return tuple(Path(folder).expanduser() for folder in listed if folder.strip())


def _scan(folder: Path, source: ModelSource) -> list[ModelEntry]:
    try:
        paths = sorted(path for path in folder.iterdir() if may_be_model(path) and path.is_file())
    except OSError:
        return []
    entries = []
    for path in paths:
        kind = kind_of_file(path) or _listed_kind(path)
        if kind is not None:
            entries.append(ModelEntry(path.stem, kind, path, source))
    return entries


def _listed_kind(path: Path) -> ModelKind | None:
    """The kind of a file that was one of the catalogue before its first bytes were lost."""
    entry = catalogue().find(path.name)
    return entry.kind if entry is not None and entry.file == path.name else None


def _single(path: Path) -> list[ModelEntry]:
    """A model that was added in place, while it is there."""
    kind = kind_of_file(path) if path.is_file() else None
    return [ModelEntry(path.stem, kind, path, ModelSource.PLACE)] if kind is not None else []


def _names(path: Path) -> set[str]:
    """All names a file answers to, folded."""
    names = {path.name.casefold(), path.stem.casefold()}
    stem = path.stem.casefold()
    names |= {stem[len(prefix) :] for prefix in _WHISPER_PREFIXES if stem.startswith(prefix)}
    return names


def _known(file: Path, cancel: CancelToken | None) -> CatalogueEntry | None:
    """The entry of the catalogue that a file is, whatever its name."""
    with suppress(OSError):
        size = file.stat().st_size
        if any(entry.bytes == size for entry in catalogue().models):
            return catalogue().of_hash(sha256_of(file, cancel))
    return None


def _installed_name(file: Path, kind: ModelKind) -> str:
    """Its own name; with the suffix it will be found by."""
    if kind is ModelKind.TOKENIZER:
        return file.name
    suffixes = (ONNX_SUFFIX,) if kind in ONNX_KINDS else GGML_SUFFIXES
    return file.name if file.suffix.lower() in suffixes else file.name + suffixes[0]
