"""What a person can send along when something went wrong: versions, devices, the log.

Nothing private: no name of a file or a folder, nothing of what a film shows or says.
"""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import app
from app.core.cores import cores_here
from app.core.errors import ReelscopeError
from app.core.machine import machine_facts
from app.inference.model_store import ModelStore
from app.inference.session import available_devices
from app.logbook import last_crash, last_lines
from app.media.hardware import known_devices
from app.media.libraries import ffmpeg_versions
from app.settings import Settings, SettingsFile

_LIBRARIES = ("numpy", "onnxruntime", "pywhispercpp", "PySide6", "pyqtgraph", "msgspec")
_SHARED_SETTINGS = ("frames", "hwaccel", "device", "theme", "subtitles", "deinterlace", "confidence")
"""Settings that name nothing of the user's."""


def problem_report(settings: Settings | None = None, logs: Path | None = None) -> str:
    """Return the report as plain text.

    Args:
        settings: those in force; None: those that are stored.
        logs: the folder of the log; None: this user's.
    """
    settings = settings or SettingsFile().load(set_aside=False).settings
    sections = {
        "Program": _program(),
        "Libraries": _libraries(),
        "Devices": _devices(),
        "Models": _models(),
        "Settings": [f"{name}: {_shown(getattr(settings, name))}" for name in _SHARED_SETTINGS],
        "Last crash": last_crash(logs),
        "Log": last_lines(logs),
    }
    return "\n\n".join(_section(title, lines) for title, lines in sections.items()) + "\n"


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{title}:", *(f"  {line}" for line in list(lines) or ["nothing"])])


def _program() -> Iterator[str]:
    frozen = "packaged" if getattr(sys, "frozen", False) else "from Python packages"
    yield f"Reelscope {app.__version__}, {frozen}"
    yield f"Python {platform.python_version()}, {platform.architecture()[0]}"
    yield machine_facts()
    yield f"{cores_here()} cores{_memory()}"


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return ""
    return f", {total / 2**30:.0f} GiB of memory"


def _libraries() -> Iterator[str]:
    yield ffmpeg_versions()
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name}: its version is not told"


def _devices() -> Iterator[str]:
    yield f"decoding: software, {', '.join(known_devices()) or 'nothing else'}"
    yield f"models: {', '.join(each.name for each in available_devices() if each.available)}"


def _models() -> list[str]:
    """How many there are of each kind; their names are a person's own."""
    try:
        entries = ModelStore().entries()
    except (OSError, ReelscopeError):
        return ["the folders cannot be read"]
    counts = Counter((entry.kind.value, entry.source.value) for entry in entries)
    return [f"{kind} ({source}): {count}" for (kind, source), count in sorted(counts.items())]


def _shown(value: object) -> str:
    return str(getattr(value, "value", value))
