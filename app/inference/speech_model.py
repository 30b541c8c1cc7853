"""A whisper model: 16 kHz samples in, text with times out."""

from __future__ import annotations

import functools
import logging
import platform
from pathlib import Path

from app.core.abandon import abandonable
from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.cores import cores_here
from app.core.errors import ModelError, is_out_of_memory
from app.core.memory import total_memory
from app.core.results import ModelInfo
from app.inference.file_hash import sha256_of
from app.inference.recognition import Recognised, SpeechParams
from app.inference.speech_call import Context
from app.inference.speech_file import GgmlFile, GgmlKind, read_ggml
from app.inference.speech_lane import Lane
from app.inference.speech_native import logged_errors, native

_log = logging.getLogger(__name__)

LONGEST_S = 30.0
"""Whisper hears so much at once; longer sound is refused here, since it must be cut with care."""

_MOST_THREADS = 8
_MOST_MEMORY = 1 / 16
"""Larger models are not kept in memory twice."""
_BEHIND = 5
"""So much lower than the first piece stand all others: what is read and listened to beside them takes from
theirs, and the first text comes sooner."""


class SpeechModel:
    """A loaded whisper model; each of its lanes for one caller at a time.

    The native call runs on a thread of its own, because the encoder cannot be interrupted: a cancelled call
    returns to the caller at once, and its thread ends as soon as the encoder does. ``close`` waits for that.

    Attributes:
        path: the model file.
        multilingual: whether it knows other languages than English.
        threads: CPU threads, of all lanes together.
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
        self._first = Lane(Context(self._native, path))
        self._second: Lane | None = None
        self._begun = False
        self.device = "metal" if self._first.on_gpu else "cpu"

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
        context = self._first.open()
        return int(context.native.whisper_n_text_ctx(context.handle)) // 2 - 1

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text is."""
        context = self._first.open()
        # Told that there is no room at all the function writes nothing and answers with what it would need.
        with logged_errors():
            return -int(context.native.whisper_tokenize(context.handle, text, 0, 0))

    @functools.cached_property
    def lanes(self) -> int:
        """How many calls may run side by side: 1 or 2."""
        return 1 if self._first.on_gpu else usual_lanes(self.path, self.threads)

    def recognise(
        self,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        """Recognise at most LONGEST_S seconds of sound.

        Args:
            sound: float32, 16 kHz, mono.
            params: how.
            cancel: returns within a fraction of a second once it is set.
            lane: 0 or 1, below ``lanes``: calls in different ones may run side by side. The model is loaded
                once more when the second is used first.
            shared: takes its lane's share of the threads instead of all.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the model failed.
        """
        if len(sound) > LONGEST_S * SAMPLE_RATE:
            raise ValueError("sound must be cut into pieces of at most 30 s")
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        self._first.open()
        behind = _BEHIND if lane == 1 or self._begun else 0
        self._begun = self._begun or lane == 0
        if lane == 1 and self._second is None:
            self._second = self._loaded_again(token)
        used = self._second if lane == 1 and self._second is not None else self._first
        threads = self.threads // self.lanes if shared else self.threads
        return used.recognise(sound, params, threads, token, behind=behind)

    def _loaded_again(self, token: CancelToken) -> Lane:
        """Another copy; the first one serves both lanes in turn where there is no room for that any more."""
        # Reading gigabytes cannot be stopped.
        load = functools.partial(Context, self._native, self.path)
        try:
            return Lane(abandonable(load, token, name="speech-model"))
        except (ModelError, MemoryError, RuntimeError) as error:
            if not (isinstance(error, ModelError) or is_out_of_memory(error)):
                raise
            _log.info("The speech model is not loaded twice: %s", error)
            return self._first

    def close(self) -> None:
        """Free the model, after calls that still run have ended; repeated calls do nothing."""
        self._first.close()
        if self._second is not None:
            self._second.close()

    def __enter__(self) -> SpeechModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def usual_threads() -> int:
    """Return how many CPU threads a model takes where nobody says otherwise."""
    return min(_MOST_THREADS, cores_here())


def usual_lanes(path: Path, threads: int | None = None) -> int:
    """Return how many pieces a model recognises side by side on the CPU: 2 where that pays and fits.

    Each lane has the model's weights in memory once more. So they must be a small part of it; where nobody
    knows how much there is, there is one lane. There is one for an odd number of threads, too: their shares
    would leave one of them idle.
    """
    memory = total_memory()
    if (threads or usual_threads()) % 2 or platform.system() == "Darwin" or memory is None:
        return 1
    return 2 if path.stat().st_size <= memory * _MOST_MEMORY else 1


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
