"""Runs a model on a device and on the CPU, on pictures of the bundled sample: what a child process does, so
that a driver that crashes or hangs takes nothing else down. Free of Qt.

It goes the whole way of an analysis, from a decoded picture to candidates, so that what is compared and
measured is what people get.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.provider_process import MARK
from app.core.errors import DeviceError, ModelError, ReelscopeError
from app.core.trial import answer, live_briefly
from app.inference.agreement import Agreement, candidates_agree, outputs_agree
from app.inference.detector import Detector
from app.inference.verdicts import ProviderFigures
from app.resources import resource_path

if TYPE_CHECKING:
    from app.core.frame import VideoFrame
    from app.inference.heads.facts import Outputs
    from app.media.picture import Picture

_TIMES_S = (1.0, 6.0, 12.0)
"""Pictures of the sample. Detectors that never saw its drawn shapes see kites, balls and signs there."""

_WARM_UP = 2
"""Runs of either before the clock counts: devices compile, caches fill."""

_MOST_ROUNDS, _LONGEST_S = 30, 3.0
"""Both take turns for so many rounds, or for so long; the medians count."""

_LONGEST_LIFE_S = 180


@dataclass(slots=True)
class _Contestant:
    """A detector on one device, and the pictures in its form."""

    detector: Detector
    frames: list[VideoFrame]
    start_ms: float

    @classmethod
    def load(cls, model: Path, device: str) -> _Contestant:
        begun = time.perf_counter()
        detector = Detector.load(model, device=device)
        contestant = cls(detector, [], (time.perf_counter() - begun) * 1000)
        contestant.insist_on(device)
        return contestant

    def insist_on(self, device: str) -> None:
        """A device that hands over to the CPU has lost.

        Raises:
            DeviceError: it did.
        """
        if self.detector.device.name != device:
            raise DeviceError(f"it failed: {self.detector.device.reason}")

    def meet(self, pictures: Sequence[Picture]) -> None:
        """Take the pictures, and look at the first of them."""
        from app.core.frame import PixelFormat
        from app.media.convert import Converter

        converter = Converter()
        for picture in pictures:
            inner = self.detector.placement(picture.display_size).inner
            self.frames.append(converter.convert(picture, inner, PixelFormat.PLANAR_RGB_FLOAT))
        begun = time.perf_counter()
        self.outputs(self.frames[0])
        self.start_ms += (time.perf_counter() - begun) * 1000

    def outputs(self, frame: VideoFrame) -> Outputs:
        """Run once.

        Raises:
            DeviceError: the device gave up.
        """
        asked = self.detector.device.name
        outputs = self.detector.outputs(frame)
        self.insist_on(asked)
        return outputs

    def run_ms(self, number: int) -> float:
        """Detect in one picture; returns milliseconds."""
        asked, begun = self.detector.device.name, time.perf_counter()
        self.detector.detect(self.frames[number % len(self.frames)])
        taken = (time.perf_counter() - begun) * 1000
        self.insist_on(asked)
        return taken


def compare(model: Path, device: str, *, rounds: int = _MOST_ROUNDS) -> ProviderFigures:
    """Run ``model`` on ``device`` and on the CPU; their times are the medians of at most ``rounds``.

    Raises:
        DeviceError: the device does not start, or fails.
        ModelError: the model is no detector that Reelscope knows.
        MediaError: the sample cannot be read.
    """
    cpu, other = _Contestant.load(model, "cpu"), _Contestant.load(model, device)
    pictures = _pictures()
    cpu.meet(pictures)
    other.meet(pictures)
    agreement = Agreement()
    for right, given in zip(cpu.frames, other.frames, strict=True):
        agreement = agreement.worse(_agreement(cpu, right, other, given))
    cpu_ms, device_ms = _race(cpu, other, rounds)
    return ProviderFigures(cpu_ms, device_ms, other.start_ms, agreement)


def main(arguments: Sequence[str]) -> int:
    """Be the child: try ``DEVICE MODEL`` and print what came of it."""
    device, model = arguments
    live_briefly(_LONGEST_LIFE_S)
    reply: dict[str, object]
    try:
        reply = asdict(compare(Path(model), device))
    except DeviceError as error:
        reply = {"reason": str(error).rstrip(".")}
    except ModelError as error:
        reply = {"fault": str(error)}
    except (ReelscopeError, OSError, ValueError, RuntimeError) as error:
        reply = {"reason": str(error).rstrip(".")}
    answer(MARK, reply)
    return 0


def _pictures() -> list[Picture]:
    from app.media.decoder import VideoReader

    with VideoReader(resource_path("sample", "sample.mp4")) as reader:
        return [reader.frame_at(time_s) for time_s in _TIMES_S]


def _agreement(cpu: _Contestant, right: VideoFrame, other: _Contestant, given: VideoFrame) -> Agreement:
    ours, theirs = cpu.outputs(right), other.outputs(given)
    wanted, found = cpu.detector.candidates(right, ours), other.detector.candidates(given, theirs)
    return candidates_agree(wanted, found) if len(wanted) else outputs_agree(ours, theirs)


def _race(cpu: _Contestant, other: _Contestant, rounds: int) -> tuple[float, float]:
    times: dict[str, list[float]] = {"cpu": [], "other": []}
    until = time.perf_counter() + _LONGEST_S
    for number in range(_WARM_UP + rounds):
        for name, contestant in (("cpu", cpu), ("other", other)):
            taken = contestant.run_ms(number)
            if number >= _WARM_UP:
                times[name].append(taken)
        if number > _WARM_UP and time.perf_counter() > until:
            break
    return statistics.median(times["cpu"]), statistics.median(times["other"])
