"""Importing a module has no effect, and the headless half of the program never touches Qt."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source import Module, modules, parse

WITH_QT = {"main", "__main__", "ui", "workers", "render"}

_IMPORT_ALL = """
import importlib, json, sys, threading
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps({"modules": sorted(sys.modules), "threads": threading.active_count()}))
"""


def _effects(module: Module) -> list[int]:
    """Lines at the top level of a module that call something for its effect."""
    return [
        node.lineno
        for node in module.tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]


def test_no_module_calls_something_for_its_effect() -> None:
    quiet = [module for module in modules() if module.layer != "__main__"]
    wrong = [module.where(line) for module in quiet for line in _effects(module)]
    assert not wrong, "\n".join(wrong)


def test_a_call_for_its_effect_is_seen() -> None:
    assert _effects(parse("import os\nos.makedirs('x')")) == [2]


@pytest.fixture(scope="module")
def headless_modules() -> list[str]:
    names = [module.name for module in modules() if module.layer not in WITH_QT]
    assert "app.core.time" in names
    return names


def test_the_headless_modules_import_without_qt(
    fresh_python: Callable[..., str], headless_modules: list[str], own_home: Path
) -> None:
    seen = json.loads(fresh_python(_IMPORT_ALL, *headless_modules))
    loaded = {name.partition(".")[0] for name in seen["modules"]}
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph"}
    assert seen["threads"] == 1
    assert not list(own_home.rglob("*"))


@pytest.mark.qt
def test_the_window_starts_without_what_speaks_to_the_network(fresh_python: Callable[..., str]) -> None:
    """It takes 50 ms to import, and most starts download nothing."""
    seen = json.loads(fresh_python(_IMPORT_ALL, "app.ui.application"))
    assert not {"ssl", "http.client", "urllib.request"} & set(seen["modules"])


def test_the_command_line_starts_without_the_heavy_libraries(
    fresh_python: Callable[..., str], headless_modules: list[str]
) -> None:
    """onnxruntime and pywhispercpp take 0.4 s to import: only work that needs them pays for them."""
    seen = json.loads(fresh_python(_IMPORT_ALL, *headless_modules))
    loaded = {name.partition(".")[0] for name in seen["modules"]}
    assert not loaded & {"onnxruntime", "pywhispercpp"}
