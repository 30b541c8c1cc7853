"""Repetition loops: the same phrase again and again, within a line or from line to line."""

from __future__ import annotations

import re
import zlib
from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from app.analysis.trust_text import measured, size_of

_LONGEST = 32
"""Tokens of the longest phrase that is looked for."""
_APART_S = 30.0
"""A line that comes later than this after the one before does not go on with a loop."""

_ENOUGH = ((0.5, 10), (1.0, 7), (2.0, 6), (4.0, 5))
_ENOUGH_OF_MANY = 4
_MOST = 10
"""So often must a phrase of at most so many words come in a row. People say "no, no, no, no" and sing "let it
be" four times; a model that is caught goes on until its text is full."""

_RATIO = 2.4
"""Text that zlib makes smaller than this is repetitive, by whisper's own measure."""
_LEAST_BYTES = 80
_LOOP_SHARE, _LOOP_TIMES = 0.5, 5
"""What is merely repetitive (counting, a small vocabulary) is no loop: one short phrase must fill this share
of the line, so many times."""

_LINE_SHARE = 0.5
"""So much of a line must lie in a loop, unless it holds the phrase twice."""

_STUTTER = re.compile(r"([^\W\d_]{1,6}?)\1{7,}")
_STUTTER_LETTERS = 20
"""A word such as "nananananananananananana"."""


def enough(words: float) -> int:
    """Return how often a phrase of so many words must come in a row to be a loop."""
    return next((times for most, times in _ENOUGH if words <= most), _ENOUGH_OF_MANY)


class _Place(NamedTuple):
    """Of a token: the number of its line, and how many tokens that has."""

    line: int
    tokens: int


class LoopFinder:
    """Finds loops while lines come, in order of time; it keeps some hundred words, however long they are."""

    def __init__(self) -> None:
        self._tokens: deque[str] = deque(maxlen=_LONGEST)
        self._lines: deque[_Place] = deque(maxlen=_LONGEST * _MOST)
        self._same = [0] * (_LONGEST + 1)
        self._number = 0
        self._ended_s = 0.0

    def add(self, text: str, start_s: float, end_s: float) -> set[int]:
        """Take the next line; return the numbers, from 0, of lines now known to belong to a loop.

        Of earlier lines those that make up the loop; a number may be told again.
        """
        tokens = measured(text).tokens
        if not tokens or start_s - self._ended_s > _APART_S:
            self._forget()
        place = _Place(self._number, len(tokens))
        found = {line for token in tokens for line in self._follow(token, place)}
        if _stutters(tokens) or _squeezes(text, tokens):
            found.add(self._number)
        self._number += 1
        self._ended_s = end_s
        return found

    def _forget(self) -> None:
        self._tokens.clear()
        self._lines.clear()
        self._same = [0] * (_LONGEST + 1)

    def _follow(self, token: str, place: _Place) -> set[int]:
        """Count, for each length of phrase, how long words have been those of one phrase before."""
        self._lines.append(place)
        found: set[int] = set()
        for period, before in enumerate(reversed(self._tokens), 1):
            if before != token:
                self._same[period] = 0
                continue
            self._same[period] += 1
            # Asked only where one more phrase is whole: what merely begins like it is no part of the loop.
            if self._same[period] % period == 0 and self._is_loop(period, token):
                found |= self._lines_of(self._same[period] + period, period)
        self._tokens.append(token)
        return found

    def _lines_of(self, length: int, period: int) -> set[int]:
        """The lines of the last ``length`` tokens; not a line that merely ends like the phrase."""
        inside = Counter(islice(reversed(self._lines), length))
        return {
            place.line
            for place, count in inside.items()
            if count >= 2 * period or count >= _LINE_SHARE * place.tokens
        }

    def _is_loop(self, period: int, token: str) -> bool:
        times = self._same[period] // period + 1
        if times < _ENOUGH_OF_MANY:
            return False
        phrase = (*list(self._tokens)[-period + 1 :], token) if period > 1 else (token,)
        return times >= enough(size_of(phrase))


def _stutters(tokens: Sequence[str]) -> bool:
    return any(
        len(found.group()) >= _STUTTER_LETTERS
        for token in tokens
        if len(token) >= _STUTTER_LETTERS
        for found in _STUTTER.finditer(token)
    )


def _squeezes(text: str, tokens: Sequence[str]) -> bool:
    """A loop with small changes: little is left of it when it is compressed, and one phrase fills it."""
    data = text.strip().encode("utf-8", errors="replace")
    if len(data) < _LEAST_BYTES or len(data) / len(zlib.compress(data)) <= _RATIO:
        return False
    for length in (2, 3, 4):
        grams = Counter(zip(*(tokens[first:] for first in range(length)), strict=False))
        times = max(grams.values(), default=0)
        if times >= _LOOP_TIMES and times * length >= _LOOP_SHARE * len(tokens):
            return True
    return False
