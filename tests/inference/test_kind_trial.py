"""What a model is for is found out in a child: one that crashes there costs a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, ModelError
from app.inference.kind_trial import kind_in_child
from app.inference.model_kind import ModelKind


def test_kinds_are_found(sample_dir: Path, models_dir: Path) -> None:
    assert kind_in_child(sample_dir / "shapes.onnx") is ModelKind.DETECTOR
    assert kind_in_child(models_dir / "osnet_x0_25.onnx") is ModelKind.ENCODER


def test_speech_models_need_no_child(sample_dir: Path) -> None:
    def never(path: Path) -> list[str]:
        raise AssertionError(path)

    assert kind_in_child(sample_dir / "digits-q5_0.bin", command=never) is ModelKind.SPEECH


def test_what_is_no_model_is_refused(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "list.onnx").write_bytes(b"shopping list")
    with pytest.raises(ModelError, match=r"list\.onnx"):
        kind_in_child(tmp_path / "list.onnx")
    with pytest.raises(FileMissingError):
        kind_in_child(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.abort()", "crashed"),
        ("import sys; sys.exit(3)", "exit code 3"),
        ("print('hello')", "no clear answer"),
        ('print(\'reelscope-model-kind:{"kind": "spoon"}\')', "no clear answer"),
    ],
)
def test_a_child_that_ends_badly_costs_a_sentence(sample_dir: Path, code: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        kind_in_child(sample_dir / "shapes.onnx", command=lambda _: [sys.executable, "-c", code])
    assert "shapes.onnx" in str(caught.value)


def test_a_trial_can_be_cancelled(sample_dir: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        kind_in_child(sample_dir / "shapes.onnx", cancel, lambda _: [sys.executable, "-c", "input()"])
