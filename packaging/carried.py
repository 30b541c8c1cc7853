"""What one build carries besides the program: where it was released, and models for use without a network."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

VARIABLE = "REELSCOPE_CARRIED"
"""Hands (source, folder below the resources) of each file to the recipe, as JSON."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


class NotCarriedError(Exception):
    """Something cannot be taken along; the text says what and why."""


def environment(repository: str | None, models: Path | None, work: Path) -> dict[str, str]:
    """What the recipe has to know, as environment variables; files that it wants are made in ``work``.

    Raises:
        NotCarriedError: a wrong name, or a model that is not what the catalogue says.
    """
    rows = [(str(origin(repository, work)), ".")] if repository else []
    rows += [(str(file), "models") for file in (checked_models(models, work) if models else ())]
    return {**os.environ, VARIABLE: json.dumps(rows)}


def origin(repository: str, work: Path) -> Path:
    """The file from which this copy knows whose page to ask for newer releases."""
    if not _REPOSITORY.fullmatch(repository):
        raise NotCarriedError(f"'{repository}' is no OWNER/NAME of a repository")
    file = work / "origin.json"
    file.write_text(json.dumps({"repository": repository}) + "\n", encoding="utf-8")
    return file


def checked_models(folder: Path, work: Path) -> list[Path]:
    """The models of a folder and their licences: each must be what the catalogue knows by its hash."""
    from app.inference.catalogue import catalogue, licence_text
    from app.inference.file_hash import sha256_of

    files = sorted(file for file in folder.iterdir() if file.suffix in (".onnx", ".bin", ".gguf"))
    if not files:
        raise NotCarriedError(f"there are no models in {folder}")
    licences = []
    for file in files:
        entry = catalogue().find(file.name)
        if entry is None:
            raise NotCarriedError(f"{file.name} is not in the catalogue, so its licence is not known")
        if file.stat().st_size != entry.bytes or sha256_of(file) != entry.sha256:
            raise NotCarriedError(f"{file.name} is not the file that the catalogue knows by its hash")
        licences.append(licence_text(entry))
    text = work / "LICENCES.txt"
    text.write_text(("\n" + "=" * 80 + "\n\n").join(licences), encoding="utf-8")
    return [*files, text]
