"""The silero network of voice activity in numpy.

It computes what whisper.cpp's `whisper_vad_build_graph` does (src/whisper.cpp, v1.8.5), which runs one frame
at a time. Here all that needs no memory is computed for many frames in one matrix product each, which takes a
fifth of the time. Each frame of 512 samples is looked at by itself: a spectrum at four places, four
convolutions over them. One LSTM goes from frame to frame.

The products are small, and several threads of the linear algebra behind numpy would spend their time meeting
each other: the program asks for one where it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.core.audio import Samples
from app.core.errors import ModelError
from app.inference.speech_file import TensorPlace, voice_tensors

FRAME = 512
"""Samples per probability."""
_STEP, _WINDOW, _BINS, _PADDING = 128, 256, 129, 64
_PLACES = 4
"""Spectra of a frame."""
_HIDDEN = 128

_Array = npt.NDArray[np.float32]

_SHAPES = {
    "stft.forward_basis_buffer": (2 * _BINS, 1, _WINDOW),
    "encoder.0.reparam_conv.weight": (128, _BINS, 3),
    "encoder.0.reparam_conv.bias": (128,),
    "encoder.1.reparam_conv.weight": (64, 128, 3),
    "encoder.1.reparam_conv.bias": (64,),
    "encoder.2.reparam_conv.weight": (64, 64, 3),
    "encoder.2.reparam_conv.bias": (64,),
    "encoder.3.reparam_conv.weight": (128, 64, 3),
    "encoder.3.reparam_conv.bias": (128,),
    "decoder.rnn.weight_ih": (4 * _HIDDEN, 128),
    "decoder.rnn.weight_hh": (4 * _HIDDEN, _HIDDEN),
    "decoder.rnn.bias_ih": (4 * _HIDDEN,),
    "decoder.rnn.bias_hh": (4 * _HIDDEN,),
    "decoder.decoder.2.weight": (_HIDDEN,),
    "decoder.decoder.2.bias": (),
}
_PREFIX = "_model."
_TYPES = {0: "<f4", 1: "<f2"}


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What the network knows of the frames before: the LSTM's output and its cells."""

    output: _Array
    cells: _Array

    @classmethod
    def empty(cls) -> Memory:
        """Return that of one who heard nothing yet."""
        return cls(np.zeros(_HIDDEN, np.float32), np.zeros(_HIDDEN, np.float32))


class SileroNetwork:
    """The weights, and what they make of sound; they never change, so any thread may use it."""

    def __init__(self, path: Path) -> None:
        """Read a ggml file.

        Raises:
            FileMissingError: no such file.
            ModelError: no voice activity model, a damaged one, or one that is built otherwise.
        """
        weights = _read(path)
        self._basis = np.ascontiguousarray(weights["stft.forward_basis_buffer"][:, 0].T)
        kernels = [weights[f"encoder.{layer}.reparam_conv.weight"] for layer in range(4)]
        self._biases = [weights[f"encoder.{layer}.reparam_conv.bias"] for layer in range(4)]
        # One matrix each: what three neighbours say stands side by side. Where a layer sees only some of the
        # three, as all else is padding, only those count.
        self._first, self._second = (_as_matrix(kernel, 0, 3) for kernel in kernels[:2])
        self._third, self._fourth = _as_matrix(kernels[2], 1, 3), _as_matrix(kernels[3], 1, 2)
        # sigmoid(x) = (tanh(x / 2) + 1) / 2: halved here, one tanh does for all gates.
        halves = np.full(4 * _HIDDEN, 0.5, np.float32)
        halves[2 * _HIDDEN : 3 * _HIDDEN] = 1.0
        self._into = np.ascontiguousarray((weights["decoder.rnn.weight_ih"] * halves[:, None]).T)
        self._within = weights["decoder.rnn.weight_hh"] * halves[:, None]
        self._gate_bias = (weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]) * halves
        self._answer = weights["decoder.decoder.2.weight"]
        self._answer_bias = float(weights["decoder.decoder.2.bias"])

    def probabilities(self, frames: Samples, memory: Memory) -> tuple[_Array, Memory]:
        """Return the probability of speech in each frame, and what is to be remembered.

        Args:
            frames: float32, shape (count, FRAME).
            memory: of the frames before.
        """
        outputs, memory = self._remembered(self._gates(frames), memory)
        values = np.maximum(outputs, 0.0) @ self._answer + self._answer_bias
        return np.asarray(1.0 / (1.0 + np.exp(-values)), np.float32), memory

    def _gates(self, frames: Samples) -> _Array:
        """What each frame gives to the gates of the LSTM, shape (count, 4 * _HIDDEN)."""
        count = len(frames)
        padded = np.pad(frames, ((0, 0), (_PADDING, _PADDING)), mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=1)[:, ::_STEP]
        spectra = windows.reshape(-1, _WINDOW) @ self._basis
        loudness = np.sqrt(spectra[:, :_BINS] ** 2 + spectra[:, _BINS:] ** 2).reshape(count, _PLACES, _BINS)
        sides = np.pad(loudness, ((0, 0), (1, 1), (0, 0)))
        threes = np.concatenate([sides[:, place : place + _PLACES] for place in range(3)], axis=2)
        layer = _rectified(threes.reshape(count * _PLACES, -1) @ self._first + self._biases[0])
        # From here on every second place, and of the last two layers the first place alone.
        sides = np.pad(layer.reshape(count, _PLACES, -1), ((0, 0), (1, 0), (0, 0)))
        threes = np.stack([sides[:, 0:3].reshape(count, -1), sides[:, 2:5].reshape(count, -1)], axis=1)
        layer = _rectified(threes.reshape(count * 2, -1) @ self._second + self._biases[1])
        layer = _rectified(layer.reshape(count, -1) @ self._third + self._biases[2])
        layer = _rectified(layer @ self._fourth + self._biases[3])
        return np.asarray(layer @ self._into + self._gate_bias, np.float32)

    def _remembered(self, gates: _Array, memory: Memory) -> tuple[_Array, Memory]:
        """The LSTM's output for each frame."""
        outputs = np.empty((len(gates), _HIDDEN), np.float32)
        output, cells = memory.output, memory.cells
        for index, given in enumerate(gates):
            gate = np.tanh(self._within @ output + given)
            taken, kept, new, told = gate.reshape(4, _HIDDEN)
            cells = ((kept + 1.0) * cells + (taken + 1.0) * new) * 0.5
            output = outputs[index] = (told + 1.0) * np.tanh(cells) * 0.5
        return outputs, Memory(output, cells)


def _rectified(layer: _Array) -> _Array:
    return np.maximum(layer, 0.0, out=layer)


def _as_matrix(kernel: _Array, first: int, last: int) -> _Array:
    """Taps [first, last) of a convolution, shape (out, in, taps), as one matrix for all that they see."""
    return np.ascontiguousarray(kernel[:, :, first:last].transpose(2, 1, 0).reshape(-1, len(kernel)))


def _read(path: Path) -> dict[str, _Array]:
    places = {place.name.removeprefix(_PREFIX): place for place in voice_tensors(path)}
    if any(not _is_as_known(places.get(name), shape) for name, shape in _SHAPES.items()):
        raise ModelError(f"The voice activity model {path.name} is built otherwise than those known here.")
    data = path.read_bytes()
    return {name: _values(data, places[name]) for name in _SHAPES}


def _is_as_known(place: TensorPlace | None, shape: tuple[int, ...]) -> bool:
    return place is not None and place.shape == shape and place.kind in _TYPES


def _values(data: bytes, place: TensorPlace) -> _Array:
    count = int(np.prod(place.shape, dtype=np.int64))
    found = np.frombuffer(data, _TYPES[place.kind], count, place.offset)
    return found.reshape(place.shape).astype(np.float32)
