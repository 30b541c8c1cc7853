"""``reelscope models``: what is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exit_codes import DONE, FAILED
from app.core.errors import UsageError
from app.inference.detector import Detector
from app.inference.model_store import ModelStore

if TYPE_CHECKING:
    from argparse import Namespace


def models(arguments: Namespace) -> int:
    """List, add or verify."""
    store = ModelStore()
    if arguments.action == "add":
        _check_detector(arguments.file)
        entry = store.add(arguments.file)
        print(f"Added {entry.name} ({entry.kind.value}): {entry.path}")
        return DONE
    if arguments.action == "pull":
        raise UsageError("'models pull' is not there yet: download the file and use 'models add FILE'.")
    if arguments.action == "verify":
        return _verify(store)
    return _list(store)


def _check_detector(file: Path) -> None:
    """Refuse an ONNX model that is no detector, before it could become the default one."""
    if file.suffix.lower() == ".onnx":
        Detector.load(file)


def _list(store: ModelStore) -> int:
    entries = store.entries()
    width = max((len(entry.name) for entry in entries), default=0)
    for entry in entries:
        note = "  (the sample's own)" if entry.is_sample else ""
        print(f"{entry.kind.value:8}  {entry.name:{width}}  {entry.path}{note}")
    if all(entry.is_sample for entry in entries):
        print(
            "Only the sample's own models are here: they know six drawn shapes and thirty spoken words.\n"
            "'reelscope models add FILE' installs a detector (.onnx), a whisper.cpp speech model (.bin) or "
            "its silero voice activity model."
        )
    return DONE


def _verify(store: ModelStore) -> int:
    code = DONE
    for check in store.verify():
        print(f"{'ok' if check.ok else 'BAD':4} {check.entry.name}: {check.sentence}")
        code = code if check.ok else FAILED
    return code
