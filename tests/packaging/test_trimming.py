"""What the bundle leaves out: parts of Qt by name, and libraries that nothing in it needs any more."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def trimming(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("trimming", repository / "packaging" / "trimming.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so",
        "PySide6/plugins/multimedia/ffmpegmediaplugin.dll",
        "PySide6\\translations\\qt_de.qm" if sys.platform == "win32" else "PySide6/translations/qt_de.qm",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/platforms/libqminimal.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/qml/QtQuick/plugins.qmltypes",
        "libstdc++.so.6",
        "libmvec.so.1",
        "libX11-xcb.so.1",
        "libz.so.1",
    ],
)
def test_left_out(trimming: ModuleType, place: str) -> None:
    assert trimming.is_unused(place)


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/QtMultimedia.abi3.so",
        "app/_resources/sample/sample.mp4",
        "av.libs/libavcodec-5e6b81c2.so.62.28.102",
    ],
)
def test_kept(trimming: ModuleType, place: str) -> None:
    assert not trimming.is_unused(place)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux collects the system's libraries")
def test_libraries_go_with_the_last_file_that_needed_them(
    trimming: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("PyInstaller.depend.bindepend")
    linked = {
        "/plugin": ["libtwo.so.2"],
        "/two": ["libthree.so.3"],
        "/three": [],
        "/orphan": ["libthree.so.3"],
    }
    monkeypatch.setattr(
        "PyInstaller.depend.bindepend.get_imports", lambda source: [(name, None) for name in linked[source]]
    )
    rows = [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/plugin", "BINARY"),
        ("PySide6/Qt/lib/libtwo.so.2", "/two", "BINARY"),
        ("libthree.so.3", "/three", "BINARY"),
        ("liborphan.so.1", "/orphan", "BINARY"),
    ]
    links = [("libtwo.so.2", "PySide6/Qt/lib/libtwo.so.2", "SYMLINK"), ("liborphan.so.1", "x", "SYMLINK")]
    assert trimming.without_orphans(rows) == rows[:3]
    assert trimming.without_orphans(rows, links) == links[:1]
