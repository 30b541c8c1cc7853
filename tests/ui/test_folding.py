"""Words as they are searched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.folding import fold, fold_places, folded_character

TEXTS = st.text(
    st.sampled_from("aB éßﬁ\u0301\u00a0\n\tЙİ \u201c\u2019\u2026東が각שָׁ👩🏽ø\u00ad½")
    | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Café", "cafe"),
        ("CAFE\u0301", "cafe"),
        ("naïve  Ünïcode\n", "naive unicode"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("it\u2019s \u201cso\u201d \u2014 so\u2026", 'it\'s "so" - so...'),
        ("Łódź Ørsted Æsir", "lodz orsted aesir"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("\uff46\uff55\uff4c\uff4c", "full"),
    ],
)
def test_case_accents_and_signs_do_not_matter(written: str, folded: str) -> None:
    assert fold(written, match_case=False) == folded


@pytest.mark.parametrize("text", ["か が", "각", "कि", "กา"])
def test_signs_that_make_another_word_stay(text: str) -> None:
    assert fold(text, match_case=False) == text


def test_case_matters_where_that_is_wanted() -> None:
    assert fold("Café É", match_case=True) == "Cafe E"


@given(TEXTS, st.booleans())
def test_every_folded_character_is_told_where_it_stands(text: str, match_case: bool) -> None:
    folded, places = fold(text, match_case=match_case), fold_places(text, match_case=match_case)
    assert len(places) == len(folded) + 1
    assert places[-1] == len(text)
    assert places == sorted(places)
    for character, place in zip(folded, places, strict=False):
        assert character in folded_character(text[place], match_case=match_case)
