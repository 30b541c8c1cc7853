"""Which pictures the detector sees, as the command line names them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.request import FramePolicy, Sampling
from app.core.errors import UsageError

rates = st.decimals("0.001", 1000, places=3).map(str)


@given(st.integers(1, 10**6))
def test_every_nth(number: int) -> None:
    policy = FramePolicy.parse(f"every:{number}")
    assert policy == FramePolicy(Sampling.EVERY, Fraction(number))
    assert FramePolicy.parse(str(policy)) == policy


@given(rates)
def test_so_many_a_second_exactly(rate: str) -> None:
    policy = FramePolicy.parse(f"fps:{rate}")
    assert policy == FramePolicy(Sampling.FPS, Fraction(rate))
    assert FramePolicy.parse(str(policy)) == policy


@pytest.mark.parametrize(
    "text", ["keyframes", "all", "every:1", "every:25", "fps:100", "fps:29.97", "fps:0.00001"]
)
def test_a_policy_is_written_as_it_is_read(text: str) -> None:
    assert str(FramePolicy.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "some", "Keyframes", "every", "every:", "every:0", "every:-1", "every:1.5", "fps", "fps:",
        "fps:0", "fps:0.0", "fps:-1", "fps:1:00", "fps:.", "fps:1.2.3", "fps:1e3", "fps:nan", "all:1",
        "every:1 ", "every:" + "9" * 5000, "fps:" + "9" * 400,
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--frames does not know '"):
        FramePolicy.parse(text)


@given(st.text(max_size=12) | st.text("every:fps.0123456789", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        policy = FramePolicy.parse(text)
    except UsageError:
        return
    assert policy.amount > 0
