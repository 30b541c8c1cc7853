"""Where the files that ship with the program lie: in the source tree, in a wheel, in a frozen bundle."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """The folder of all bundled resources.

    A wheel and a frozen bundle carry them inside the package as `_resources`; a source tree beside it.
    """
    inside = _PACKAGE / "_resources"
    return inside if inside.is_dir() else _PACKAGE.parent / "resources"


def resource_path(*parts: str) -> Path:
    """The path of one bundled file or folder, such as `resource_path("icons")`.

    The path is not checked: whoever opens it says what is missing.
    """
    return resource_root().joinpath(*parts)


def sample_clip() -> Path:
    """The clip that comes with the program, of which its small models know everything."""
    return resource_path("sample", "sample.mp4")
