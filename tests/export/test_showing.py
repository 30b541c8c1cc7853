"""For how long cues are shown: rules against a plain statement of them, over random rows of cues."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import UsageError
from app.core.results import Segment, Word
from app.export.cues import cues
from app.export.showing import shown_until
from app.export.wrapping import columns, solid

spans = st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 12_000)), max_size=12).map(
    lambda pairs: sorted((start, start + length) for start, length in pairs)
)
styles = st.builds(
    CueStyle,
    reading_speed=st.just(0) | st.integers(5, 40),
    shortest_s=st.sampled_from([0, 0.5, 5 / 6, 2]),
    longest_s=st.sampled_from([0, 3, 7]),
    gap_s=st.sampled_from([0, 0.04, 0.083, 0.5]),
    close_below_s=st.sampled_from([0, 0.5, 1]),
)
GAP, SHORTEST, LONGEST, CLOSE = 83, 833, 7000, 500


def _row(*pairs: tuple[int, int], width: int = 1, until_ms: int | None = None) -> list[int]:
    return shown_until(pairs, [width] * len(pairs), USUAL, until_ms)


@given(spans, styles, st.integers(1, 200), st.none() | st.integers(0, 50_000))
def test_cues_end_after_they_begin_and_overlap_only_where_they_did(
    row: list[tuple[int, int]], style: CueStyle, width: int, until_ms: int | None
) -> None:
    ends = shown_until(row, [width] * len(row), style, until_ms)
    for number, ((start, before), end) in enumerate(zip(row, ends, strict=True)):
        assert end > start
        assert not style.longest_s or end - start <= style.longest_s * 1000
        assert until_ms is None or end <= max(before, until_ms)
        for later, _ in row[number + 1 :]:
            assert end <= later or before > later


@given(spans, st.integers(1, 200))
def test_times_that_are_to_be_kept_are(row: list[tuple[int, int]], width: int) -> None:
    style = USUAL.with_times_kept()
    assert style.keeps_times
    assert shown_until(row, [width] * len(row), style) == [end for _, end in row]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 9000)), max_size=12), st.integers(1, 200))
def test_what_could_be_shown_for_longer_has_no_room(steps: list[tuple[int, int]], width: int) -> None:
    """Rows without an overlap: every rule holds, or another one says why not."""
    row, reached = [], 0
    for gap, length in steps:
        row.append((reached + gap, reached + gap + length))
        reached += gap + length
    ends = shown_until(row, [width] * len(row), USUAL)
    for number, ((start, before), end) in enumerate(zip(row, ends, strict=True)):
        room = row[number + 1][0] - end if number + 1 < len(row) else CLOSE
        wanted = min(max(SHORTEST, width * 50), LONGEST)
        assert end - start >= wanted or room <= GAP
        assert room >= GAP or end - start == (before - start + 1) // 2
        assert room == GAP or room >= CLOSE or end - start >= min(before - start + 1, LONGEST + 1) // 2
        assert not GAP < room < CLOSE or end - start == LONGEST


def test_examples() -> None:
    assert _row((0, 300)) == [833]
    assert _row((0, 300), width=40) == [2000]
    assert _row((0, 300), (1000, 2000), width=40) == [917, 3000]
    assert _row((0, 1000), (1000, 2000)) == [917, 2000]
    assert _row((0, 1000), (1400, 2400)) == [1317, 2400]
    assert _row((0, 1000), (1500, 2500)) == [1000, 2500]
    assert _row((0, 100), (100, 200)) == [50, 933]
    assert _row((0, 9000)) == [7000]
    assert _row((0, 300), until_ms=500) == [500]
    assert _row((0, 1200), (1000, 2000)) == [917, 2000]
    assert _row((0, 3000), (1000, 2000)) == [3000, 2000]


def test_what_is_said_for_too_long_becomes_several_cues_at_the_words() -> None:
    words = tuple(Word(number * 2.0, number * 2.0 + 1, f"word{number}", 0.9) for number in range(6))
    segment = Segment(0.0, 11.0, " ".join(word.text for word in words), None, words)
    found = cues([segment], replace(USUAL, close_below_s=0))
    assert [cue.lines for cue in found] == [("word0 word1 word2",), ("word3 word4 word5",)]
    assert [(cue.start_ms, cue.end_ms) for cue in found] == [(0, 5000), (6000, 11_000)]
    (whole,) = cues([segment], USUAL.with_times_kept())
    assert (whole.start_ms, whole.end_ms) == (0, 11_000)


@pytest.mark.parametrize("name", ["Ann", "Zoe & Co", "\u674e"])
@pytest.mark.parametrize("text", ["Well, never", "\u4f60\u597d\u5417\uff0c\u6211\u5f88\u597d"])
def test_no_name_is_shown_alone(name: str, text: str) -> None:
    found = cues([Segment(0, 20, text, speaker=name)], names_in_lines=True)
    assert len(found) > 1
    first = " ".join(found[0].lines)
    assert first.startswith(f"{name}: ")
    assert len(first) > len(name) + 2
    assert solid("".join("".join(cue.lines) for cue in found)) == solid(f"{name}: {text}")


def test_names_in_lines_count_as_text() -> None:
    said = [
        Segment(0, 1, "Hi", speaker="Ann"),
        Segment(2, 3, "there", speaker="Ann"),
        Segment(4, 5, "Yes", speaker="Bo"),
    ]
    assert [cue.lines[0] for cue in cues(said, names_in_lines=True)] == ["Ann: Hi", "there", "Bo: Yes"]
    assert [cue.speaker for cue in cues(said)] == ["Ann", "Ann", "Bo"]
    assert [cue.speaker for cue in cues(said, replace(USUAL, speakers=False))] == ["", "", ""]
    words = (Word(0.5, 1.0, "Hi", 0.9),)
    (cue,) = cues([Segment(0, 1, "Hi", None, words, speaker="Ann")], names_in_lines=True)
    assert [(beat.place, beat.start_ms) for beat in cue.beats] == [(0, 0), (4, 500)]


def test_wide_characters_take_longer_to_read() -> None:
    (cue,) = cues([Segment(0, 0.1, "昨日はとても良い天気だった")])
    assert cue.end_ms == sum(map(columns, cue.lines)) * 50 == 1300


@pytest.mark.parametrize(
    ("name", "value"),
    [("line_columns", 0), ("lines", 0), ("lines", 99), ("reading_speed", -1), ("gap_s", float("nan"))],
)
def test_a_style_that_makes_no_sense_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"makes no sense for '{name.removesuffix('_s').replace('_', ' ')}'"):
        CueStyle(**{name: value})  # type: ignore[arg-type]
