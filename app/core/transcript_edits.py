"""What a person can do to a transcript: frozen edits, each of which makes new segments out of old ones.

Lines are named by their row. Every edit keeps lines in order of their start, words in order and inside their
line, and no duration below zero. A line without text does not stay: taking the last of its text away deletes
it. What a person wrote is not doubted: a line whose text or times were set by hand is ``edited``, has no
marks, and words that were typed have confidence 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from app.core.errors import EditError
from app.core.results import Segment
from app.core.segment_cuts import cut_at_character, cut_at_time, cut_before_word, merged
from app.core.time import format_short
from app.core.word_times import moved, retimed

LEAST_S = 0.001
"""No line is made shorter than this by hand."""

Segments = tuple[Segment, ...]


class Edit(Protocol):
    """One thing that was done.

    Attributes:
        step: its name in the history, as in "Undo split".
    """

    @property
    def step(self) -> str:
        """Its name in the history."""

    def apply(self, segments: Segments) -> Segments:
        """Return the lines afterwards.

        Raises:
            EditError: it makes no sense here; one sentence says why.
        """


@dataclass(frozen=True, slots=True)
class SetText:
    """Give a line another text; words that stay keep their times. Without text the line is deleted."""

    row: int
    text: str
    step: ClassVar[str] = "edit text"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the text changed."""
        return ReplaceTexts(((self.row, self.text),)).apply(segments)


@dataclass(frozen=True, slots=True)
class ReplaceTexts:
    """Give several lines another text in one step: all that was found is replaced."""

    texts: tuple[tuple[int, str], ...]
    step: ClassVar[str] = "replace all"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the texts changed."""
        changed = list[Segment | None](segments)
        for row, text in self.texts:
            changed[row] = _written(_line(segments, row), text.strip())
        return tuple(each for each in changed if each is not None)


@dataclass(frozen=True, slots=True)
class SetTimes:
    """Say when a line begins and ends; both are held between its neighbours."""

    row: int
    start_s: float
    end_s: float
    step: ClassVar[str] = "change times"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the times changed."""
        segment = _line(segments, self.row)
        earliest, latest = room(segments, self.row)
        start_s, end_s = max(earliest, self.start_s), min(latest, self.end_s)
        if not self.start_s < self.end_s:
            raise EditError("A line must end after it begins.")
        if end_s - start_s < LEAST_S / 2:
            raise EditError(f"Other lines are there: {_free(earliest, latest)}.")
        if (start_s, end_s) == (segment.start_s, segment.end_s):
            return segments
        words = moved(segment, start_s, end_s)
        timed = replace(segment, start_s=start_s, end_s=end_s, words=words, marks=(), edited=True)
        return _with(segments, self.row, self.row + 1, (timed,))


@dataclass(frozen=True, slots=True)
class SplitAtCharacter:
    """Divide a line before a character of its text, white space around it not counted."""

    row: int
    position: int
    step: ClassVar[str] = "split"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with one divided."""
        parts = cut_at_character(_line(segments, self.row), self.position)
        return _with(segments, self.row, self.row + 1, parts)


@dataclass(frozen=True, slots=True)
class SplitBeforeWord:
    """Divide a line before one of its words, by its number."""

    row: int
    word: int
    step: ClassVar[str] = "split"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with one divided."""
        return _with(segments, self.row, self.row + 1, cut_before_word(_line(segments, self.row), self.word))


@dataclass(frozen=True, slots=True)
class SplitAtTime:
    """Divide a line at a time: between the words that are said before and after."""

    row: int
    time_s: float
    step: ClassVar[str] = "split"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with one divided."""
        return _with(segments, self.row, self.row + 1, cut_at_time(_line(segments, self.row), self.time_s))


@dataclass(frozen=True, slots=True)
class Merge:
    """Make one line of the rows ``first`` to ``last``, both included. The first line's speaker stays."""

    first: int
    last: int
    step: ClassVar[str] = "merge"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with one made of several."""
        _line(segments, self.first)
        if not self.first < self.last < len(segments):
            raise EditError("There is no next line to merge with.")
        one = merged(segments[self.first : self.last + 1])
        return _with(segments, self.first, self.last + 1, (one,))


@dataclass(frozen=True, slots=True)
class Delete:
    """Take lines away."""

    rows: tuple[int, ...]
    step: ClassVar[str] = "delete"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines without these."""
        for row in self.rows:
            _line(segments, row)
        gone = set(self.rows)
        return tuple(each for row, each in enumerate(segments) if row not in gone)


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a line in where its time is; it counts as written by hand."""

    segment: Segment
    step: ClassVar[str] = "insert"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the new one."""
        segment = self.segment
        if not segment.text.strip() or segment.end_s - segment.start_s < LEAST_S / 2:
            raise EditError("A line needs text, and an end after its beginning.")
        return in_order((*segments, replace(segment, edited=True)))


@dataclass(frozen=True, slots=True)
class SetSpeaker:
    """Say who speaks in some lines; None: nobody knows."""

    rows: tuple[int, ...]
    speaker: str | None
    step: ClassVar[str] = "set speaker"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the speaker set."""
        name = _name(self.speaker)
        changed = list(segments)
        for row in self.rows:
            changed[row] = _spoken_by(_line(segments, row), name)
        return tuple(changed)


@dataclass(frozen=True, slots=True)
class RenameSpeaker:
    """Give a speaker another name in all lines, or take it away."""

    speaker: str
    name: str | None
    step: ClassVar[str] = "rename speaker"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the name changed."""
        name = _name(self.name)
        return tuple(_spoken_by(each, name) if each.speaker == self.speaker else each for each in segments)


@dataclass(frozen=True, slots=True)
class Splice:
    """Put other segments in place of those whose middle lies in [start_s, end_s).

    ``step`` names what it was done for; the segments are taken as they are.
    """

    start_s: float
    end_s: float
    segments: Segments
    step: str = "run again"

    def apply(self, segments: Segments) -> Segments:
        """Return the lines with the stretch replaced."""
        kept = [each for each in segments if not self.start_s <= (each.start_s + each.end_s) / 2 < self.end_s]
        return in_order((*kept, *self.segments))


@dataclass(frozen=True, slots=True)
class ReplaceAllSegments:
    """Put another transcript in place of this one: an import, or a new analysis."""

    segments: Segments
    step: str = "replace transcript"

    def apply(self, segments: Segments) -> Segments:  # noqa: ARG002  (what was there does not matter)
        """Return the lines of the other transcript."""
        return in_order(self.segments)


@dataclass(frozen=True, slots=True)
class Several:
    """Do several edits as one step, one after the other; its name is that of the first."""

    edits: tuple[Edit, ...]

    @property
    def step(self) -> str:
        """Its name in the history."""
        return self.edits[0].step

    def apply(self, segments: Segments) -> Segments:
        """Return the lines after all of them."""
        for each in self.edits:
            segments = each.apply(segments)
        return segments


def in_order(segments: Iterable[Segment]) -> Segments:
    """Return segments by time, as the document has them."""
    return tuple(sorted(segments, key=lambda each: (each.start_s, each.end_s)))


def room(segments: Segments, row: int) -> tuple[float, float]:
    """Return between which times a line can be moved: from the end of the one before to the next one's start.

    Where lines overlap already, the line can stay as it is, but not reach further.
    """
    segment = _line(segments, row)
    earliest, latest = 0.0, float("inf")
    if row > 0:
        earliest = segments[row - 1].end_s
    if row + 1 < len(segments):
        latest = segments[row + 1].start_s
    return min(earliest, segment.start_s), max(latest, segment.end_s)


def speakers(segments: Segments) -> tuple[str, ...]:
    """Return the names of all speakers, in the order in which they first speak."""
    return tuple(dict.fromkeys(each.speaker for each in segments if each.speaker is not None))


def _free(earliest: float, latest: float) -> str:
    if latest == float("inf"):
        return f"this one can begin at {format_short(earliest, 2)}"
    return f"this one can lie between {format_short(earliest, 2)} and {format_short(latest, 2)}"


def _line(segments: Segments, row: int) -> Segment:
    if not 0 <= row < len(segments):
        raise EditError("That line is not there any more.")
    return segments[row]


def _with(segments: Segments, first: int, until: int, parts: Segments) -> Segments:
    return in_order((*segments[:first], *parts, *segments[until:]))


def _name(speaker: str | None) -> str | None:
    return " ".join(speaker.split()) or None if speaker is not None else None


def _spoken_by(segment: Segment, name: str | None) -> Segment:
    return segment if segment.speaker == name else replace(segment, speaker=name)


def _written(segment: Segment, text: str) -> Segment | None:
    """Return the segment with another text; the same one where nothing changes, None without text."""
    if text == segment.text.strip():
        return segment
    if not text:
        return None
    words = retimed(segment, text)
    confidence = sum(each.confidence for each in words) / len(words) if words else None
    return replace(segment, text=text, words=words, confidence=confidence, marks=(), edited=True)
