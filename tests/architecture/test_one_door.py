"""Media files come in through one door: nothing but app/media/opening.py opens a container to read it."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import Module, dotted, modules, parse

DOOR = "app.media.opening"


def _openings(module: Module) -> list[int]:
    """The lines that name a function of av that opens a container, under whatever name av was imported."""
    aliases = {"av": "av"}
    lines = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            aliases |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "av":
            aliases |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            lines += [node.lineno for alias in node.names if alias.name in ("open", "*")]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "open":
            base, _, rest = dotted(node.value).partition(".")
            full = aliases.get(base, base) + (f".{rest}" if rest else "")
            lines += [node.lineno] if full.partition(".")[0] == "av" else []
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "InputContainer":
            lines.append(node.lineno)
    return lines


def test_only_the_door_opens_containers() -> None:
    wrong = [module.where(line) for module in modules() if module.name != DOOR for line in _openings(module)]
    assert not wrong, "\n".join(wrong)


def test_the_door_is_there_and_opens() -> None:
    doors = [module for module in modules() if module.name == DOOR]
    assert len(doors) == 1
    assert len(_openings(doors[0])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import av\nav.open('x')",
        "import av as ffmpeg\nffmpeg.open('x')",
        "from av import open as read\nread('x')",
        "from av import container\ncontainer.open('x')",
        "import av.container\nav.container.open('x')",
        "import av\ndef f():\n    o = av.open\n    return o('x')",
    ],
)
def test_another_door_is_seen(text: str) -> None:
    assert _openings(parse(text))


def test_other_things_that_open_are_left_alone() -> None:
    assert not _openings(parse("Path('x').open()\nopen('x')\nimport wave\nwave.open('x')"))
