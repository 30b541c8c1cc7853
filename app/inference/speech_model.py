"""A whisper model: 16 kHz samples in, text with times out."""

from __future__ import annotations

import functools
import platform
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.cores import cores_here
from app.core.errors import ModelError
from app.core.results import ModelInfo
from app.inference.file_hash import sha256_of
from app.inference.speech_file import GgmlFile, GgmlKind, read_ggml
from app.inference.speech_native import logged_errors, native

LONGEST_S = 30.0
"""Whisper hears so much at once; longer sound is refused here, since it must be cut with care."""

_MOST_THREADS = 8
_SHORTEST_S = 1.0
"""whisper.cpp hears nothing in less than 100 ms, and little in less than a second: shorter sound is filled
up."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text as the model wrote it; ``data`` may hold a part of a UTF-8 character."""

    data: bytes
    probability: float


@dataclass(frozen=True, slots=True)
class RawSegment:
    """What the model takes for one sentence; seconds from the first sample; text tokens only."""

    start_s: float
    end_s: float
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """All that was heard in one piece of sound, and in which language (a code such as "en")."""

    segments: tuple[RawSegment, ...]
    language: str


@dataclass(frozen=True, slots=True)
class SpeechParams:
    """How a piece is recognised; ``language`` "auto" lets the model find out."""

    language: str = "en"
    prompt: str = ""
    translate: bool = False


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
        self.threads = threads or min(_MOST_THREADS, cores_here())
        self._native = native()
        context = _Context(self._native, path)
        self._context: _Context | None = context
        self._call: _Call | None = None
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

    def recognise(
        self, sound: Samples, params: SpeechParams, cancel: CancelToken | None = None
    ) -> Recognised:
        """Recognise at most LONGEST_S seconds of sound.

        Args:
            sound: float32, 16 kHz, mono.
            params: language and prompt.
            cancel: returns within a fraction of a second once it is set.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the model failed.
        """
        if self._context is None:
            raise ValueError("the speech model is closed")
        if len(sound) > LONGEST_S * SAMPLE_RATE:
            raise ValueError("sound must be cut into pieces of at most 30 s")
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if self._call is not None:
            self._call.wait(token)
        self._call = _Call(self._context, np.array(sound, np.float32), params, self.threads, token)
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


class _Context:
    """The native model; freed when the last thread that uses it has let go."""

    def __init__(self, module: ModuleType, path: Path) -> None:
        self.native: Any = module
        self.on_gpu = platform.system() == "Darwin"
        handle, errors = _load(module, path, on_gpu=self.on_gpu)
        if errors and self.on_gpu:
            self.on_gpu = False
            handle, errors = _load(module, path, on_gpu=False)
        if errors:
            raise ModelError(f"The speech model {path.name} cannot be loaded: {errors[0]}")
        self.handle = handle
        self.free: Callable[[], object] = weakref.finalize(self, module.whisper_free, handle)


def _load(module: ModuleType, path: Path, *, on_gpu: bool) -> tuple[object, list[str]]:
    """Return the model and what went wrong; a model with errors is freed and must not be used."""
    params = module.whisper_context_default_params()
    params.use_gpu = on_gpu
    try:
        with logged_errors() as errors:
            handle = module.whisper_init_from_file_with_params(str(path), params)
    except UnicodeEncodeError as error:
        raise ModelError("The model's file name is not valid text: rename the file.") from error
    if errors:
        module.whisper_free(handle)
    return handle, errors


class _Call:
    """One native call on a thread of its own, and what came out of it."""

    def __init__(
        self, context: _Context, sound: Samples, params: SpeechParams, threads: int, token: CancelToken
    ) -> None:
        self._context = context
        self._sound = sound
        self._params = params
        self._threads = threads
        self._token = token
        self._thread = threading.Thread(target=self._run, name="whisper")
        self._changed = threading.Condition()
        self._ended = False
        self._abandoned = False
        self._code: int | None = None
        self._recognised = Recognised((), params.language)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self, token: CancelToken) -> None:
        """Wait for the end; left early, by a cancelled token or Ctrl-C, the call ends as soon as it can.

        Raises:
            CancelledError: ``token`` was set.
        """
        take_back = token.on_cancel(self._wake)
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or token.cancelled)
            token.raise_if_cancelled()
            self._thread.join()
        finally:
            take_back()
            self._abandoned = not self._ended

    def join(self) -> None:
        """Wait for the thread, whatever it takes."""
        self._thread.join()

    def result(self) -> Recognised:
        """Return what was recognised.

        Raises:
            ModelError: the native call failed.
        """
        if self._code != 0:
            raise ModelError(f"Speech recognition failed (whisper error {self._code}).")
        return self._recognised

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        native_ = self._context.native
        sound = self._filled_up()
        try:
            self._code = native_.whisper_full(self._context.handle, self._native_params(), sound, len(sound))
            if self._code == 0 and not self._token.cancelled:
                self._recognised = self._collect()
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _filled_up(self) -> Samples:
        missing = round(_SHORTEST_S * SAMPLE_RATE) - len(self._sound)
        return np.pad(self._sound, (0, missing)) if missing > 0 else self._sound

    def _native_params(self) -> Any:
        """Fresh parameters: those of an earlier call would stay."""
        native_ = self._context.native
        params = native_.whisper_full_default_params(
            native_.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY
        )
        params.n_threads = self._threads
        params.language = self._params.language
        params.translate = self._params.translate
        params.initial_prompt = self._params.prompt
        # Text carried over from earlier windows feeds repetition loops, and pieces are independent.
        params.n_max_text_ctx = _PROMPT_TOKENS if self._params.prompt else 0
        params.no_context = True
        # The default forbids a first word after one second of silence.
        params.max_initial_ts = 0.0
        params.print_progress = False
        params.print_realtime = False
        params.print_timestamps = False
        params.print_special = False
        native_.assign_abort_callback(params, self._aborts)
        return params

    def _aborts(self) -> bool:
        return self._abandoned or self._token.cancelled

    def _collect(self) -> Recognised:
        native_, handle = self._context.native, self._context.handle
        end_of_text = native_.whisper_token_eot(handle)
        longest = len(self._sound) / SAMPLE_RATE
        segments = []
        for index in range(native_.whisper_full_n_segments(handle)):
            tokens = []
            for number in range(native_.whisper_full_n_tokens(handle, index)):
                data = native_.whisper_full_get_token_data(handle, index, number)
                if data.id < end_of_text:
                    tokens.append(Token(native_.whisper_token_to_bytes(handle, data.id), float(data.p)))
            start = native_.whisper_full_get_segment_t0(handle, index) / 100
            end = native_.whisper_full_get_segment_t1(handle, index) / 100
            segments.append(RawSegment(min(start, longest), min(max(start, end), longest), tuple(tokens)))
        language = native_.whisper_lang_str(native_.whisper_full_lang_id(handle))
        return Recognised(tuple(segments), language)


_PROMPT_TOKENS = 224
"""Room for a prompt: half of whisper's text context, which is all it uses of one."""
