"""A device that gives up: what it computed stays, the rest comes from elsewhere, and it is told once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DeviceError, DeviceMemoryError, ModelError
from app.inference import native_session
from app.inference.native_session import NativeSession
from app.inference.session import OnnxSession, StepDown
from tests.inference import devices, onnx_models
from tests.inference.devices import CUDA, FakeRuntime

CPU = "CPUExecutionProvider"
FEEDS = {"x": np.arange(24, dtype=np.float32).reshape(8, 3)}
DOUBLED = (FEEDS["x"] * 2).tolist()


def use(monkeypatch: pytest.MonkeyPatch, runtime: FakeRuntime) -> FakeRuntime:
    monkeypatch.setattr(native_session, "runtime", lambda: runtime)
    return runtime


def load(tmp_path: Path, told: list[StepDown], **options: Any) -> OnnxSession:
    model = onnx_models.doubling(tmp_path / "m.onnx", **options)
    return OnnxSession(model, device="cuda", stepped_down=told.append)


@pytest.mark.parametrize("failure", [devices.LAUNCH_FAILED, devices.DEVICE_REMOVED, devices.RESET])
def test_a_device_that_is_lost_leaves_the_same_inputs_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], failure: Exception
) -> None:
    runtime = use(monkeypatch, FakeRuntime(runs=2, failure=failure))
    told: list[StepDown] = []
    session = load(tmp_path, told)
    assert session.device.name == "cuda"
    assert [session.run(FEEDS)["y"].tolist() for _ in range(5)] == [DOUBLED] * 5
    assert runtime.seen == [(CUDA, 8)] * 3 + [(CPU, 8)] * 3
    assert [step.device.name for step in told] == ["cpu"]
    assert told[0].sentence.startswith("The device 'cuda' stopped working with the model 'm', so the CPU")
    assert (session.device.name, session.device.reason) == ("cpu", "cuda stopped working")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "failure",
    [
        devices.NO_MEMORY,
        devices.NO_MEMORY_CUDA,
        devices.NO_MEMORY_CUBLAS,
        devices.NO_MEMORY_DIRECTML,
        devices.NO_MEMORY_CPU,
        MemoryError(),
    ],
)
def test_too_little_memory_is_known_by_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    runtime = use(monkeypatch, FakeRuntime(runs=0, failure=failure))
    told: list[StepDown] = []
    session = load(tmp_path, told)
    assert session.run(FEEDS)["y"].tolist() == DOUBLED
    assert runtime.seen == [(CUDA, 8), (CUDA, 4), (CUDA, 2), (CUDA, 1), (CPU, 8)]
    assert [step.sentence for step in told] == [
        "The device 'cuda' ran out of memory with the model 'm', so the CPU goes on."
    ]


def test_fewer_at_once_are_told_with_their_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = use(monkeypatch, FakeRuntime(most={CUDA: 3}))
    told: list[StepDown] = []
    session = load(tmp_path, told)
    assert session.run(FEEDS)["y"].tolist() == DOUBLED
    assert runtime.seen == [(CUDA, 8), (CUDA, 4), *[(CUDA, 2)] * 4]
    assert [step.sentence for step in told] == [
        "There was too little memory for the model 'm', so it sees 2 pictures at a time."
    ]


@given(count=st.integers(1, 40), device_fits=st.integers(0, 40), cpu_fits=st.integers(1, 40))
def test_whatever_fits_every_picture_is_computed_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, count: int, device_fits: int, cpu_fits: int
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        runtime = use(monkeypatch, FakeRuntime(most={CUDA: device_fits, CPU: cpu_fits}))
        told: list[StepDown] = []
        session = load(tmp_path_factory.mktemp("models"), told)
        pictures = np.arange(count * 3, dtype=np.float32).reshape(count, 3)
        assert session.run({"x": pictures})["y"].tolist() == (pictures * 2).tolist()
        assert session.device.name == ("cuda" if device_fits else "cpu")
        assert len({step.sentence for step in told}) == len(told) <= 2
        before = len(runtime.seen)
        session.run({"x": pictures})
        fits = device_fits or cpu_fits
        assert all(seen <= fits for _, seen in runtime.seen[before:])
        assert sum(seen for _, seen in runtime.seen[before:]) == count


def test_a_model_for_one_picture_goes_to_the_cpu_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = use(monkeypatch, FakeRuntime(most={CUDA: 2}))
    told: list[StepDown] = []
    session = load(tmp_path, told, dims=(8, 3))
    assert session.run(FEEDS)["y"].tolist() == DOUBLED
    assert runtime.seen == [(CUDA, 8), (CPU, 8)]
    assert [step.device.name for step in told] == ["cpu"]


def test_too_little_memory_on_the_cpu_is_an_error_where_nothing_smaller_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeRuntime(most={CPU: 0}))
    session = OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"), device="cpu")
    with pytest.raises(DeviceMemoryError, match=r"^The model 'm\.onnx' failed to run: .*bad_alloc\.$"):
        session.run(FEEDS)


def test_where_the_cpu_has_no_room_either_each_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several threads share a session: those that wait while it is lost hear the same."""
    use(monkeypatch, FakeRuntime(most={CUDA: 0}))
    session = load(tmp_path, [])

    def no_room() -> NativeSession:
        raise DeviceMemoryError("There is no room.")

    monkeypatch.setattr(session, "_on_cpu", no_room)
    for _ in range(2):
        with pytest.raises(DeviceMemoryError, match="no room"):
            session.run(FEEDS)


def test_a_model_that_does_not_fit_on_the_device_is_loaded_on_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeRuntime(at_loading=devices.NO_MEMORY_CUBLAS))
    told: list[StepDown] = []
    session = load(tmp_path, told)
    assert session.device.name == "cpu"
    assert [step.device.name for step in told] == ["cpu"]
    assert session.run(FEEDS)["y"].tolist() == DOUBLED


@pytest.mark.parametrize(
    "runtime", [FakeRuntime(starts=False), FakeRuntime(at_loading=devices.LAUNCH_FAILED)]
)
def test_a_device_that_is_named_and_does_not_start_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: FakeRuntime
) -> None:
    use(monkeypatch, runtime)
    with pytest.raises(DeviceError):
        load(tmp_path, [])


def test_inputs_that_are_wrong_everywhere_cost_the_device_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeRuntime())
    told: list[StepDown] = []
    session = load(tmp_path, told)
    with pytest.raises(ModelError, match=r"^The model 'm\.onnx' failed to run"):
        session.run({"x": np.ones((2, 4), np.float32)})
    assert (session.device.name, told) == ("cuda", [])
    assert session.run(FEEDS)["y"].tolist() == DOUBLED
