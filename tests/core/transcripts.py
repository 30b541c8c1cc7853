"""Transcripts and edits by chance, and what must hold of every transcript."""

from __future__ import annotations

import random
from itertools import pairwise

from app.core.results import Segment, Word
from app.core.transcript_edits import (
    Delete,
    Edit,
    Insert,
    Merge,
    RenameSpeaker,
    ReplaceTexts,
    SetSpeaker,
    SetText,
    SetTimes,
    Splice,
    SplitAtCharacter,
    SplitAtTime,
    SplitBeforeWord,
    speakers,
)
from app.core.writing import joined, solid

_VOCABULARY = ("one", "two,", "three.", "Über", "it's", "नमस्ते", "שלום", "日本", "語", "👩‍👧", "a-b", "1,5")
_NAMES = ("Ada", "Bob", "Célia", "", None)


def segment(chance: random.Random, start_s: float, end_s: float, *, with_words: bool = True) -> Segment:
    """Return a line of a few words within [start_s, end_s]."""
    texts = [chance.choice(_VOCABULARY) for _ in range(chance.randint(1, 7))]
    times = sorted(chance.uniform(start_s, end_s) for _ in range(2 * len(texts)))
    words = tuple(
        Word(times[2 * number], times[2 * number + 1], each, round(chance.random(), 3))
        for number, each in enumerate(texts)
    )
    text = ""
    for each in texts:
        text = joined(text, each)
    marks = ("low-confidence",) if chance.random() < 0.2 else ()
    if not with_words:
        return Segment(start_s, end_s, text, None, (), marks)
    return Segment(start_s, end_s, text, sum(word.confidence for word in words) / len(words), words, marks)


def segments(chance: random.Random, count: int) -> tuple[Segment, ...]:
    """Return lines in order, some touching, some overlapping, some without words."""
    made: list[Segment] = []
    reached = 0.0
    for _ in range(count):
        start_s = max(0.0, reached + chance.choice((0.0, 0.0, 0.5, 3.0, -0.2)))
        if made:
            start_s = max(start_s, made[-1].start_s)
        reached = start_s + chance.choice((0.3, 1.0, 2.5, 7.0))
        made.append(segment(chance, start_s, reached, with_words=chance.random() < 0.8))
    return tuple(sorted(made, key=lambda each: (each.start_s, each.end_s)))


def edit(chance: random.Random, lines: tuple[Segment, ...]) -> Edit:
    """Return something that a hand might do, now and then something that makes no sense."""
    row = chance.randrange(len(lines)) if lines else 0
    line = lines[row] if lines else Segment(0.0, 1.0, "nothing")
    start_s = line.start_s + chance.uniform(-3, 3)
    choices: list[Edit] = [
        SetText(row, _changed(chance, line.text)),
        SetTimes(row, start_s, line.end_s + chance.uniform(-3, 3)),
        SetTimes(row, line.start_s + 0.25, line.end_s + 0.25),
        SplitAtCharacter(row, chance.randint(-1, len(line.text) + 1)),
        SplitBeforeWord(row, chance.randint(0, 5)),
        SplitAtTime(row, chance.uniform(line.start_s, line.end_s)),
        Merge(row, row + chance.randint(1, 3)),
        SetSpeaker(tuple(range(row, min(len(lines), row + 3))), chance.choice(_NAMES)),
        RenameSpeaker(chance.choice(speakers(lines) or ("Ada",)), chance.choice(_NAMES)),
        ReplaceTexts(tuple((n, each.text.replace("one", "won")) for n, each in enumerate(lines))),
        Insert(segment(chance, max(0.0, start_s), max(0.0, start_s) + 1.0)),
    ]
    if len(lines) > 20 or chance.random() < 0.1:
        choices += [
            Delete(tuple({row, max(0, row - 2)})),
            Merge(row, row + 1),
            Splice(start_s, start_s + 10, (segment(chance, max(0.0, start_s), max(0.0, start_s) + 10),)),
        ]
    return chance.choice(choices)


def _changed(chance: random.Random, text: str) -> str:
    words = text.split()
    place = chance.randrange(len(words) + 1)
    new = [chance.choice(_VOCABULARY) for _ in range(chance.randint(0, 3))]
    return " ".join([*words[:place], *new, *words[place + chance.randint(0, 2) :]])


def check(lines: tuple[Segment, ...]) -> None:
    """Lines in order, words in order and inside their line, no time backwards, text equals words joined."""
    keys = [(each.start_s, each.end_s) for each in lines]
    assert keys == sorted(keys)
    for line in lines:
        assert 0 <= line.start_s <= line.end_s
        assert line.text.strip()
        assert all(word.start_s <= word.end_s for word in line.words)
        assert all(one.end_s <= other.start_s for one, other in pairwise(line.words))
        assert not line.words or line.start_s <= line.words[0].start_s
        assert not line.words or line.words[-1].end_s <= line.end_s
        assert not line.words or solid(line.text) == "".join(solid(word.text) for word in line.words)
        assert line.confidence is None or 0 <= line.confidence <= 1
