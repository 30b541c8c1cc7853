"""A transcript with what was done to it: undo, redo, and lines that arrive in between.

A step keeps the one stretch of lines that it changed, before and after. Lines that an analysis still finds
are no steps: they are put into every state of the transcript, so that undoing takes back what the hand did
and nothing else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from app.core.languages import UNKNOWN
from app.core.results import Segment, Transcript

if TYPE_CHECKING:
    from app.core.transcript_edits import Edit, Segments

MOST_STEPS = 1000
"""Older steps are let go: they cannot be undone any more."""


_START = attrgetter("start_s")


@dataclass(frozen=True, slots=True)
class Step:
    """What one edit did: from row ``place`` on, ``before`` became ``after``.

    The heads are the transcript without its lines: language and source, which an import changes, too.
    """

    name: str
    place: int
    before: Segments
    after: Segments
    head_before: Transcript
    head_after: Transcript

    def turned(self) -> Step:
        """Return the step that takes this one back."""
        return Step(self.name, self.place, self.after, self.before, self.head_after, self.head_before)

    def on(self, transcript: Transcript) -> Transcript:
        """Return the transcript with this step done."""
        segments, until = transcript.segments, self.place + len(self.before)
        return replace(self.head_after, segments=segments[: self.place] + self.after + segments[until:])

    def with_arrival(self, segment: Segment, place: int) -> tuple[Step, int]:
        """Let a line arrive at row ``place`` of the state before; return the step and the row after it."""
        at, end = _place_for(self.after, segment), self.place + len(self.before)
        if place < self.place or (place == self.place and at == 0):
            return replace(self, place=self.place + 1), place
        if place > end or (place == end and at == len(self.after)):
            return self, place - len(self.before) + len(self.after)
        step = replace(
            self,
            before=_put(self.before, segment, place - self.place),
            after=_put(self.after, segment, at),
        )
        return step, self.place + at


@dataclass(frozen=True, slots=True)
class EditHistory:
    """A transcript, the steps that led to it, and those that were taken back; the latest last."""

    transcript: Transcript
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    @property
    def undo_name(self) -> str:
        """What undoing takes back; empty where there is nothing."""
        return self.done[-1].name if self.done else ""

    @property
    def redo_name(self) -> str:
        """What redoing does again; empty where there is nothing."""
        return self.undone[-1].name if self.undone else ""

    def applied(self, edit: Edit, *, head: Transcript | None = None) -> EditHistory:
        """Return the history with an edit done; itself where the edit changes nothing.

        With a ``head`` the transcript takes language and source of that one.

        Raises:
            EditError: it makes no sense here.
        """
        before = self.transcript
        after = replace(head or before, segments=edit.apply(before.segments))
        step = _step(edit.step, before, after)
        if step is None:
            return self
        return EditHistory(after, (*self.done, step)[-MOST_STEPS:])

    def gone_back(self) -> EditHistory:
        """Return the history with the last step undone; itself where there is none."""
        if not self.done:
            return self
        step = self.done[-1]
        return EditHistory(step.turned().on(self.transcript), self.done[:-1], (*self.undone, step))

    def gone_forward(self) -> EditHistory:
        """Return the history with the last undone step done again; itself where there is none."""
        if not self.undone:
            return self
        step = self.undone[-1]
        return EditHistory(step.on(self.transcript), (*self.done, step), self.undone[:-1])

    def with_last_two_as_one(self) -> EditHistory:
        """Return the history with its last two steps as one: a key that is held makes one step."""
        if len(self.done) < 2:
            return self
        first = self.done[-1].turned().on(self.transcript)
        first = self.done[-2].turned().on(first)
        step = _step(self.done[-1].name, first, self.transcript)
        return EditHistory(self.transcript, (*self.done[:-2], *([step] if step is not None else [])))

    def with_arrivals(self, segments: Iterable[Segment]) -> EditHistory:
        """Return the history with lines that an analysis found, in every state of the transcript."""
        from app.core.transcript_edits import in_order

        if not self.done and not self.undone:
            lines = in_order((*self.transcript.segments, *segments))
            return replace(self, transcript=replace(self.transcript, segments=lines))
        history = self
        for each in segments:
            history = history._with_arrival(each)
        return history

    def _with_arrival(self, segment: Segment) -> EditHistory:
        lines = self.transcript.segments
        now = place = _place_for(lines, segment)
        done: list[Step] = []
        for step in reversed(self.done):
            back, place = step.turned().with_arrival(segment, place)
            done.append(back.turned())
        undone: list[Step] = []
        place = now
        for step in reversed(self.undone):
            forth, place = step.with_arrival(segment, place)
            undone.append(forth)
        transcript = replace(self.transcript, segments=_put(lines, segment, now))
        return EditHistory(transcript, tuple(reversed(done)), tuple(reversed(undone)))

    def with_revision(self, before: Segment, after: Segment) -> EditHistory:
        """Return the history with a line as an analysis has it now, wherever the hand has not touched it."""

        def revised(segments: Segments) -> Segments:
            first = bisect_left(segments, before.start_s, key=_START)
            until = bisect_right(segments, before.start_s, key=_START)
            if before not in (found := segments[first:until]):
                return segments
            changed = tuple(after if each == before else each for each in found)
            return segments[:first] + changed + segments[until:]

        def of_step(step: Step) -> Step:
            was, now = revised(step.before), revised(step.after)
            same = was is step.before and now is step.after
            return step if same else replace(step, before=was, after=now)

        return EditHistory(
            replace(self.transcript, segments=revised(self.transcript.segments)),
            tuple(map(of_step, self.done)),
            tuple(map(of_step, self.undone)),
        )

    def with_language(self, language: str) -> EditHistory:
        """Return the history with the language that an analysis found, where nobody named one before."""
        if self.transcript.language != UNKNOWN:
            return self
        return replace(self, transcript=replace(self.transcript, language=language))


def _step(name: str, before: Transcript, after: Transcript) -> Step | None:
    """Return what differs between two states as one stretch; None where nothing does."""
    old, new = before.segments, after.segments
    first, most = 0, min(len(old), len(new))
    while first < most and (old[first] is new[first] or old[first] == new[first]):
        first += 1
    same, most = 0, most - first
    while same < most and (old[-1 - same] is new[-1 - same] or old[-1 - same] == new[-1 - same]):
        same += 1
    was, now = old[first : len(old) - same], new[first : len(new) - same]
    heads = replace(before, segments=()), replace(after, segments=())
    if not was and not now and heads[0] == heads[1]:
        return None
    return Step(name, first, was, now, *heads)


def _place_for(segments: Segments, segment: Segment) -> int:
    return bisect_right(segments, (segment.start_s, segment.end_s), key=lambda e: (e.start_s, e.end_s))


def _put(segments: Segments, segment: Segment, place: int) -> Segments:
    return (*segments[:place], segment, *segments[place:])
