"""What is sought in the transcript, what was found, and which of it is looked at."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.results import Segment
from app.ui.text_layers import Look, Span
from app.ui.transcript_text import Place, shown_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from app.ui.transcript_index import Piece, TranscriptIndex


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought, and how exactly."""

    words: str = ""
    match_case: bool = False
    whole_words: bool = False


class TranscriptFinder(QObject):
    """Finds words in the lines, also where they run over the end of one; keeps up while lines come.

    Nothing is indexed before something is sought.

    Attributes:
        query: what is sought.
        here: the number of the hit that is looked at, from 0; None where there is none.

    Signals:
        changed(): the hits, or which of them is looked at.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._segments: tuple[Segment, ...] = ()
        self._made_index: TranscriptIndex | None = None
        self._hits: array[int] = array("q")
        self._times: npt.NDArray[np.float64] | None = None
        self._length = 0
        self._from = Place(0, 0)
        self._resumed: Place | None = None
        self.query = Query()
        self.here: int | None = None

    @property
    def count(self) -> int:
        """How many hits there are."""
        return len(self._hits)

    def set_lines(self, segments: tuple[Segment, ...]) -> None:
        """Search these lines from now on; the hit that is looked at stays where it can."""
        if segments is self._segments:
            return
        self._segments = segments
        if not self._length:
            return
        before, resumed = self.place(), self._resumed
        self._resumed = None
        changed = self._index.set_lines(segments)
        if resumed is not None:
            self._from = resumed
        elif before is not None:
            row = changed.moved(before.row)
            self._from = before if row is None else Place(row, before.offset)
        self._search()

    @property
    def _index(self) -> TranscriptIndex:
        from app.ui.transcript_index import TranscriptIndex

        if self._made_index is None or self._made_index.match_case != self.query.match_case:
            self._made_index = TranscriptIndex(match_case=self.query.match_case)
        return self._made_index

    def ask(self, query: Query, start: Place) -> None:
        """Seek this; of the hits the first one from a place on is looked at."""
        self._from = start
        if query == self.query:
            return
        self.query = query
        self._length = self._index.length_of(query.words)
        if self._length:
            self._index.set_lines(self._segments)
        self._search()

    def resume_at(self, place: Place) -> None:
        """When the lines change next, look at the first hit from a place on: behind what was replaced."""
        self._resumed = place

    def step(self, by: int) -> None:
        """Look at the next hit, or at the one before; around the end."""
        if self._hits:
            self.here = ((0 if self.here is None else self.here) + by) % len(self._hits)
            self._from = self.place() or self._from
            self.changed.emit()

    def _search(self) -> None:
        self._hits = self._index.find(self.query.words, whole_words=self.query.whole_words)
        self._times = None
        self._choose()
        self.changed.emit()

    def _choose(self) -> None:
        if not self._hits:
            self.here = None
            return
        place = bisect_left(self._hits, self._index.at(self._from))
        self.here = place if place < len(self._hits) else 0

    # --- where hits are

    def pieces(self, number: int) -> tuple[Piece, ...]:
        """Return where a hit stands: one piece for each line it touches."""
        return tuple(self._index.pieces(self._hits[number], self._length))

    def place(self) -> Place | None:
        """Return where the hit that is looked at begins."""
        if self.here is None:
            return None
        piece = self.pieces(self.here)[0]
        return Place(piece.row, piece.start)

    def spans(self, row: int, segment: Segment) -> Iterable[Span]:
        """Mark the hits in a line: a layer of its text."""
        if not self._hits or row >= len(self._segments) or self._segments[row] is not segment:
            return
        start, end = self._index.bounds(row)
        first = bisect_left(self._hits, start - self._length + 1)
        for number in range(first, len(self._hits)):
            if self._hits[number] >= end:
                return
            look = Look.HIT_HERE if number == self.here else Look.HIT
            for piece in self.pieces(number):
                if piece.row == row:
                    yield Span(piece.start, piece.end, look)

    def times(self) -> npt.NDArray[np.float64]:
        """Return about when each hit is said, seconds, ascending as the lines do."""
        if self._times is None:
            self._times = self._index.times(self._hits)
        return self._times

    def here_s(self) -> float | None:
        """Return when the hit that is looked at is said, as ``times`` tells it."""
        return None if self.here is None else float(self.times()[self.here])

    # --- replacing

    def replaced(self, number: int, words: str) -> tuple[int, str] | None:
        """Return the row of a hit and its text with other words there; None where it runs over two lines."""
        pieces = self.pieces(number)
        if len(pieces) != 1:
            return None
        piece = pieces[0]
        text = shown_text(self._segments[piece.row])
        return piece.row, text[: piece.start] + words + text[piece.end :]

    def whole_hits(self) -> int:
        """Return how many hits stand within one line."""
        return sum(len(self.pieces(number)) == 1 for number in range(len(self._hits)))

    def all_replaced(self, words: str) -> tuple[tuple[int, str], ...]:
        """Return (row, text) of every line with hits; what runs over two lines stays as it is."""
        texts: dict[int, str] = {}
        for number in reversed(range(len(self._hits))):
            pieces = self.pieces(number)
            if len(pieces) == 1:
                row, start, end = pieces[0]
                text = texts.get(row, shown_text(self._segments[row]))
                texts[row] = text[:start] + words + text[end:]
        return tuple(sorted(texts.items()))
