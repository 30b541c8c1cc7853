"""Where inference can run: the names users know, and ONNX Runtime's execution providers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import UsageError

AUTO, CPU = "auto", "cpu"

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "webgpu": "WebGpuExecutionProvider",
    "qnn": "QNNExecutionProvider",
    "xnnpack": "XnnpackExecutionProvider",
}
"""Device name to provider."""


@dataclass(frozen=True, slots=True)
class Device:
    """One place where a model can run.

    Attributes:
        name: what users write after ``--device``.
        provider: ONNX Runtime's name for it.
        reason: why it is used or cannot be used, a clause without a full stop.
        available: whether this build of ONNX Runtime carries it.
    """

    name: str
    provider: str
    reason: str
    available: bool = True


def list_devices(available_providers: Sequence[str]) -> tuple[Device, ...]:
    """All devices Reelscope knows, those of ``available_providers`` marked as available."""
    return tuple(
        Device(name, provider, "part of this ONNX Runtime", True)
        if provider in available_providers
        else Device(name, provider, "not part of this ONNX Runtime", False)
        for name, provider in PROVIDERS.items()
    )


def choose_device(name: str, available_providers: Sequence[str]) -> Device:
    """Return the device called ``name``.

    Raises:
        UsageError: unknown, or not in this build; the sentence names what there is.
    """
    here = [device.name for device in list_devices(available_providers) if device.available]
    if name not in PROVIDERS:
        raise UsageError(f"There is no device '{name}': use auto, {', '.join(here)}.")
    if name not in here:
        raise UsageError(f"This ONNX Runtime has no device '{name}': it has {', '.join(here)}.")
    return Device(name, PROVIDERS[name], "asked for")
