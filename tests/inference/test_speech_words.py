"""Words from tokens, and their times."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inference.recognition import Token
from app.inference.speech_words import Levels, Spoken, Stretch, deal_out, merge_tokens, time_words, written


def tokens(*parts: str | bytes) -> list[Token]:
    return [Token(part.encode() if isinstance(part, str) else part, 0.5) for part in parts]


def texts(*parts: str | bytes) -> list[str]:
    return [word.text for word in merge_tokens(tokens(*parts))]


def test_a_leading_space_begins_a_word() -> None:
    assert texts(" he", "llo", " world", "wide") == ["hello", "worldwide"]


def test_the_first_word_needs_no_space() -> None:
    assert texts("he", "llo") == ["hello"]


def test_punctuation_belongs_to_the_word_before() -> None:
    assert texts(" Yes", ",", " it", "'s", " so", " .") == ["Yes,", "it's", "so."]


def test_opening_quotes_belong_to_the_word_behind() -> None:
    assert texts(' "', "No", '"', " she") == ['"No"', "she"]


def test_a_character_spread_over_tokens_is_whole() -> None:
    assert texts(b" Gr", b"\xc3", b"\xb6\xc3\x9fe", b" \xf0\x9f", b"\x98", b"\x80") == ["Größe", "😀"]


def test_bytes_that_make_no_character_are_replaced() -> None:
    assert texts(b" a\xff", b"b", b" \xe4") == ["a\ufffdb", "\ufffd"]


def test_scripts_without_spaces_have_a_word_per_token() -> None:
    words = merge_tokens(tokens("今天", "天气", "很", "好", "。"))
    assert [word.text for word in words] == ["今天", "天气", "很", "好。"]
    assert written(words) == "今天天气很好。"


def test_probability_is_the_mean_of_the_tokens() -> None:
    (word,) = merge_tokens([Token(b" un", 0.2), Token(b"do", 0.6)])
    assert word.probability == pytest.approx(0.4)


def test_no_tokens_and_only_spaces_make_no_words() -> None:
    assert merge_tokens([]) == ()
    assert texts(" ", "  ") == []


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6), max_size=12),
    st.data(),
)
def test_text_survives_any_division_into_tokens(parts: list[str], data: st.DataObject) -> None:
    encoded = " ".join(parts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(encoded)), max_size=8)))
    pieces = [encoded[first:last] for first, last in itertools.pairwise([0, *cuts, len(encoded)])]
    merged = "".join(word.text for word in merge_tokens(tokens(*pieces)))
    assert "".join(merged.split()) == "".join(encoded.decode().split())


words_strategy = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=20).map(
    lambda found: [Spoken(text, 1.0) for text in found]
)


@given(words_strategy, st.floats(0.0, 20.0), st.floats(0.05, 20.0), st.integers(0, 99))
def test_words_follow_each_other_and_fill_the_stretch(
    words: list[Spoken], start: float, length: float, seed: int
) -> None:
    stretch = Stretch(start, start + length)
    levels = Levels(np.random.default_rng(seed).uniform(-80, 0, 2100).astype(np.float32), 0.02)
    timed = time_words(words, stretch, levels)
    assert [each.word for each in timed] == words
    edges = [edge for each in timed for edge in (each.start_s, each.end_s)]
    assert edges == sorted(edges)
    assert (edges[0], edges[-1]) == (stretch.start_s, stretch.end_s)


def test_borders_fall_into_the_quiet_between_words() -> None:
    db = np.full(200, -20.0, np.float32)
    db[60:66] = db[140:146] = -60.0
    timed = time_words([Spoken("three", 1.0)] * 3, Stretch(0.0, 4.0), Levels(db, 0.02))
    assert timed[0].end_s == pytest.approx(1.26, abs=0.07)
    assert timed[1].end_s == pytest.approx(2.86, abs=0.07)


def test_each_stretch_gets_the_words_that_fit() -> None:
    words = [Spoken(text, 1.0) for text in ("one", "two", "three", "four", "five")]
    dealt = deal_out(words, [Stretch(0.0, 1.0), Stretch(3.0, 4.5)])
    assert [[word.text for word in part] for part in dealt] == [["one", "two"], ["three", "four", "five"]]


def test_a_clause_ends_at_the_pause() -> None:
    words = [Spoken(text, 1.0) for text in ("now", "we", "go,", "he", "said")]
    plain, ended = (
        deal_out(given_words, [Stretch(0.0, 1.0), Stretch(2.0, 3.0)])
        for given_words in ([Spoken(w.text.strip(","), 1.0) for w in words], words)
    )
    assert len(ended[0]) == 3
    assert sum(map(len, plain)) == len(words)


@given(words_strategy, st.lists(st.floats(0.1, 5.0), min_size=1, max_size=6))
def test_dealing_keeps_every_word_in_order(words: list[Spoken], lengths: list[float]) -> None:
    starts = [10.0 * index for index in range(len(lengths))]
    stretches = [Stretch(start, start + length) for start, length in zip(starts, lengths, strict=True)]
    dealt = deal_out(words, stretches)
    assert len(dealt) == len(stretches)
    assert [word for part in dealt for word in part] == words
