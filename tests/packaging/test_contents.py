"""Everything in a bundle has an owner and a licence, and the bill of materials is a valid one."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import distribution, requires
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from app import __version__

Recipe = dict[str, ModuleType]

_IMPORTED = ("PySide6", "av", "msgspec", "numpy", "onnxruntime", "platformdirs", "pyqtgraph", "_pywhispercpp")
"""The modules of the libraries that the program declares."""


def _native_files(name: str) -> dict[str, str]:
    """The native files that a wheel brought: where they lie in a bundle, and where they come from."""
    files = distribution(name).files or ()
    places = {file.as_posix(): str(file.locate()) for file in files}
    return {
        place: source
        for place, source in places.items()
        if ".so" in place or place.endswith((".dll", ".dylib"))
    }


@pytest.fixture(scope="module")
def native_files() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("av", "numpy", "onnxruntime", "pywhispercpp", "PySide6_Essentials", "shiboken6"):
        found |= _native_files(name)
    assert len(found) > 50
    return found


@pytest.fixture
def found(recipe: Recipe, native_files: dict[str, str]) -> Any:
    return recipe["contents"].contents_of(_IMPORTED, native_files)


def test_every_library_that_is_declared_is_among_the_packages(found: Any) -> None:
    declared = {
        Requirement(line).name.lower() for line in requires("reelscope") or () if "extra ==" not in line
    }
    assert declared <= {package.metadata["Name"].lower() for package in found.packages}


def test_what_the_wheels_bring_along_is_known_by_name(found: Any) -> None:
    names = {component.name for component in found.components}
    assert {"FFmpeg", "x264", "x265", "Qt", "whisper.cpp", "OpenBLAS"} <= names
    assert found.system == ()


def test_each_has_its_licence_and_the_offer_names_all(recipe: Recipe, found: Any, tmp_path: Path) -> None:
    recipe["contents"].write_licences(tmp_path, found)
    offer = (tmp_path / "OFFER.txt").read_text(encoding="utf-8")
    for package in found.packages:
        name = package.metadata["Name"]
        assert any(file.stat().st_size > 200 for file in (tmp_path / name).iterdir()), name
        assert f"{name} {package.version}" in offer
    for component in found.components:
        texts = list((tmp_path / component.name).iterdir()) if component.texts else []
        assert texts or component.within in {package.metadata["Name"] for package in found.packages}
        assert component.source in offer
    assert "three years" in offer
    assert list((tmp_path / "Python").iterdir())


def test_every_text_that_is_named_is_there_and_every_text_is_named(recipe: Recipe) -> None:
    contents = recipe["contents"]
    named = {text for component in contents.components() for text in component.texts}
    named |= {text for texts in contents._TEXTS_OF.values() for text in texts}
    assert named == {file.stem for file in contents.TEXTS.iterdir()}


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("libmystery.so.1", "/opt/mystery/libmystery.so.1"),
        ("mystery/core.so", "/opt/venv/lib/python3.11/site-packages/mystery/core.so"),
    ],
)
def test_what_belongs_to_nobody_stops_the_build(recipe: Recipe, place: str, source: str) -> None:
    contents = recipe["contents"]
    with pytest.raises(contents.UncoveredError, match="mystery"):
        contents.contents_of([], {place: source})


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_library_that_a_wheel_brings_from_others_must_be_named(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], system: str
) -> None:
    """Where the wheels were looked through the build stops; elsewhere it says so and goes on."""
    contents = recipe["contents"]
    monkeypatch.setattr(contents.sys, "platform", system)
    source = "/opt/venv/lib/python3.11/site-packages/av.libs/libnew-1234.so.1"
    if system == "linux":
        with pytest.raises(contents.UncoveredError, match="libnew"):
            contents.contents_of([], {"av.libs/libnew-1234.so.1": source})
    else:
        contents.contents_of([], {"av.libs/libnew-1234.so.1": source})
        assert "LICENCE TO CHECK" in capsys.readouterr().out


def test_the_bill_of_materials_is_valid(recipe: Recipe, found: Any) -> None:
    bill = recipe["contents"].bill_of_materials(found, __version__)
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(bill)) is None
    listed = {entry["name"] for entry in bill["components"]}
    assert {"numpy", "FFmpeg", "Python"} <= listed
    references = [entry["bom-ref"] for entry in bill["components"]]
    assert len(references) == len(set(references))
    assert bill == recipe["contents"].bill_of_materials(found, __version__)


# --- what one build carries


def test_a_build_knows_its_page_only_where_one_was_named(recipe: Recipe, tmp_path: Path) -> None:
    from app.releases import repository

    carried = recipe["carried"]
    assert json.loads(carried.environment(None, None, tmp_path)[carried.VARIABLE]) == []
    ((source, place),) = json.loads(carried.environment("a/b", None, tmp_path)[carried.VARIABLE])
    assert place == "."
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.releases.resource_path", lambda name: Path(source).parent / name)
        assert repository() == "a/b"


@pytest.mark.parametrize("name", ["reelscope", "a/b/c", "../x", "a b/c", "https://a/b"])
def test_a_wrong_page_is_refused(recipe: Recipe, tmp_path: Path, name: str) -> None:
    with pytest.raises(recipe["carried"].NotCarriedError, match="OWNER/NAME"):
        recipe["carried"].environment(name, None, tmp_path)


class TestModels:
    """Only what the catalogue knows by its hash is carried along, with its licence."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder with a file of the name of a model in the catalogue, and its true size and hash there."""
        from dataclasses import replace

        from app.inference import catalogue

        folder = tmp_path / "models"
        folder.mkdir()
        (folder / "ggml-tiny.bin").write_bytes(b"speech")
        known = catalogue.catalogue()
        entry = replace(known.entry("tiny"), bytes=6, sha256=hashlib.sha256(b"speech").hexdigest())
        monkeypatch.setattr(catalogue, "catalogue", lambda: catalogue.Catalogue(known.hosts, (entry,)))
        return folder

    def test_the_right_file_is_taken_with_its_licence(
        self, recipe: Recipe, folder: Path, tmp_path: Path
    ) -> None:
        taken = recipe["carried"].checked_models(folder, tmp_path)
        assert [file.name for file in taken] == ["ggml-tiny.bin", "LICENCES.txt"]
        assert "MIT" in taken[-1].read_text(encoding="utf-8")

    @pytest.mark.parametrize("data", [b"speecj", b"speech and more", b""])
    def test_another_content_is_refused(
        self, recipe: Recipe, folder: Path, tmp_path: Path, data: bytes
    ) -> None:
        (folder / "ggml-tiny.bin").write_bytes(data)
        with pytest.raises(recipe["carried"].NotCarriedError, match="by its hash"):
            recipe["carried"].checked_models(folder, tmp_path)

    def test_an_unknown_model_is_refused(self, recipe: Recipe, folder: Path, tmp_path: Path) -> None:
        (folder / "mine.onnx").touch()
        with pytest.raises(recipe["carried"].NotCarriedError, match="not in the catalogue"):
            recipe["carried"].checked_models(folder, tmp_path)

    def test_an_empty_folder_is_refused(self, recipe: Recipe, tmp_path: Path) -> None:
        with pytest.raises(recipe["carried"].NotCarriedError, match="no models"):
            recipe["carried"].checked_models(tmp_path, tmp_path)
