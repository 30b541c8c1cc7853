"""Text as it is searched: without case, accents and kinds of quotes, as hands write it.

Folding works character by character, so that what is found can be marked in the text as it is shown.
"""

from __future__ import annotations

import unicodedata

_LATIN_OF_THEIR_OWN = {
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "\u0131": "i",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
}  # fmt: skip
"""Letters with strokes and joined letters: Unicode does not take them apart."""

_APOSTROPHES = "\u2018\u2019\u201b\u02bc\u2032"
_QUOTES = "\u201c\u201d\u201e\u00ab\u00bb\u2033"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2212"
_SIGNS = {
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_QUOTES, '"'),
    **dict.fromkeys(_HYPHENS, "-"),
}

_ACCENTS = (
    (0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0x0591, 0x05BD), (0x05BF, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
)  # fmt: skip
"""Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic: left out by who searches.

Vowel signs of other scripts and the voicing marks of Japanese stay: without them it is another word."""

_UNSEEN = frozenset(
    "\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Soft hyphens, stretching strokes and marks of direction."""


class FoldTable(dict[int, str]):
    """What each character is searched as, by its code: one or more characters, or none.

    It learns as it is asked. ``str.translate`` takes it, which is quicker than to ask for each character.
    """

    def __init__(self, *, match_case: bool) -> None:
        super().__init__()
        self._match_case = match_case

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code), match_case=self._match_case)
        return folded


_TABLES = {match_case: FoldTable(match_case=match_case) for match_case in (False, True)}


def _folded(character: str, *, match_case: bool) -> str:
    if character.isspace():
        return " "
    if character in _UNSEEN or _is_accent(character):
        return ""
    character = _SIGNS.get(character, _LATIN_OF_THEIR_OWN.get(character, character))
    cased = character if match_case else character.casefold()
    apart = unicodedata.normalize("NFKD", cased)
    folded = "".join(each for each in apart if not _is_accent(each))
    # What is taken apart may begin a letter of its own (a voiced kana): put together what is left.
    return unicodedata.normalize("NFC", folded) or character


def folded_character(character: str, *, match_case: bool) -> str:
    """Return what a character is searched as: one or more characters, or none."""
    return _TABLES[match_case][ord(character)]


def fold(text: str, *, match_case: bool) -> str:
    """Return text as it is searched; white space of any length is one space."""
    if not text.isascii():
        text = text.translate(_TABLES[match_case])
    elif not match_case:
        text = text.lower()
    return " ".join(text.split())


def fold_places(text: str, *, match_case: bool) -> list[int]:
    """Return for each character of the folded text, and for its end, where it stands in the text."""
    places: list[int] = []
    before = " "
    for place, each in enumerate(text):
        for piece in folded_character(each, match_case=match_case):
            if piece != " " or before != " ":
                places.append(place)
            before = piece
    if before == " " and places:
        places.pop()
    return [*places, len(text)]


def _is_accent(character: str) -> bool:
    code = ord(character)
    return code >= 0x0300 and any(first <= code <= last for first, last in _ACCENTS)


def joins_words(character: str) -> bool:
    """Whether a character goes on a word; scripts without spaces between words have words everywhere."""
    return character == "_" or (character.isalnum() and not _is_unspaced(character))


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x2E80 <= code <= 0x9FFF or code >= 0x20000
