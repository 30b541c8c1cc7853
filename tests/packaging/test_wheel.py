"""The wheel holds all that the program needs: installed elsewhere, it finds its resources."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_REPORT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import app.resources, app
root = app.resources.resource_root()
files = sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())
print(json.dumps({"package": app.__file__, "root": str(root), "files": files, "version": app.__version__}))
"""


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree, built without a connection."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked into a folder of its own, as an installer lays it out for a pure package."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def _tracked(repository: Path, folder: str) -> set[str]:
    """The files of a folder that belong to the project, caches left aside."""
    root = repository / folder
    files = (file for file in root.rglob("*") if file.is_file())
    return {file.relative_to(root).as_posix() for file in files if "__pycache__" not in file.parts}


def test_the_installed_program_finds_every_resource(
    installed: Path, repository: Path, tmp_path: Path
) -> None:
    """Run from elsewhere and without the source tree on the path (-I keeps the current folder off it)."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _REPORT, str(installed)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout)
    assert Path(report["package"]).is_relative_to(installed)
    assert Path(report["root"]).is_relative_to(installed)
    assert {Path(name).as_posix() for name in report["files"]} == _tracked(repository, "resources")


def test_the_resources_are_the_same_bytes(installed: Path, sample_dir: Path) -> None:
    for name in ("sample.mp4", "truth.json", "shapes.onnx", "digits-q5_0.bin"):
        shipped = (installed / "app" / "_resources" / "sample" / name).read_bytes()
        assert hashlib.sha256(shipped).digest() == hashlib.sha256((sample_dir / name).read_bytes()).digest()


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"app"}
    sources = {f"app/{name}" for name in _tracked(repository, "app") if name.endswith(".py")}
    assert sources <= names


def test_the_metadata_names_program_licence_and_version(wheel: Path) -> None:
    from app import __version__

    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        (entries,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        text = archive.read(metadata).decode("utf-8").splitlines()
        assert f"Version: {__version__}" in text
        assert "License-Expression: GPL-3.0-or-later" in text
        assert "reelscope = app.main:program" in archive.read(entries).decode("utf-8")
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
