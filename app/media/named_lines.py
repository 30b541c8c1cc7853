"""Speakers that a file of subtitles names in the text itself: ``ANN: Good morning.``

SubRip cannot tell who speaks, so programs, this one too, write names into lines. So do people who write
"Note: bring water". A name is believed where all cues have one, or where the file begins with one and several
come again and again; what is in doubt stays text. Voices of WebVTT and names of ASS need no guess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from app.core.results import Segment

_NAMED = re.compile(r"(?P<name>[^\W\d_][^:?!,;\"]{0,39}):\s+(?=\S)")
_MOST_WORDS = 4
_FEWEST = 2
"""So many cues, or names that come again, are no accident."""


def with_named_speakers(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with names taken out of their text; as they are where that would be a guess.

    Where each name follows another one, names are written only where somebody else begins to speak, and
    what follows is said by the same person.

    Args:
        segments: in order of time. Where one of them has a speaker, the file can tell them another way.
    """
    labels = [_label(segment.text) for segment in segments]
    names = set() if any(segment.speaker for segment in segments) else _names(labels)
    if not names:
        return tuple(segments)
    told = [label for label in labels if label]
    goes_on = all(one != following for one, following in pairwise(told))
    return tuple(_spoken(segments, labels, names, goes_on=goes_on))


def _label(text: str) -> str:
    found = _NAMED.match(text)
    name = found["name"].strip() if found else ""
    return name if len(name.split()) <= _MOST_WORDS else ""


def _names(labels: Sequence[str]) -> set[str]:
    """The labels that are names."""
    if len(labels) < _FEWEST or not labels[0]:
        return set()
    if all(labels):
        return set(labels)
    again = {label for label, count in Counter(filter(None, labels)).items() if count > 1}
    return again if len(again) >= _FEWEST and labels[0] in again else set()


def _spoken(
    segments: Sequence[Segment], labels: Sequence[str], names: set[str], *, goes_on: bool
) -> Iterator[Segment]:
    speaker = ""
    for segment, label in zip(segments, labels, strict=True):
        if label in names:
            speaker = label
            yield _without_label(segment, label)
        else:
            # A label that may be a name says at least that nobody knows who goes on.
            speaker = speaker if goes_on and not label else ""
            yield replace(segment, speaker=speaker or None)


def _without_label(segment: Segment, label: str) -> Segment:
    found = _NAMED.match(segment.text)
    assert found is not None
    prefix = found[0].split()
    has_prefix = [word.text for word in segment.words[: len(prefix)]] == prefix
    words = segment.words[len(prefix) :] if has_prefix else segment.words
    return replace(segment, text=segment.text[found.end() :], speaker=label, words=words)
