"""What the speech model is given to read beforehand: the user's own text, and names and terms to expect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text that fits, and what is to be said where something had to be left out."""

    text: str
    warning: str | None = None


def prompt_of(
    prompt: str, vocabulary: Sequence[str], room: int, count_tokens: Callable[[str], int]
) -> Prompt:
    """Put the terms before the prompt, as many as there is room for; the first ones count most.

    Args:
        prompt: the user's text; where it alone is too long the model reads its end.
        vocabulary: names and terms as they are to be written.
        room: tokens that the model reads.
        count_tokens: how many tokens a text is.
    """
    own, terms = " ".join(prompt.split()), _cleaned(vocabulary)
    if count_tokens(own) > room:
        left_out = "" if not terms else ", and none of the vocabulary"
        return Prompt(own, f"The prompt is too long: the speech model reads its end only{left_out}.")
    fits, too_many = 0, len(terms) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if count_tokens(_joined(terms[:middle], own)) <= room:
            fits = middle
        else:
            too_many = middle
    warning = None
    if fits < len(terms):
        warning = (
            f"Only {fits} of {len(terms)} terms of the vocabulary fit into what the speech model can read: "
            "put the most important ones first."
        )
    return Prompt(_joined(terms[:fits], own), warning)


def _cleaned(vocabulary: Sequence[str]) -> list[str]:
    """Each term once, without the white space and commas around it."""
    terms = (" ".join(term.split()).strip(" ,") for term in vocabulary)
    return list(dict.fromkeys(term for term in terms if term))


def _joined(terms: Sequence[str], own: str) -> str:
    listed = f"Glossary: {', '.join(terms)}." if terms else ""
    return f"{listed} {own}".strip()
