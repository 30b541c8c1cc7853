"""How well a text fits what was typed: pure, and the same for everything that can be searched.

Every word typed must fit; the fits add up. A word fits, from best to worst: as the whole text, at its
beginning, as the beginning of one of its words, inside a word; and, only where ``loose``, as the first
letters of words in a row ("gtt" in "Go to Time"), or as letters in order with others between ("zmin" in
"Zoom In"). A later place and a longer text cost a little, so that of two texts the nearer one comes first;
equal ones keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

_WHOLE, _START, _WORD, _INSIDE, _INITIALS, _LOOSE = 1.0, 0.9, 0.8, 0.6, 0.5, 0.3
_LATER, _LONGER = 0.05, 0.05
_LEAST_LOOSE = 2
_WORDS = re.compile(r"\w+")


def fit(typed: str, text: str, *, loose: bool = True) -> float | None:
    """Return how well ``text`` fits, above 0, higher is better; None where it does not fit.

    Nothing typed fits everything equally.
    """
    folded, words = text.casefold(), typed.casefold().split()
    if not words:
        return 1.0
    total = 0.0
    for word in words:
        fitted = _fit_word(word, folded, loose=loose)
        if fitted is None:
            return None
        total += fitted
    return total + 1.0 - _LONGER * _share(len(folded))


def best(typed: str, items: Iterable[T], text_of: Callable[[T], str], *, most: int, loose: bool) -> list[T]:
    """Return the items that fit, the best first, equals in their order; at most so many."""
    fits = ((fit(typed, text_of(item), loose=loose), item) for item in items)
    found = [(fitted, item) for fitted, item in fits if fitted is not None]
    found.sort(key=lambda pair: -pair[0])
    return [item for _, item in found[:most]]


def _fit_word(word: str, text: str, *, loose: bool) -> float | None:
    if word == text:
        return _WHOLE
    place = text.find(word)
    if place == 0:
        return _START
    if place > 0:
        at_word = re.search(rf"(?<!\w){re.escape(word)}", text)
        if at_word is not None:
            return _WORD - _LATER * _share(at_word.start())
        return _INSIDE - _LATER * _share(place)
    if not loose or len(word) < _LEAST_LOOSE:
        return None
    initials = "".join(each[0] for each in _WORDS.findall(text))
    if (place := initials.find(word)) >= 0:
        return _INITIALS - _LATER * _share(place)
    return _fit_in_order(word, text)


def _fit_in_order(word: str, text: str) -> float | None:
    """Letters in order, beginning where a word begins; the fewer there are between, the better."""
    spread = None
    for begin in _WORDS.finditer(text):
        place = begin.start()
        if text[place] != word[0]:
            continue
        first = place
        for letter in word[1:]:
            place = text.find(letter, place + 1)
            if place < 0:
                break
        else:
            spread = min(spread or len(text), place - first)
    if spread is None or spread > 3 * len(word):
        return None
    return _LOOSE - _LATER * _share(spread)


def _share(length: int) -> float:
    """Turn a length into 0 to 1, growing ever more slowly."""
    return length / (length + 40)
