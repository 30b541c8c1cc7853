"""NMS against a brute force of its definition, in plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.inference.postprocess import Candidates, nms, ranked

_corner = st.integers(0, 40)
_side = st.integers(0, 25)
_candidate = st.tuples(_corner, _corner, _side, _side, st.integers(1, 20), st.integers(0, 2))


def _candidates(rows: list[tuple[int, ...]]) -> Candidates:
    return Candidates.of(
        [(x, y, x + w, y + h) for x, y, w, h, _, _ in rows],
        [score / 20 for *_, score, _ in rows],
        [class_id for *_, class_id in rows],
    )


def _pixels(box: tuple[int, ...]) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}


def _brute_force(rows: list[tuple[int, ...]], threshold: float) -> list[tuple[int, ...]]:
    """Greedy NMS by counting pixels: (x1, y1, x2, y2, score, class) of those that stay."""
    boxes = [(x, y, x + w, y + h, score, class_id) for x, y, w, h, score, class_id in rows]
    kept: list[tuple[int, ...]] = []
    order = sorted(range(len(boxes)), key=lambda i: (-boxes[i][4], boxes[i][5], boxes[i][0], i))
    for index in order:
        mine = _pixels(boxes[index])
        for other in kept:
            theirs = _pixels(other)
            union = len(mine | theirs)
            if other[5] == boxes[index][5] and union and len(mine & theirs) / union > threshold:
                break
        else:
            kept.append(boxes[index])
    return kept


@given(st.lists(_candidate, max_size=25), st.sampled_from([0.0, 0.3, 0.45, 0.5, 0.7, 1.0]))
def test_nms_is_what_its_definition_says(rows: list[tuple[int, ...]], threshold: float) -> None:
    kept = nms(_candidates(rows), threshold)
    got = [
        (*(int(value) for value in box), round(score * 20), class_id)
        for box, score, class_id in zip(
            kept.boxes.tolist(), kept.scores.tolist(), kept.class_ids.tolist(), strict=True
        )
    ]
    assert got == _brute_force(rows, threshold)


def test_boxes_of_other_classes_stay() -> None:
    twins = Candidates.of([(0, 0, 9, 9)] * 3, [0.9, 0.8, 0.7], [1, 2, 1])
    assert nms(twins, 0.5).class_ids.tolist() == [1, 2]


def test_the_limit_keeps_the_best() -> None:
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 10_000, (500, 2))
    many = Candidates.of(np.hstack((corners, corners + 1)), rng.uniform(0, 1, 500), np.zeros(500))
    kept = nms(many, 0.5)
    assert len(kept) == 300
    assert kept.scores.tolist() == sorted(many.scores.tolist(), reverse=True)[:300]


def test_ties_fall_by_class_then_x1() -> None:
    tied = Candidates.of([(5, 0, 6, 1), (3, 0, 4, 1), (9, 0, 10, 1)], [0.5, 0.5, 0.5], [1, 1, 0])
    assert ranked(tied, 9).boxes[:, 0].tolist() == [9, 3, 5]


def test_endless_and_undefined_boxes_are_dropped_and_scores_held() -> None:
    odd = Candidates.of(
        [(0, 0, np.inf, 1), (0, 0, 1, 1), (np.nan, 0, 1, 1), (0, 0, 2, 2)],
        [0.5, 1.5, 0.5, np.nan],
        [0, 0, 0, 0],
    )
    kept = odd.usable()
    assert kept.boxes.tolist() == [[0, 0, 1, 1]]
    assert kept.scores.tolist() == [1.0]
