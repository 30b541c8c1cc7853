"""Text broken into captions: a few lines of so many columns, even, broken at phrases, and nothing lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from app.core.characters import is_wide, on_one_line
from app.core.cue_style import USUAL, CueStyle
from app.export.phrases import Break, breaks_after
from app.export.text import encodable

_SMALL_KANA = frozenset("ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_CLOSING = ("Pe", "Pf", "Po")
_OPENING = ("Ps", "Pi")
_EXTENDING = ("Mn", "Mc", "Me", "Sk")
_JOINER = "\u200d"

_CAPTION_ENDS = {Break.SENTENCE: 0, Break.CLAUSE: 100, Break.PHRASE: 300, Break.WORD: 400, Break.WEAK: 700}
"""What it costs a caption to end there: 400 is as much as being 20 columns shorter than it might be."""

_LINE_ENDS = {Break.SENTENCE: 0, Break.CLAUSE: 20, Break.PHRASE: 30, Break.WORD: 60, Break.WEAK: 220}
"""What it costs a line to end there, beside the square of what it differs by from the mean of its caption."""

Fits = Callable[[int, int], bool]
"""Whether one caption may hold the characters [start, end) of the solid text: not shown for too long."""

_Cost = Callable[[int, int], float]


@dataclass(frozen=True, slots=True)
class Caption:
    """A few lines of text.

    Attributes:
        lines: without markup, none longer than the style allows.
        start, end: which characters of the clean text without its spaces they hold, [start, end).
    """

    lines: tuple[str, ...]
    start: int
    end: int


def clean(text: str) -> str:
    """Return the text on one line: white space is one space, control characters are gone."""
    return on_one_line(encodable(text))


def solid(text: str) -> str:
    """Return the text without its spaces: what Caption counts in."""
    return text.replace(" ", "")


def columns(text: str) -> int:
    """Return how wide a text is: a wide (East Asian) character is two columns, any other one."""
    return len(text) if text.isascii() else sum(2 if is_wide(char) else 1 for char in text)


def captions(
    text: str, style: CueStyle = USUAL, *, language: str = "", fits: Fits | None = None, name: str = ""
) -> tuple[Caption, ...]:
    """Break clean text into as few captions as hold it, as even as can be; empty text gives none.

    Args:
        text: as ``clean`` returns it.
        style: how long and how many lines may be.
        language: in which little words are known; see ``phrases``.
        fits: what else a caption has to keep to; one that cannot be divided need not.
        name: of the speaker, where ``text`` begins with it; it does not stand alone, if a line holds more.
    """
    return _Pieces(text, style, language, len(name.split())).captions(fits)


class _Pieces:
    """A text as a row of pieces that are never broken. Stretches of it are written [first, last)."""

    def __init__(self, text: str, style: CueStyle, language: str, words_of_name: int) -> None:
        self._style = style
        self._texts: list[str] = []
        self._spaced: list[bool] = []
        pieces_of_name = 0
        for number, word in enumerate(text.split()):
            if number == words_of_name:
                pieces_of_name = len(self._texts)
            parts = _parts(word, style.line_columns)
            self._spaced += [bool(self._texts), *(False for _ in parts[1:])]
            self._texts += parts
        if words_of_name:
            self._join_first(pieces_of_name + 1)
        self._ends = [self._break_after(number, language) for number in range(len(self._texts))]
        self._starts, self._reach = [0], [0]
        for each, spaced in zip(self._texts, self._spaced, strict=True):
            self._starts.append(self._starts[-1] + len(solid(each)))
            self._reach.append(self._reach[-1] + columns(each) + spaced)

    def _join_first(self, count: int) -> None:
        """Make one piece of the first ones, where a line holds it."""
        head = self._joined(0, count)
        if columns(head) <= self._style.line_columns:
            self._texts[:count], self._spaced[:count] = [head], [False]

    def _break_after(self, number: int, language: str) -> Break:
        last = number + 1 == len(self._texts)
        inside = not last and not self._spaced[number + 1] and not is_wide(self._texts[number][-1])
        following = "" if last else self._texts[number + 1]
        return Break.WORD if inside else breaks_after(self._texts[number], language, following)

    def captions(self, fits: Fits | None) -> tuple[Caption, ...]:
        line_ends = self._line_ends()
        ends = line_ends
        for _ in range(self._style.lines - 1):
            ends = [line_ends[end] if end < len(line_ends) else end for end in ends]
        if fits is not None:
            ends = [self._that_fits(first, last, fits) for first, last in enumerate(ends)]
        return tuple(
            Caption(self._lines(first, last, line_ends), self._starts[first], self._starts[last])
            for first, last in pairwise(_divided(0, ends, self._caption_cost))
        )

    def _lines(self, first: int, last: int, line_ends: list[int]) -> tuple[str, ...]:
        """Return the fewest lines that hold a stretch, as even as can be, broken at phrases."""
        ends = [min(end, last) for end in line_ends[first:last]]
        if ends[0] == last:
            return (self._joined(first, last),)
        mean = self._width(first, last) / self._fewest(first, line_ends, last)

        def cost(start: int, end: int) -> float:
            broken = _LINE_ENDS[self._ends[end - 1]] if end < last else 0
            return (self._width(start, end) - mean) ** 2 + broken

        bounds = _divided(first, ends, cost)
        return tuple(self._joined(start, end) for start, end in pairwise(bounds))

    def _fewest(self, first: int, line_ends: list[int], last: int) -> int:
        count = 0
        while first < last:
            first, count = line_ends[first], count + 1
        return count

    def _line_ends(self) -> list[int]:
        """For each piece, the end of the longest line that begins with it."""
        ends = []
        end = 0
        for first in range(len(self._texts)):
            end = max(end, first + 1)
            while end < len(self._texts) and self._width(first, end + 1) <= self._style.line_columns:
                end += 1
            ends.append(end)
        return ends

    def _that_fits(self, first: int, last: int, fits: Fits) -> int:
        while last > first + 1 and not fits(self._starts[first], self._starts[last]):
            last -= 1
        return last

    def _width(self, first: int, last: int) -> int:
        return self._reach[last] - self._reach[first] - self._spaced[first]

    def _caption_cost(self, first: int, last: int) -> float:
        broken = _CAPTION_ENDS[self._ends[last - 1]] if last < len(self._texts) else 0
        room = self._style.lines * self._style.line_columns
        return (room - self._width(first, last)) ** 2 + broken

    def _joined(self, first: int, last: int) -> str:
        others = range(first + 1, last)
        return self._texts[first] + "".join(" " * self._spaced[n] + self._texts[n] for n in others)


def _divided(first: int, ends: list[int], cost: _Cost) -> list[int]:
    """Return the bounds of the fewest stretches that pieces fall into, and of those the cheapest.

    ``ends`` holds for each piece, from ``first`` on, the last end of a stretch that begins with it. Shortest
    path from the end to the start; of two that cost the same, the one with the shorter beginning.
    """
    last = first + len(ends)
    if ends and ends[0] == last:
        return [first, last]
    best: list[tuple[int, float, int]] = [(0, 0.0, last)] * (len(ends) + 1)
    for start in reversed(range(first, last)):
        best[start - first] = min(
            (best[end - first][0] + 1, best[end - first][1] + cost(start, end), end)
            for end in range(start + 1, ends[start - first] + 1)
        )
    bounds = [first]
    while bounds[-1] < last:
        bounds.append(best[bounds[-1] - first][2])
    return bounds


def _parts(word: str, line_columns: int) -> list[str]:
    """Cut a word where its script allows it (between wide characters), and where it is longer than a line."""
    if word.isascii() and len(word) <= line_columns:
        return [word]
    parts: list[str] = []
    used = 0
    for char in word:
        taken = columns(char)
        if parts and used + taken <= line_columns and not _may_break(parts[-1][-1], char):
            parts[-1] += char
            used += taken
        else:
            parts.append(char)
            used = taken
    return parts


def _may_break(last: str, char: str) -> bool:
    return (is_wide(last) or is_wide(char)) and not _belong_together(last, char)


def _belong_together(last: str, char: str) -> bool:
    """Whether no line may begin with ``char`` after ``last``: it closes or changes what stands before."""
    if _JOINER in (last, char) or char in _SMALL_KANA:
        return True
    return unicodedata.category(char) in _CLOSING + _EXTENDING or unicodedata.category(last) in _OPENING
