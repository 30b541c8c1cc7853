"""Measuring while nobody else has the machine: a host may let others run on a virtual one's processors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tests.benchmarks.rows import Series

T = TypeVar("T")
Say = Callable[[str], None]

MOST = 0.03
"""Of the processors' time that was wanted here, others may have had this share in a block that counts."""
_TRIES = 4
_STAT = Path("/proc/stat")
_IDLE, _STOLEN = (3, 4), 7


@dataclass(frozen=True, slots=True)
class Ticks:
    """Where the processors' time went since the machine began, in ticks of the kernel.

    Attributes:
        wanted: in which something was to run.
        stolen: of it, in which the host let others run instead.
    """

    wanted: int
    stolen: int

    def share_until(self, later: Ticks) -> float:
        """The share stolen between the two; 0 where nothing ran."""
        wanted = later.wanted - self.wanted
        return (later.stolen - self.stolen) / wanted if wanted else 0.0


def ticks() -> Ticks | None:
    """What Linux counts (proc_stat(5)); None on other systems, where it cannot be known."""
    if not _STAT.is_file():
        return None
    first = _STAT.read_text(encoding="ascii").splitlines()[0]
    spent = [int(word) for word in first.split()[1:9]]
    return Ticks(sum(spent) - sum(spent[column] for column in _IDLE), spent[_STOLEN])


def calm(
    measure: Callable[[], T],
    say: Say,
    *series: Series,
    read: Callable[[], Ticks | None] = ticks,
) -> T:
    """Measure a block; once more, up to four times in all, while others have too much of the machine.

    Args:
        measure: one block; each call does the same work anew.
        say: hears of a block that is measured again.
        series: what the block belongs to; the share stolen from it is noted there.
        read: tells where the time went until now.

    Returns:
        What the calmest call gave.
    """
    found: list[tuple[float, T]] = []
    while not found or (found[-1][0] > MOST and len(found) < _TRIES):
        before = read()
        value = measure()
        after = read()
        share = before.share_until(after) if before and after else 0.0
        if share > MOST:
            say(f"  others had {share:.0%} of the processors' time")
        found.append((share, value))
    share, value = min(found, key=lambda each: each[0])
    for one in series:
        one.stolen = max(one.stolen, share)
    return value
