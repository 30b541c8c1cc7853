"""Text as its repetitions and its speed are measured: tokens, letters, and phrases that models invent."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that are written without spaces between words."""

_TOKENS = rf"[{_UNSPACED}]|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|['\u2019](?=\w))*"

_LETTERS_OF_A_SIGN = 2.5
"""A Chinese or Japanese sign takes as long to say as so many letters of an alphabet."""
_SIGNS_OF_A_WORD = 2


class Measured(NamedTuple):
    """A text, measured.

    ``tokens`` are words in lower case without punctuation, single signs where words are not spaced;
    ``letters`` what it takes to say it, in letters of an alphabet; ``words`` how many words that are.
    """

    tokens: tuple[str, ...]
    letters: float
    words: float


def measured(text: str) -> Measured:
    """Measure a text."""
    tokens = _tokens_of(text)
    return Measured(tokens, sum(map(_letters, tokens)), size_of(tokens))


def size_of(tokens: tuple[str, ...]) -> float:
    """Return how many words tokens are: two unspaced signs count as one."""
    signs = sum(is_sign(token) for token in tokens)
    return len(tokens) - signs + signs / _SIGNS_OF_A_WORD


def is_sign(token: str) -> bool:
    """Whether a token is one sign of a script without spaces."""
    return _pattern(rf"[{_UNSPACED}]").match(token) is not None


def _letters(token: str) -> float:
    return _LETTERS_OF_A_SIGN if is_sign(token) else float(len(token))


def _tokens_of(text: str) -> tuple[str, ...]:
    return tuple(_pattern(_TOKENS).findall(_plain(text)))


@functools.cache
def _pattern(expression: str) -> re.Pattern[str]:
    """Compile it once, when the first text comes: all the scripts take as long as two keyframes."""
    return re.compile(expression)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def is_invented(tokens: tuple[str, ...]) -> bool:
    """Whether a whole line is one of the phrases that models learnt from subtitles of silence."""
    return tokens in _invented()


@functools.cache
def _invented() -> frozenset[tuple[str, ...]]:
    return frozenset(map(_tokens_of, _PHRASES))


_PHRASES = (
    "Thank you.",
    "Thank you very much.",
    "Thank you so much for watching!",
    "Thank you for watching!",
    "Thanks for watching!",
    "Thanks for watching, and I'll see you next time.",
    "Please subscribe.",
    "Please subscribe to my channel.",
    "Like and subscribe!",
    "Don't forget to like and subscribe.",
    "See you next time.",
    "See you in the next video.",
    "Bye.",
    "Bye-bye.",
    "You",
    "Subtitles by the Amara.org community",
    "Subtitles by Amara.org",
    "Transcription by CastingWords",
    "Untertitel der Amara.org-Community",
    "Untertitel im Auftrag des ZDF für funk",
    "Vielen Dank.",
    "Vielen Dank fürs Zuschauen!",
    "Sous-titres réalisés par la communauté d'Amara.org",
    "Sous-titrage Société Radio-Canada",
    "Merci d'avoir regardé cette vidéo !",
    "Subtítulos realizados por la comunidad de Amara.org",
    "Gracias por ver el video.",
    "Sottotitoli creati dalla comunità Amara.org",
    "Legendas pela comunidade Amara.org",
    "Ondertiteld door de Amara.org gemeenschap",
    "Субтитры сделал DimaTorzok",
    "Продолжение следует...",
    "Спасибо за просмотр!",
    "ご視聴ありがとうございました",
    "字幕由Amara.org社区提供",
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "시청해주셔서 감사합니다.",
    "구독과 좋아요 부탁드려요",
)
