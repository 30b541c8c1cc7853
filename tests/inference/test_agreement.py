"""When two computations of one picture count as the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inference.agreement import (
    BOX_TOLERANCE,
    BOX_TOLERANCE_PX,
    OUTPUT_TOLERANCE,
    SCORE_TOLERANCE,
    candidates_agree,
    outputs_agree,
)
from app.inference.postprocess import Candidates, Floats

side = st.floats(1, 400)
score = st.floats(0, 1)
one = st.tuples(st.floats(0, 600), st.floats(0, 600), side, side, score, st.integers(0, 3))
several = st.lists(one, min_size=1, max_size=40)


def candidates(rows: list[tuple[float, float, float, float, float, int]]) -> Candidates:
    boxes = [(x, y, x + width, y + height) for x, y, width, height, _, _ in rows]
    return Candidates.of(boxes, [row[4] for row in rows], [row[5] for row in rows])


def allowed(found: Candidates) -> Floats:
    sides = found.boxes[:, 2:] - found.boxes[:, :2]
    most: Floats = np.maximum(BOX_TOLERANCE_PX, BOX_TOLERANCE * sides.max(axis=1))
    return most


@given(several, st.randoms(use_true_random=False))
def test_the_same_in_another_order_agrees_wholly(
    rows: list[tuple[float, float, float, float, float, int]], random: object
) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    found = candidates_agree(candidates(rows), candidates(mixed))
    assert (found.score_apart, found.box_apart) == (0.0, 0.0)
    assert found.holds


@given(several, st.integers(0, 2**32 - 1), st.floats(0, 0.9))
def test_what_is_off_within_the_tolerance_agrees(
    rows: list[tuple[float, float, float, float, float, int]], seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    right = candidates(rows)
    boxes = right.boxes + rng.uniform(-share, share, right.boxes.shape) * allowed(right)[:, None] * 0.9
    scores = np.clip(right.scores + rng.uniform(-share, share, len(right)) * SCORE_TOLERANCE, 0, 1)
    given_ = Candidates.of(boxes, scores, right.class_ids)
    assert candidates_agree(right, given_).holds
    assert candidates_agree(given_, right).holds


@given(several, st.integers(0, 39), st.sampled_from(["score", "box", "class", "gone"]))
def test_one_confident_candidate_that_is_otherwise_disagrees(
    rows: list[tuple[float, float, float, float, float, int]], place: int, how: str
) -> None:
    # A clear winner that stands alone, so that no neighbour can stand in for it.
    right = candidates([*rows, (2000.0, 2000.0, 100.0, 100.0, 0.95, 1)])
    boxes, scores, classes = right.boxes.copy(), right.scores.copy(), right.class_ids.copy()
    if how == "score":
        scores[-1] -= 2 * SCORE_TOLERANCE
    elif how == "box":
        boxes[-1, place % 4] += 2 * allowed(right)[-1]
    elif how == "class":
        classes[-1] = 2
    given_ = Candidates.of(boxes, scores, classes)
    if how == "gone":
        given_ = given_.take(np.arange(len(rows)))
    assert not candidates_agree(right, given_).holds
    assert not candidates_agree(given_, right).holds


def test_what_nobody_will_see_may_be_of_any_class() -> None:
    right = Candidates.of([(0, 0, 10, 10)], [0.04], [1])
    assert candidates_agree(right, Candidates.of([(0, 0, 10, 10)], [0.05], [7])).holds


def test_no_candidates_agree_with_none_and_with_nothing_else() -> None:
    none, some = Candidates.of([], [], []), Candidates.of([(0, 0, 10, 10)], [0.5], [1])
    assert candidates_agree(none, none).holds
    assert not candidates_agree(none, some).holds
    assert not candidates_agree(some, none).holds


@pytest.mark.parametrize(
    ("given_", "holds"),
    [
        (np.full((1, 4), 1 + OUTPUT_TOLERANCE / 2), True),
        (np.full((1, 4), 1 + OUTPUT_TOLERANCE * 2), False),
        (np.full((1, 4), np.nan), False),
        (np.full((1, 4), np.inf), False),
        (np.ones((1, 5)), False),
        (np.zeros((1, 4)), False),
    ],
)
def test_numbers_without_a_meaning(given_: Floats, holds: bool) -> None:
    assert outputs_agree({"y": np.ones((1, 4))}, {"y": given_}).holds is holds


def test_zeros_are_zeros() -> None:
    assert outputs_agree({"y": np.zeros(3)}, {"y": np.zeros(3)}).holds
    assert not outputs_agree({"y": np.zeros(3)}, {"y": np.full(3, 0.5)}).holds
