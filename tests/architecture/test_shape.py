"""The shape of the code: small functions, names that say something, dependencies that are used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

import pytest

from tests.architecture.source import REPOSITORY, modules

LONG = 45
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"}

# Where the names to import are not the name to install.
IMPORT_NAMES = {"pyside6": {"PySide6", "shiboken6"}, "pywhispercpp": {"pywhispercpp", "_pywhispercpp"}}


def _lengths() -> dict[str, int]:
    """The lines of every function, its decorators left aside."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        f"{module.where(node.lineno)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, functions)
    }


def test_functions_are_small_enough_to_see_whole() -> None:
    lengths = _lengths()
    long = {name: lines for name, lines in lengths.items() if lines >= LONG}
    assert len(long) <= 0.05 * len(lengths), f"{len(long)} of {len(lengths)} functions are long: {long}"


def test_no_function_is_a_program_of_its_own() -> None:
    assert not {name: lines for name, lines in _lengths().items() if lines > 2 * LONG}


def test_names_say_what_a_module_is_for() -> None:
    empty = [module.name for module in modules() if EMPTY_NAMES & set(re.split(r"[._]", module.name))]
    assert not empty


def _declared() -> dict[str, set[str]]:
    """The names to import of each dependency."""
    metadata = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    found = (re.match(r"[\w-]+", line) for line in metadata["project"]["dependencies"])
    names = [match[0].lower() for match in found if match]
    return {name: IMPORT_NAMES.get(name, {name}) for name in names}


def _imported() -> set[str]:
    return {found.top for module in modules() for found in module.imports}


@pytest.mark.parametrize("name", sorted(_declared()))
def test_every_dependency_is_used(name: str) -> None:
    assert _declared()[name] & _imported()


def test_every_library_is_declared() -> None:
    declared = set().union(*_declared().values())
    assert not _imported() - set(sys.stdlib_module_names) - declared - {"app"}
