"""Where a text may well be broken: behind a sentence, a clause, or at least not behind a little word.

"Break after punctuation, before conjunctions and prepositions, and never between an article and its noun"
is what all guides of subtitling ask for (Netflix, "Timed Text Style Guide: General Requirements", Line
Treatment; BBC Subtitle Guidelines, "Line breaks").
"""

from __future__ import annotations

import enum


class Break(enum.Enum):
    """What stands before a break."""

    SENTENCE = enum.auto()
    CLAUSE = enum.auto()
    PHRASE = enum.auto()
    """A word; a conjunction, a preposition or an article follows."""
    WORD = enum.auto()
    WEAK = enum.auto()
    """An article, a preposition or a conjunction: it belongs to what follows."""


_SENTENCE_ENDS = ".!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964"
_CLAUSE_ENDS = ",;:\u2013\u2014\u3001\uff0c\uff1a\uff1b\u060c\u061b"
_CLOSING = "\"')]}\u00bb\u201d\u2019\u300d\u300f\uff09"

_LITTLE = {
    "en": "who which when where because while a an the of to in on at by for with from and or but "
    "nor so as if that than into onto my your his her its our their this no not",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber denn von zu im in "
    "am an auf mit für bei aus nach vom zum zur als wenn dass weil mein dein sein ihr unser "
    "nicht kein",
    "fr": "le la les un une des du de au aux et ou mais donc car à en dans sur sous par pour avec "
    "sans que qui mon ma mes ton ta ses sa son leur ne",
    "es": "el la los las un una unos unas y e o u pero de del a al en con por para sin que su sus "
    "mi mis tu no",
    "it": "il lo la i gli le un uno una e o ma di del della a al alla da in con su per tra fra che "
    "non mio tuo suo",
    "pt": "o a os as um uma e ou mas de do da dos das em no na por para com sem que seu sua meu minha não",
    "nl": "de het een en of maar van naar in op aan met voor door bij uit als dat mijn jouw zijn "
    "haar niet geen",
}
"""Short words that lean on the next one, by language."""

_WORDS = {language: frozenset(words.split()) for language, words in _LITTLE.items()}


def breaks_after(word: str, language: str = "", following: str = "") -> Break:
    """Say what kind of break there is between two words; little words are known of some languages only."""
    bare = word.rstrip(_CLOSING)
    if bare.endswith(tuple(_SENTENCE_ENDS)):
        return Break.SENTENCE
    if bare.endswith(tuple(_CLAUSE_ENDS)):
        return Break.CLAUSE
    little = _WORDS.get(language.partition("-")[0], frozenset())
    if bare.lower() in little:
        return Break.WEAK
    return Break.PHRASE if following.lower() in little else Break.WORD
