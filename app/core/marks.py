"""The vocabulary of doubt: why a line of the transcript may be wrong, and which of its words.

``Segment.marks`` holds values of ``Mark``, each at most once, in the order of ``Mark``. They speak of what a
model wrote: text that a person typed or corrected carries none.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import replace

from app.core.results import Segment, Word

DOUBTFUL_BELOW = 0.5
"""A word whose confidence is below this is doubtful: the model itself holds it for more likely wrong than
right. A word's confidence is the mean probability of its tokens; in the test recordings, which are recognised
without a mistake, none is below 0.9."""

_DOUBTFUL_SHARE = 1 / 3
"""With this share of its words doubtful a line is, too: one in a long line is told at the word alone."""


class Mark(enum.StrEnum):
    """A reason for doubt; its value stands in documents."""

    LOW_CONFIDENCE = "low-confidence"
    OVER_SILENCE = "over-silence"
    REPETITION = "repetition"
    RATE = "rate"

    @property
    def label(self) -> str:
        """A few words, as they stand at a line."""
        return _LABELS[self]

    @property
    def sentence(self) -> str:
        """One sentence for people that says what is wrong."""
        return _SENTENCES[self]


_LABELS = {
    Mark.LOW_CONFIDENCE: "uncertain",
    Mark.OVER_SILENCE: "over silence",
    Mark.REPETITION: "repetition",
    Mark.RATE: "impossible speed",
}

_SENTENCES = {
    Mark.LOW_CONFIDENCE: "The model itself was not sure of these words.",
    Mark.OVER_SILENCE: "There is text here, but nobody seems to speak.",
    Mark.REPETITION: "The same words come again and again, as they do when a model is caught in a loop.",
    Mark.RATE: "Nobody speaks this fast, or this slowly: the text does not fit its time.",
}


def known_marks(segment: Segment) -> tuple[Mark, ...]:
    """Return the marks of a segment that this version knows, in the order of ``Mark``."""
    # Of a hundred thousand words hardly a line has any.
    return tuple(mark for mark in Mark if mark in segment.marks) if segment.marks else ()


def with_marks(segment: Segment, marks: Iterable[Mark]) -> Segment:
    """Return the segment with these marks besides those it has; in order, each once, unknown ones last."""
    wanted = {str(mark) for mark in marks} | set(segment.marks)
    known = [mark.value for mark in Mark if mark in wanted]
    return replace(segment, marks=(*known, *sorted(wanted.difference(known))))


def differs_in_marks_only(line: Segment, other: Segment) -> bool:
    """Whether both are the same line, whatever reasons for doubt are known of it."""
    return replace(line, marks=other.marks) == other


def is_doubtful(word: Word) -> bool:
    """Whether a word is to be shown as doubtful."""
    return word.confidence < DOUBTFUL_BELOW


def has_low_confidence(segment: Segment) -> bool:
    """Whether the line as a whole is doubtful: by its confidence, or by the share of its doubtful words."""
    if segment.confidence is not None and segment.confidence < DOUBTFUL_BELOW:
        return True
    doubtful = sum(is_doubtful(word) for word in segment.words)
    return doubtful > 0 and doubtful >= _DOUBTFUL_SHARE * len(segment.words)


def reasons(segment: Segment) -> str:
    """Say in a few words why a line is marked: "uncertain, repetition"; "" where it is not."""
    return ", ".join(mark.label for mark in known_marks(segment))


def explanation(segment: Segment) -> str:
    """Say in sentences why a line is marked, and which of its words are doubtful; "" where none is."""
    sentences = [mark.sentence for mark in known_marks(segment)]
    doubtful = [word.text.strip() for word in segment.words if is_doubtful(word)]
    if doubtful:
        sentences.append(f"Doubtful: {', '.join(doubtful[:_NAMED])}{', …' if doubtful[_NAMED:] else ''}.")
    if sentences and segment.confidence is not None:
        sentences.append(f"Confidence {segment.confidence:.2f}.")
    return " ".join(sentences)


_NAMED = 8
"""So many doubtful words are named."""
