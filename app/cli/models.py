"""``reelscope models``: what is installed, what can be had, and getting it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.cli.exit_codes import DONE, FAILED
from app.core.errors import UsageError
from app.core.sizes import size_words
from app.inference.catalogue import licence_text
from app.inference.model_check import verify_model
from app.inference.model_licence import licence_word
from app.inference.model_store import ModelStore
from app.models.library import Library, LibraryRow, Standing

if TYPE_CHECKING:
    from argparse import Namespace


def models(arguments: Namespace) -> int:
    """Carry out what ``reelscope models`` was asked for."""
    library = Library(ModelStore())
    match arguments.action:
        case "add":
            return _add(library, arguments)
        case "pull":
            from app.cli.pull import pull

            return pull(library, arguments)
        case "verify":
            return _verify(library, arguments.names)
        case "remove":
            for name in arguments.names:
                print(library.remove(name))
            return DONE
        case "licence":
            return _licence(library, arguments.name)
        case _:
            return _list(library)


def _add(library: Library, arguments: Namespace) -> int:
    code = DONE
    for added in library.add(arguments.file, in_place=arguments.in_place):
        if added.model is None:
            print(f"reelscope: {added.sentence}", file=sys.stderr)
            code = FAILED
            continue
        print(f"Added {added.model.name} ({added.model.kind.value}): {added.model.path}")
        if word := licence_word(added.model.path):
            print(word, file=sys.stderr)
    return code


def _list(library: Library) -> int:
    rows = library.rows()
    width = max(len(row.name) for row in rows)
    here = [row for row in rows if row.standing is Standing.INSTALLED]
    print("Installed:")
    for row in here:
        note = f"  ({row.remark})" if row.remark else ""
        path = row.model.path if row.model is not None else ""
        print(f"  {row.kind.value:12}  {row.name:{width}}  {size_words(row.bytes):>8}  {path}{note}")
    print("\nTo be had ('reelscope models pull NAME'):")
    for row in rows:
        if row.standing is not Standing.INSTALLED and row.listed is not None:
            print(f"  {row.kind.value:12}  {row.name:{width}}  {size_words(row.bytes):>8}  {_words(row)}")
    if all(row.model is None or row.model.is_sample for row in rows):
        print(
            "\nOnly the sample's own models are here: they know six drawn shapes and thirty spoken words.\n"
            "'reelscope models pull --all-recommended' gets what suits this machine; "
            "'reelscope models add FILE' takes a file of your own."
        )
    return DONE


def _words(row: LibraryRow) -> str:
    """What is said of a model that is not installed."""
    if row.listed is None:
        return ""
    said = {
        Standing.PARTLY: f"[{size_words(row.here)} are here] ",
        Standing.BROKEN: f"[broken: {row.remark}] ",
    }.get(row.standing, "")
    return f"{said}{row.listed.licence}; {row.listed.speed.value}; {row.listed.good_for}"


def _verify(library: Library, names: list[str]) -> int:
    chosen = [library.row(name) for name in names]
    missing = [row.name for row in chosen if row.model is None]
    if missing:
        raise UsageError(f"{missing[0]} is not installed.")
    entries = [row.model for row in chosen if row.model is not None] or library.store.entries()
    code = DONE
    for check in map(verify_model, entries):
        print(f"{'ok' if check.ok else 'BAD':4} {check.entry.name}: {check.sentence}")
        code = code if check.ok else FAILED
    return code


def _licence(library: Library, name: str) -> int:
    row = library.row(name)
    if row.listed is not None:
        print(licence_text(row.listed), end="")
    elif row.model is not None:
        word = licence_word(row.model.path) or f"{row.model.path.name} names no licence."
        print(
            word if not row.model.is_sample else f"{row.name} came with Reelscope and is under its licence."
        )
    return DONE
