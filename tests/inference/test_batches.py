"""How runs share the cores, and which models may be given several pictures at once."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ModelError
from app.core.geometry import Size
from app.inference.batches import pictures_at_once
from app.inference.pace import Pace
from app.inference.session import OnnxSession, TensorInfo

CANVAS = Size(32, 32)
FREE = TensorInfo("x", (None, 3, 32, 32), "float")


@given(st.integers(1, 512))
def test_runs_and_their_threads_fill_the_cores_and_no_more(cores: int) -> None:
    pace = Pace.of(cores)
    assert pace.beside >= 1
    assert pace.threads >= 1
    assert cores - pace.beside < pace.beside * pace.threads <= cores


def at_once(answer: Any, device: str = "cuda", picture: TensorInfo = FREE) -> int:
    def run(feeds: Mapping[str, Any]) -> dict[str, Any]:
        return {"y": answer(feeds["x"])}

    session = cast("OnnxSession", SimpleNamespace(run=run, device=SimpleNamespace(name=device)))
    return pictures_at_once(session, picture, lambda tensor, canvas: {"x": tensor}, CANVAS)


def means(pictures: Any) -> Any:
    return pictures.mean(axis=(2, 3))


def test_a_model_that_answers_each_picture_by_itself_gets_several() -> None:
    assert at_once(means) > 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda pictures: means(pictures) * pictures[0, 0, 0, 0], id="depends on the others"),
        pytest.param(lambda pictures: means(pictures)[:1], id="answers the first"),
        pytest.param(lambda pictures: means(pictures)[0], id="drops the axis"),
        pytest.param(lambda pictures: np.concatenate((means(pictures),) * 2), id="answers too often"),
    ],
)
def test_one_that_does_not_gets_one(answer: Any) -> None:
    assert at_once(answer) == 1


def test_one_that_fails_on_several_gets_one() -> None:
    def fail(pictures: Any) -> Any:
        if len(pictures) > 1:
            raise ModelError("no")
        return means(pictures)

    assert at_once(fail) == 1


def test_on_the_cpu_and_with_a_fixed_axis_it_is_one() -> None:
    assert at_once(means, "cpu") == 1
    assert at_once(means, picture=TensorInfo("x", (1, 3, 32, 32), "float")) == 1
