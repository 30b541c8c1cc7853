"""What a person reads after an analysis."""

from __future__ import annotations

from dataclasses import replace

from app.cli.summary import summary
from app.core.results import Segment, Transcript
from tests.export.documents import FULL

SURE = Segment(1.0, 2.0, "sure")
LOOP = Segment(3.0, 4.0, "again again", marks=("low-confidence", "repetition"))


def _speech(*segments: Segment) -> list[str]:
    result = replace(FULL, transcript=Transcript("en", segments), settings={"audio_track": 0})
    lines = summary(result, ()).splitlines()
    return lines[next(n for n, each in enumerate(lines) if each.startswith("  speech")) :]


def test_lines_that_may_be_wrong_are_told_and_counted() -> None:
    assert _speech(SURE, LOOP, replace(LOOP, marks=("rate", "of-a-later-version"))) == [
        "  speech     3 segments (en)",
        "      0:01.0  sure",
        "      0:03.0  again again  [uncertain, repetition]",
        "      0:03.0  again again  [impossible speed]",
        "  doubtful   2 of 3 segments: uncertain 1, repetition 1, impossible speed 1",
    ]


def test_without_doubt_nothing_is_said_of_it() -> None:
    assert _speech(SURE) == ["  speech     1 segment (en)", "      0:01.0  sure"]
