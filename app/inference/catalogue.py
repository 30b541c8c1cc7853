"""The models that can be had: what each is for, where it lies, and by which hash it is known.

``resources/catalogue.json``, described by docs/reelscope-models-1.schema.json. Nothing here speaks to the
network.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import UsageError
from app.inference.model_kind import ModelKind
from app.resources import resource_path

SCHEMA = "reelscope-models/1"


class Speed(enum.Enum):
    """Class within its kind, by size and published figures; measured by nobody here."""

    FASTEST = "fastest"
    FAST = "fast"
    MEDIUM = "medium"
    SLOW = "slow"
    SLOWEST = "slowest"


class Basis(enum.Enum):
    """Where a figure comes from."""

    PUBLISHED = "published"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Sources:
    """How many independent sources give the hash and the size; 2 stands for two and more."""

    sha256: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One file.

    Attributes:
        name: what ``--speech``, ``--detect`` and ``models pull`` understand.
        file: its name in the model folder.
        bytes, sha256: of the whole file.
        licence: SPDX name.
        source: the page of those who publish it.
        url: of the file, pinned to a commit or a release.
        memory_mb: while it runs, in millions of bytes.
        needs: names of entries without which it is of no use.
        languages: of a speech model, "en" or "many".
        translates: whether a speech model can translate into English.
    """

    name: str
    kind: ModelKind
    file: str
    bytes: int
    sha256: str
    licence: str
    source: str
    url: str
    good_for: str
    memory_mb: int
    memory_basis: Basis
    speed: Speed
    sources: Sources
    copyright: str = ""
    licence_note: str = ""
    languages: str = ""
    translates: bool = False
    needs: tuple[str, ...] = ()

    @property
    def to_recheck(self) -> tuple[str, ...]:
        """The facts that only one source gives."""
        counts = {"sha256": self.sources.sha256, "bytes": self.sources.bytes}
        return tuple(name for name, count in counts.items() if count < 2)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries, in the order in which they are shown.

    Attributes:
        hosts: the only ones that are spoken to; ``*.`` stands for any name below.
    """

    hosts: tuple[str, ...]
    models: tuple[CatalogueEntry, ...]

    def find(self, name: str) -> CatalogueEntry | None:
        """Return the entry of a name or file name, in any case; None: there is none."""
        wanted = name.casefold()
        names = ((entry, {entry.name, entry.file, Path(entry.file).stem}) for entry in self.models)
        return next((entry for entry, own in names if wanted in {each.casefold() for each in own}), None)

    def entry(self, name: str) -> CatalogueEntry:
        """Return the entry of a name.

        Raises:
            UsageError: there is none; the sentence names some that are alike.
        """
        found = self.find(name)
        if found is not None:
            return found
        import difflib

        alike = difflib.get_close_matches(name.casefold(), [entry.name for entry in self.models], 4, 0.5)
        hint = f"did you mean {', '.join(alike)}?" if alike else "'reelscope models list' shows all names."
        raise UsageError(f"There is no model '{name}' in the catalogue: {hint}")

    def of_hash(self, sha256: str) -> CatalogueEntry | None:
        """Return the entry that a whole file is, by its hash."""
        return next((entry for entry in self.models if entry.sha256 == sha256), None)

    def with_needs(self, names: Iterable[str]) -> tuple[CatalogueEntry, ...]:
        """Return the entries of these names and, behind each, what it needs; no entry twice.

        Raises:
            UsageError: no such name.
        """
        found: dict[str, CatalogueEntry] = {}
        waiting = list(names)
        while waiting:
            entry = self.entry(waiting.pop(0))
            if entry.name not in found:
                found[entry.name] = entry
                waiting[:0] = entry.needs
        return tuple(found.values())


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue that came with the program."""
    return parse_catalogue(resource_path("catalogue.json").read_bytes())


def parse_catalogue(data: bytes) -> Catalogue:
    """Read a catalogue.

    Raises:
        msgspec.MsgspecError: it is none.
    """
    import msgspec

    document = msgspec.json.decode(data, type=Mapping[str, msgspec.Raw])
    if msgspec.json.decode(document.get("schema", msgspec.Raw(b"null"))) != SCHEMA:
        raise msgspec.ValidationError(f"no catalogue of the kind {SCHEMA}")
    return Catalogue(
        msgspec.json.decode(document["hosts"], type=tuple[str, ...]),
        msgspec.json.decode(document["models"], type=tuple[CatalogueEntry, ...]),
    )


def licence_text(entry: CatalogueEntry) -> str:
    """Return the licence of a model in full: its copyright line, its text, and what else to know."""
    text = resource_path("licences", f"{entry.licence}.txt").read_text(encoding="utf-8").strip("\n")
    head = [f"{entry.file}: {entry.licence}", f"Published at {entry.source}"]
    head += [line for line in (entry.copyright, entry.licence_note) if line]
    return "\n".join(head) + "\n\n" + text + "\n"
