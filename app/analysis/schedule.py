"""In which order the parts of a film are analysed: where somebody looks first, then coarse to fine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_BEFORE_S, _AFTER_S = 4.0, 20.0
"""What lies this near to where somebody looks comes before everything else; more of it ahead."""

_COARSE_PARTS = 32
"""So many parts, spread over the film, come next; then the gaps are filled by ever finer steps."""

_FINER = 8


class Schedule:
    """Gives out every part exactly once, whatever the focus does. Pure; one thread.

    Args:
        starts_s: where the parts begin, in shown seconds, rising; each ends where the next one begins.
        together: at most so many parts are given out at a time.
    """

    def __init__(self, starts_s: Sequence[float], together: int = 1) -> None:
        self._starts_s, self._together = starts_s, together
        self._left = bytearray(b"\1" * len(starts_s))
        self._steps = list(_steps(len(starts_s)))

    def next(self, focus_s: float | None) -> tuple[int, ...]:
        """Return the parts that come next, rising; none when all were given out.

        Args:
            focus_s: where somebody looks now; None: nowhere, then the start of the film counts.
        """
        taken = self._near(focus_s) if focus_s is not None else ()
        middle = self._part_at(focus_s or 0.0)
        while not taken and self._steps:
            taken = self._on_grid(self._steps[0], middle)
            if not taken:
                self._steps.pop(0)
        for part in taken:
            self._left[part] = 0
        return taken

    def _part_at(self, time_s: float) -> int:
        return max(0, bisect_right(self._starts_s, time_s) - 1)

    def _near(self, focus_s: float) -> tuple[int, ...]:
        """What is left around the focus: first what it is in and follows, then what is before."""
        first, middle = self._part_at(focus_s - _BEFORE_S), self._part_at(focus_s)
        last = self._part_at(focus_s + _AFTER_S)
        return self._first_of(range(middle, last + 1)) or self._first_of(range(first, middle))

    def _on_grid(self, step: int, middle: int) -> tuple[int, ...]:
        """The nearest part left on a grid, and those that follow on it without a gap."""
        count = len(self._left)
        after = next((part for part in range(_up(middle, step), count, step) if self._left[part]), None)
        before = next((part for part in range(middle // step * step, -1, -step) if self._left[part]), None)
        if after is None and before is None:
            return ()
        if before is not None and (after is None or middle - before < after - middle):
            return self._first_of(range(self._run_start(before, step), count, step))
        assert after is not None
        return self._first_of(range(after, count, step))

    def _run_start(self, part: int, step: int) -> int:
        """Where to begin, so that the run of parts that are left ends at ``part``."""
        for _ in range(self._together - 1):
            if part < step or not self._left[part - step]:
                break
            part -= step
        return part

    def _first_of(self, parts: Iterable[int]) -> tuple[int, ...]:
        run: list[int] = []
        for part in parts:
            if self._left[part]:
                run.append(part)
            elif run:
                break
            if len(run) == self._together:
                break
        return tuple(run)


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def _steps(count: int) -> Iterator[int]:
    step = count // _COARSE_PARTS
    while step > 1:
        yield step
        step //= _FINER
    yield 1


def even_starts(start_s: float, end_s: float, part_s: float, marks_s: Iterable[float] = ()) -> list[float]:
    """Return where parts of about ``part_s`` seconds begin; at marks where there are some.

    Args:
        start_s, end_s: the stretch that is divided.
        marks_s: good places to begin, rising; none: they lie evenly.
    """
    starts = [start_s]
    marked = False
    for mark_s in marks_s:
        marked = True
        if mark_s >= starts[-1] + part_s and mark_s < end_s:
            starts.append(mark_s)
    if not marked:
        count = max(1, round((end_s - start_s) / part_s))
        starts += [start_s + (end_s - start_s) * number / count for number in islice(range(count), 1, None)]
    return starts
