"""A model on one device, with the trial's pictures in its form: what runs against the same on the CPU."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

from app.analysis.desk import Desk
from app.core.cores import usable_cores
from app.core.errors import DeviceError, ModelError
from app.core.frame import PixelFormat
from app.inference.agreement import Agreement, candidates_agree, outputs_agree
from app.inference.detector import Detector, Limits
from app.inference.embedder import Embedder
from app.inference.native_session import Array
from app.inference.pace import Pace
from app.media.convert import Converter

if TYPE_CHECKING:
    from app.core.frame import VideoFrame
    from app.inference.devices import Device
    from app.media.picture import Picture


class Contestant(ABC):
    """A model on one device.

    Attributes:
        start_ms: loading it, and its first picture.
    """

    def __init__(self, asked: str, begun: float) -> None:
        """``asked`` is the name of the device; loading began at ``begun`` of the performance counter."""
        self._asked = asked
        self.start_ms = (time.perf_counter() - begun) * 1000
        self.insist()

    @property
    @abstractmethod
    def device(self) -> Device:
        """Where it runs now."""

    @abstractmethod
    def take(self, pictures: Sequence[Picture]) -> None:
        """Bring the pictures into its form."""

    @abstractmethod
    def outputs(self, number: int) -> Mapping[str, Array]:
        """Return what the model says of a picture."""

    @abstractmethod
    def agreement(self, other: Self, number: int) -> Agreement:
        """Compare what both find in a picture; this one is right."""

    @abstractmethod
    def look(self, number: int) -> None:
        """Do what an analysis does with a picture; on the CPU from several threads at once."""

    def insist(self) -> None:
        """A device that hands over to the CPU has lost.

        Raises:
            DeviceError: it did.
        """
        if self.device.name != self._asked:
            raise DeviceError(f"it failed: {self.device.reason}")

    def meet(self, pictures: Sequence[Picture]) -> None:
        """Take the pictures, and look at the first of them.

        Raises:
            DeviceError: the device gave up.
        """
        self.take(pictures)
        begun = time.perf_counter()
        self.outputs(0)
        self.start_ms += (time.perf_counter() - begun) * 1000
        self.insist()

    def look_ms(self, numbers: Sequence[int], pool: ThreadPoolExecutor) -> float:
        """Look at pictures side by side; returns milliseconds for each of them.

        Raises:
            DeviceError: the device gave up.
        """
        begun = time.perf_counter()
        deque(pool.map(self.look, numbers), maxlen=0)
        taken = (time.perf_counter() - begun) * 1000
        self.insist()
        return taken / len(numbers)


class DetectorContestant(Contestant):
    """A detector: what is compared are its candidates, or its outputs where it sees nothing."""

    def __init__(self, model: Path, asked: str) -> None:
        begun = time.perf_counter()
        self._detector = Detector.load(model, device=asked, threads=Pace.of(usable_cores()).threads)
        self._frames: list[VideoFrame] = []
        self._tensors: list[Array] = []
        super().__init__(asked, begun)

    @property
    def device(self) -> Device:
        """Where it runs now."""
        return self._detector.device

    def take(self, pictures: Sequence[Picture]) -> None:
        """Fill a tensor with each picture, once."""
        converter = Converter()
        for picture in pictures:
            placement = self._detector.placement(picture.display_size)
            frame = converter.convert(picture, placement.inner, PixelFormat.PLANAR_RGB_FLOAT)
            self._frames.append(frame)
            self._tensors.append(self._detector.preprocessor().fill(frame, placement))

    def outputs(self, number: int) -> Mapping[str, Array]:
        """Return the model's own outputs."""
        return self._detector.outputs(self._frames[number])

    def agreement(self, other: Self, number: int) -> Agreement:
        """Compare candidates, however unsure."""
        ours, theirs = self.outputs(number), other.outputs(number)
        wanted = self._detector.candidates(self._frames[number], ours)
        found = other._detector.candidates(other._frames[number], theirs)
        return candidates_agree(wanted, found) if len(wanted) else outputs_agree(ours, theirs)

    def look(self, number: int) -> None:
        """Detect."""
        frame = self._frames[number]
        placement = self._detector.placement(frame.display_size)
        self._detector.read(self._tensors[number], placement, (frame,), Limits())


class EncoderContestant(Contestant):
    """A picture encoder: what is compared are its vectors of length 1."""

    def __init__(self, model: Path, asked: str) -> None:
        begun = time.perf_counter()
        self._embedder = Embedder.load(model, device=asked, threads=Pace.of(usable_cores()).threads)
        self._tensors: list[Array] = []
        super().__init__(asked, begun)

    @property
    def device(self) -> Device:
        """Where it runs now."""
        return self._embedder.device

    def take(self, pictures: Sequence[Picture]) -> None:
        """Fill a tensor with each picture, once."""
        for picture in pictures:
            tensor, _, _ = next(Desk(self._embedder).tensors([picture]))
            self._tensors.append(tensor)

    def outputs(self, number: int) -> Mapping[str, Array]:
        """Return the picture's vector."""
        return {"vector": self._embedder.embed(self._tensors[number])}

    def agreement(self, other: Self, number: int) -> Agreement:
        """Compare vectors: off by 2 % of their length is a cosine of 0.9998."""
        return outputs_agree(self.outputs(number), other.outputs(number))

    def look(self, number: int) -> None:
        """Embed."""
        self.outputs(number)


def contestants(model: Path, device: str) -> tuple[Contestant, Contestant]:
    """Load ``model`` on the CPU and on ``device``.

    Raises:
        DeviceError: the device does not start, or gives other answers than a model of this kind.
        UsageError: no such device here.
        ModelError: the model is neither a detector nor a picture encoder.
    """
    kind: type[DetectorContestant] | type[EncoderContestant] = DetectorContestant
    try:
        cpu: Contestant = DetectorContestant(model, "cpu")
    except ModelError as no_detector:
        kind = EncoderContestant
        try:
            cpu = EncoderContestant(model, "cpu")
        except ModelError:
            raise no_detector from None
    try:
        return cpu, kind(model, device)
    except DeviceError:
        raise
    except ModelError as error:
        raise DeviceError(str(error)) from error
