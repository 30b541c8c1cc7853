"""How many runs of a model beside each other, and on how many threads."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_BESIDE = 8
"""Runs beside each other: each holds a model's intermediate results, up to some hundred MB."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model's runs share the cores.

    On the CPU a run on one thread costs the fewest CPU-seconds, as no thread ever waits for another within
    it; what one run leaves idle a second one beside it takes. Several pictures in one run were tried there:
    nothing gained (0 to 11 % in three encoders), and more memory.

    Attributes:
        beside: runs beside each other.
        threads: of each run.
    """

    beside: int
    threads: int

    @classmethod
    def of(cls, cores: int) -> Pace:
        """Share ``cores``."""
        beside = max(1, min(cores, _MOST_BESIDE))
        return cls(beside, max(1, cores // beside))
