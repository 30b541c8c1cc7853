"""What an analysis heard: the language, where somebody speaks, and the lines of the transcript."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from app.core.marks import differs_in_marks_only
from app.core.results import Segment
from app.core.time import TimeSpan
from app.ui.found.change import Change

if TYPE_CHECKING:
    from app.core.events import LanguageFound

_START = attrgetter("start_s")


@dataclass(frozen=True, slots=True)
class LineNews:
    """A line that was found; ``before`` is the same line with other marks, where that was known already."""

    line: Segment
    before: Segment | None = None


class FoundSpeech:
    """What was heard, by time, and what of it is news.

    Attributes:
        language, language_probability: as the latest event said.
    """

    def __init__(self) -> None:
        self.language: str | None = None
        self.language_probability: float | None = None
        self._regions: list[TimeSpan] = []
        self._segments: list[Segment] = []
        self._news: list[LineNews] = []

    def add_language(self, event: LanguageFound) -> Change:
        """Take in which language is spoken."""
        self.language, self.language_probability = event.language, event.probability
        return Change.TRANSCRIPT

    def add_regions(self, regions: tuple[TimeSpan, ...]) -> Change:
        """Take in where somebody speaks."""
        for region in regions:
            insort(self._regions, region)
        return Change.REGIONS

    def add_segment(self, segment: Segment) -> Change:
        """Take in a line; one that is there already is told again where it has other marks now."""
        first = bisect_left(self._segments, segment.start_s, key=_START)
        last = bisect_right(self._segments, segment.start_s, key=_START)
        for place in range(first, last):
            known = self._segments[place]
            if differs_in_marks_only(known, segment):
                if known == segment:
                    return Change.NOTHING
                self._segments[place] = segment
                self._news.append(LineNews(segment, known))
                return Change.TRANSCRIPT
        self._segments.insert(last, segment)
        self._news.append(LineNews(segment))
        return Change.TRANSCRIPT

    @property
    def regions(self) -> tuple[TimeSpan, ...]:
        """Where somebody speaks, by time."""
        return tuple(self._regions)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The transcript so far, by time."""
        return tuple(self._segments)

    def take_news(self) -> tuple[LineNews, ...]:
        """Return what came to the transcript since the last call, in the order it came."""
        news, self._news = self._news, []
        return tuple(news)
