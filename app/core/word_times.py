"""When each word of a changed text is said: words that stayed keep their times, others share the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate

from app.core.results import Segment, Word
from app.core.writing import is_unspaced, solid

WRITTEN = 1.0
"""Confidence of a word that a person wrote: nobody doubts it."""

_LEAST_S = 0.06
"""A word squeezed into less is not seen when it is said: its neighbour gives up some of its time."""

_SAME_S = 0.0005
"""Both edges moved by the same, when they differ by less."""

_WORD_SHARE = 1.5
"""What any word takes besides its letters, in letters."""


def words_fit(segment: Segment) -> bool:
    """Whether there are words and they are those of the text, white space aside."""
    return bool(segment.words) and solid(segment.text) == "".join(solid(each.text) for each in segment.words)


def kept_inside(words: Sequence[Word], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the words, none before the one before it, none outside [start_s, end_s]."""
    kept: list[Word] = []
    reached = start_s
    for word in words:
        from_s = min(max(word.start_s, reached), end_s)
        until_s = min(max(word.end_s, from_s), end_s)
        reached = until_s
        same = (from_s, until_s) == (word.start_s, word.end_s)
        kept.append(word if same else replace(word, start_s=from_s, end_s=until_s))
    return tuple(kept)


def moved(segment: Segment, start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the words for other times: moved with the line, squeezed where it no longer holds them."""
    words = segment.words
    if not words:
        return ()
    by_s = start_s - segment.start_s
    if by_s and abs(end_s - segment.end_s - by_s) < _SAME_S:
        words = tuple(
            replace(each, start_s=round(each.start_s + by_s, 6), end_s=round(each.end_s + by_s, 6))
            for each in words
        )
    elif words[0].start_s < start_s or words[-1].end_s > end_s:
        words = _squeezed(words, start_s, end_s)
    return kept_inside(words, start_s, end_s)


def _squeezed(words: tuple[Word, ...], start_s: float, end_s: float) -> tuple[Word, ...]:
    from_s, until_s = words[0].start_s, words[-1].end_s
    to_s = min(max(from_s, start_s), end_s)
    share = (max(to_s, min(until_s, end_s)) - to_s) / (until_s - from_s) if until_s > from_s else 0.0
    return tuple(
        replace(
            each,
            start_s=round(to_s + (each.start_s - from_s) * share, 6),
            end_s=round(to_s + (each.end_s - from_s) * share, 6),
        )
        for each in words
    )


def retimed(segment: Segment, text: str) -> tuple[Word, ...]:
    """Return the words of ``text`` in place of the segment's own; none where the segment has none."""
    if not segment.words:
        return ()
    new = _divided(text, segment)
    words = list(segment.words)
    made: list[Word] = []
    matcher = SequenceMatcher(None, [solid(each.text) for each in words], new, autojunk=False)
    for kind, old_from, old_until, new_from, new_until in matcher.get_opcodes():
        fresh, old = new[new_from:new_until], words[old_from:old_until]
        if kind == "equal":
            made += old
        elif kind == "replace" and len(fresh) == len(old):
            made += [
                Word(was.start_s, was.end_s, each, WRITTEN) for was, each in zip(old, fresh, strict=True)
            ]
        elif kind == "replace":
            made += laid_out(fresh, old[0].start_s, old[-1].end_s)
        elif kind == "insert":
            _insert(made, fresh, words, old_from, segment)
    return kept_inside(made, segment.start_s, segment.end_s)


def _insert(made: list[Word], fresh: Sequence[str], words: list[Word], place: int, segment: Segment) -> None:
    """Put new words into the pause before ``words[place]``; where there is none, a neighbour makes room."""
    from_s = made[-1].end_s if made else segment.start_s
    until_s = words[place].start_s if place < len(words) else segment.end_s
    if until_s - from_s >= _LEAST_S * len(fresh):
        made += laid_out(fresh, from_s, until_s)
    elif made:
        before = made.pop()
        first, *others = laid_out((before.text, *fresh), before.start_s, max(until_s, before.end_s))
        made += [replace(before, end_s=first.end_s), *others]
    elif place < len(words):
        after = words[place]
        *others, last = laid_out((*fresh, after.text), min(from_s, after.start_s), after.end_s)
        words[place] = replace(after, start_s=last.start_s)
        made += others
    else:
        made += laid_out(fresh, segment.start_s, segment.end_s)


def laid_out(texts: Sequence[str], start_s: float, end_s: float) -> list[Word]:
    """Return words a person wrote, each with its share of [start_s, end_s] by its length."""
    shares = list(accumulate((_WORD_SHARE + len(each) for each in texts), initial=0.0))
    span = max(0.0, end_s - start_s)
    times = [min(end_s, round(start_s + span * share / shares[-1], 6)) for share in shares[:-1]]
    times = [start_s, *(max(start_s, each) for each in times[1:]), end_s]
    return [Word(times[n], max(times[n], times[n + 1]), each, WRITTEN) for n, each in enumerate(texts)]


def _divided(text: str, segment: Segment) -> list[str]:
    """Divide a text into words as the segment's own are: at spaces, and where these were divided between."""
    known = {solid(each.text) for each in segment.words}
    groups = _grouped(segment)
    divided: list[str] = []
    for chunk in text.split():
        divided += groups.get(chunk) or _greedy(chunk, known)
    return divided


def _grouped(segment: Segment) -> dict[str, list[str]]:
    """For each stretch of the old text without a space, the words it is made of."""
    if not words_fit(segment):
        return {}
    groups: dict[str, list[str]] = {}
    waiting = [solid(each.text) for each in reversed(segment.words)]
    for chunk in segment.text.split():
        members = ""
        group: list[str] = []
        while waiting and len(members) < len(chunk):
            group.append(waiting.pop())
            members += group[-1]
        if members != chunk:
            return groups  # a word with a space in it: the rest is divided at spaces
        groups[chunk] = group
    return groups


def _greedy(chunk: str, known: set[str]) -> list[str]:
    """Divide at characters of scripts without spaces, but keep words together that were there."""
    if not any(map(is_unspaced, chunk)):
        return [chunk]
    longest = max(map(len, known), default=1)
    made: list[str] = []
    place = 0
    while place < len(chunk):
        lengths = range(min(longest, len(chunk) - place), 0, -1)
        until = next((place + n for n in lengths if chunk[place : place + n] in known), place + 1)
        if chunk[place:until] not in known and not is_unspaced(chunk[place]):
            while until < len(chunk) and not is_unspaced(chunk[until]):
                until += 1
        made.append(chunk[place:until])
        place = until
    return made


def word_starts(text: str) -> Iterator[int]:
    """Yield the places in ``text`` at which it can be divided: where a word begins, the first one aside."""
    for place in range(1, len(text)):
        before, here = text[place - 1], text[place]
        if not here.isspace() and (before.isspace() or is_unspaced(here)):
            yield place
