"""Whether a model file is whole."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.cancel import CancelToken
from app.core.errors import ReelscopeError
from app.inference.catalogue import CatalogueEntry, catalogue
from app.inference.file_hash import sha256_of
from app.inference.file_kind import checked_kind
from app.inference.model_entry import ModelEntry, ModelSource
from app.inference.model_files import read_note


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a model file is whole, in one sentence."""

    entry: ModelEntry
    ok: bool
    sentence: str


def fault_of(entry: ModelEntry) -> str | None:
    """Return what is wrong with a model by its structure, or None."""
    try:
        kind = checked_kind(entry.path, entry.kind)
    except ReelscopeError as error:
        return str(error)
    if kind is not entry.kind:
        return f"{entry.path.name} is a {kind.value} model, not a {entry.kind.value} model."
    return None


def verify_model(entry: ModelEntry, cancel: CancelToken | None = None) -> Verification:
    """Read a model to its end and compare it with what is known of it.

    Raises:
        CancelledError: ``cancel`` was set.
    """
    try:
        digest = sha256_of(entry.path, cancel)
        note = read_note(entry.path)
    except OSError as error:
        return Verification(entry, False, f"{entry.path} cannot be read: {error.strerror or error}.")
    if note is not None and note.sha256 != digest:
        sentence = "the file has changed since it was added: remove it and add it again."
        return Verification(entry, False, sentence)
    listed = catalogue().of_hash(digest) if note is None else None
    meant = _meant(entry) if note is None and listed is None else None
    if meant is not None:
        carried = entry.source is ModelSource.BUNDLE
        way = "install Reelscope again" if carried else "remove it and pull it again"
        return Verification(entry, False, f"it is not the {meant.file} of the catalogue: {way}.")
    fault = fault_of(entry)
    if fault is not None:
        return Verification(entry, False, fault)
    since = "no checksum was noted for it"
    if note is not None:
        since = "as when it was added"
    elif listed is not None:
        since = "as in the catalogue"
    return Verification(entry, True, f"whole, sha256 {digest} ({since}).")


def _meant(entry: ModelEntry) -> CatalogueEntry | None:
    """The entry of the catalogue that a file without a note is meant to be; None where it may be any other.

    What is pulled or comes with the program has the catalogue's name. In other places a person may call a
    model as they like; only one that is as long as the catalogue's, too, is that, damaged.
    """
    named = catalogue().find(entry.path.name)
    if named is None or named.file != entry.path.name:
        return None
    ours = entry.source in (ModelSource.USER, ModelSource.BUNDLE)
    return named if ours or entry.path.stat().st_size == named.bytes else None
