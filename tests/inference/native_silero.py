"""The silero network as whisper.cpp runs it: the truth for our own."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import numpy as np

from app.core.audio import Samples
from app.inference.regions import Probabilities
from app.inference.speech_native import native, whisper_library


class _ContextParams(ctypes.Structure):
    """`struct whisper_vad_context_params` of include/whisper.h, v1.8.5."""

    _fields_ = (("n_threads", ctypes.c_int), ("use_gpu", ctypes.c_bool), ("gpu_device", ctypes.c_int))


def whisper_cpp_silero(model: Path, sound: Samples) -> Probabilities:
    """Return the probability of speech in each frame, as whisper.cpp's own function gives it."""
    library = whisper_library(native())
    assert library is not None
    library.whisper_vad_init_from_file_with_params.argtypes = [ctypes.c_char_p, _ContextParams]
    library.whisper_vad_init_from_file_with_params.restype = ctypes.c_void_p
    library.whisper_vad_detect_speech.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int,
    ]  # fmt: skip
    library.whisper_vad_detect_speech.restype = ctypes.c_bool
    library.whisper_vad_n_probs.argtypes = [ctypes.c_void_p]
    library.whisper_vad_probs.argtypes = [ctypes.c_void_p]
    library.whisper_vad_probs.restype = ctypes.POINTER(ctypes.c_float)
    library.whisper_vad_free.argtypes = [ctypes.c_void_p]
    context = library.whisper_vad_init_from_file_with_params(os.fsencode(model), _ContextParams(1, False, 0))
    assert context
    try:
        contiguous = np.ascontiguousarray(sound, np.float32)
        pointer = contiguous.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        assert library.whisper_vad_detect_speech(context, pointer, len(contiguous))
        count = library.whisper_vad_n_probs(context)
        return np.ctypeslib.as_array(library.whisper_vad_probs(context), shape=(count,)).copy()
    finally:
        library.whisper_vad_free(context)
