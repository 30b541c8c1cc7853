"""Who may import whom. The rules stand in docs/architecture.md; an exception would be written out here."""

from __future__ import annotations

import sys

import pytest

from tests.architecture.source import Import, Module, layer_of, modules, parse

BESIDE_CORE = {"folders", "settings", "lifecycle", "resources", "handover", "logbook", "releases"}
BOTTOM = {"core", *BESIDE_CORE}
ENGINE = {"analysis", "media", "inference", "export", *BOTTOM}

MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "folders": set(),
    "settings": {"core", "folders", "resources"},
    "lifecycle": {"core"},
    "handover": {"folders"},
    "logbook": {"core", "folders"},
    "releases": {"core", "resources"},
    "resources": set(),
    "media": BOTTOM,
    "inference": BOTTOM,
    "export": {"core"},
    "download": {"core"},
    "models": {"inference", "download", *BOTTOM},
    "analysis": {"media", "inference", "export", *BOTTOM},
    "workers": {"models", "download", *ENGINE},
    "render": ENGINE,
    "ui": {"render", "workers", "models", "download", *ENGINE},
    "cli": {"models", "download", *ENGINE},
    "main": {"ui", "render", "workers", "cli", "models", "download", *ENGINE},
    "__main__": {"main"},
}

ONLY_IMPORTER = {
    "PySide6": {"main", "workers", "render", "ui"},
    "shiboken6": {"main", "workers", "render", "ui"},
    "pyqtgraph": {"ui"},
    "http": {"download"},
    "ssl": {"core", "download"},
    "av": {"media"},
    "onnxruntime": {"inference"},
    "pywhispercpp": {"inference"},
    "_pywhispercpp": {"inference"},
}


def _forbidden_layer(module: Module, imported: Import) -> bool:
    """Whether an import goes upwards or sideways; `app` alone, for its version, is free."""
    if imported.top != "app":
        return False
    target = layer_of(imported.name)
    inside = target in ("", "__version__", module.layer)
    return not inside and target not in MAY_IMPORT.get(module.layer, set())


def _forbidden_library(module: Module, imported: Import) -> bool:
    allowed = ONLY_IMPORTER.get(imported.top)
    return allowed is not None and module.layer not in allowed


def _foreign_to_core(imported: Import) -> bool:
    return imported.top not in {*sys.stdlib_module_names, "numpy", "app"}


def test_every_module_belongs_to_a_known_part() -> None:
    """A new part of the program must say here what it may import."""
    unknown = {module.name for module in modules() if module.layer and module.layer not in MAY_IMPORT}
    assert not unknown


def test_imports_go_down_only() -> None:
    wrong = [
        f"{module.where(found.line)} imports {found.name}"
        for module in modules()
        for found in module.imports
        if _forbidden_layer(module, found)
    ]
    assert not wrong, "\n".join(wrong)


def test_each_library_has_its_only_importer() -> None:
    wrong = [
        f"{module.where(found.line)} imports {found.name}"
        for module in modules()
        for found in module.imports
        if _forbidden_library(module, found)
    ]
    assert not wrong, "\n".join(wrong)


def test_core_needs_the_standard_library_and_numpy_alone() -> None:
    wrong = [
        f"{module.where(found.line)} imports {found.name}"
        for module in modules()
        if module.layer == "core"
        for found in module.imports
        if _foreign_to_core(found)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.core.x", "import app.media.opening"),
        ("app.core.x", "from ..media import opening"),
        ("app.core.x", "from app import settings"),
        ("app.media.x", "def f():\n    from app.inference.session import OnnxSession"),
        ("app.export.x", "if TYPE_CHECKING:\n    from app.analysis import engine"),
        ("app.render.x", "from app.workers.decoder_thread import DecoderThread"),
        ("app.cli", "import importlib\nimportlib.import_module('app.ui.main_window')"),
        ("app.ui.x", "from app import main"),
    ],
)
def test_an_import_upwards_or_sideways_is_seen(name: str, text: str) -> None:
    module = parse(text, name)
    assert any(_forbidden_layer(module, found) for found in module.imports)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.analysis.x", "def f():\n    import av"),
        ("app.cli", "from PySide6.QtCore import QObject"),
        ("app.render.x", "import pyqtgraph as pg"),
        ("app.media.x", "__import__('onnxruntime')"),
    ],
)
def test_a_library_in_the_wrong_place_is_seen(name: str, text: str) -> None:
    module = parse(text, name)
    assert any(_forbidden_library(module, found) for found in module.imports)


@pytest.mark.parametrize(
    "text", ["import msgspec", "from scipy.signal import resample", "if a:\n    import av"]
)
def test_a_foreign_library_in_core_is_seen(text: str) -> None:
    assert any(_foreign_to_core(found) for found in parse(text).imports)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.media.x", "import av\nfrom app.core.time import MediaTime\nfrom .opening import open_media"),
        ("app.ui.x", "from app import __version__\nfrom app.render import palette"),
        ("app.main", "from app.ui.main_window import MainWindow\nfrom PySide6.QtWidgets import QApplication"),
    ],
)
def test_what_the_rules_allow_is_left_alone(name: str, text: str) -> None:
    module = parse(text, name)
    assert not any(_forbidden_layer(module, found) for found in module.imports)
    assert not any(_forbidden_library(module, found) for found in module.imports)
