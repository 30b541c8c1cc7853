"""What a benchmark is, and what it leaves: one row for each name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, TypeAlias

Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table and one object of the JSON.

    Attributes:
        ours, peer_value: the statistic over all runs; the peer's is None where there is no peer.
        peer: its name; None where it has none or is not installed.
        ratio: how many times better than the peer: peer / ours for times, ours / peer for rates. None
            without a peer.
        runs: how often each side was measured.
        spread: how far the statistic differs between the blocks of a run, relative to ``ours``.
        stolen: the largest share of the processors' time that others had in one of its blocks; see ``calm``.
            Not in the JSON.
        note: what has to be known beside the number; not in the JSON.
    """

    name: str
    group: str
    ours: float
    peer_value: float | None
    peer: str | None
    unit: str
    ratio: float | None
    runs: int
    spread: float
    stolen: float = 0.0
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object of the JSON document."""
        names = ("name", "group", "ours", "peer_value", "peer", "unit", "ratio", "runs", "spread")
        return {name: _rounded(getattr(self, name)) for name in names}


@dataclass(slots=True)
class Series:
    """What was measured under one name, ours and the peer's in alternating blocks."""

    unit: str
    statistic: Statistic = median
    peer: str | None = None
    more_is_better: bool = False
    note: str = ""
    stolen: float = 0.0
    ours: list[list[float]] = field(default_factory=list)
    theirs: list[list[float]] = field(default_factory=list)

    def row(self, name: str, group: str) -> Row:
        """Sum up."""
        ours, theirs = _flat(self.ours), _flat(self.theirs)
        value = self.statistic(ours)
        peer_value = self.statistic(theirs) if theirs else None
        blocks = [self.statistic(block) for block in self.ours if block]
        spread = (max(blocks) - min(blocks)) / value if value else 0.0
        ratio = None
        if peer_value and value:
            ratio = value / peer_value if self.more_is_better else peer_value / value
        peer = self.peer if theirs else None
        return Row(
            name, group, value, peer_value, peer, self.unit, ratio, len(ours), spread, self.stolen, self.note
        )


Measured: TypeAlias = Mapping[str, "Series | Sequence[Series]"]
"""By the name of the row: against one peer, or against each of several."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Something that is measured at one go.

    Attributes:
        group: as in the contract.
        names: of the rows that come out.
        measure: returns what was measured for each name, once for each peer; gets ``say``, for a line of
            progress.
    """

    group: str
    names: tuple[str, ...]
    measure: Callable[[Callable[[str], None]], Measured]

    def rows(self, say: Callable[[str], None]) -> Iterator[Row]:
        """Measure, and yield the rows in the order of ``names``."""
        series = self.measure(say)
        for name in self.names:
            found = series.get(name, ())
            for one in (found,) if isinstance(found, Series) else found:
                yield one.row(name, self.group)


def percentile(share: float) -> Statistic:
    """The value below which ``share`` of the runs lie (the nearest one that was measured)."""

    def at(values: Sequence[float]) -> float:
        return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]

    return at


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines for a person."""
    columns = f"{'name':<22}{'ours':>10}{'peer':>10}  {'unit':<5}{'ratio':>7}{'runs':>6}"
    yield f"{columns}{'spread':>8}{'stolen':>8}  against"
    for row in rows:
        peer_value = "-" if row.peer_value is None else f"{row.peer_value:.2f}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        yield (
            f"{row.name:<22}{row.ours:>10.2f}{peer_value:>10}  {row.unit:<5}{ratio:>7}{row.runs:>6}"
            f"{row.spread:>8.0%}{row.stolen:>8.1%}  {row.peer or '-'}{'  ' + row.note if row.note else ''}"
        )


def _flat(blocks: Sequence[Sequence[float]]) -> list[float]:
    return [value for block in blocks for value in block]


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
