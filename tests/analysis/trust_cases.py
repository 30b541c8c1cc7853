"""Transcripts as they are when all is well, and with faults planted in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.core.results import Segment, Word
from app.core.time import TimeSpan

_SPOKEN = """
    zero one two three four five six seven eight nine red green blue yellow black circle square
    triangle left right up down stop go yes hello world open close music
"""
_COMMON = """
    the of and a to in is you that it he was for on are as with his they at be this have from or had
    by word but what some we can out other were all there when up use your how said an each she
    which do their time if will way about many then them write would like so these her long make
    thing see him two has look more day could come did number sound no most people my over know
    water than call first who may down side been now find any new work part take get place made live
    where after back little only round man year came show every good me give our under name very
    through just form sentence great think say help low line differ turn cause much mean before move
    right boy old too same tell does set three want air well also play small end put home read hand
    port large spell add even land here must big high such follow act why ask men change went light
    kind off need house picture try us again animal point mother world near build self earth father
"""
SPOKEN_IN_THE_SAMPLE, COMMON = tuple(_SPOKEN.split()), tuple(_COMMON.split())


class Spoken(NamedTuple):
    """Lines, and where somebody speaks."""

    lines: tuple[Segment, ...]
    regions: tuple[TimeSpan, ...]


def line(
    start_s: float, words: Sequence[str], *, letters_a_second: float = 13.0, confidence: float = 0.93
) -> Segment:
    """One line said at an even speed."""
    at_s, spoken = start_s, []
    for word in words:
        end_s = at_s + (len(word) + 1) / letters_a_second
        spoken.append(Word(at_s, end_s, word, confidence))
        at_s = end_s
    return Segment(start_s, at_s, " ".join(words), confidence, tuple(spoken))


def clean(count: int, seed: int, vocabulary: Sequence[str] = COMMON) -> Spoken:
    """Lines of 1 to 14 words at 7 to 20 letters a second, some words unsure, edges up to 0.2 s off."""
    chance = random.Random(seed)
    at_s, lines, regions = 1.0, [], []
    for _ in range(count):
        words = [chance.choice(vocabulary) for _ in range(chance.randint(1, 14))]
        said = line(
            at_s,
            words,
            letters_a_second=chance.uniform(7, 20),
            confidence=round(chance.uniform(0.7, 1.0), 3),
        )
        if len(words) > 4:  # one word of many may be doubtful
            said = with_confidence(said, chance.randrange(len(words)), 0.3)
        lines.append(said)
        late_s = min(0.2, 0.2 * (said.end_s - said.start_s))
        regions.append(
            TimeSpan(
                said.start_s + chance.uniform(-late_s, late_s), said.end_s + chance.uniform(-late_s, late_s)
            )
        )
        at_s = said.end_s + chance.uniform(0.6, 4.0)
    return Spoken(tuple(lines), tuple(regions))


def with_confidence(said: Segment, place: int, confidence: float) -> Segment:
    """The same line with one word of another confidence."""
    words = list(said.words)
    words[place] = replace(words[place], confidence=confidence)
    return replace(said, words=tuple(words), confidence=sum(word.confidence for word in words) / len(words))


def moved(said: Segment, by_s: float) -> Segment:
    """The same line at another time."""
    return squeezed(said, 1.0, said.start_s + by_s)


def squeezed(said: Segment, factor: float, start_s: float | None = None) -> Segment:
    """The same line in ``factor`` of its time."""
    begins_s = said.start_s if start_s is None else start_s

    def there(time_s: float) -> float:
        return begins_s + (time_s - said.start_s) * factor

    words = tuple(replace(word, start_s=there(word.start_s), end_s=there(word.end_s)) for word in said.words)
    return replace(said, start_s=begins_s, end_s=there(said.end_s), words=words)


def legitimate() -> Iterator[tuple[str, ...]]:
    """Groups of lines that repeat themselves as people do."""
    yield ("no no no",)
    yield ("No, no, no, no, no!",)
    yield ("very very very good",)
    yield ("Let it be, let it be, let it be, let it be",)
    yield ("one two three four five six seven eight nine ten",)
    yield ("one two three four, one two three four, one two three four",)
    yield ("ha ha ha ha ha",)
    yield ("knock knock knock who is there",)
    yield ("tick tock tick tock tick tock tick tock",)
    yield ("five five five zero one two three",)
    yield ("はいはいはい",)
    yield ("谢谢谢谢谢谢",)
    yield (
        "row row row your boat",
        "gently down the stream",
        "merrily merrily merrily merrily",
        "life is but",
    )
    yield ("We will, we will rock you", "We will, we will rock you")
    verse = ("The night is long and cold", "The road goes ever on", "I walk alone", "until the dawn")
    chorus = ("Sing with me now", "sing the whole night through", "Sing with me now", "the way you do")
    yield verse + chorus + verse[::-1] + chorus + chorus
    yield ("yes", "yes", "no", "yes", "no", "no", "yes")
    yield ("Left, right.", "Left, right.", "Left, right.", "Left, right.")
