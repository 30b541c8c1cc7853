"""Loading and running models: what works, what is refused, and that nothing else happens."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, ModelError, UsageError
from app.inference.devices import choose_device, list_devices
from app.inference.onnx_file import check_onnx_file
from app.inference.session import OnnxSession, available_devices
from tests.inference import onnx_models

ONES = np.ones((2, 3), np.float32)


def test_a_model_runs(tmp_path: Path) -> None:
    session = OnnxSession(onnx_models.doubling(tmp_path / "m.onnx", metadata={"names": "['a']"}), threads=1)
    assert [(info.name, info.shape, info.element) for info in session.inputs] == [("x", (None, 3), "float")]
    assert str(session.outputs[0]) == "y [?, 3]"
    assert session.metadata == {"names": "['a']"}
    assert session.run({"x": ONES})["y"].tolist() == (ONES * 2).tolist()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"no model file '.*nothing\.onnx'"):
        OnnxSession(tmp_path / "nothing.onnx")
    with pytest.raises(FileMissingError):
        OnnxSession(tmp_path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><html></html>", "web page"),
        (b"PK\x03\x04 archive", "PyTorch"),
        (b"just some text, no model at all", "not an ONNX model"),
        (b"\x08\x08", "not an ONNX model"),
        (b"\xff" * 100, "not an ONNX model"),
    ],
)
def test_other_files_are_refused_by_name_and_reason(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"'odd\.onnx'.*{why}"):
        OnnxSession(path)


def test_a_damaged_model_is_refused(tmp_path: Path, sample_dir: Path) -> None:
    whole = (sample_dir / "shapes.onnx").read_bytes()
    path = tmp_path / "half.onnx"
    for length in (len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match=r"'half\.onnx'"):
            OnnxSession(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.onnx"
        path.write_bytes(content)
        with pytest.raises(ModelError, match=r"'m\.onnx'"):
            OnnxSession(path)


@pytest.mark.parametrize("in_constant", [False, True])
def test_weights_in_other_files_are_refused(tmp_path: Path, in_constant: bool) -> None:
    path = onnx_models.with_external_weights(tmp_path / "m.onnx", in_constant=in_constant)
    with pytest.raises(ModelError, match="weights in other files"):
        check_onnx_file(path)


def test_unknown_operations_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"extension 'acme\.vision'"):
        OnnxSession(onnx_models.with_operation(tmp_path / "m.onnx", "Swirl", "acme.vision"))
    with pytest.raises(ModelError, match=r"cannot load the model 'n\.onnx'.*Swirl") as refused:
        OnnxSession(onnx_models.with_operation(tmp_path / "n.onnx", "Swirl", ""))
    assert "\n" not in str(refused.value)


def test_real_models_pass_the_check(models_dir: Path) -> None:
    models = sorted(models_dir.glob("*.onnx"))
    assert models
    for path in models:
        check_onnx_file(path)


def test_auto_is_the_cpu_and_says_why(tmp_path: Path) -> None:
    session = OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"))
    assert session.device.name == "cpu"
    assert session.device.reason == "this ONNX Runtime has nothing else"


def test_devices_that_are_not_here_are_refused_with_those_that_are(tmp_path: Path) -> None:
    here = ["CoreMLExecutionProvider", "CPUExecutionProvider"]
    assert choose_device("coreml", here).provider == "CoreMLExecutionProvider"
    with pytest.raises(UsageError, match="no device 'cuda': it has cpu, coreml"):
        choose_device("cuda", here)
    with pytest.raises(UsageError, match="no device 'abacus': use auto, cpu, coreml"):
        choose_device("abacus", here)
    missing = next(device.name for device in available_devices() if not device.available)
    with pytest.raises(UsageError, match=f"no device '{missing}': it has cpu"):
        OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"), device=missing)


def test_all_known_devices_are_listed() -> None:
    listed = list_devices(["CPUExecutionProvider", "AzureExecutionProvider"])
    assert [device.name for device in listed if device.available] == ["cpu"]
    assert {"cuda", "coreml", "directml", "openvino"} <= {device.name for device in listed}


def test_no_threads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one thread, not 0"):
        OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"), threads=0)


def test_wrong_inputs_are_told_in_one_sentence_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    session = OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"))
    with pytest.raises(ModelError, match=r"'m\.onnx' failed to run") as refused:
        session.run({"x": np.ones((2, 4), np.float32)})
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_a_cancelled_token_stops_before_the_run(tmp_path: Path) -> None:
    session = OnnxSession(onnx_models.endless(tmp_path / "m.onnx"))
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        session.run({"x": np.ones(3, np.float32)}, token)


class _CancelledOnceRegistered(CancelToken):
    """A token that another thread cancels as soon as the run has said that it listens."""

    def __init__(self) -> None:
        super().__init__()
        self.canceller = threading.Thread(target=self.cancel)

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        forget = super().on_cancel(callback)
        self.canceller.start()
        return forget


def test_a_run_without_an_end_is_cancelled_from_another_thread(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    session = OnnxSession(onnx_models.endless(tmp_path / "m.onnx"), threads=1)
    token = _CancelledOnceRegistered()
    with pytest.raises(CancelledError):
        session.run({"x": np.ones(3, np.float32)}, token)
    token.canceller.join()
    assert capfd.readouterr() == ("", "")


def test_the_session_runs_on_after_a_cancelled_run(tmp_path: Path) -> None:
    session = OnnxSession(onnx_models.doubling(tmp_path / "m.onnx"))
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        session.run({"x": ONES}, token)
    assert session.run({"x": ONES}, CancelToken())["y"][0, 0] == 2


def test_loading_and_running_leaves_no_file_in_the_home(
    fresh_python: Any, sample_dir: Path, own_home: Path
) -> None:
    said = fresh_python(
        "import sys\n"
        "from pathlib import Path\n"
        "import app.inference.session as session\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "import numpy as np\n"
        "loaded = session.OnnxSession(Path(sys.argv[1]))\n"
        "loaded.run({'images': np.zeros((1, 3, 64, 64), np.float32)})\n"
        "print('ran')\n",
        str(sample_dir / "shapes.onnx"),
    )
    assert said == "ran\n"
    assert list(own_home.rglob("*")) == []
