from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.fuzzy import best, fit

WORDS = st.text(alphabet="abcde fg", max_size=12)


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("open", ["Open", "Open Recent", "Reopen", "Only pens at night"]),
        ("gtt", ["Go to Time", "Great other things too"]),
        ("zoom in", ["Zoom In on Time", "Time zoomed inside"]),
        ("TIME", ["Time", "Timeline", "Go to Time", "Sometimes"]),
    ],
)
def test_the_nearer_text_comes_first(typed: str, order: list[str]) -> None:
    assert best(typed, reversed(order), str, most=10, loose=True) == order


@pytest.mark.parametrize(
    ("typed", "text"), [("xyz", "Open"), ("open nothing", "Open"), ("o", ""), ("nepo", "Open")]
)
def test_what_does_not_fit_is_left_out(typed: str, text: str) -> None:
    assert fit(typed, text) is None


def test_letters_with_others_between_fit_only_where_that_is_wanted() -> None:
    assert fit("zmin", "Zoom In") is not None
    assert fit("zmin", "Zoom In", loose=False) is None


def test_signs_that_mean_something_elsewhere_are_letters_here() -> None:
    assert fit("(.*", "What (.* is") is not None
    assert fit("(.*", "What is") is None


@given(st.lists(WORDS, max_size=20))
def test_nothing_typed_keeps_everything_in_its_order(texts: list[str]) -> None:
    assert best("  ", texts, str, most=30, loose=True) == texts


@given(st.lists(st.tuples(WORDS, st.integers()), max_size=20), WORDS)
def test_equals_keep_their_order_and_nothing_is_invented(items: list[tuple[str, int]], typed: str) -> None:
    found = best(typed, items, lambda item: item[0], most=30, loose=True)
    assert set(found) <= set(items)
    for text in {text for text, _ in found}:
        assert [each for each in found if each[0] == text] == [each for each in items if each[0] == text]


@given(WORDS, WORDS)
def test_a_text_that_holds_what_was_typed_fits(before: str, typed: str) -> None:
    assert fit(typed, before + typed, loose=False) is not None


@given(WORDS)
def test_nothing_fits_better_than_the_text_itself(text: str) -> None:
    exact, longer = fit(text, text), fit(text, text + "!")
    assert exact is not None
    assert longer is not None
    assert exact >= longer
