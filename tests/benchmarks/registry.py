"""Which benchmarks there are: every module of tests/benchmarks/groups joins by being there."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from tests.benchmarks import groups
from tests.benchmarks.rows import Benchmark


def all_benchmarks() -> list[Benchmark]:
    """All, in the order of the files' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(groups.__path__))
    modules = [importlib.import_module(f"{groups.__name__}.{name}") for name in names]
    return [benchmark for module in modules for benchmark in module.BENCHMARKS]


def chosen(wanted: Sequence[str]) -> list[Benchmark]:
    """Those that ``wanted`` names, by group or by the name of a row; all, where nothing is wanted.

    Raises:
        LookupError: no benchmark has such a name; says which there are.
    """
    known = all_benchmarks()
    names = {name for each in known for name in (each.group, *each.names)}
    unknown = [word for word in wanted if word not in names]
    if unknown:
        raise LookupError(f"no benchmark {unknown[0]!r}; there are: {', '.join(sorted(names))}")
    if not wanted:
        return known
    return [each for each in known if {each.group, *each.names} & set(wanted)]
