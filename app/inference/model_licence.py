"""What there is to say about the licence of a model file that a person brought along."""

from __future__ import annotations

from pathlib import Path

from app.inference.onnx_outline import read_outline

_MAKERS_UNDER_AGPL = "ultralytics"
_LONGEST = 120


def licence_word(path: Path) -> str:
    """Return a sentence about the licence that an ONNX file names; "" where it names none.

    Files of YOLOv8, YOLO11 and YOLO26 as Ultralytics exports them name the AGPL.
    """
    notes = {
        key.lower(): " ".join(value.split())[:_LONGEST] for key, value in read_outline(path).notes.items()
    }
    licence = notes.get("license") or notes.get("licence") or ""
    if notes.get("author", "").lower() == _MAKERS_UNDER_AGPL and "AGPL" not in licence.upper():
        licence = f"AGPL-3.0 {licence}".strip()
    if not licence:
        return ""
    if "AGPL" in licence.upper():
        asks = "it asks who passes the model on, or offers it over a network, to give its source too"
        return f"{path.name} is under {licence}: {asks}. Read it before you do."
    return f"{path.name} says that it is under {licence}."
