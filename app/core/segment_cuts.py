"""Dividing a segment in two, and making one of several; words go with their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.errors import EditError
from app.core.marks import with_marks
from app.core.results import Segment, Word
from app.core.word_times import kept_inside, word_starts, words_fit
from app.core.writing import joined, solid

_Cut = tuple[Segment, Segment]


def cut_at_character(segment: Segment, position: int) -> _Cut:
    """Divide before a character of the stripped text; a word that is cut is divided by its length.

    The first part ends with its last word, the second begins with its first one; without words the time is
    divided in proportion to the text.

    Raises:
        EditError: there is no text on one side.
    """
    text = segment.text.strip()
    texts = text[: max(0, position)].strip(), text[max(0, position) :].strip()
    if not all(texts):
        raise EditError("A line is divided within its text: there is none on one side of that place.")
    before = len(solid(texts[0]))
    if not words_fit(segment):
        share = before / len(solid(text))
        time_s = round(segment.start_s + (segment.end_s - segment.start_s) * share, 6)
        return _parts(segment, texts, ((), ()), (time_s, time_s))
    words = _divided_words(segment.words, before)
    return _parts(segment, texts, words, (words[0][-1].end_s, words[1][0].start_s))


def cut_before_word(segment: Segment, word: int) -> _Cut:
    """Divide before a word, by its number.

    Raises:
        EditError: there is no such word, no word before it, or the words are not those of the text.
    """
    if not words_fit(segment) or not 0 < word < len(segment.words):
        raise EditError("A line is divided between two of its words: there are none at that place.")
    return cut_at_character(segment, _position_before(segment, word))


def cut_at_time(segment: Segment, time_s: float) -> _Cut:
    """Divide at a time, at the nearest place where a word ends.

    Raises:
        EditError: the time is outside, or the line has one word only.
    """
    if not segment.start_s < time_s < segment.end_s:
        raise EditError("The playhead is not within this line.")
    position = _position_at(segment, time_s)
    first, second = cut_at_character(segment, position)
    return (
        replace(first, end_s=time_s, words=kept_inside(first.words, first.start_s, time_s)),
        replace(second, start_s=time_s, words=kept_inside(second.words, time_s, second.end_s)),
    )


def merged(segments: Sequence[Segment]) -> Segment:
    """Return one segment of several: texts and words joined, marks of all, the first one's speaker.

    Words are kept where every part with text has those of its text.
    """
    text = ""
    for each in segments:
        text = joined(text, each.text.strip())
    start_s = min(each.start_s for each in segments)
    end_s = max(each.end_s for each in segments)
    words: tuple[Word, ...] = ()
    if all(words_fit(each) for each in segments if each.text.strip()):
        words = tuple(word for each in segments for word in each.words)
    speaker = next((each.speaker for each in segments if each.speaker is not None), None)
    one = Segment(
        start_s,
        end_s,
        text,
        _confidence_of(segments),
        kept_inside(words, start_s, end_s),
        tuple({mark for each in segments for mark in each.marks}),
        speaker,
        any(each.edited for each in segments),
    )
    return with_marks(one, ())


def _parts(
    segment: Segment,
    texts: tuple[str, str],
    words: tuple[tuple[Word, ...], tuple[Word, ...]],
    borders: tuple[float, float],
) -> _Cut:
    ends = min(max(borders[0], segment.start_s), segment.end_s)
    begins = min(max(borders[1], ends), segment.end_s)
    first = replace(segment, end_s=ends, text=texts[0], words=kept_inside(words[0], segment.start_s, ends))
    second = replace(
        segment, start_s=begins, text=texts[1], words=kept_inside(words[1], begins, segment.end_s)
    )
    return _with_confidence(first), _with_confidence(second)


def _with_confidence(segment: Segment) -> Segment:
    if not segment.words or segment.confidence is None:
        return segment
    return replace(segment, confidence=_mean(segment.words))


def _mean(words: Sequence[Word]) -> float:
    return sum(each.confidence for each in words) / len(words)


def _confidence_of(segments: Sequence[Segment]) -> float | None:
    """The mean by length of text; None where one of them has none."""
    known = [(each.confidence, len(solid(each.text))) for each in segments]
    letters = sum(length for _, length in known)
    if not letters or any(confidence is None for confidence, _ in known):
        return None
    return min(1.0, sum((confidence or 0.0) * length for confidence, length in known) / letters)


def _divided_words(words: Sequence[Word], before: int) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Divide words after so many characters of their text."""
    first: list[Word] = []
    left = before
    for number, word in enumerate(words):
        text = solid(word.text)
        if left >= len(text):
            first.append(word)
            left -= len(text)
            if left:
                continue
            return tuple(first), tuple(words[number + 1 :])
        time_s = round(word.start_s + (word.end_s - word.start_s) * left / len(text), 6)
        return (
            (*first, replace(word, end_s=time_s, text=text[:left])),
            (replace(word, start_s=time_s, text=text[left:]), *words[number + 1 :]),
        )
    return tuple(first), ()


def _position_before(segment: Segment, word: int) -> int:
    """Return where in the stripped text a word begins."""
    before = sum(len(solid(each.text)) for each in segment.words[:word])
    for position, character in enumerate(segment.text.strip()):
        if character.isspace():
            continue
        if not before:
            return position
        before -= 1
    return len(segment.text.strip())


def _position_at(segment: Segment, time_s: float) -> int:
    """Return the place between two words that is nearest to a time."""
    if words_fit(segment) and len(segment.words) > 1:
        said = sum((each.start_s + each.end_s) / 2 <= time_s for each in segment.words)
        return _position_before(segment, min(max(said, 1), len(segment.words) - 1))
    text = segment.text.strip()
    wanted = len(text) * (time_s - segment.start_s) / (segment.end_s - segment.start_s)
    places = list(word_starts(text))
    if not places:
        raise EditError("There is one word only in this line: put the cursor where it shall be divided.")
    return min(places, key=lambda place: abs(place - wanted))
