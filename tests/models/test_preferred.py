"""Of several installed models the one that suits the machine is used."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from app.inference.agreement import Agreement
from app.inference.catalogue import catalogue
from app.inference.devices import PROVIDERS, Device
from app.inference.model_kind import ModelKind
from app.inference.model_store import ModelStore
from app.inference.verdicts import ProviderFigures, VerdictBook, judge
from app.models.preferred import preferred
from app.models.recommended import Machine


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four cores and 8 GB: small-q5_1 and yolox_tiny are recommended."""
    monkeypatch.setattr("app.models.preferred.machine_here", lambda: Machine(4, 8 * 10**9))


def _fill(folder: Path, source: Path, names: Iterable[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(source, folder / name)


@pytest.mark.parametrize(
    ("files", "used"),
    [
        (("ggml-base-q5_1.bin", "ggml-small-q5_1.bin", "a.bin"), "ggml-small-q5_1"),
        (("ggml-base.bin", "ggml-large-v3-turbo-q5_0.bin", "ggml-tiny.bin"), "ggml-base"),
        (("ggml-base.en-q5_1.bin", "ggml-tiny-q5_1.bin"), "ggml-tiny-q5_1"),
        (("ggml-large-v3-turbo-q5_0.bin", "mine.bin"), "mine"),
        (("b.bin", "a.bin"), "a"),
        (("ggml-large-v3-turbo-q5_0.bin",), "ggml-large-v3-turbo-q5_0"),
        ((), "digits-q5_0"),
    ],
)
def test_the_speech_model_that_suits_comes_before_the_alphabet(
    tmp_path: Path, sample_dir: Path, files: tuple[str, ...], used: str
) -> None:
    _fill(tmp_path / "user", sample_dir / "digits-q5_0.bin", files)
    found = preferred(ModelStore((), tmp_path / "user"), ModelKind.SPEECH)
    assert found is not None
    assert found.name == used


@pytest.mark.parametrize(
    ("files", "used"),
    [
        (("rfdetr_nano.onnx", "yolox_nano.onnx", "yolox_tiny.onnx"), "yolox_tiny"),
        (("yunet_2023mar.onnx", "yolox_nano.onnx", "yolox_s.onnx"), "yolox_nano"),
        (("yunet_2023mar.onnx", "a.onnx"), "a"),
    ],
)
def test_the_detector_that_suits_comes_before_the_alphabet(
    tmp_path: Path, sample_dir: Path, files: tuple[str, ...], used: str
) -> None:
    _fill(tmp_path / "user", sample_dir / "shapes.onnx", files)
    found = preferred(ModelStore((), tmp_path / "user"), ModelKind.DETECTOR)
    assert found is not None
    assert found.name == used


def test_a_folder_that_was_named_comes_first_and_a_broken_model_last(
    tmp_path: Path, sample_dir: Path
) -> None:
    digits = sample_dir / "digits-q5_0.bin"
    _fill(tmp_path / "user", digits, ("ggml-base-q5_1.bin", "ggml-tiny-q5_1.bin"))
    (tmp_path / "user" / "ggml-small-q5_1.bin").write_bytes(digits.read_bytes()[:5000])
    found = preferred(ModelStore((), tmp_path / "user"), ModelKind.SPEECH)
    assert found is not None
    assert found.name == "ggml-base-q5_1"
    _fill(tmp_path / "named", digits, ("mine.bin",))
    found = preferred(ModelStore((tmp_path / "named",), tmp_path / "user"), ModelKind.SPEECH)
    assert found is not None
    assert found.name == "mine"


_TELL = """
import sys
from app.inference.catalogue import catalogue
from app.models.recommended import machine_here
machine = machine_here()
print(machine.device, machine.measured_ms(catalogue().entry("yolox_s").sha256), "onnxruntime" in sys.modules)
"""


def test_what_trials_found_is_told_without_loading_what_runs_models(
    own_home: Path, fresh_python: Callable[..., str]
) -> None:
    """The window's thread asks; loading ONNX Runtime takes it 0.3 s."""
    book = VerdictBook()
    figures = ProviderFigures(300.0, 90.0, 900.0, Agreement(60, 0.001, 0.01))
    book.note(catalogue().entry("yolox_s").sha256, Device("cuda", PROVIDERS["cuda"], ""), judge(figures))
    assert fresh_python(_TELL).split() == ["cuda", "90.0", "False"]
