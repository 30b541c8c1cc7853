"""What a trial's figures mean, how long they are believed, and what ``auto`` makes of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inference import native_session, verdicts
from app.inference.agreement import SCORE_TOLERANCE, Agreement
from app.inference.devices import PROVIDERS, Device
from app.inference.session import OnnxSession, StepDown
from app.inference.verdicts import ProviderFigures, Verdict, VerdictBook, choose_for_model, judge, model_hash
from tests.inference import devices as fakes
from tests.inference import onnx_models

CPU = Device("cpu", PROVIDERS["cpu"], "part of this ONNX Runtime")
CUDA = Device("cuda", PROVIDERS["cuda"], "part of this ONNX Runtime")
COREML = Device("coreml", PROVIDERS["coreml"], "part of this ONNX Runtime")
SAME = Agreement(60, 0.001, 0.01)

milliseconds = st.floats(0.1, 1e4)
figures = st.builds(
    ProviderFigures,
    milliseconds,
    milliseconds,
    milliseconds,
    st.builds(Agreement, st.integers(0, 100), st.floats(0, 1), st.floats(0, 1e6), st.floats(0, 9)),
)


@pytest.fixture
def book(tmp_path: Path) -> VerdictBook:
    return VerdictBook(tmp_path / "cache" / "devices.json")


def fast(device_ms: float) -> Verdict:
    return judge(ProviderFigures(20.0, device_ms, 900.0, SAME))


@pytest.mark.parametrize(
    ("cpu_ms", "device_ms", "agreement", "used", "words"),
    [
        (20, 5, SAME, True, "4.0 x as fast as the CPU (5.0 ms a picture, the CPU 20.0 ms), same results"),
        (20, 15.9, SAME, True, "1.3 x as fast"),
        (20, 16.1, SAME, False, "hardly faster than the CPU"),
        (20, 30, SAME, False, "slower than the CPU (30.0 ms a picture, the CPU 20.0 ms)"),
        (20, 1, Agreement(60, 0.2), False, "its results are not the CPU's: confidences are off by 0.20"),
        (20, 1, Agreement(60, 0.0, 3.0), False, "its results are not the CPU's: boxes lie elsewhere"),
        (20, 1, Agreement(3, output_apart=1e6), False, "its numbers are off by 999%"),
    ],
)
def test_figures_are_judged(
    cpu_ms: float, device_ms: float, agreement: Agreement, used: bool, words: str
) -> None:
    verdict = judge(ProviderFigures(cpu_ms, device_ms, 1.0, agreement))
    assert verdict.used is used
    assert words in verdict.reason


@given(figures)
def test_no_device_is_used_that_is_slower_or_wrong(measured: ProviderFigures) -> None:
    if judge(measured).used:
        assert measured.device_ms < measured.cpu_ms
        assert measured.agreement.score_apart <= SCORE_TOLERANCE
        assert measured.agreement.box_apart <= 1.0


@settings(max_examples=20)
@given(figures)
def test_what_is_noted_is_found_by_another_program(measured: ProviderFigures) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "devices.json"
        VerdictBook(path).note("abc", CUDA, judge(measured))
        assert VerdictBook(path).find("abc", CUDA) == judge(measured)
        assert VerdictBook(path).find("abd", CUDA) is None
        assert VerdictBook(path).find("abc", COREML) is None


def test_a_reason_without_figures_is_found_too(book: VerdictBook) -> None:
    book.note("abc", CUDA, Verdict(False, "it crashed when it was tried (SIGSEGV)"))
    assert VerdictBook(book.path).find("abc", CUDA) == Verdict(
        False, "it crashed when it was tried (SIGSEGV)"
    )


@pytest.mark.parametrize("what", ["runtime_version", "machine_facts"])
def test_another_driver_or_runtime_is_measured_anew(
    book: VerdictBook, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    book.note("abc", CUDA, fast(5))
    monkeypatch.setattr(verdicts, what, lambda: "Linux; nvidia 999.1")
    assert VerdictBook(book.path).find("abc", CUDA) is None


def test_a_record_that_was_tampered_with_is_none(book: VerdictBook) -> None:
    book.note("abc", CUDA, fast(5))
    stored = json.loads(book.path.read_bytes())
    (key,) = stored["records"]
    whole = stored["records"][key]["figures"]
    spoilt: tuple[Any, ...] = ({}, {"cpu_ms": "fast"}, 7, [], {**whole, "device_ms": -1})
    for figures_ in spoilt:
        stored["records"][key]["figures"] = figures_
        book.path.write_text(json.dumps(stored), encoding="utf-8")
        assert VerdictBook(book.path).find("abc", CUDA) is None


def test_a_folder_that_cannot_be_written_keeps_verdicts_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    book = VerdictBook(tmp_path / "file" / "devices.json")
    with pytest.raises(OSError, match="file"):
        book.note("abc", CUDA, fast(5))
    found = book.find("abc", CUDA)
    assert found is not None
    assert found.used


def test_auto_takes_the_fastest_that_serves(book: VerdictBook, tmp_path: Path) -> None:
    model = onnx_models.doubling(tmp_path / "m.onnx")
    here = (CPU, CUDA, COREML)
    assert choose_for_model(model, here, book).name == "cpu"
    assert not book.path.parent.exists()
    book.note(model_hash(model), CUDA, fast(8))
    book.note(model_hash(model), COREML, fast(4))
    assert choose_for_model(model, here, book).name == "coreml"
    book.note(model_hash(model), COREML, Verdict(False, "it crashed when it was tried (SIGSEGV)"))
    chosen = choose_for_model(model, here, book)
    assert (chosen.name, chosen.reason[:5]) == ("cuda", "2.5 x")


@pytest.fixture
def with_cuda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> fakes.FakeRuntime:
    """A machine whose CUDA device was found fast for the doubling model."""
    runtime = fakes.FakeRuntime()
    monkeypatch.setattr(native_session, "runtime", lambda: runtime)
    VerdictBook().note(model_hash(onnx_models.doubling(tmp_path / "m.onnx")), CUDA, fast(5))
    return runtime


def test_a_session_left_to_itself_runs_where_the_trial_was_won(
    tmp_path: Path, with_cuda: fakes.FakeRuntime
) -> None:
    assert OnnxSession(tmp_path / "m.onnx").device.name == "cuda"
    assert OnnxSession(tmp_path / "m.onnx", device="cpu").device.name == "cpu"


@pytest.mark.parametrize("how", ["silently", "loudly"])
def test_a_device_that_no_longer_starts_leaves_it_to_the_cpu(
    tmp_path: Path, with_cuda: fakes.FakeRuntime, how: str
) -> None:
    with_cuda.starts = how != "silently"
    with_cuda.at_loading = fakes.LAUNCH_FAILED if how == "loudly" else None
    told: list[StepDown] = []
    assert OnnxSession(tmp_path / "m.onnx", stepped_down=told.append).device.name == "cpu"
    assert [step.sentence for step in told] == [
        "The device 'cuda' does not start any more with the model 'm', so the CPU goes on."
    ]
