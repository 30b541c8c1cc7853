"""A loaded model: clear refusals, a way to stop, and a step down where a device gives up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.core.cancel import CancelToken
from app.core.errors import DeviceError, DeviceMemoryError, ModelError, UsageError
from app.inference.devices import AUTO, CPU, PROVIDERS, Device, choose_device, list_devices
from app.inference.native_session import Array, NativeSession, available_providers, reason_of
from app.inference.onnx_file import check_onnx_file
from app.inference.verdicts import choose_for_model


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


def available_devices() -> tuple[Device, ...]:
    """All devices Reelscope knows, and which of them this ONNX Runtime has."""
    return list_devices(available_providers())


Told = Callable[["StepDown"], None]


@dataclass(frozen=True, slots=True)
class StepDown:
    """A model goes on with less than it had.

    Attributes:
        sentence: what happened, for people.
        device: where it runs from now on.
    """

    sentence: str
    device: Device


class OnnxSession:
    """A loaded model, which goes on where its device gives up.

    A device that fails is left for the CPU, at the same inputs. Where memory does not suffice for several
    pictures at once, half of them are computed at a time from then on; for one, the CPU computes it.
    ``run`` may be called from any thread: on the CPU several at once, elsewhere one call at a time.

    Attributes:
        path: the model file.
        inputs, outputs: in the graph's order.
        metadata: the model's own key-value notes.
        device: where it runs now, and why there.
        most_at_once: how many pictures fit into memory at once; None while nothing says otherwise.
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str = "auto",
        threads: int | None = None,
        stepped_down: Told | None = None,
    ) -> None:
        """Load ``path``.

        ``threads`` bounds the threads of one run; None lets ONNX Runtime use every core. ``stepped_down`` is
        told of each step, in the thread that loads or runs.

        Raises:
            FileMissingError: there is no such file.
            UsageError: a device this build lacks, or threads below 1.
            ModelError: the file is no usable model, or the device that is named does not start.
        """
        if threads is not None and threads < 1:
            raise UsageError(f"A model needs at least one thread, not {threads}.")
        check_onnx_file(path)
        self.path = path
        self.device = _device_for(path, device)
        self._chosen_by_trial = device == AUTO
        self.most_at_once: int | None = None
        self._threads, self._told = threads, stepped_down
        self._given_up: list[NativeSession] = []
        self._nowhere: ModelError | None = None
        self._session = self._load()
        self.inputs = tuple(map(_describe, self._session.inputs))
        self.outputs = tuple(map(_describe, self._session.outputs))
        self.metadata = self._session.metadata

    def run(self, feeds: Mapping[str, Array], cancel: CancelToken | None = None) -> dict[str, Array]:
        """Compute all outputs, by name.

        Raises:
            CancelledError: ``cancel`` was set before or during the run.
            ModelError: the model failed on these inputs.
        """
        count, before = picture_count(feeds), self.most_at_once
        parts: list[dict[str, Array]] = []
        done = 0
        while done < count:
            step = min(self.most_at_once or count, count - done)
            whole = step == count
            some = feeds if whole else {name: value[done : done + step] for name, value in feeds.items()}
            outputs = self._attempt(some, step, cancel)
            if outputs is not None:
                parts.append(outputs)
                done += step
        if self.most_at_once != before:
            self._tell_of_parts()
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _attempt(
        self, feeds: Mapping[str, Array], count: int, cancel: CancelToken | None
    ) -> dict[str, Array] | None:
        """Run once; None after a step down: the same is to be tried again."""
        if self._nowhere is not None:
            raise self._nowhere
        try:
            return self._session.run(feeds, cancel)
        except DeviceMemoryError:
            if count > 1 and self._may_be_parted():
                self.most_at_once = count // 2
            elif self.device.name == CPU:
                raise
            else:
                del self._session  # before the other is loaded: memory is what is short
                try:
                    self._session = self._on_cpu()
                except ModelError as error:
                    self._nowhere = error  # others wait for their turn to run it
                    raise
                self.most_at_once = None  # the CPU has memory of its own
                self._now_on_cpu("ran out of memory")
        except DeviceError as error:
            instead = self._on_cpu()
            outputs = instead.run(feeds, cancel)  # failing here, too, it is the model's fault
            # What a driver that gave up holds may crash it once more: it is kept, and never touched again.
            self._given_up.append(self._session)
            self._session = instead
            self._now_on_cpu("stopped working", f": {reason_of(error.__cause__ or error)}")
            return outputs
        return None

    def _load(self) -> NativeSession:
        try:
            return NativeSession(self.path, self.device, self._threads)
        except DeviceError as error:
            short = isinstance(error, DeviceMemoryError)
            if self.device.name == CPU or not (short or self._chosen_by_trial):
                raise
            session = self._on_cpu()
            self._now_on_cpu("has too little memory" if short else "does not start any more")
            return session

    def _on_cpu(self) -> NativeSession:
        return NativeSession(self.path, Device(CPU, PROVIDERS[CPU], ""), self._threads)

    def _now_on_cpu(self, what: str, why: str = ".") -> None:
        lost = self.device.name
        self.device = Device(CPU, PROVIDERS[CPU], f"{lost} {what}")
        self._tell(f"The device '{lost}' {what} with the model '{self.path.stem}', so the CPU goes on{why}")

    def _may_be_parted(self) -> bool:
        """Whether every input and output has a free first axis: that of the pictures."""
        return all(info.shape[:1] == (None,) for info in (*self.inputs, *self.outputs))

    def _tell_of_parts(self) -> None:
        several = "one picture" if self.most_at_once == 1 else f"{self.most_at_once} pictures"
        self._tell(
            f"There was too little memory for the model '{self.path.stem}', so it sees {several} at a time."
        )

    def _tell(self, sentence: str) -> None:
        if self._told is not None:
            self._told(StepDown(sentence, self.device))


def _device_for(path: Path, name: str) -> Device:
    if name == AUTO:
        return choose_for_model(path, available_devices())
    return choose_device(name, available_providers())


def picture_count(feeds: Mapping[str, Array]) -> int:
    """How many pictures stand in the inputs of a run: their first axis, where all have the same."""
    counts = {value.shape[0] if value.ndim else 1 for value in feeds.values()}
    return max(1, counts.pop()) if len(counts) == 1 else 1


def _describe(node: Any) -> TensorInfo:
    element = str(node.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) and size >= 0 else None for size in node.shape)
    return TensorInfo(str(node.name), shape, element)
