"""Text broken into captions: at most two lines of 42 columns, balanced, and nothing lost."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from app.export.text import encodable

LINE_COLUMNS = 42
"""Columns of a line: what most houses of subtitles allow. A wide (East Asian) character takes two."""

_SMALL_KANA = frozenset("ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_CLOSING = ("Pe", "Pf", "Po")
_OPENING = ("Ps", "Pi")
_EXTENDING = ("Mn", "Mc", "Me", "Sk")
_JOINER = "\u200d"
_CLAUSE_ENDS = tuple(".!?,;:\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f")
_BROKEN_SENTENCE = 400
"""What it costs a caption to end inside a sentence: as much as being 20 columns shorter than it might be."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One or two lines of text.

    Attributes:
        lines: without markup, each of at most LINE_COLUMNS columns.
        start, end: which characters of the clean text without its spaces they hold, [start, end).
    """

    lines: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken; ``spaced`` where a space stands before it."""

    text: str
    spaced: bool
    columns: int


def clean(text: str) -> str:
    """Return the text on one line: white space is one space, control characters are gone."""
    kept = (char for char in encodable(text) if char.isspace() or not _is_control(char))
    return " ".join("".join(kept).split())


def _is_control(char: str) -> bool:
    """Whether a character is none to be read; a byte order mark within text is none either."""
    return unicodedata.category(char) == "Cc" or char == "\ufeff"


def solid(text: str) -> str:
    """Return the text without its spaces: what Caption counts in."""
    return text.replace(" ", "")


def captions(text: str) -> tuple[Caption, ...]:
    """Break clean text into as few captions as hold it, as even as can be; empty text gives none."""
    pieces = _pieces(text)
    line_end = _line_ends(pieces)
    bounds = _caption_bounds(pieces, [line_end[min(end, len(pieces) - 1)] for end in line_end])
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece.text))
    return tuple(
        Caption(_balanced(pieces[first:last]), starts[first], starts[last])
        for first, last in pairwise(bounds)
    )


def _columns(text: str) -> int:
    return sum(2 if _is_wide(char) else 1 for char in text)


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in text.split():
        for number, part in enumerate(_parts(word)):
            pieces.append(_Piece(part, bool(pieces) and number == 0, _columns(part)))
    return pieces


def _parts(word: str) -> list[str]:
    """Cut a word where its script allows it (between wide characters), and where it is longer than a line."""
    parts: list[str] = []
    for char in word:
        if parts and not _may_break(parts[-1], char):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _may_break(before: str, char: str) -> bool:
    if _columns(before) + _columns(char) > LINE_COLUMNS:
        return True
    last = before[-1]
    return (_is_wide(last) or _is_wide(char)) and not _belong_together(last, char)


def _belong_together(last: str, char: str) -> bool:
    """Whether no line may begin with ``char`` after ``last``: it closes or changes what stands before."""
    if _JOINER in (last, char) or char in _SMALL_KANA:
        return True
    return unicodedata.category(char) in _CLOSING + _EXTENDING or unicodedata.category(last) in _OPENING


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _line_ends(pieces: list[_Piece]) -> list[int]:
    """For each piece, the end of the longest line that begins with it."""
    ends = []
    end, used = 0, 0
    for start, piece in enumerate(pieces):
        while end < len(pieces) and (more := _taken(pieces[end], first=end == start)) + used <= LINE_COLUMNS:
            used += more
            end += 1
        ends.append(end)
        used -= piece.columns
        if end > start + 1:
            used -= pieces[start + 1].spaced
    return ends


def _taken(piece: _Piece, *, first: bool) -> int:
    return piece.columns + (piece.spaced and not first)


def _caption_bounds(pieces: list[_Piece], longest: list[int]) -> list[int]:
    """Choose where captions begin and end: the fewest, and of those the evenest that keep clauses whole.

    Shortest path from the end of the text to its start; ``longest`` holds the last possible end for each.
    """
    count = len(pieces)
    best: list[tuple[int, int, int]] = [(0, 0, count)] * (count + 1)
    for start in reversed(range(count)):
        width = 0
        options = []
        for end in range(start + 1, longest[start] + 1):
            width += _taken(pieces[end - 1], first=end == start + 1)
            number, cost, _ = best[end]
            options.append((number + 1, cost + _cost(width, pieces[end - 1], last=end == count), end))
        best[start] = min(options)
    bounds = [0]
    while bounds[-1] < count:
        bounds.append(best[bounds[-1]][2])
    return bounds


def _cost(width: int, final: _Piece, *, last: bool) -> int:
    broken = not last and not final.text.endswith(_CLAUSE_ENDS)
    return (2 * LINE_COLUMNS - width) ** 2 + broken * _BROKEN_SENTENCE


def _balanced(pieces: list[_Piece]) -> tuple[str, ...]:
    """Return one line where it fits, else the two that differ least, the lower one longer where they tie."""
    whole = _joined(pieces)
    if _columns(whole) <= LINE_COLUMNS:
        return (whole,)
    pairs = [(_joined(pieces[:cut]), _joined(pieces[cut:])) for cut in range(1, len(pieces))]
    return min(pairs, key=lambda pair: max(_columns(line) for line in pair))


def _joined(pieces: list[_Piece]) -> str:
    first, *others = pieces
    return first.text + "".join(" " * piece.spaced + piece.text for piece in others)
