"""The words of all lines as one folded text: a hundred thousand words are searched in a few milliseconds."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.results import Segment
from app.ui.folding import fold, fold_places, joins_words
from app.ui.line_changes import ChangedRows, changed_rows
from app.ui.transcript_text import Place, shown_text

Places = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.float64]


class Piece(NamedTuple):
    """The part of a hit that stands in one line: characters [start, end) of its shown text."""

    row: int
    start: int
    end: int


class TranscriptIndex:
    """Finds folded words; a hit is where it begins in the folded text, and may reach into the next line."""

    def __init__(self, *, match_case: bool) -> None:
        self.match_case = match_case
        self._segments: tuple[Segment, ...] = ()
        self._folded: list[str] = []
        self._starts: Places = np.zeros(1, dtype=np.int64)
        self._text = ""
        self._last: tuple[int, list[int]] = (-1, [])
        self._seconds: tuple[Seconds, Seconds] | None = None

    def set_lines(self, segments: tuple[Segment, ...]) -> ChangedRows:
        """Know these lines; only those that are new are folded."""
        changed = changed_rows(self._segments, segments)
        new = segments[changed.start : changed.new_end]
        self._folded[changed.start : changed.old_end] = [
            fold(shown_text(each), match_case=self.match_case) for each in new
        ]
        self._segments, self._last, self._seconds = segments, (-1, []), None
        self._text = " ".join(self._folded)
        lengths = np.fromiter(map(len, self._folded), np.int64, len(self._folded))
        self._starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths + 1)))
        return changed

    def find(self, words: str, *, whole_words: bool) -> array[int]:
        """Return all hits in order, none within another."""
        sought = fold(words, match_case=self.match_case)
        if not sought:
            return array("q")
        if whole_words:
            return array("q", self._whole_words(sought))
        return array("q", [match.start() for match in re.finditer(re.escape(sought), self._text)])

    def _whole_words(self, sought: str) -> Iterator[int]:
        place = self._text.find(sought)
        while place >= 0:
            end = place + len(sought)
            if self._is_whole(place, end):
                yield place
            else:
                end = place + 1
            place = self._text.find(sought, end)

    def _is_whole(self, start: int, end: int) -> bool:
        text = self._text
        joined_before = start > 0 and joins_words(text[start - 1]) and joins_words(text[start])
        joined_after = end < len(text) and joins_words(text[end]) and joins_words(text[end - 1])
        return not joined_before and not joined_after

    def length_of(self, words: str) -> int:
        """Return how long every hit of these words is in the folded text."""
        return len(fold(words, match_case=self.match_case))

    def row_of(self, hit: int) -> int:
        """Return the line in which a hit begins."""
        return int(np.searchsorted(self._starts, hit, side="right")) - 1

    def bounds(self, row: int) -> tuple[int, int]:
        """Return from where to where a line reaches in the folded text."""
        start = int(self._starts[row])
        return start, start + len(self._folded[row])

    def at(self, place: Place) -> int:
        """Return where a place of the transcript is in the folded text; behind all of it, its end."""
        if place.row >= len(self._folded):
            return len(self._text)
        places = self._places(place.row)
        return int(self._starts[place.row]) + int(np.searchsorted(places[:-1], place.offset))

    def pieces(self, hit: int, length: int) -> Iterator[Piece]:
        """Return where a hit stands in the shown text."""
        row = self.row_of(hit)
        while row < len(self._folded):
            start, end = self.bounds(row)
            if start >= hit + length:
                return
            first, last = max(hit, start) - start, min(hit + length, end) - start
            if first < last:
                places = self._places(row)
                yield Piece(row, places[first], self._end_of(row, places, last))
            row += 1

    def _end_of(self, row: int, places: list[int], last: int) -> int:
        """The end of the last character, with the accents that follow it."""
        text = shown_text(self._segments[row])
        end = places[last - 1] + 1
        while end < len(text) and end < places[last] and not text[end].isspace():
            end += 1
        return end

    def _places(self, row: int) -> list[int]:
        """Where the folded characters of a line stand in it; that of the last line asked for is kept."""
        if self._last[0] != row:
            places = fold_places(shown_text(self._segments[row]), match_case=self.match_case)
            self._last = (row, places)
        return self._last[1]

    def times(self, hits: array[int]) -> Seconds:
        """Return about when each hit is said: as far into its line as into its text."""
        if not hits:
            return np.empty(0)
        if self._seconds is None:
            count = len(self._segments)
            self._seconds = (
                np.fromiter(map(attrgetter("start_s"), self._segments), np.float64, count),
                np.fromiter(map(attrgetter("end_s"), self._segments), np.float64, count),
            )
        starts_s, ends_s = self._seconds
        places = np.frombuffer(hits, dtype=np.int64)
        rows = np.searchsorted(self._starts, places, side="right") - 1
        lengths = np.maximum(1, np.diff(self._starts)[rows])
        share = (places - self._starts[rows]) / lengths
        return np.asarray(starts_s[rows] + share * (ends_s - starts_s)[rows])
