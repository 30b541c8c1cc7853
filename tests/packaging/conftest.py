"""The modules of packaging/, which is no package of Python's."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

_NAMES = ("versions", "video_types", "macos", "installers", "contents", "carried")
_MORE = ("build", "try_installed")


@pytest.fixture
def recipe(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Its modules by name."""
    monkeypatch.syspath_prepend(str(repository / "packaging"))
    yield {name: importlib.import_module(name) for name in _NAMES}
    for name in (*_NAMES, *_MORE):
        sys.modules.pop(name, None)
