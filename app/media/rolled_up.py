"""Captions that roll up, as automatic ones on the web do: each cue repeats the line before and adds one.

Read as they stand, everything would be said twice or three times.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.media.cue_text import said_in

Event = tuple[float, float, str]
"""Start, end and payload of a cue."""

_JOINS_S = 0.1
_SHARE = 0.4
"""So many cues at least begin with the end of the one before; in other subtitles hardly any does."""
_LEAST = 3


def unrolled(events: Sequence[Event]) -> list[Event]:
    """Return cues without the lines that they repeat; those that do not roll up as they are."""
    lines = [[line for line in payload.split("\n") if line.strip()] for _, _, payload in events]
    plain = [[_plain(line) for line in each] for each in lines]
    repeats = [0] * len(events)
    for number in range(1, len(events)):
        if events[number][0] <= events[number - 1][1] + _JOINS_S:
            repeats[number] = _repeated(plain[number - 1], plain[number])
    rolling = sum(map(bool, repeats))
    if rolling < max(_LEAST, _SHARE * len(events)):
        return list(events)
    kept = [
        (start, end, "\n".join(own[again:]))
        for (start, end, _), own, again in zip(events, lines, repeats, strict=True)
    ]
    return [event for event in kept if event[2]]


def _repeated(before: list[str], now: list[str]) -> int:
    """Return how many lines ``now`` begins with that ``before`` ended with."""
    for count in range(min(len(before), len(now)), 0, -1):
        if now[:count] == before[-count:]:
            return count
    return 0


def _plain(line: str) -> str:
    return " ".join(said.text for said in said_in(line, "webvtt", 0.0, 0.0))
