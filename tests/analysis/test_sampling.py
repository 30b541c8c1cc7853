from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.request import FramePolicy
from app.analysis.sampling import rule_of
from app.core.errors import UsageError
from app.media.rule import chosen
from tests.analysis.pictures import pictures_at

STEADY = [Fraction(n, 25) for n in range(100)]

ticks = st.lists(st.integers(1, 200), min_size=1, max_size=60)


def shown_times(times: list[Fraction], policy: str, last: Fraction | None = None) -> list[Fraction]:
    rule = rule_of(FramePolicy.parse(policy))
    return [picture.time.exact for picture in chosen(pictures_at(times, last=last), rule)]


@pytest.mark.parametrize("policy", ["keyframes", "all"])
def test_keyframes_and_all_pass_whatever_the_decoder_gives(policy: str) -> None:
    assert shown_times(STEADY, policy) == STEADY


@pytest.mark.parametrize("step", [1, 2, 7, 99, 100, 1000])
def test_every_takes_each_nth_from_the_first(step: int) -> None:
    assert shown_times(STEADY, f"every:{step}") == STEADY[::step]


def test_fps_takes_the_picture_shown_at_each_tick() -> None:
    assert shown_times(STEADY, "fps:5") == [Fraction(n, 5) for n in range(20)]


def test_fps_above_the_rate_takes_each_picture_once() -> None:
    assert shown_times(STEADY, "fps:60", Fraction(1, 25)) == STEADY


@given(ticks, st.integers(1, 40), st.integers(1, 300))
def test_fps_agrees_with_asking_for_each_tick(gaps: list[int], rate: int, last: int) -> None:
    """For variable rates: the oracle asks at each tick which picture is shown then."""
    times = [Fraction(0)]
    for gap in gaps:
        times.append(times[-1] + Fraction(gap, 100))
    end = times[-1] + Fraction(last, 100)
    expected: list[Fraction] = []
    tick = Fraction(0)
    while tick < end:
        shown = max(time for time in times if time <= tick)
        if not expected or expected[-1] != shown:
            expected.append(shown)
        tick += Fraction(1, rate)
    assert shown_times(times, f"fps:{rate}", Fraction(last, 100)) == expected


@pytest.mark.parametrize(
    "text", ["", "some", "every:0", "every:-1", "every:1.5", "fps:0", "fps:x", "fps:", "ALL"]
)
def test_a_rule_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--frames does not know"):
        FramePolicy.parse(text)


@pytest.mark.parametrize("text", ["keyframes", "all", "every:3", "fps:2", "fps:0.5"])
def test_a_rule_is_written_as_it_is_read(text: str) -> None:
    assert str(FramePolicy.parse(text)) == text


def test_a_long_gap_costs_nothing() -> None:
    times = [Fraction(0), Fraction(10**9)]
    assert shown_times(times, "fps:10000") == times
