from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import UsageError
from app.ui.time_entry import parse_destination


@pytest.mark.parametrize(
    ("text", "time_s"),
    [
        ("12", 12.0),
        (" 1:02.5 ", 62.5),
        ("+5s", 15.0),
        ("+ 5", 15.0),
        ("-0:04", 6.0),
        ("-4.5s", 5.5),
        ("7s", 7.0),
    ],
)
def test_times_and_ways(text: str, time_s: float) -> None:
    assert parse_destination(text, 10.0, None) == pytest.approx(time_s)


@given(st.integers(0, 10**6), st.fractions(Fraction(1), Fraction(240), max_denominator=1001))
def test_a_picture_number_is_inside_that_picture(number: int, rate: Fraction) -> None:
    time_s = parse_destination(f"#{number}", 0.0, rate)
    assert number / rate < time_s < (number + 1) / rate


@pytest.mark.parametrize("text", ["", "#", "#x", "#-1", "abc", "+", "1:99"])
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UsageError):
        parse_destination(text, 0.0, Fraction(25))


def test_pictures_without_a_constant_rate_have_no_numbers() -> None:
    with pytest.raises(UsageError, match="no constant rate"):
        parse_destination("#12", 0.0, None)
