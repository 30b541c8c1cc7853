"""Sound faster or slower at the same pitch: FFmpeg's `atempo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av.error
import numpy as np

from app.core.audio import Samples

if TYPE_CHECKING:
    from av.filter import Graph

_SLOWEST_FACTOR, _FASTEST_FACTOR = 0.5, 2.0
"""What one filter does well: above 2 it leaves sound out instead of blending it, below 0.5 it refuses."""


_LEAD_OF_WINDOW = 0.385


def factors(speed: float) -> tuple[float, ...]:
    """Return the speeds of the filters in a row that make ``speed``; none for 1.

    Raises:
        ValueError: ``speed`` is not above zero.
    """
    if not speed > 0:
        raise ValueError(f"the speed must be above zero, not {speed}")
    found: list[float] = []
    while speed > _FASTEST_FACTOR:
        found.append(_FASTEST_FACTOR)
        speed /= _FASTEST_FACTOR
    while speed < _SLOWEST_FACTOR:
        found.append(_SLOWEST_FACTOR)
        speed /= _SLOWEST_FACTOR
    return (*found, speed) if speed != 1.0 else tuple(found)


def lead_s(rate: int, speed: float) -> float:
    """Return how far ahead the sound of a `Tempo` is of where its count of samples says, seconds of input.

    A filter plays a window's worth of sound early by 0.385 of the window (measured with clicks at 0.25 to 4x,
    44.1 and 48 kHz); the window is the power of two at or above 1/24 s. Filters in a row add up, each in the
    seconds of its own input.
    """
    window = 1 << max(0, rate // 24 - 1).bit_length()
    total, scale = 0.0, 1.0
    for factor in factors(speed):
        total += _LEAD_OF_WINDOW * window / rate * scale
        scale *= factor
    return total


class Tempo:
    """Stretches a stream of sound; at 1x it is handed through as it is. One thread only.

    Sample ``n`` out is what sample ``n * speed`` in was, ahead by ``lead_s``, to within a few ms: windows are
    moved to where they fit. Nothing adds up.
    """

    def __init__(self, rate: int, channels: int, speed: float) -> None:
        self._rate = rate
        self._layout = "mono" if channels == 1 else "stereo"
        self._channels = channels
        self._graph = _graph(rate, self._layout, factors(speed)) if factors(speed) else None

    def feed(self, samples: Samples) -> Samples:
        """Take samples, float32, (n, channels); return those that are ready, (m, channels)."""
        if self._graph is None:
            return samples
        from av.audio.frame import AudioFrame

        packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate = self._rate
        self._graph.push(frame)
        return self._ready(self._graph)

    def finish(self) -> Samples:
        """Return what is still held; the end."""
        graph, self._graph = self._graph, None
        if graph is None:
            return np.zeros((0, self._channels), np.float32)
        graph.push(None)
        return self._ready(graph)

    def _ready(self, graph: Graph) -> Samples:
        parts = [np.zeros((0, self._channels), np.float32)]
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return np.concatenate(parts)
            parts.append(cast("Samples", frame.to_ndarray()).reshape(-1, self._channels))


def _graph(rate: int, layout: str, speeds: tuple[float, ...]) -> Graph:
    from av.filter import Graph

    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=rate, format="flt", layout=layout)]
    nodes += [graph.add("atempo", f"{speed:.9f}") for speed in speeds]
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes)
    graph.configure()
    return graph
