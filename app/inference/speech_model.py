"""A whisper model: 16 kHz samples in, text with times out."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.cores import cores_here
from app.core.errors import ModelError
from app.core.results import ModelInfo
from app.inference.file_hash import sha256_of
from app.inference.recognition import Recognised, SpeechParams
from app.inference.speech_call import Call, Context
from app.inference.speech_file import GgmlFile, GgmlKind, read_ggml
from app.inference.speech_native import logged_errors, native

LONGEST_S = 30.0
"""Whisper hears so much at once; longer sound is refused here, since it must be cut with care."""

_MOST_THREADS = 8


class SpeechModel:
    """A loaded whisper model, for one caller at a time.

    The native call runs on a thread of its own, because the encoder cannot be interrupted: a cancelled call
    returns to the caller at once, and its thread ends as soon as the encoder does. ``close`` waits for that.

    Attributes:
        path: the model file.
        multilingual: whether it knows other languages than English.
        threads: CPU threads of a call.
        device: "cpu" or "metal".
    """

    def __init__(self, path: Path, threads: int | None = None, *, weightless: bool = False) -> None:
        """Load a ggml file.

        Args:
            path: the file; never a name to be looked up.
            threads: CPU threads; None for all cores up to eight.
            weightless: accept whisper.cpp's files for tests, which compute everything and recognise nothing.

        Raises:
            FileMissingError: no such file.
            ModelError: no speech model, a damaged one, or one that cannot be loaded.
        """
        self.path = path
        self._file = check_speech_file(path, weightless=weightless)
        self.multilingual = self._file.multilingual
        # Not a share: what whisper computes depends a little on the number, so it must not on what else runs.
        self.threads = threads or usual_threads()
        self._native = native()
        context = Context(self._native, path)
        self._context: Context | None = context
        self._call: Call | None = None
        self.device = "metal" if context.on_gpu else "cpu"

    @functools.cached_property
    def info(self) -> ModelInfo:
        """The model as it stands in documents; reads the whole file for its hash the first time."""
        return ModelInfo(self.path.stem, sha256_of(self.path), "speech", self._file.layout)

    def knows(self, language: str) -> bool:
        """Whether ``language`` is a code the model can be told."""
        if not self.multilingual:
            return language == "en"
        return bool(language.isascii() and language.isalpha() and self._native.whisper_lang_id(language) >= 0)

    @property
    def prompt_room(self) -> int:
        """Tokens of a prompt that the model reads: half of its text context, less one that begins it."""
        context = self._open()
        return int(context.native.whisper_n_text_ctx(context.handle)) // 2 - 1

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text is."""
        context = self._open()
        # Told that there is no room at all the function writes nothing and answers with what it would need.
        with logged_errors():
            return -int(context.native.whisper_tokenize(context.handle, text, 0, 0))

    def _open(self) -> Context:
        if self._context is None:
            raise ValueError("the speech model is closed")
        return self._context

    def recognise(
        self, sound: Samples, params: SpeechParams, cancel: CancelToken | None = None
    ) -> Recognised:
        """Recognise at most LONGEST_S seconds of sound.

        Args:
            sound: float32, 16 kHz, mono.
            params: how.
            cancel: returns within a fraction of a second once it is set.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the model failed.
        """
        context = self._open()
        if len(sound) > LONGEST_S * SAMPLE_RATE:
            raise ValueError("sound must be cut into pieces of at most 30 s")
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if self._call is not None:
            self._call.wait(token)
        self._call = Call(context, np.array(sound, np.float32), params, self.threads, token)
        self._call.start()
        self._call.wait(token)
        return self._call.result()

    def close(self) -> None:
        """Free the model, after a call that still runs has ended; repeated calls do nothing."""
        if self._call is not None:
            self._call.join()
        context, self._context = self._context, None
        if context is not None:
            context.free()

    def __enter__(self) -> SpeechModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def usual_threads() -> int:
    """Return how many CPU threads a model takes where nobody says otherwise."""
    return min(_MOST_THREADS, cores_here())


def check_speech_file(path: Path, *, weightless: bool = False) -> GgmlFile:
    """Return the outline of a usable speech model.

    Raises:
        FileMissingError: no such file.
        ModelError: anything that is no whole speech model; one without weights, unless ``weightless``.
    """
    file = read_ggml(path)
    if file.kind is not GgmlKind.SPEECH:
        raise ModelError(f"{path.name} is a voice activity model; a speech model is needed here.")
    if file.tensors == 0 and not weightless:
        raise ModelError(
            f"{path.name} holds no weights: whisper.cpp made it for tests, and it recognises nothing."
        )
    return file
