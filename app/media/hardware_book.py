"""What trials of hardware decoding measured, kept for this machine."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.core.machine import machine_facts
from app.core.record_file import RecordFile
from app.folders import cache_folder
from app.media.hardware import StreamFacts
from app.media.hardware_trial import Figures, Speed

FILE_VERSION = 1


class DecodingBook:
    """Figures by device, kind of file, FFmpeg and machine: a new driver is measured anew. Any thread."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` None: in the user's cache folder."""
        self._file = RecordFile(path or cache_folder() / "decoding-devices.json", FILE_VERSION)

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def find(self, device: str, facts: StreamFacts) -> Figures | str | None:
        """Return what was measured for files like this, or why ``device`` cannot decode them; None: nothing
        is known."""
        record: Any = self._file.read().get(_key(device, facts))
        try:
            if record["figures"] is None:
                return str(record["reason"])
            return Figures(_speed(record["figures"]["hardware"]), _speed(record["figures"]["software"]))
        except (TypeError, KeyError, ValueError):
            return None

    def note(self, device: str, facts: StreamFacts, found: Figures | str) -> None:
        """Keep what a trial measured, or why the device cannot be used.

        Raises:
            OSError: it cannot be written.
        """
        failed = isinstance(found, str)
        record = {"figures": None if failed else asdict(found), "reason": found if failed else ""}  # type: ignore[arg-type]
        self._file.put({_key(device, facts): record})


def _speed(record: Any) -> Speed:
    values = [record[name] for name in ("first_s", "picture_s", "cpu_s", "seek_s")]
    if not all(isinstance(value, int | float) and 0 <= value < math.inf for value in values):
        raise ValueError("no measurement")
    return Speed(*map(float, values))


def _key(device: str, facts: StreamFacts) -> str:
    from av import library_versions

    version = ".".join(map(str, library_versions.get("libavcodec", ())))
    return " | ".join((device, *map(str, facts.kind), f"libavcodec {version}", machine_facts()))
