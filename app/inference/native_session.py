"""ONNX Runtime itself: imported here and nowhere else, its failures brought into two kinds of ours."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.cancel import CancelToken
from app.core.errors import DeviceError, DeviceMemoryError, ModelError
from app.inference.devices import CPU, PROVIDERS, Device

Array = npt.NDArray[Any]

_SILENT = 4
"""ONNX Runtime's severity FATAL: the rest comes as an exception anyway and would only be printed twice."""

_NO_MEMORY = (
    "out of memory", "failed to allocate memory", "_alloc_failed", "8007000e", "not enough memory",
    "bad allocation", "bad_alloc", "out_of_device_memory", "out_of_host_memory", "out of gpu resources",
)  # fmt: skip
"""What its arenas, CUDA, cuBLAS, cuDNN, TensorRT, HIP, DirectML (whose number stays the same in every
language), OpenCL and the C++ library say. Nothing but the text tells such a failure from others."""

_OPTIONS: dict[str, dict[str, str]] = {
    # Trying every algorithm takes seconds for each new size of a picture, and the most memory.
    "cuda": {"cudnn_conv_algo_search": "HEURISTIC", "arena_extend_strategy": "kSameAsRequested"},
}

_HELPED_BY = {"tensorrt": ("cuda",)}
"""What takes the operations that a device cannot do, before the CPU does."""


@functools.cache
def runtime() -> Any:
    """Import onnxruntime, here and nowhere else.

    Its wheels write a database into the home folder and report over the network unless this variable stands
    before the import.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.set_default_logger_severity(_SILENT)
    return onnxruntime


def available_providers() -> list[str]:
    """ONNX Runtime's names of what this build of it can run models on."""
    return list(runtime().get_available_providers())


def runtime_version() -> str:
    """Return the version of ONNX Runtime."""
    return str(runtime().__version__)


@functools.cache
def _failures() -> tuple[type[Exception], ...]:
    """All that onnxruntime raises; its exceptions have no common root of their own."""
    import onnxruntime

    state = onnxruntime.capi.onnxruntime_pybind11_state
    found = (getattr(state, name) for name in dir(state))
    own = [kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*own, RuntimeError, ValueError, MemoryError)


class NativeSession:
    """A model loaded on one device; ``run`` from any thread, on the CPU several at once.

    Attributes:
        inputs, outputs: ONNX Runtime's own descriptions.
        metadata: the model's own key-value notes.
    """

    def __init__(self, path: Path, device: Device, threads: int | None) -> None:
        """Load ``path`` on ``device``, and nowhere else.

        Raises:
            DeviceError: the device does not start; DeviceMemoryError: the model does not fit.
            ModelError: the file is no usable model.
        """
        self._name, self._device = path.name, device
        try:
            session = runtime().InferenceSession(
                str(path),
                _options(device, threads),
                providers=_providers(device),
                # It would go over to the CPU by itself, and say so on standard output.
                enable_fallback=0,
            )
        except _failures() as error:
            said = f"ONNX Runtime cannot load the model '{path.name}'"
            raise self._failure(error, said) from error
        if device.provider not in session.get_providers():
            raise DeviceError(
                f"The device '{device.name}' does not start on this machine: "
                "its driver or libraries are missing."
            )
        self._session = session
        self.inputs: list[Any] = session.get_inputs()
        self.outputs: list[Any] = session.get_outputs()
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self._output_names = [str(output.name) for output in self.outputs]

    def run(self, feeds: Mapping[str, Array], cancel: CancelToken | None = None) -> dict[str, Array]:
        """Compute all outputs, by name.

        Raises:
            CancelledError: ``cancel`` was set before or during the run.
            DeviceError: the device failed; on the CPU only DeviceMemoryError.
            ModelError: the model failed on these inputs.
        """
        options = runtime().RunOptions()
        options.log_severity_level = _SILENT
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        forget = token.on_cancel(lambda: setattr(options, "terminate", True))
        try:
            values = self._session.run(self._output_names, dict(feeds), options)
        except _failures() as error:
            token.raise_if_cancelled()
            raise self._failure(error, f"The model '{self._name}' failed to run") from error
        finally:
            forget()
        token.raise_if_cancelled()
        return {name: np.asarray(value) for name, value in zip(self._output_names, values, strict=True)}

    def _failure(self, error: Exception, said: str) -> ModelError:
        text = str(error).lower()
        sentence = f"{said}: {reason_of(error)}"
        if isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY):
            return DeviceMemoryError(sentence)
        return ModelError(sentence) if self._device.name == CPU else DeviceError(sentence)


def _options(device: Device, threads: int | None) -> Any:
    options = runtime().SessionOptions()
    options.log_severity_level = _SILENT
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    # Decoding runs beside inference: a thread that spins between two operations takes its core away.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if device.name == "directml":  # its provider takes no other way of laying out memory
        options.enable_mem_pattern = False
    return options


def _providers(device: Device) -> list[Any]:
    available = available_providers()
    names = [device.name, *_HELPED_BY.get(device.name, ()), CPU]
    return [
        (PROVIDERS[name], _OPTIONS.get(name, {}))
        for name in dict.fromkeys(names)
        if PROVIDERS[name] in available
    ]


def reason_of(error: BaseException) -> str:
    """ONNX Runtime's own words: the first line, without its error-code prefix, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    words = lines[0].rpartition("[ONNXRuntimeError] : ")[2].split(" : ")
    text = " : ".join(words[2:]) if len(words) > 2 and words[0].isdigit() else lines[0]
    return text.strip()[:300].rstrip(". ") + "."
