"""Finding in the transcript: which hits, where they stand, and what stays when lines change."""

from __future__ import annotations

import re
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.results import Segment
from app.ui.text_layers import Look
from app.ui.transcript_find import Query, TranscriptFinder
from app.ui.transcript_index import Piece
from app.ui.transcript_text import Place

WORDS = st.sampled_from(["one", "One", "ones", "two", "aé", "to-one", "👍", "a"])
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), max_size=8)


def lines_of(*texts: str) -> tuple[Segment, ...]:
    return tuple(Segment(place * 2.0, place * 2.0 + 1.0, text) for place, text in enumerate(texts))


def finder_for(query: Query, *texts: str) -> TranscriptFinder:
    finder = TranscriptFinder()
    finder.set_lines(lines_of(*texts))
    finder.ask(query, Place(0, 0))
    return finder


def pieces(finder: TranscriptFinder) -> list[Piece]:
    return [piece for number in range(finder.count) for piece in finder.pieces(number)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("one"), [(0, 0, 3), (0, 4, 7), (1, 3, 6)]),
        (Query("One", match_case=True), [(0, 0, 3)]),
        (Query("one", whole_words=True), [(0, 0, 3), (1, 3, 6)]),
        (Query("  to one "), []),
        (Query("to-one"), [(1, 0, 6)]),
        (Query("cafe"), [(2, 2, 6)]),
        (Query("café two"), [(2, 2, 6), (3, 0, 3)]),
        (Query("👍"), [(3, 4, 5)]),
        (Query(""), []),
    ],
)
def test_hits_are_counted_one_by_one_and_run_over_the_end_of_a_line(
    query: Query, found: list[tuple[int, int, int]]
) -> None:
    finder = finder_for(query, "One ones", "to-one", "a Café", "two 👍")
    assert [tuple(piece) for piece in pieces(finder)] == found


def test_the_hit_that_is_looked_at_is_the_first_from_a_place_on_and_walks_round() -> None:
    finder = finder_for(Query("a"), "a a", "b a", "a")
    assert finder.here == 0
    finder.ask(Query("A"), Place(1, 0))
    assert (finder.here, finder.count) == (2, 4)
    walked = []
    for _ in range(3):
        finder.step(1)
        walked.append(finder.here)
    assert walked == [3, 0, 1]
    finder.step(-1)
    finder.step(-1)
    assert finder.here == 3


def test_lines_that_come_leave_the_hit_that_is_looked_at() -> None:
    whole = lines_of("two", "one two", "two", "three", "two")
    finder = finder_for(Query("two"))
    finder.set_lines(whole[1:])
    finder.step(1)
    assert finder.place() == Place(1, 0)
    finder.set_lines(whole)
    assert (finder.place(), finder.count) == (Place(2, 0), 4)
    assert finder.here == 2


def test_spans_of_a_line_are_its_part_of_the_hits() -> None:
    finder = finder_for(Query("two three"), "one two", "three two", "three")
    segments = finder._segments
    assert list(finder.spans(0, segments[0])) == [(4, 7, Look.HIT_HERE)]
    assert list(finder.spans(1, segments[1])) == [(0, 5, Look.HIT_HERE), (6, 9, Look.HIT)]
    assert list(finder.spans(1, segments[0])) == []


def test_times_of_hits_lie_in_their_lines_as_far_as_in_the_text() -> None:
    finder = finder_for(Query("x"), "x234", "12x4")
    assert list(finder.times()) == pytest.approx([0.0, 2.0 + 2 / 5], abs=0.15)
    assert finder.here_s() == 0.0


def test_all_is_replaced_from_the_end_and_what_runs_over_two_lines_stays() -> None:
    finder = finder_for(Query("one"), "One and one", "two", "to one")
    assert finder.replaced(1, "1") == (0, "One and 1")
    assert finder.all_replaced("one one") == ((0, "one one and one one"), (2, "to one one"))
    finder.ask(Query("one two"), Place(0, 0))
    assert finder.count == 1
    assert finder.replaced(0, "x") is None
    assert finder.all_replaced("x") == ()
    assert finder.whole_hits() == 0


@given(LINES, WORDS, st.booleans(), st.booleans())
def test_hits_within_lines_are_those_of_a_regular_expression(
    texts: list[str], sought: str, match_case: bool, whole_words: bool
) -> None:
    """All signs of the alphabet but é fold to themselves or their lower case, so a plain search tells."""
    finder = finder_for(Query(sought, match_case, whole_words), *texts)
    folded = " ".join(texts).replace("é", "e")
    pattern = re.escape(sought.replace("é", "e"))
    pattern = rf"(?<!\w){pattern}(?!\w)" if whole_words and sought != "👍" else pattern
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    found = []
    for match in re.finditer(pattern, folded, 0 if match_case else re.IGNORECASE):
        row = max(row for row, start in enumerate(starts) if start <= match.start())
        found.append((row, match.start() - starts[row], match.end() - starts[row]))
    assert [tuple(piece) for piece in pieces(finder)] == found


@given(LINES, LINES, WORDS)
def test_lines_that_change_are_found_as_if_they_had_always_been_there(
    before: list[str], after: list[str], sought: str
) -> None:
    finder = finder_for(Query(sought), *before)
    finder.set_lines(lines_of(*after))
    assert pieces(finder) == pieces(finder_for(Query(sought), *after))
