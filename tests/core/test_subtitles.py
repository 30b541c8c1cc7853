from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.core.subtitles import CueTable, StyledText, SubtitleCue


def cue(start_s: float, end_s: float, text: str = "x") -> SubtitleCue:
    return SubtitleCue(start_s, end_s, (StyledText(text),))


TICKS = st.integers(0, 40)
CUES = st.lists(st.tuples(TICKS, TICKS, st.sampled_from("abcdef")), max_size=30)


@given(CUES, TICKS)
def test_what_is_shown_is_what_holds_the_time(raw: list[tuple[int, int, str]], at: int) -> None:
    cues = [cue(start / 4, end / 4, text) for start, end, text in raw]
    expected = {each for each in cues if each.start_s <= at / 4 < each.end_s}
    shown = CueTable.of(cues).at(at / 4)
    assert set(shown) <= expected
    assert len(shown) == min(6, len(expected))
    assert list(shown) == sorted(shown, key=lambda each: (each.start_s, each.end_s))


def test_the_end_of_a_cue_does_not_belong_to_it() -> None:
    table = CueTable.of([cue(1, 2, "a"), cue(2, 3, "b")])
    assert [[each.text for each in table.at(at)] for at in (0.99, 1.0, 1.999, 2.0, 3.0)] == [
        [], ["a"], ["a"], ["b"], [],
    ]  # fmt: skip


def test_cues_that_come_twice_are_kept_once() -> None:
    assert len(CueTable.of([cue(1, 2), cue(0, 1), cue(1, 2)]).cues) == 2


def test_very_many_overlapping_cues_show_the_latest() -> None:
    table = CueTable.of(cue(number / 100, 1e6, str(number)) for number in range(5000))
    assert [each.text for each in table.at(1000)] == [str(number) for number in range(4994, 5000)]


def test_a_pile_of_cues_is_looked_up_without_walking_through_it() -> None:
    class Counted(float):
        compared = 0

        def __lt__(self, other: float) -> bool:
            Counted.compared += 1
            return float.__lt__(self, other)

    table = CueTable.of(cue(number, number + 0.9, str(number)) for number in range(20_000))
    assert [each.text for each in table.at(Counted(12_345.5))] == ["12345"]
    assert Counted.compared < 20
