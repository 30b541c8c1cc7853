"""Words and their times.

Whisper's own token times come from the probabilities of its timestamp tokens and are rough: on the test
recordings a fifth of the word starts are more than 0.25 s off. Its alignment by attention is better (median
0.03 s, but single words up to 2.4 s off), and makes recognition 1.7 times as costly, since the encoder must
do without flash attention. So the words of a sentence are laid over the speech that is known to be there:
each gets a share of it by its length, and the borders settle in quiet moments (median 0.03 s, at most 0.3 s
off).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.writing import is_unspaced
from app.inference.recognition import Token

_WORD_SHARE, _SYLLABLE_SHARE, _LETTER_SHARE = 2.0, 2.0, 0.4
"""How long a word takes: something for itself, for each syllable and for each letter. Half as many
words begin more than 0.25 s off as with letters alone."""
_SYLLABLE = re.compile("[aeiouy]+|[0-9]")
_SILENT_E = re.compile(r"(?<=\w\w)e\b")
"""English and French; elsewhere the letter still counts a little."""
_LETTERS_TO_A_SYLLABLE = 2.5
_QUIET_WEIGHT = 0.7
_LENGTH_WEIGHT = 1.5
_SHORTEST_SHARE, _LONGEST_SHARE = 0.35, 2.5
"""How far a word may differ from its expected length."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as written.

    Attributes:
        text: without spaces around it.
        probability: mean of its tokens.
        spaced: whether a space stood before it.
    """

    text: str
    probability: float
    spaced: bool = True

    @property
    def share(self) -> float:
        """How much time it is expected to take, compared with others."""
        letters = sum(character.isalnum() for character in self.text)
        plain = unicodedata.normalize("NFD", self.text.lower())
        syllables = len(_SYLLABLE.findall(_SILENT_E.sub("", plain)))
        spoken = syllables or max(1.0, letters / _LETTERS_TO_A_SYLLABLE)
        return _WORD_SHARE + _SYLLABLE_SHARE * spoken + _LETTER_SHARE * letters


class Stretch(NamedTuple):
    """A stretch of speech, seconds."""

    start_s: float
    end_s: float


class Timed(NamedTuple):
    """A word and when it is spoken, seconds."""

    word: Spoken
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud it is: one value of ``db`` per ``step_s`` seconds, from second 0 on."""

    db: npt.NDArray[np.float32]
    step_s: float


def merge_tokens(tokens: Iterable[Token]) -> tuple[Spoken, ...]:
    """Join tokens to words: a leading space begins one, as does any character of a script without spaces.

    A character whose bytes are spread over tokens is put together first; bytes that make no character become
    U+FFFD. Words of punctuation alone join the word before them.
    """
    words: list[Spoken] = []
    text, probabilities = "", list[float]()
    for part, probability in _whole_characters(tokens):
        if text.strip() and _begins_word(part):
            words.append(_spoken(text, probabilities))
            text, probabilities = "", []
        text += part
        probabilities.append(probability)
    if text.strip():
        words.append(_spoken(text, probabilities))
    return _with_punctuation(words)


def _whole_characters(tokens: Iterable[Token]) -> Iterable[tuple[str, float]]:
    pending, probabilities = b"", list[float]()
    for token in tokens:
        pending += token.data
        probabilities.append(token.probability)
        try:
            text = pending.decode("utf-8")
        except UnicodeDecodeError as error:
            if len(pending) - error.start < 4 and error.end == len(pending):
                continue
            text = pending.decode("utf-8", errors="replace")
        yield text, float(np.mean(probabilities))
        pending, probabilities = b"", []
    if pending:
        yield pending.decode("utf-8", errors="replace"), float(np.mean(probabilities))


def _begins_word(text: str) -> bool:
    if not text:
        return False
    # Without spaces between words each token begins a word of its own.
    return text[0].isspace() or is_unspaced(text[0])


def _spoken(text: str, probabilities: Sequence[float]) -> Spoken:
    probability = min(1.0, max(0.0, float(np.mean(probabilities))))
    return Spoken(" ".join(text.split()), probability, text[0].isspace())


def _with_punctuation(words: Sequence[Spoken]) -> tuple[Spoken, ...]:
    joined: list[Spoken] = []
    for word in words:
        alone = all(unicodedata.category(character)[0] in "PZ" for character in word.text)
        if alone and joined and word.text[0] not in "([{\"'«¿¡-":
            joined[-1] = replace(joined[-1], text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return tuple(joined)


def written(words: Sequence[Spoken]) -> str:
    """Return the words as one line of text."""
    return "".join((" " if word.spaced else "") + word.text for word in words).strip()


def deal_out(words: Sequence[Spoken], stretches: Sequence[Stretch]) -> list[tuple[Spoken, ...]]:
    """Give each stretch of speech its words, in order, as its share of the time suggests.

    Between two stretches there is a pause, so a word that ends a clause is preferred there.

    Returns:
        One tuple per stretch; it may be empty.
    """
    total_s = sum(stretch.end_s - stretch.start_s for stretch in stretches)
    spoken_until = list(itertools.accumulate((word.share for word in words), initial=0.0))
    rate = total_s / spoken_until[-1] if spoken_until[-1] > 0 else 0.0
    dealt: list[tuple[Spoken, ...]] = []
    first, until_s = 0, 0.0
    for stretch in stretches[:-1]:
        until_s += stretch.end_s - stretch.start_s
        costs = [
            abs(spoken_until[index] * rate - until_s)
            - (0.2 if index and words[index - 1].text[-1] in ".,!?;:" else 0)
            for index in range(first, len(words) + 1)
        ]
        last = first + int(np.argmin(costs))
        dealt.append(tuple(words[first:last]))
        first = last
    dealt.append(tuple(words[first:]))
    return dealt


def time_words(words: Sequence[Spoken], stretch: Stretch, levels: Levels) -> tuple[Timed, ...]:
    """Lay words over a stretch of speech: no gaps, no overlaps, each longer than zero if the stretch is.

    The borders minimise, over all words, the squared logarithm of actual over expected length plus the
    loudness (0 quietest, 1 loudest of the stretch) at each border, by dynamic programming over frames.
    """
    if not words:
        return ()
    borders = _borders([word.share for word in words], stretch, levels)
    return tuple(
        Timed(word, start, end) for word, start, end in zip(words, borders[:-1], borders[1:], strict=True)
    )


def _borders(shares: Sequence[float], stretch: Stretch, levels: Levels) -> list[float]:
    start_s, end_s = stretch
    total = sum(shares)
    even = [start_s + (end_s - start_s) * part / total for part in itertools.accumulate(shares, initial=0.0)]
    even[-1] = end_s
    first, last = round(start_s / levels.step_s), round(end_s / levels.step_s)
    frames = last - first
    loudness = levels.db[first:last]
    if len(shares) < 2 or len(loudness) != frames or frames < 6 * len(shares):
        return even
    low, high = float(loudness.min()), float(loudness.max())
    cost = (loudness - low) / max(high - low, 1.0)
    cuts = _best_cuts([share * frames / total for share in shares], np.append(cost, 0.0))
    if cuts is None:
        return even
    inner = [min(max((first + cut) * levels.step_s, start_s), end_s) for cut in cuts]
    return [start_s, *inner, end_s]


def _best_cuts(expected: Sequence[float], loudness: npt.NDArray[np.floating]) -> list[int] | None:
    """Return the frame of each inner border, or None where no division keeps the allowed lengths."""
    frames = len(loudness) - 1
    best = np.full(frames + 1, np.inf)
    best[0] = 0.0
    choices: list[npt.NDArray[np.intp]] = []
    for length in expected:
        shortest, longest = max(1, int(length * _SHORTEST_SHARE)), int(length * _LONGEST_SHARE) + 1
        lengths = np.arange(shortest, min(longest, frames) + 1)
        previous = np.arange(frames + 1)[:, None] - lengths[None, :]
        reachable = np.where(previous >= 0, best[np.maximum(previous, 0)], np.inf)
        costs = reachable + _LENGTH_WEIGHT * np.log(lengths / length)[None, :] ** 2
        chosen = np.argmin(costs, axis=1)
        choices.append(lengths[chosen])
        best = costs[np.arange(frames + 1), chosen] + _QUIET_WEIGHT * loudness
    if not np.isfinite(best[frames]):
        return None
    cuts, here = [], frames
    for lengths in reversed(choices):
        here -= int(lengths[here])
        cuts.append(here)
    return cuts[-2::-1]
