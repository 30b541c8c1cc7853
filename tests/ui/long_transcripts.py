"""Long transcripts that are made, not spoken."""

from __future__ import annotations

from app.core.results import Segment, Word

_VOICE = ("over", "the", "lazy", "river", "Zoë", "walks", "seven", "times", "before", "naïve", "morning")


def spoken(count: int, words: int = 8, *, every_s: float = 3.0, first: int = 0) -> tuple[Segment, ...]:
    """So many lines of about so many words, one every few seconds, each with a number of its own."""
    return tuple(_line(number, words + number % 5 - 2, every_s) for number in range(first, first + count))


def _line(number: int, count: int, every_s: float) -> Segment:
    start_s, step_s = number * every_s, every_s * 0.9 / count
    said = [f"line{number}", *(_VOICE[(number * 7 + place * 3) % len(_VOICE)] for place in range(count - 1))]
    words = tuple(
        Word(start_s + place * step_s, start_s + (place + 1) * step_s, each, 0.9)
        for place, each in enumerate(said)
    )
    return Segment(start_s, start_s + every_s * 0.9, " ".join(said), 0.9, words)
