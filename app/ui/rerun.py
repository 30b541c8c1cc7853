"""Hearing a stretch of the transcript once more; the person then keeps the better text."""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.results import Segment
from app.core.time import TimeSpan, format_short
from app.ui.message import Message, Tone

if TYPE_CHECKING:
    from app.analysis.again import Attempt
    from app.analysis.request import AnalysisRequest
    from app.core.events import Event
    from app.ui.analysis_work import AnalysisWork
    from app.ui.transcript_desk import TranscriptDesk


_SAME_START = 4
"""Lines that may begin at the same time."""


class RerunState(enum.Enum):
    """How it stands with hearing once more."""

    IDLE = enum.auto()
    RUNNING = enum.auto()
    OFFERED = enum.auto()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts of the same stretch.

    Attributes:
        span: the stretch.
        attempt: how it was heard once more.
        old, new: the lines; ``new`` is empty while it is being heard, and where nothing was.
        prefers_new: whether the new text is suggested.
    """

    span: TimeSpan
    attempt: Attempt
    old: tuple[Segment, ...]
    new: tuple[Segment, ...] = ()
    prefers_new: bool = False


HeardAgain = Mapping[Segment, str]
"""Lines that were heard again, and what a document says of each."""


class Rerun(QObject):
    """Runs stretches again, one at a time. GUI thread only.

    The text stays as it is until ``take_new``: nothing is lost where a run fails or is cancelled.

    Attributes:
        state, comparison: how it stands, and what is compared; None when idle.

    Signals:
        changed(): these two.
        said(object): a Message.
    """

    changed = Signal()
    said = Signal(object)

    def __init__(self, work: AnalysisWork, desk: TranscriptDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._work, self._desk = work, desk
        self.state = RerunState.IDLE
        self.comparison: Comparison | None = None
        self._note = ""
        self._notes: dict[Segment, str] = {}
        desk.changed.connect(self._lines_changed)

    def start(self, base: AnalysisRequest, span: TimeSpan, attempt: Attempt) -> bool:
        """Hear a stretch once more; tell whether it began.

        Args:
            base: what an analysis of the file would be asked now.
            span: the stretch; the lines whose middle lies in it are compared.
            attempt: what is done differently.
        """
        from app.analysis.again import belongs, note_of, request_again

        request = request_again(base, span, attempt)
        if request is None or self._work.state.under_way:
            return False
        old = tuple(each for each in self._desk.segments if belongs(each, span))
        self.comparison = Comparison(span, attempt, old)
        self.state = RerunState.RUNNING
        assert request.speech is not None
        self._note = note_of(request.speech, span)
        places = f"{format_short(span.start_s, 1)} to {format_short(span.end_s, 1)}"
        self._work.start_apart(request, self._take, f"Hearing {places} once more, {attempt.way.value}")
        self.changed.emit()
        return True

    def take_new(self) -> None:
        """Let the new text stand in place of the old one; that can be undone."""
        if self.state is RerunState.OFFERED and self.comparison is not None:
            found, span = self.comparison, self.comparison.span
            self.forget()
            new = _spoken_as_before(found)
            self._notes.update(dict.fromkeys(new, self._note))
            self._desk.splice(span.start_s, span.end_s, new, step="run again")

    def leave_file(self) -> None:
        """Another file comes, or none."""
        self.forget()
        self._notes = {}

    @property
    def heard_again(self) -> HeardAgain:
        """The lines that were heard again, to come back to."""
        return self._notes

    def return_to(self, heard_again: HeardAgain) -> None:
        """The file is open again in which these lines were heard again."""
        self._notes = dict(heard_again)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for a document that holds lines which were heard again."""
        segments = self._desk.segments
        said = set()
        for line, note in self._notes.items():
            place = bisect_left(segments, line.start_s, key=attrgetter("start_s"))
            if line in segments[place : place + _SAME_START]:
                said.add(note)
        return tuple(sorted(said))

    def forget(self) -> None:
        """Keep the old text, or leave the file; what still runs is for whoever began it to cancel."""
        if self.state is not RerunState.IDLE:
            self.state, self.comparison = RerunState.IDLE, None
            self.changed.emit()

    def _take(self, event: Event) -> None:
        from app.core.events import Cancelled, Done, Failed

        if self.state is not RerunState.RUNNING or self.comparison is None:
            return
        match event:
            case Done(result):
                self._offer(result.transcript.segments if result.transcript is not None else ())
            case Failed(sentence):
                self.said.emit(Message(f"{sentence} The text is as it was.", Tone.WARNING))
                self.forget()
            case Cancelled():
                self.forget()
            case _:
                pass

    def _offer(self, heard: tuple[Segment, ...]) -> None:
        from app.analysis.again import belongs

        assert self.comparison is not None
        span = self.comparison.span
        self._compare(tuple(each for each in heard if belongs(each, span)))
        self.state = RerunState.OFFERED
        self.changed.emit()

    def _lines_changed(self) -> None:
        """The old lines were edited: what is offered in their place is compared with how they are now."""
        if self.state is RerunState.OFFERED and self.comparison is not None:
            before = self.comparison.old
            self._compare(self.comparison.new)
            if self.comparison.old != before:
                self.changed.emit()

    def _compare(self, new: tuple[Segment, ...]) -> None:
        from app.analysis.again import belongs, new_is_better

        assert self.comparison is not None
        found = self.comparison
        old = tuple(each for each in self._desk.segments if belongs(each, found.span))
        self.comparison = replace(found, old=old, new=new, prefers_new=new_is_better(old, new))


def _spoken_as_before(found: Comparison) -> tuple[Segment, ...]:
    """Return the new lines; where one person spoke all the old ones, it is that person."""
    speakers = {each.speaker for each in found.old}
    speaker = speakers.pop() if len(speakers) == 1 else None
    return tuple(replace(each, speaker=speaker) for each in found.new)
