"""ONNX Runtime with a device that this machine lacks: the CPU's answers, until it fails as real ones do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

Array = npt.NDArray[Any]
CUDA = "CUDAExecutionProvider"

NO_MEMORY = state.RuntimeException(
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv node. "
    "Name:'/stem/Conv' Status Message: bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal"
    "(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 939524096"
)
NO_MEMORY_CUDA = state.Fail(
    "[ONNXRuntimeError] : 1 : FAIL : cuda_call.cc:121 onnxruntime::CudaCall CUDA failure 2: out of memory ; "
    "GPU=0 ; expr=cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);"
)
NO_MEMORY_CUBLAS = state.RuntimeException(
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Exception during initialization: cuda_call.cc:121 "
    "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; expr=cublasCreate(&cublas_handle_);"
)
NO_MEMORY_DIRECTML = state.RuntimeException(
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running MemcpyToHost "
    "node. Name:'Memcpy_29' Status Message: MLOperatorAuthorImpl.cpp(1978): (caller: 00007FFBDCFFDEFF) "
    "Exception(3) tid(4304) 8007000E Für diesen Vorgang sind nicht genügend Speicherressourcen verfügbar."
)
NO_MEMORY_CPU = state.RuntimeException(
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv node. "
    "Name:'/stem/Conv' Status Message: std::bad_alloc"
)
DEVICE_REMOVED = state.Fail(
    "[ONNXRuntimeError] : 1 : FAIL : DmlExecutionProvider\\src\\ExecutionProvider.cpp(962): Exception(3) "
    "tid(5a68) 887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine "
    "the appropriate action."
)
LAUNCH_FAILED = state.EPFail(
    "[ONNXRuntimeError] : 11 : EP_FAIL : Non-zero status code returned while running Conv node. "
    "Name:'/stem/Conv' Status Message: CUDA error cudaErrorLaunchFailure:unspecified launch failure"
)
RESET = state.DeviceReset("[ONNXRuntimeError] : 17 : DEVICE_RESET : the device was reset")

Spoil = Callable[[dict[str, Array]], dict[str, Array]]


@dataclass
class FakeRuntime:
    """Stands in for the onnxruntime module; what it does not change is the real one's.

    Attributes:
        provider: what it offers beside the CPU.
        at_loading: raised where a model is loaded on the device.
        runs: how many runs on the device succeed; None: all.
        failure: what the next one raises.
        most: how many pictures fit into memory at once, for each provider.
        spoil: changes the device's answers.
        starts: whether the provider starts at all.
        seen: (provider, pictures) of each run, in order, failed ones included.
    """

    provider: str = CUDA
    at_loading: Exception | None = None
    runs: int | None = None
    failure: Exception = LAUNCH_FAILED
    most: Mapping[str, int] = field(default_factory=dict)
    spoil: Spoil = lambda answers: answers
    starts: bool = True
    seen: list[tuple[str, int]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(onnxruntime, name)

    def get_available_providers(self) -> list[str]:
        return [self.provider, "CPUExecutionProvider"]

    def InferenceSession(  # noqa: N802 - its name in onnxruntime
        self, path: str, options: Any, *, providers: list[tuple[str, Any]], enable_fallback: int
    ) -> FakeSession:
        assert enable_fallback == 0
        name = providers[0][0]
        if name == self.provider and self.at_loading is not None:
            raise self.at_loading
        real = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return FakeSession(self, name if self.starts else "CPUExecutionProvider", real)


@dataclass
class FakeSession:
    runtime: FakeRuntime
    provider: str
    real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def get_providers(self) -> list[str]:
        return [self.provider]

    def run(self, names: list[str], feeds: dict[str, Array], options: Any) -> list[Array]:
        runtime = self.runtime
        pictures = len(next(iter(feeds.values())))
        runtime.seen.append((self.provider, pictures))
        if pictures > runtime.most.get(self.provider, pictures):
            raise NO_MEMORY if self.provider == runtime.provider else NO_MEMORY_CPU
        answers = dict(zip(names, self.real.run(names, feeds, options), strict=True))
        if self.provider == runtime.provider:
            done = sum(provider == runtime.provider for provider, _ in runtime.seen)
            if runtime.runs is not None and done > runtime.runs:
                raise runtime.failure
            answers = runtime.spoil(answers)
        return [np.asarray(answers[name]) for name in names]
