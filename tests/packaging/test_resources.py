"""Resources are found in the source tree, in a wheel and in a frozen bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import resources


def test_the_source_tree_has_them_beside_the_package(repository: Path) -> None:
    assert resources.resource_root() == repository / "resources"
    assert resources.resource_path("sample", "sample.mp4").is_file()


def test_an_installed_package_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel and a bundle carry app/_resources; resources/ beside it would be somebody else's."""
    (tmp_path / "app" / "_resources").mkdir(parents=True)
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "app")
    assert resources.resource_root() == tmp_path / "app" / "_resources"
