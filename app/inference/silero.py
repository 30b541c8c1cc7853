"""Voice activity by the silero network, through the whisper library that pywhispercpp brings.

The Python binding's own functions for it fail (they want a type they never registered), so the C functions
are called by ctypes. Declarations follow include/whisper.h of v1.8.5; what can be checked is checked before
use.
"""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

import numpy as np

from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.core.errors import ModelError
from app.core.results import ModelInfo
from app.inference.file_hash import sha256_of
from app.inference.regions import Probabilities
from app.inference.speech_file import GgmlKind, read_ggml
from app.inference.speech_native import native, whisper_library

SILERO_FRAME = 512
"""Samples per probability."""
_STRETCH = 300 * SILERO_FRAME
"""Samples of one native call, 9.6 s: it cannot be interrupted."""

_FUNCTIONS = (
    "whisper_vad_default_context_params",
    "whisper_vad_init_from_file_with_params",
    "whisper_vad_reset_state",
    "whisper_vad_detect_speech_no_reset",
    "whisper_vad_n_probs",
    "whisper_vad_probs",
    "whisper_vad_free",
)


class _ContextParams(ctypes.Structure):
    """`struct whisper_vad_context_params`."""

    _fields_ = (("n_threads", ctypes.c_int), ("use_gpu", ctypes.c_bool), ("gpu_device", ctypes.c_int))


class SileroVad:
    """The silero network on one CPU thread. For one thread at a time; a context manager.

    One thread is the fastest: the network is so small that several spend their time meeting each other.
    """

    def __init__(self, path: Path) -> None:
        """Load a ggml file of the network.

        Raises:
            FileMissingError: no such file.
            ModelError: the file is no voice activity model, or the library here cannot run one.
        """
        check_vad_file(path)
        self._library = _declared()
        params = self._library.whisper_vad_default_context_params()
        params.n_threads, params.use_gpu = 1, False
        self._context: int | None = self._library.whisper_vad_init_from_file_with_params(
            _native_path(path), params
        )
        if not self._context:
            raise ModelError(f"The voice activity model {path.name} cannot be loaded.")

    def probabilities(
        self, sound: Samples, known: Probabilities | None = None, cancel: CancelToken | None = None
    ) -> Probabilities:
        """Return the probability of speech in each frame of SILERO_FRAME samples, the last one filled up.

        Args:
            sound: float32, 16 kHz, mono.
            known: what the last call gave, or the end of it, where ``sound`` begins with the same frames: the
                network goes on behind them.
            cancel: looked at every _STRETCH samples.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the network could not be run.
        """
        if self._context is None:
            raise ValueError("the voice activity model is closed")
        contiguous = np.ascontiguousarray(sound, np.float32)
        found = [np.zeros(0, np.float32) if known is None else known]
        if not len(found[0]):
            self._library.whisper_vad_reset_state(self._context)
        for first in range(len(found[0]) * SILERO_FRAME, len(contiguous), _STRETCH):
            if cancel is not None:
                cancel.raise_if_cancelled()
            found.append(self._continued(contiguous[first : first + _STRETCH]))
        return np.concatenate(found)

    def _continued(self, sound: Samples) -> Probabilities:
        """Go on from the state the last stretch left."""
        pointer = sound.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        frames = -(-len(sound) // SILERO_FRAME)
        ran = self._library.whisper_vad_detect_speech_no_reset(self._context, pointer, len(sound))
        if not ran or self._library.whisper_vad_n_probs(self._context) != frames:
            raise ModelError("The voice activity model could not be run.")
        values = self._library.whisper_vad_probs(self._context)
        return np.ctypeslib.as_array(values, shape=(frames,)).copy()

    def close(self) -> None:
        """Free the network; repeated calls do nothing."""
        context, self._context = self._context, None
        if context:
            self._library.whisper_vad_free(context)

    def __enter__(self) -> SileroVad:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_vad_file(path: Path) -> None:
    """Refuse what is no voice activity model.

    Raises:
        FileMissingError: no such file.
        ModelError: the file is of another kind.
    """
    if read_ggml(path).kind is not GgmlKind.VAD:
        raise ModelError(f"{path.name} is a speech model; a voice activity model (silero) is needed here.")


def vad_info(path: Path) -> ModelInfo:
    """Return the model as it stands in documents; reads the whole file for its hash."""
    return ModelInfo(path.stem, sha256_of(path), "vad", "silero")


def _native_path(path: Path) -> bytes:
    """The path as the library wants it: UTF-8 on Windows, the system's own bytes elsewhere."""
    return str(path).encode() if platform.system() == "Windows" else os.fsencode(path)


def _declared() -> ctypes.CDLL:
    """Return the library with its functions declared.

    Raises:
        ModelError: it is not there, lacks a function, or answers otherwise than its header says.
    """
    library = whisper_library(native())
    if library is None or not all(hasattr(library, name) for name in _FUNCTIONS):
        raise ModelError("The whisper library of this installation cannot look for speech.")
    library.whisper_vad_default_context_params.argtypes = []
    library.whisper_vad_default_context_params.restype = _ContextParams
    library.whisper_vad_init_from_file_with_params.argtypes = [ctypes.c_char_p, _ContextParams]
    library.whisper_vad_init_from_file_with_params.restype = ctypes.c_void_p
    library.whisper_vad_reset_state.argtypes = [ctypes.c_void_p]
    library.whisper_vad_reset_state.restype = None
    detect = library.whisper_vad_detect_speech_no_reset
    detect.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int]
    detect.restype = ctypes.c_bool
    library.whisper_vad_n_probs.argtypes = [ctypes.c_void_p]
    library.whisper_vad_n_probs.restype = ctypes.c_int
    library.whisper_vad_probs.argtypes = [ctypes.c_void_p]
    library.whisper_vad_probs.restype = ctypes.POINTER(ctypes.c_float)
    library.whisper_vad_free.argtypes = [ctypes.c_void_p]
    library.whisper_vad_free.restype = None
    defaults = library.whisper_vad_default_context_params()
    if not (1 <= defaults.n_threads <= 64 and defaults.use_gpu is False and defaults.gpu_device == 0):
        raise ModelError("The whisper library of this installation is not the version this program knows.")
    return library
