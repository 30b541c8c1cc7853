"""What is marked in a line of text: layers of spans that may overlap become Qt's ranges that do not."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtGui import QColor, QTextCharFormat, QTextLayout

from app.core.results import Segment
from app.render.palette import Palette, hit_colour, mixed, text_on


class Look(enum.IntEnum):
    """Why a part of the text looks different; of two on one character the later one is on top."""

    DOUBTFUL = 0
    SELECTED = 1
    HIT = 2
    SPOKEN = 3
    HIT_HERE = 4


class Span(NamedTuple):
    """Characters [start, end) of the shown text of a line."""

    start: int
    end: int
    look: Look


Layer = Callable[[int, Segment], Iterable[Span]]
"""Returns what of a line, given by its row, is to be marked. Asked when the line is painted."""


def format_ranges(text: str, spans: Iterable[Span], palette: Palette) -> list[QTextLayout.FormatRange]:
    """Return the ranges to paint, none over another; a character may have several looks."""
    edges: dict[int, Counter[Look]] = {}
    for from_place, to_place, look in spans:
        start, end = max(0, from_place), min(to_place, len(text))
        if start < end:
            edges.setdefault(start, Counter())[look] += 1
            edges.setdefault(end, Counter())[look] -= 1
    if not edges:
        return []
    unit = utf16_places(text)
    ranges = []
    active: Counter[Look] = Counter()
    for start, end in pairwise(sorted(edges)):
        active.update(edges[start])
        looks = frozenset(look for look, count in active.items() if count > 0)
        if looks:
            made = QTextLayout.FormatRange()
            made.start, made.length = unit(start), unit(end) - unit(start)
            made.format = _format_of(looks, palette)
            ranges.append(made)
    return ranges


def utf16_places(text: str) -> Callable[[int], int]:
    """Return what turns an offset in characters into one in UTF-16 units, by which Qt counts."""
    if not text or max(text) <= "\uffff":
        return int
    places = [0]
    for each in text:
        places.append(places[-1] + (2 if each > "\uffff" else 1))
    return places.__getitem__


def character_at(text: str, unit: int) -> int:
    """Return the offset in characters of one in UTF-16 units."""
    if not text or max(text) <= "\uffff":
        return unit
    for place, each in enumerate(text):
        if unit <= 0:
            return place
        unit -= 2 if each > "\uffff" else 1
    return len(text)


@cache
def _format_of(looks: frozenset[Look], palette: Palette) -> QTextCharFormat:
    look = QTextCharFormat()
    surface = {
        Look.HIT: mixed(palette.panel, hit_colour(palette), 0.4),
        Look.SPOKEN: mixed(palette.panel, palette.accent, 0.4),
        Look.HIT_HERE: hit_colour(palette),
        Look.SELECTED: mixed(palette.panel, palette.accent, 0.55),
    }
    for each in sorted(looks):
        if each is Look.DOUBTFUL:
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            look.setUnderlineColor(QColor(palette.warning))
        else:
            look.setBackground(QColor(surface[each]))
            look.setForeground(QColor(text_on(surface[each])))
    return look
