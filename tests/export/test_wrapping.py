"""Captions: two lines of 42 columns, as few and as even as can be, and never a character lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.cue_style import USUAL, CueStyle
from app.export.wrapping import Caption, captions, clean, solid

LINE_COLUMNS = USUAL.line_columns
anything = st.text(max_size=400)
latin = st.lists(st.text("abcdefghij.,", min_size=1, max_size=12), max_size=60).map(" ".join)
unpunctuated = st.lists(st.text("abcdefghij", min_size=1, max_size=12), max_size=60).map(" ".join)
styles = st.builds(CueStyle, line_columns=st.integers(8, 60), lines=st.integers(1, 4))


def _columns(line: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(char) in ("W", "F")) for char in line)


def _fewest(text: str) -> int:
    """How many captions greedy filling takes, which no other filling beats."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LINE_COLUMNS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return (len(lines) + 1) // 2


@given(anything)
@example("\ufeff\x00 a\r\n\r\n\tb\u2028c\u00a0\x7f\x85 d ")
def test_clean_text_is_one_line(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned.splitlines()) <= 1
    assert "  " not in cleaned
    assert cleaned == cleaned.strip()
    assert not any(unicodedata.category(char) == "Cc" for char in cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode()


def test_cleaning_keeps_all_that_can_be_read() -> None:
    assert (
        clean(" Don't\tstop —\r\n\r\nnaïve 日本語\u200d\x07 \ufeff!\n") == "Don't stop — naïve 日本語\u200d !"
    )
    assert clean("caf\udce9") == "caf\\udce9"
    assert clean(" \n\x00\ufeff") == ""


@given(anything.map(clean), styles)
def test_nothing_is_lost_and_no_line_is_too_long(text: str, style: CueStyle) -> None:
    made = captions(text, style, language="en")
    assert "".join(solid(line) for caption in made for line in caption.lines) == solid(text)
    for caption in made:
        assert 1 <= len(caption.lines) <= style.lines
        assert all(0 < _columns(line) <= style.line_columns for line in caption.lines)
        assert all(line == line.strip(" ") for line in caption.lines)


@given(anything.map(clean))
def test_captions_know_which_characters_they_hold(text: str) -> None:
    made = captions(text)
    reached = 0
    for caption in made:
        assert caption.start == reached
        assert solid(text)[caption.start : caption.end] == solid("".join(caption.lines))
        reached = caption.end
    assert reached == len(solid(text))


@given(latin)
def test_words_stay_whole_and_in_order(text: str) -> None:
    assert [
        word for caption in captions(text) for line in caption.lines for word in line.split()
    ] == text.split()


@given(latin)
def test_there_are_no_more_captions_than_needed(text: str) -> None:
    assert len(captions(text)) == _fewest(text)


@given(unpunctuated)
def test_no_other_break_makes_the_two_lines_more_even(text: str) -> None:
    for caption in captions(text):
        words = " ".join(caption.lines).split()
        if len(caption.lines) == 1:
            continue
        assert len(" ".join(words)) > LINE_COLUMNS
        longest = max(map(len, caption.lines))
        for cut in range(1, len(words)):
            assert longest <= max(len(" ".join(words[:cut])), len(" ".join(words[cut:])))


def test_examples() -> None:
    assert captions("") == ()
    assert captions("Hello.") == (Caption(("Hello.",), 0, 6),)
    assert captions("a" * 42)[0].lines == ("a" * 42,)
    assert captions("a" * 43)[0].lines == ("a" * 42, "a")
    (one,) = captions("I have nothing to offer but blood, toil, tears and sweat.")
    assert one.lines == ("I have nothing to offer but", "blood, toil, tears and sweat.")


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", "The house that stands|at the end of the road is empty"),
        ("en", "I want to go to the end|of the world and then to the moon"),
        ("", "I want to go to the end of|the world and then to the moon"),
        ("en", "Ann: Three nine go and look|at the old man with the dog and the cat"),
        ("en", "She looked at me for a while.|Then she left the room."),
        ("de", "Ich habe gestern mit dem Bruder|von deiner Frau gesprochen"),
    ],
)
def test_lines_break_at_phrases(language: str, lines: str) -> None:
    (caption,) = captions(lines.replace("|", " "), language=language)
    assert "|".join(caption.lines) == lines


def test_a_long_text_is_divided_evenly_at_the_end_of_a_clause() -> None:
    text = (
        "We choose to go to the moon in this decade and do the other things, "
        "not because they are easy, but because they are hard."
    )
    assert [" ".join(caption.lines) for caption in captions(text)] == [
        "We choose to go to the moon in this decade and do the other things,",
        "not because they are easy, but because they are hard.",
    ]


def test_scripts_without_spaces_are_broken_between_characters() -> None:
    text = "昨日はとても良い天気だったので、公園へ行って友達と一緒に昼ご飯を食べました。"
    (caption,) = captions(text)
    assert [_columns(line) for line in caption.lines] == [38, 38]
    assert "".join(caption.lines) == text


@pytest.mark.parametrize(
    "kept",
    [
        "。",  # closes a sentence
        "ー",  # lengthens the vowel before it
        "\u3099",  # combining mark
        "\U0001f3fd",  # tone of skin
    ],
)
def test_no_line_begins_with_what_belongs_to_the_line_before(kept: str) -> None:
    for length in range(1, 44):
        for caption in captions("日" * length + "本" + kept + "語" * 10):
            assert not any(line.startswith(kept) for line in caption.lines)


def test_no_line_ends_with_an_opening_bracket_or_within_a_joined_sign() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for length in range(1, 44):
        lines = [line for made in captions("日" * length + "「" + family * 3 + "」") for line in made.lines]
        assert not any(line.endswith("「") for line in lines)
        assert "".join(lines).count(family) == 3
        assert sum(line.count(family) for line in lines) == 3


def test_a_very_long_text_is_done_soon() -> None:
    text = "word " * 20_000
    assert len(captions(clean(text))) == _fewest(text)
