"""The words of a line as they are shown, and parts of them: which word stands where, what is selected.

Offsets count characters of the shown text, not Qt's UTF-16 units. No Qt in here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from app.core.results import Segment, Word
from app.core.time import format_short

_START = attrgetter("start_s")


class WordPlace(NamedTuple):
    """A word and where it stands in the shown text, [start, end)."""

    start: int
    end: int
    word: Word


class Place(NamedTuple):
    """Before which character of which line."""

    row: int
    offset: int


@dataclass(frozen=True, slots=True)
class TextRange:
    """Text between two places; the head is where the hand is, before or after the anchor."""

    anchor: Place
    head: Place

    @property
    def first(self) -> Place:
        """Where it begins."""
        return min(self.anchor, self.head)

    @property
    def last(self) -> Place:
        """Where it ends."""
        return max(self.anchor, self.head)

    @property
    def rows(self) -> range:
        """The lines it touches; one it only reaches the beginning of is none of them."""
        first, last = self.first, self.last
        stop = last.row + 1 if last.offset > 0 or last.row == first.row else last.row
        return range(first.row, stop)

    def within(self, row: int, length: int) -> tuple[int, int] | None:
        """Return its part of a line of so many characters, [start, end)."""
        first, last = self.first, self.last
        if not first.row <= row <= last.row:
            return None
        start = first.offset if row == first.row else 0
        end = min(last.offset, length) if row == last.row else length
        return (start, end) if start < end else None


def shown_text(segment: Segment) -> str:
    """Return the words of a line as they are shown, found and copied."""
    return segment.text.strip()


def word_places(segment: Segment) -> tuple[WordPlace, ...]:
    """Find the timed words in the shown text, in their order; those that do not stand there are left out."""
    text = shown_text(segment)
    places = []
    reached = 0
    for word in segment.words:
        spoken = word.text.strip()
        found = text.find(spoken, reached) if spoken else -1
        if found >= 0:
            reached = found + len(spoken)
            places.append(WordPlace(found, reached, word))
    return tuple(places)


def line_at(segments: Sequence[Segment], time_s: float) -> int | None:
    """Return the row of the line that is being said, None in a pause; they are in order of time."""
    row = bisect_right(segments, time_s, key=_START) - 1
    return row if row >= 0 and time_s < segments[row].end_s else None


def spoken_at(places: Sequence[WordPlace], time_s: float) -> WordPlace | None:
    """Return the word that is said at a time; None between words."""
    place = bisect_right(places, time_s, key=lambda each: each.word.start_s) - 1
    return places[place] if place >= 0 and time_s < places[place].word.end_s else None


def word_before(places: Sequence[WordPlace], offset: int) -> WordPlace | None:
    """Return the word at an offset; between two words, the one before."""
    place = bisect_right(places, offset, key=lambda each: each.start) - 1
    return places[place] if place >= 0 else None


def time_at(segment: Segment, places: Sequence[WordPlace], offset: int | None) -> float:
    """Return when what stands at an offset begins to be said; without an offset, or words, the line."""
    found = None if offset is None else word_before(places, offset)
    return segment.start_s if found is None else found.word.start_s


def plain_text(segments: Sequence[Segment], chosen: TextRange) -> str:
    """Return the selected text, a line for a line."""
    return "\n".join(text for _, text in _selected(segments, chosen))


def timed_text(segments: Sequence[Segment], chosen: TextRange) -> str:
    """Return the selected text with the time of each line before it, and who speaks where that is known."""
    return "\n".join(f"{_heading(segments[row])}{text}" for row, text in _selected(segments, chosen))


def _selected(segments: Sequence[Segment], chosen: TextRange) -> list[tuple[int, str]]:
    parts = []
    for row in chosen.rows:
        text = shown_text(segments[row])
        if (part := chosen.within(row, len(text))) is not None:
            parts.append((row, text[slice(*part)]))
    return parts


def _heading(segment: Segment) -> str:
    name = speaker_of(segment)
    return (
        f"[{format_short(segment.start_s, 1)}] {name}: " if name else f"[{format_short(segment.start_s, 1)}] "
    )


def speaker_of(segment: Segment) -> str:
    """Return who speaks; "" where nobody said."""
    return segment.speaker or ""
