"""The source of the program as syntax trees: what each module imports, defines and calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = "app"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, fully dotted (`app.core.time`, `av.open`), and the line it stands on."""

    name: str
    line: int

    @property
    def top(self) -> str:
        """The name of the outermost package."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the program."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def layer(self) -> str:
        """The part of the program it belongs to: `core`, `media`, ..., or its own name directly in `app`."""
        return layer_of(self.name)

    @property
    def imports(self) -> list[Import]:
        """All that it imports, inside functions and under TYPE_CHECKING too."""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        return list(imports_of(self.tree, package))

    def where(self, line: int) -> str:
        """A place in it, as an editor understands it."""
        return f"{self.path.relative_to(REPOSITORY)}:{line}"


def layer_of(name: str) -> str:
    """`app.core.time` -> `core`; `app.cli` -> `cli`; `app` -> ``."""
    return name.partition(".")[2].partition(".")[0]


def parse(text: str, name: str = "app.core.example") -> Module:
    """A module from its text, as if it lay where its name says."""
    return Module(name, REPOSITORY / (name.replace(".", "/") + ".py"), ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the program, by name."""
    found = []
    for path in sorted((REPOSITORY / PACKAGE).rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path))))
    return tuple(found)


def imports_of(tree: ast.AST, package: str) -> Iterator[Import]:
    """Every import statement, and every import by a call with a literal name, anywhere in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
            literals = [part.value for part in node.args[:1] if isinstance(part, ast.Constant)]
            yield from (Import(str(value), node.lineno) for value in literals)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def called(node: ast.Call) -> str:
    """The last part of the name that a call calls: `open` for `av.open(...)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""
