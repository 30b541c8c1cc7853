"""What each device is worth for each model: measured once, judged each time, kept for this machine."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.core.errors import DeviceError
from app.core.machine import machine_facts
from app.core.record_file import RecordFile
from app.folders import cache_folder
from app.inference.agreement import SCORE_TOLERANCE, Agreement
from app.inference.devices import CPU, Device
from app.inference.file_hash import sha256_of
from app.inference.native_session import runtime_version

FILE_VERSION = 1

_GAIN = 0.8
"""A device takes the CPU's place where it needs at most this share of its time: less is within the noise, and
each device costs a driver that may fail."""


@dataclass(frozen=True, slots=True)
class ProviderFigures:
    """What a trial measured.

    Attributes:
        cpu_ms, device_ms: for one picture, from the tensor to detections, with as many runs side by side
            as an analysis has; medians.
        start_ms: loading the model on the device and the first picture.
        agreement: of what both computed.
    """

    cpu_ms: float
    device_ms: float
    start_ms: float
    agreement: Agreement

    @classmethod
    def parse(cls, record: Any) -> ProviderFigures:
        """Read what ``asdict`` wrote.

        Raises:
            TypeError, KeyError, ValueError: it is something else.
        """
        cpu_ms, device_ms, start_ms = (_number(record[name]) for name in ("cpu_ms", "device_ms", "start_ms"))
        held = record["agreement"]
        score, box, output = (_number(held[name]) for name in ("score_apart", "box_apart", "output_apart"))
        return cls(cpu_ms, device_ms, start_ms, Agreement(int(held["compared"]), score, box, output))


def _number(value: object) -> float:
    if isinstance(value, int | float) and 0 <= value < math.inf:
        return float(value)
    raise ValueError(f"no measurement: {value!r}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether ``auto`` takes a device for a model.

    Attributes:
        used: whether it does, where no other is faster.
        reason: why or why not, a clause.
        figures: what was measured; None where the trial gave none.
    """

    used: bool
    reason: str
    figures: ProviderFigures | None = None


def judge(figures: ProviderFigures) -> Verdict:
    """Decide from what was measured."""
    speed = f"{figures.device_ms:.1f} ms a picture, the CPU {figures.cpu_ms:.1f} ms"
    if not figures.agreement.holds:
        return Verdict(False, f"its results are not the CPU's: {_apart(figures.agreement)}", figures)
    if figures.device_ms > figures.cpu_ms:
        return Verdict(False, f"slower than the CPU ({speed})", figures)
    if figures.device_ms > figures.cpu_ms * _GAIN:
        return Verdict(False, f"hardly faster than the CPU ({speed})", figures)
    times = figures.cpu_ms / max(figures.device_ms, 1e-3)
    return Verdict(True, f"{times:.1f} x as fast as the CPU ({speed}), same results", figures)


def _apart(agreement: Agreement) -> str:
    if agreement.output_apart:
        return f"its numbers are off by {min(agreement.output_apart, 9.99):.0%}"
    if agreement.box_apart > 1.0:
        return "boxes lie elsewhere"
    return f"confidences are off by {agreement.score_apart:.2f}, of {SCORE_TOLERANCE:g} tolerated"


class VerdictBook:
    """Verdicts by model, device, ONNX Runtime and machine: a new driver or model is measured anew.

    Keeps what it measured in memory, and on disk where somebody calls ``note``; only the window and
    ``reelscope devices`` do.
    """

    def __init__(self, path: Path | None = None) -> None:
        """``path`` None: in the user's cache folder."""
        self._file = RecordFile(path or cache_folder() / "model-devices.json", FILE_VERSION)
        self._noted: dict[str, Verdict] = {}

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def find(self, model_sha256: str, device: Device) -> Verdict | None:
        """Return the verdict of an earlier trial; None where there was none."""
        key = _key(model_sha256, device)
        return self._noted[key] if key in self._noted else _verdict_of(self._file.read().get(key))

    def on_this_machine(self, model_sha256: str) -> dict[str, Verdict]:
        """Return by provider what trials here found last, with whichever ONNX Runtime; loads none.

        Enough to tell what suits the machine. What runs a model is chosen by ``best``.
        """
        found: dict[str, Verdict] = {}
        for key, record in self._file.read().items():
            sha256, _, rest = key.partition(" | ")
            provider, _, rest = rest.partition(" | ")
            _runtime, _, machine = rest.partition(" | ")
            verdict = _verdict_of(record) if (sha256, machine) == (model_sha256, machine_facts()) else None
            if verdict is not None:
                found[provider] = verdict
        return found

    def note(self, model_sha256: str, device: Device, verdict: Verdict) -> None:
        """Keep the verdict of a trial.

        Raises:
            OSError: it cannot be written; it is kept in memory all the same.
        """
        key = _key(model_sha256, device)
        self._noted[key] = verdict
        figures = asdict(verdict.figures) if verdict.figures is not None else None
        self._file.put({key: {"figures": figures, "reason": verdict.reason}})

    def best(self, model_sha256: str, devices: Iterable[Device]) -> Device | None:
        """Return the fastest of those that may take the CPU's place, with the reason; None: there is none."""
        found: list[tuple[float, Device]] = []
        for device in devices:
            verdict = self.find(model_sha256, device)
            if verdict is not None and verdict.used and verdict.figures is not None:
                chosen = Device(device.name, device.provider, verdict.reason)
                found.append((verdict.figures.device_ms, chosen))
        return min(found, key=lambda pair: pair[0])[1] if found else None


def choose_for_model(path: Path, devices: Iterable[Device], book: VerdictBook | None = None) -> Device:
    """Return where ``auto`` runs a model: where an earlier trial found it best, else on the CPU.

    Reads what trials have left; tries nothing, writes nothing.
    """
    cpu = next(device for device in devices if device.name == CPU)
    others = [device for device in devices if device.available and device.name != CPU]
    if not others:
        return Device(CPU, cpu.provider, "this ONNX Runtime has nothing else")
    best = (book or VerdictBook()).best(model_hash(path), others)
    return best or Device(CPU, cpu.provider, "no trial has found a faster device for this model")


def model_hash(path: Path) -> str:
    """Return a model's SHA-256.

    Raises:
        DeviceError: the file cannot be read.
    """
    try:
        return sha256_of(path)
    except OSError as error:
        raise DeviceError(f"The model '{path.name}' cannot be read: {error.strerror}.") from error


def _verdict_of(record: Any) -> Verdict | None:
    """Judge anew what was measured: the rules may have changed since."""
    try:
        if record["figures"] is not None:
            return judge(ProviderFigures.parse(record["figures"]))
        return Verdict(False, str(record["reason"]))
    except (TypeError, KeyError, ValueError):
        return None


def _key(model_sha256: str, device: Device) -> str:
    return " | ".join((model_sha256, device.provider, f"ONNX Runtime {runtime_version()}", machine_facts()))
