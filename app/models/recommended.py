"""Which models suit a machine: by what was measured on it where something was, else by cores and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from app.core.cores import cores_here
from app.core.memory import total_memory
from app.inference.catalogue import Catalogue, CatalogueEntry, catalogue
from app.inference.devices import PROVIDERS
from app.inference.file_hash import sha256_of
from app.inference.verdicts import Verdict, VerdictBook
from app.models.library import LibraryRow, Standing
from app.resources import resource_path

_GIGABYTE = 10**9
_QUICK_ENOUGH_MS = 120.0
"""Of looking at a picture: eight a second keep up with the keyframes of any film."""

DETECTORS = ("yolox_nano", "yolox_tiny", "yolox_s", "yolox_m", "rfdetr_nano")
"""From the least able to the most."""

_SPEECH = ((16, 8, "large-v3-turbo-q5_0"), (8, 4, "small-q5_1"), (4, 2, "base-q5_1"), (0, 0, "tiny-q5_1"))
"""Gigabytes and cores that a speech model needs at least to keep up with a film, by its published size."""

_BY_CORES = ((8, "yolox_s"), (4, "yolox_tiny"), (0, "yolox_nano"))
_VOICE = "silero-v6.2.0"


def _untried(_sha256: str) -> float | None:
    return None


@dataclass(frozen=True, slots=True)
class Machine:
    """What counts of a machine.

    Attributes:
        cores: that this process may run on.
        memory: bytes; None where nobody can say.
        device: the device that a trial found faster for some model, such as "cuda"; "" for none.
        measured_ms: what looking at a picture took, by SHA-256 of the detector; None where it was not tried.
    """

    cores: int
    memory: int | None
    device: str = ""
    measured_ms: Callable[[str], float | None] = _untried


@dataclass(frozen=True, slots=True)
class RecommendedSet:
    """Models that belong together.

    Attributes:
        reason: why these, a sentence.
    """

    models: tuple[CatalogueEntry, ...]
    reason: str

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(model.bytes for model in self.models)

    def missing(self, rows: Iterable[LibraryRow]) -> list[LibraryRow]:
        """Return those of ``rows`` that belong to it and are not installed."""
        names = {model.name for model in self.models}
        return [row for row in rows if row.name in names and row.standing is not Standing.INSTALLED]


def recommended(known: Catalogue, machine: Machine) -> RecommendedSet:
    """Return a speech model, voice activity and a detector that suit a machine."""
    detector, how = _detector(known, machine)
    names = (_speech(machine), _VOICE, detector)
    memory = "memory unknown" if machine.memory is None else f"{machine.memory / _GIGABYTE:.0f} GB of memory"
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    reason = f"Chosen for {cores} and {memory}{how}."
    return RecommendedSet(tuple(known.entry(name) for name in names), reason)


def machine_here() -> Machine:
    """Return what counts of this machine; reads what trials have left, tries nothing."""
    book = VerdictBook()
    if not book.path.is_file():
        return Machine(cores_here(), total_memory())
    device = next((name for each in map(book.on_this_machine, _tried_hashes()) if (name := _best(each))), "")
    return Machine(cores_here(), total_memory(), device, partial(_measured_ms, book))


def _best(verdicts: dict[str, Verdict]) -> str:
    """The name of the fastest device that may take the CPU's place; "" for none."""
    names = {provider: name for name, provider in PROVIDERS.items()}
    times = {
        names[provider]: each.figures.device_ms
        for provider, each in verdicts.items()
        if each.used and each.figures is not None and provider in names
    }
    return min(times, key=lambda name: times[name], default="")


def _tried_hashes() -> list[str]:
    """Of the models that trials on this machine may have tried."""
    hashes = [entry.sha256 for entry in catalogue().models]
    with suppress(OSError):
        hashes.append(sha256_of(resource_path("sample", "shapes.onnx")))
    return hashes


def _measured_ms(book: VerdictBook, sha256: str) -> float | None:
    """What looking at a picture takes where ``auto`` runs the model."""
    times = [
        each.figures.device_ms if each.used else each.figures.cpu_ms
        for each in book.on_this_machine(sha256).values()
        if each.figures is not None
    ]
    return min(times, default=None)


def _speech(machine: Machine) -> str:
    # A machine of 8 GB tells of a little less.
    memory_gb = (machine.memory / _GIGABYTE if machine.memory is not None else 4.0) * 1.1
    return next(name for least, cores, name in _SPEECH if memory_gb >= least and machine.cores >= cores)


def _detector(known: Catalogue, machine: Machine) -> tuple[str, str]:
    """A detector, and how it was chosen where that was not by the cores alone."""
    times = {name: machine.measured_ms(known.entry(name).sha256) for name in DETECTORS}
    quick = [name for name, ms in times.items() if ms is not None and ms <= _QUICK_ENOUGH_MS]
    if quick:
        return quick[-1], f"; {quick[-1]} took {times[quick[-1]]:.0f} ms a picture here"
    if machine.device:
        return DETECTORS[-1], f", and for {machine.device}, which trials found faster than the CPU"
    slow = {name for name, ms in times.items() if ms is not None}
    by_cores = next(name for cores, name in _BY_CORES if machine.cores >= cores)
    if by_cores in slow:
        return DETECTORS[0], "; larger detectors were tried and are slow here"
    return by_cores, "; nothing was measured here yet"
