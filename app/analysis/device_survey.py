"""What can be used here, for decoding and for each model, and why not the rest: measured now or before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from app.analysis.provider_process import try_provider
from app.analysis.speech_trial import TrySpeech, try_speech
from app.core.cancel import CancelToken
from app.core.errors import DeviceMissingError, HardwareError, ModelError
from app.inference.devices import CPU, Device
from app.inference.session import available_devices
from app.inference.speech_pace import PaceBook, SpeechPace
from app.inference.verdicts import Verdict, VerdictBook, choose_for_model, model_hash
from app.media.hardware import StreamFacts, known_devices, stream_facts
from app.media.hardware_book import DecodingBook
from app.media.hardware_decision import TryDevice
from app.media.hardware_trial import Figures
from app.media.trial_process import judge, try_device


class TryProvider(Protocol):
    """What ``try_provider`` does."""

    def __call__(self, device: Device, model: Path, *, cancel: CancelToken | None = None) -> Verdict:
        """Let a child process run ``model`` on ``device`` and on the CPU."""


@dataclass(frozen=True, slots=True)
class DecodingRow:
    """One device that may decode: whether it can, and why or why not as a clause."""

    name: str
    available: bool
    reason: str


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


@dataclass(frozen=True, slots=True)
class SpeechSurvey:
    """How fast a speech model is here.

    Attributes:
        model: its file.
        pace: what was measured, now or in an earlier run; None where it cannot be used.
        fault: why not; "" where it can.
    """

    model: Path
    pace: SpeechPace | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known so far.

    Attributes:
        codec: of the video on which decoding is tried.
        decoding: a row for each device that FFmpeg knows here, software first.
        inference: a device for each provider that Reelscope knows.
        models: of those that were asked about.
        speech: of the speech models that were asked about.
        trying: what is tried just now, in words; "" where nothing is.
        complete: whether that is all.
    """

    codec: str = ""
    decoding: tuple[DecodingRow, ...] = ()
    inference: tuple[Device, ...] = ()
    models: tuple[ModelSurvey, ...] = ()
    speech: tuple[SpeechSurvey, ...] = ()
    trying: str = ""
    complete: bool = False


@dataclass(slots=True)
class Surveyor:
    """Looks through all devices; what is not known yet is tried in child processes. One thread at a time."""

    model_book: VerdictBook = field(default_factory=VerdictBook)
    decoding_book: DecodingBook = field(default_factory=DecodingBook)
    pace_book: PaceBook = field(default_factory=PaceBook.of_user)
    try_model: TryProvider = try_provider
    try_decoding: TryDevice = try_device
    try_speech: TrySpeech = try_speech
    providers: Callable[[], tuple[Device, ...]] = available_devices
    decoders: Callable[[], Sequence[str]] = known_devices

    def survey(
        self,
        video: Path | None,
        models: Sequence[Path],
        *,
        speech: Sequence[Path] = (),
        again: bool = False,
        cancel: CancelToken | None = None,
    ) -> Iterator[Survey]:
        """Yield what is known, again and again, until it is complete; ``again`` measures everything anew.

        Without a ``video`` decoding is left out.

        Raises:
            MediaError: the video cannot be opened.
            CancelledError: asked to stop.
        """
        known = Survey(inference=self.providers())
        if video is not None:
            facts = stream_facts(video)
            known = replace(
                known, codec=facts.codec, decoding=(DecodingRow("software", True, "always there"),)
            )
            for name in self.decoders():
                yield replace(known, trying=f"{name} for {facts.codec}")
                row = self._decoding(name, video, facts, again, cancel)
                known = replace(known, decoding=(*known.decoding, row))
        for model in models:
            for part in self._model(model, again, cancel):
                if isinstance(part, str):
                    yield replace(known, trying=part)
                else:
                    known = replace(known, models=(*known.models, part))
        for model in speech:
            yield replace(known, trying=f"the speed of {model.stem}")
            known = replace(known, speech=(*known.speech, self._speech(model, again, cancel)))
        yield replace(known, complete=True)

    def _decoding(
        self, name: str, video: Path, facts: StreamFacts, again: bool, cancel: CancelToken | None
    ) -> DecodingRow:
        if name not in facts.devices:
            return DecodingRow(name, False, f"FFmpeg's {facts.codec} decoder cannot use it")
        found = None if again else self.decoding_book.find(name, facts)
        if found is None:
            try:
                found = self.try_decoding(name, video, cancel=cancel)
            except DeviceMissingError as error:  # it may be there tomorrow
                return DecodingRow(name, False, str(error))
            except HardwareError as error:
                found = str(error)
            with suppress(OSError):  # then it is measured again next time
                self.decoding_book.note(name, facts, found)
        return _decoding_row(name, found, facts)

    def _model(self, model: Path, again: bool, cancel: CancelToken | None) -> Iterator[str | ModelSurvey]:
        """Yield words for each trial that begins, then what became of the model."""
        devices = self.providers()
        cpu = next(each for each in devices if each.name == CPU)
        others = [each for each in devices if each.available and each.name != CPU]
        try:
            sha256 = model_hash(model)
            verdicts = []
            for device in others:
                verdict = None if again else self.model_book.find(sha256, device)
                if verdict is None:
                    yield f"{device.name} with {model.stem}"
                    verdict = self.try_model(device, model, cancel=cancel)
                    with suppress(OSError):  # then it is measured again next time
                        self.model_book.note(sha256, device, verdict)
                verdicts.append((device.name, verdict))
        except ModelError as error:
            yield ModelSurvey(model.stem, "", cpu, fault=str(error))
            return
        chosen = choose_for_model(model, devices, self.model_book)
        yield ModelSurvey(model.stem, sha256, chosen, tuple(verdicts))

    def _speech(self, model: Path, again: bool, cancel: CancelToken | None) -> SpeechSurvey:
        pace = None if again else self.pace_book.find(model)
        if pace is None:
            try:
                pace = self.try_speech(model, cancel=cancel)
            except ModelError as error:
                return SpeechSurvey(model, None, str(error))
            with suppress(OSError):  # then it is measured again next time
                self.pace_book.note(model, pace)
        return SpeechSurvey(model, pace)


def _decoding_row(name: str, found: Figures | str, facts: StreamFacts) -> DecodingRow:
    if isinstance(found, str):
        return DecodingRow(name, False, found)
    speed = f"{1 / max(found.hardware.picture_s, 1e-6):.0f} pictures/s of {facts.codec}"
    return DecodingRow(name, True, judge(found, facts.rate).against_playing or speed)
