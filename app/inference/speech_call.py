"""A whisper model in memory, and one call of it on a thread of its own."""

from __future__ import annotations

import platform
import re
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.cores import let_others_go_first
from app.core.errors import ModelError
from app.inference.recognition import RawSegment, Recognised, SpeechParams, Token
from app.inference.speech_native import logged_errors, logged_facts

_SHORTEST_S = 1.0
"""whisper.cpp hears nothing in less than 100 ms, and little in less than a second: shorter sound is filled
up."""


class Context:
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


class Call:
    """One native call on a thread of its own, and what came out of it."""

    def __init__(
        self,
        context: Context,
        sound: Samples,
        params: SpeechParams,
        threads: int,
        token: CancelToken,
        *,
        behind: int = 0,
    ) -> None:
        """Prepare; ``behind``: so many steps its threads stand lower than the caller's."""
        self._behind = behind
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
        if self._behind:
            let_others_go_first(self._behind)
        native_ = self._context.native
        sound = self._filled_up()
        try:
            # The log is the only place where the probability of a language that was found is told.
            with ExitStack() as stack:
                facts = stack.enter_context(logged_facts()) if self._params.language == "auto" else []
                self._code = native_.whisper_full(
                    self._context.handle, self._native_params(), sound, len(sound)
                )
            if self._code == 0 and not self._token.cancelled:
                self._recognised = self._collect(_language_probability(facts))
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _filled_up(self) -> Samples:
        missing = round(_SHORTEST_S * SAMPLE_RATE) - len(self._sound)
        return np.pad(self._sound, (0, missing)) if missing > 0 else self._sound

    def values(self) -> dict[str, object]:
        """Return all parameters of the call by whisper.cpp's names."""
        wanted = self._params
        return {
            **_ALWAYS,
            "n_threads": self._threads,
            "language": wanted.language,
            "translate": wanted.translate,
            "initial_prompt": wanted.prompt,
            # Text carried over from earlier windows feeds repetition loops, and pieces are independent.
            "n_max_text_ctx": _PROMPT_TOKENS if wanted.prompt else 0,
            "beam_search": {"beam_size": wanted.beam_size, "patience": -1.0},
            "temperature": wanted.temperature,
        }

    def _native_params(self) -> Any:
        """Fresh parameters: those of an earlier call would stay."""
        native_ = self._context.native
        kinds = native_.whisper_sampling_strategy
        several = self._params.beam_size > 1
        params = native_.whisper_full_default_params(
            kinds.WHISPER_SAMPLING_BEAM_SEARCH if several else kinds.WHISPER_SAMPLING_GREEDY
        )
        for name, value in self.values().items():
            setattr(params, name, value)
        native_.assign_abort_callback(params, self._aborts)
        return params

    def _aborts(self) -> bool:
        return self._abandoned or self._token.cancelled

    def _collect(self, language_probability: float | None) -> Recognised:
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
        return Recognised(tuple(segments), language, language_probability)


def _language_probability(facts: Sequence[str]) -> float | None:
    found = (re.search(r"auto-detected language: \w+ \(p = ([0-9.]+)\)", fact) for fact in facts)
    return next((float(match[1]) for match in found if match), None)


_PROMPT_TOKENS = 224
"""Room for a prompt: half of whisper's text context, which is all it uses of one."""

_ALWAYS: Mapping[str, object] = {
    "offset_ms": 0,
    "duration_ms": 0,
    "no_context": True,
    "no_timestamps": False,
    "single_segment": False,
    "print_special": False,
    "print_progress": False,
    "print_realtime": False,
    "print_timestamps": False,
    "token_timestamps": False,
    "thold_pt": 0.01,
    "thold_ptsum": 0.01,
    "max_len": 0,
    "split_on_word": False,
    "max_tokens": 0,
    "debug_mode": False,
    "audio_ctx": 0,
    "tdrz_enable": False,
    "suppress_regex": "",
    "carry_initial_prompt": False,
    "detect_language": False,
    "suppress_blank": True,
    "suppress_nst": False,
    # The default forbids a first word after one second of silence.
    "max_initial_ts": 0.0,
    "length_penalty": -1.0,
    "temperature_inc": 0.2,
    "entropy_thold": 2.4,
    "logprob_thold": -1.0,
    "no_speech_thold": 0.6,
    "greedy": {"best_of": 5},
    # It glues the stretches of speech together, and the times of later calls go through its table.
    "vad": False,
    "vad_model_path": "",
}
"""What whisper.cpp's program sets, or would by default, but for what a comment says."""
