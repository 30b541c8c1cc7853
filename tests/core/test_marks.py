"""The vocabulary of doubt."""

from __future__ import annotations

import pytest

from app.core.marks import (
    DOUBTFUL_BELOW,
    Mark,
    explanation,
    has_low_confidence,
    is_doubtful,
    known_marks,
    reasons,
    with_marks,
)
from app.core.results import Segment, Word


def _line(*confidences: float, marks: tuple[str, ...] = ()) -> Segment:
    words = tuple(Word(n, n + 1, f"w{n}", confidence) for n, confidence in enumerate(confidences))
    mean = sum(confidences) / len(confidences) if confidences else None
    return Segment(0, len(words), " ".join(word.text for word in words), mean, words, marks)


def test_the_values_are_those_of_documents() -> None:
    assert [str(mark) for mark in Mark] == ["low-confidence", "over-silence", "repetition", "rate"]


def test_each_mark_says_one_sentence() -> None:
    for mark in Mark:
        assert mark.sentence.endswith(".")
        assert mark.label


@pytest.mark.parametrize(("confidence", "doubtful"), [(0.0, True), (0.49, True), (0.5, False), (1.0, False)])
def test_a_word_is_doubtful_below_one_half(confidence: float, doubtful: bool) -> None:
    assert is_doubtful(Word(0, 1, "word", confidence)) is doubtful


@pytest.mark.parametrize(
    ("confidences", "low"),
    [
        ((0.9, 0.9, 0.9, 0.1), False),
        ((0.9, 0.9, 0.1), True),
        ((0.1,), True),
        ((0.49, 0.5), True),
        ((0.9,) * 6 + (0.1,) * 2, False),
        ((0.9,) * 6 + (0.1,) * 3, True),
        ((0.51, 0.5, 0.52), False),
    ],
)
def test_one_doubtful_word_of_many_is_told_at_the_word_alone(
    confidences: tuple[float, ...], low: bool
) -> None:
    assert has_low_confidence(_line(*confidences)) is low


def test_a_line_without_words_goes_by_its_confidence() -> None:
    assert has_low_confidence(Segment(0, 1, "text", DOUBTFUL_BELOW - 0.01))
    assert not has_low_confidence(Segment(0, 1, "text", DOUBTFUL_BELOW))
    assert not has_low_confidence(Segment(0, 1, "text"))


def test_marks_stand_in_order_each_once_and_unknown_ones_stay() -> None:
    line = _line(0.9, marks=("rate", "by-hand"))
    marked = with_marks(line, [Mark.REPETITION, Mark.RATE, Mark.LOW_CONFIDENCE])
    assert marked.marks == ("low-confidence", "repetition", "rate", "by-hand")
    assert with_marks(marked, []) == marked
    assert known_marks(marked) == (Mark.LOW_CONFIDENCE, Mark.REPETITION, Mark.RATE)


def test_a_line_says_why_it_is_marked() -> None:
    line = _line(0.9, 0.2, marks=("repetition",))
    assert reasons(line) == "repetition"
    assert explanation(line) == f"{Mark.REPETITION.sentence} Doubtful: w1. Confidence 0.55."
    assert "w7, …. Confidence" in explanation(_line(*[0.1] * 9))
    assert reasons(_line(0.9)) == explanation(_line(0.9)) == ""
