"""What the speech model reads beforehand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.inference.speech_prompt import prompt_of


def words(text: str) -> int:
    return len(text.split())


def test_terms_come_before_the_text() -> None:
    made = prompt_of(" On\ntrains. ", ("Ada  Lovelace", " Växjö, ", "", "Ada Lovelace"), 100, words)
    assert (made.text, made.warning) == ("Glossary: Ada Lovelace, Växjö. On trains.", None)


def test_without_anything_nothing_is_said() -> None:
    assert prompt_of("", (), 0, words).text == ""


def test_a_prompt_that_is_too_long_is_said() -> None:
    made = prompt_of("a b c", ("d",), 2, words)
    assert made.text == "a b c"
    assert made.warning is not None
    assert made.warning.endswith("reads its end only, and none of the vocabulary.")


@given(st.lists(st.text("abc ", max_size=9), max_size=30), st.text("xyz ", max_size=20), st.integers(0, 40))
def test_as_many_terms_as_fit_are_given(terms: list[str], own: str, room: int) -> None:
    made = prompt_of(own, terms, room, words)
    if words(own) > room:
        return
    assert words(made.text) <= room
    every = prompt_of(own, terms, 10_000, words)
    assert (made.warning is None) == (made.text == every.text)
