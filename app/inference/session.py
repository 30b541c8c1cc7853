"""ONNX Runtime behind one door: loading with clear refusals, running with a way to stop."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.cancel import CancelToken
from app.core.errors import ModelError, UsageError
from app.inference.devices import Device, choose_device, list_devices
from app.inference.onnx_file import check_onnx_file

_SILENT = 4
"""ONNX Runtime's severity FATAL: the rest comes as an exception anyway and would only be printed twice."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output of a model.

    Attributes:
        name: as the graph calls it.
        shape: sizes, None where an axis is dynamic.
        element: ONNX Runtime's element type: float, float16, uint8, int64, ...
    """

    name: str
    shape: tuple[int | None, ...]
    element: str

    def __str__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        kind = "" if self.element == "float" else f" {self.element}"
        return f"{self.name} [{sizes}]{kind}"


@functools.cache
def _runtime() -> Any:
    """Import onnxruntime, here and nowhere else.

    Its wheels write a database into the home folder and report over the network unless this variable stands
    before the import.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.set_default_logger_severity(_SILENT)
    return onnxruntime


@functools.cache
def _failures() -> tuple[type[Exception], ...]:
    """All that onnxruntime raises; its exceptions have no common root of their own."""
    state = _runtime().capi.onnxruntime_pybind11_state
    found = (getattr(state, name) for name in dir(state))
    own = [kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*own, RuntimeError, ValueError)


def runtime_version() -> str:
    """Return the version of ONNX Runtime."""
    return str(_runtime().__version__)


def available_devices() -> tuple[Device, ...]:
    """All devices Reelscope knows, and which of them this ONNX Runtime has."""
    return list_devices(_runtime().get_available_providers())


class OnnxSession:
    """A loaded model.

    ``run`` may be called from any thread, one call at a time.

    Attributes:
        path: the model file.
        inputs, outputs: in the graph's order.
        metadata: the model's own key-value notes.
        device: where it runs, and why there.
    """

    def __init__(self, path: Path, *, device: str = "auto", threads: int | None = None) -> None:
        """Load ``path``.

        ``threads`` bounds the threads of one run; None lets ONNX Runtime use every core.

        Raises:
            FileMissingError: there is no such file.
            UsageError: a device this build lacks, or threads below 1.
            ModelError: the file is no usable model.
        """
        if threads is not None and threads < 1:
            raise UsageError(f"A model needs at least one thread, not {threads}.")
        check_onnx_file(path)
        runtime = _runtime()
        self.path = path
        self.device = choose_device(device, runtime.get_available_providers())
        self._session = _load(path, self.device, threads)
        self.inputs = tuple(_describe(node) for node in self._session.get_inputs())
        self.outputs = tuple(_describe(node) for node in self._session.get_outputs())
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self._output_names = [output.name for output in self.outputs]

    def run(self, feeds: Mapping[str, Array], cancel: CancelToken | None = None) -> dict[str, Array]:
        """Compute all outputs, by name.

        Raises:
            CancelledError: ``cancel`` was set before or during the run.
            ModelError: the model failed on these inputs.
        """
        options = _runtime().RunOptions()
        options.log_severity_level = _SILENT
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        forget = token.on_cancel(lambda: setattr(options, "terminate", True))
        try:
            values = self._session.run(self._output_names, dict(feeds), options)
        except _failures() as error:
            token.raise_if_cancelled()
            raise ModelError(f"The model '{self.path.name}' failed to run: {_reason(error)}") from error
        finally:
            forget()
        token.raise_if_cancelled()
        return {name: np.asarray(value) for name, value in zip(self._output_names, values, strict=True)}


def _load(path: Path, device: Device, threads: int | None) -> Any:
    runtime = _runtime()
    options = runtime.SessionOptions()
    options.log_severity_level = _SILENT
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    # Decoding runs beside inference: a thread that spins between two operations takes its core away.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    providers = [device.provider] if device.name == "cpu" else [device.provider, "CPUExecutionProvider"]
    try:
        session = runtime.InferenceSession(str(path), options, providers=providers)
    except _failures() as error:
        raise ModelError(f"ONNX Runtime cannot load the model '{path.name}': {_reason(error)}") from error
    if device.provider not in session.get_providers():
        raise ModelError(
            f"The device '{device.name}' does not start on this machine: its driver or libraries are missing."
        )
    return session


def _describe(node: Any) -> TensorInfo:
    element = str(node.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) and size >= 0 else None for size in node.shape)
    return TensorInfo(str(node.name), shape, element)


def _reason(error: Exception) -> str:
    """ONNX Runtime's own words: the first line, without its error-code prefix, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    words = lines[0].rpartition("[ONNXRuntimeError] : ")[2].split(" : ")
    text = " : ".join(words[2:]) if len(words) > 2 and words[0].isdigit() else lines[0]
    return text.strip()[:300].rstrip(". ") + "."
