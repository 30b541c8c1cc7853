"""Runs a model on a device and on the CPU, on pictures of the bundled sample: what a child process does, so
that a driver that crashes or hangs takes nothing else down. Free of Qt.

It goes the whole way of an analysis, from a decoded picture to candidates or vectors, so that what is
compared and measured is what people get.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.contestants import Contestant, contestants
from app.analysis.provider_process import MARK
from app.core.cores import usable_cores
from app.core.errors import DeviceError, ModelError, ReelscopeError
from app.core.trial import answer, live_briefly
from app.inference.agreement import Agreement
from app.inference.pace import Pace
from app.inference.verdicts import ProviderFigures
from app.resources import sample_clip

if TYPE_CHECKING:
    from app.media.picture import Picture

_TIMES_S = (1.0, 6.0, 12.0)
"""Pictures of the sample. Detectors that never saw its drawn shapes see kites, balls and signs there."""

_WARM_UP = 2
"""Runs of either before the clock counts: devices compile, caches fill."""

_MOST_ROUNDS, _LONGEST_S = 30, 3.0
"""Both take turns for so many rounds, or for so long; the medians count."""

_LONGEST_LIFE_S = 180


def compare(model: Path, device: str, *, rounds: int = _MOST_ROUNDS) -> ProviderFigures:
    """Run ``model`` on ``device`` and on the CPU; their times are the medians of at most ``rounds``.

    Raises:
        DeviceError: the device does not start, or fails.
        UsageError: there is no such device here.
        ModelError: the model is neither a detector that Reelscope knows nor a picture encoder.
        MediaError: the sample cannot be read.
    """
    cpu, other = contestants(model, device)
    pictures = _pictures()
    cpu.meet(pictures)
    try:
        other.meet(pictures)
        agreement = Agreement()
        for number in range(len(pictures)):
            agreement = agreement.worse(cpu.agreement(other, number))
            other.insist()
        cpu_ms, device_ms = _race(cpu, other, rounds)
    except DeviceError:
        raise
    except ModelError as error:  # the CPU has shown that it is not the model's fault
        raise DeviceError(str(error)) from error
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

    with VideoReader(sample_clip()) as reader:
        return [reader.frame_at(time_s) for time_s in _TIMES_S]


def _race(cpu: Contestant, other: Contestant, rounds: int) -> tuple[float, float]:
    """Milliseconds for a picture, as an analysis has them: on the CPU side by side, elsewhere one by one."""
    beside = Pace.of(usable_cores()).beside
    times: dict[str, list[float]] = {"cpu": [], "other": []}
    until = time.perf_counter() + _LONGEST_S
    with ThreadPoolExecutor(beside, "reelscope-trial") as pool:
        for number in range(_WARM_UP + rounds):
            numbers = [(number + place) % len(_TIMES_S) for place in range(beside)]
            taken = {"cpu": cpu.look_ms(numbers, pool), "other": other.look_ms(numbers[:1], pool)}
            for name, milliseconds in taken.items():
                if number >= _WARM_UP:
                    times[name].append(milliseconds)
            if number > _WARM_UP and time.perf_counter() > until:
                break
    return statistics.median(times["cpu"]), statistics.median(times["other"])
