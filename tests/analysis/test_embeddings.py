"""Vectors on their way through the engine, and the search in them against a plain loop."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.embeddings import Embeddings
from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, DetectRequest, EmbedRequest, FramePolicy
from app.core.events import Done, PictureAnalysed, PictureEmbedded, StageFinished
from tests.inference import onnx_models


def kept(vectors: np.ndarray) -> Embeddings:
    embeddings = Embeddings()
    for number, vector in enumerate(vectors.astype(np.float32)):
        embeddings.take(PictureEmbedded(number * 10, number / 2, vector.tobytes()))
    return embeddings


@given(st.integers(1, 700), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_the_nearest_are_those_of_a_plain_loop(count: int, wanted: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Few different numbers, so that some are equally near.
    vectors = random.integers(-2, 3, (count, 4)).astype(np.float32)
    vectors[~vectors.any(axis=1)] = 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[random.integers(count)] * 3
    embeddings = kept(vectors)
    found = embeddings.nearest(query, wanted)
    assert len(embeddings) == count
    np.testing.assert_array_equal(embeddings.vectors, vectors)
    loop = sorted((float(np.dot(vector, query) / 3) for vector in vectors), reverse=True)[:wanted]
    np.testing.assert_allclose([each.similarity for each in found], loop, atol=1e-5)
    assert [each.pts for each in found] == [
        round(each.time_s * 20) for each in sorted(found, key=lambda each: (-each.similarity, each.time_s))
    ]


def test_nothing_is_near_where_nothing_is() -> None:
    assert Embeddings().nearest([1, 0], 3) == []
    assert kept(np.eye(2)).nearest([0, 0], 3) == []


def test_vectors_of_two_models_do_not_mix() -> None:
    embeddings = kept(np.eye(3))
    with pytest.raises(ValueError, match="shape"):
        embeddings.take(PictureEmbedded(0, 0.0, np.ones(5, np.float32).tobytes()))


def test_an_analysis_gives_a_vector_for_each_picture_that_is_looked_at(
    sample_dir: Path, tmp_path: Path
) -> None:
    answer = np.asarray([[3, 4]], np.float32)
    encoder = onnx_models.constant_answers(
        tmp_path / "toy.onnx", {"embedding": answer}, picture=(1, 3, 32, 32)
    )
    request = AnalysisRequest(
        sample_dir / "sample.mp4",
        frames=FramePolicy.parse("every:30"),
        detect=DetectRequest(sample_dir / "shapes.onnx"),
        embed=EmbedRequest(encoder),
    )
    events = list(analyse(request))
    made = [event for event in events if isinstance(event, PictureEmbedded)]
    looked = [event for event in events if isinstance(event, PictureAnalysed)]
    assert [(each.pts, each.time_s) for each in made] == [(each.pts, each.time_s) for each in looked]
    np.testing.assert_allclose(np.frombuffer(made[0].vector, np.float32), [0.6, 0.8], rtol=1e-6)
    assert pickle.loads(pickle.dumps(made[0])) == made[0]  # noqa: S301 - our own bytes
    stage = next(
        event for event in events if isinstance(event, StageFinished) and event.stage.value == "embeddings"
    )
    assert stage.items == len(made) > 10
    done = events[-1]
    assert isinstance(done, Done)
    assert [(model.name, model.kind) for model in done.result.models] == [
        ("shapes", "detector"),
        ("toy", "encoder"),
    ]
    assert done.result.settings["embed"] == {"model": "toy"}
    assert done.result.run.device["encoder"] == "cpu"
