"""What can be used here for models, and why not the rest: measured, or read from what was measured before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.analysis.provider_process import try_provider
from app.core.cancel import CancelToken
from app.core.errors import ModelError
from app.inference.devices import CPU, Device
from app.inference.session import available_devices
from app.inference.verdicts import Verdict, VerdictBook, choose_for_model, model_hash


class TryProvider(Protocol):
    """What ``try_provider`` does."""

    def __call__(self, device: Device, model: Path, *, cancel: CancelToken | None = None) -> Verdict:
        """Let a child process run ``model`` on ``device`` and on the CPU."""


@dataclass(frozen=True, slots=True)
class ModelSurvey:
    """Where a model runs.

    Attributes:
        model: its name.
        sha256: of its file; "" where it cannot be read.
        chosen: where ``auto`` runs it, and why.
        verdicts: of each device but the CPU that ONNX Runtime has here.
        fault: why it runs nowhere; "" where it does.
    """

    model: str
    sha256: str
    chosen: Device
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    fault: str = ""


class ModelTrials:
    """Tries each device with a model where no verdict is kept. One thread at a time."""

    def __init__(
        self,
        book: VerdictBook | None = None,
        *,
        trial: TryProvider = try_provider,
        devices: Callable[[], tuple[Device, ...]] = available_devices,
    ) -> None:
        self.book = book or VerdictBook()
        self._trial, self._devices = trial, devices

    @property
    def others(self) -> tuple[Device, ...]:
        """The devices beside the CPU that can be tried here."""
        return tuple(each for each in self._devices() if each.available and each.name != CPU)

    def survey(
        self,
        model: Path,
        *,
        again: bool = False,
        tell: Callable[[str], None] = lambda _: None,
        cancel: CancelToken | None = None,
    ) -> ModelSurvey:
        """Return where ``model`` runs; ``again`` measures what was measured before, too.

        ``tell`` is given words for each trial that begins.

        Raises:
            CancelledError: asked to stop.
        """
        cpu = next(each for each in self._devices() if each.name == CPU)
        try:
            sha256 = model_hash(model)
            verdicts = []
            for device in self.others:
                verdict = None if again else self.book.find(sha256, device)
                if verdict is None:
                    tell(f"{device.name} with {model.stem}")
                    verdict = self._trial(device, model, cancel=cancel)
                    with suppress(OSError):  # then it is measured again next time
                        self.book.note(sha256, device, verdict)
                verdicts.append((device.name, verdict))
        except ModelError as error:
            return ModelSurvey(model.stem, "", cpu, fault=str(error))
        chosen = choose_for_model(model, self._devices(), self.book)
        return ModelSurvey(model.stem, sha256, chosen, tuple(verdicts))
