"""Speech to text, from blocks of sound to events, within bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from app.core.audio import AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.errors import ModelError, UsageError
from app.core.events import Event, WarningRaised
from app.core.upcoming import Upcoming
from app.inference.loudness_gate import GATE_FRAME, GATE_RULE, band_levels, gate_values
from app.inference.recognition import SpeechParams
from app.inference.regions import Probabilities, RegionRule
from app.inference.second_opinion import reconsidered
from app.inference.silero import SILERO_FRAME, SileroVad
from app.inference.silero_network import SileroNetwork
from app.inference.speech_pieces import ready_pieces
from app.inference.speech_prompt import prompt_of
from app.inference.speech_run import Recogniser, SpeechRun
from app.inference.speech_windows import Listener, windows


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How to listen.

    Attributes:
        language: a code such as "en", or "auto" to let the model decide on the first speech.
        use_vad: look for speech first; without it all sound is recognised.
        vad_model: the silero model's file; None for the loudness gate.
        prompt: text that shows names and spelling to expect.
        translate: write English whatever is spoken.
        vocabulary: names and terms to expect, the most important first.
        beam_size, temperature: as in SpeechParams.
    """

    language: str = "auto"
    use_vad: bool = True
    vad_model: Path | None = None
    prompt: str = ""
    translate: bool = False
    vocabulary: tuple[str, ...] = ()
    beam_size: int = 5
    temperature: float = 0.0


def transcribe(
    model: Recogniser, blocks: Iterator[AudioBlock], options: SpeechOptions, cancel: CancelToken
) -> Generator[Event, None, None]:
    """Find and recognise speech: ``transcribe_once_loaded`` with a model that is there."""
    return transcribe_once_loaded(lambda: model, lambda _stop: blocks, options, cancel)


def transcribe_once_loaded(
    load: Callable[[], Recogniser],
    read: Callable[[CancelToken], Iterator[AudioBlock]],
    options: SpeechOptions,
    cancel: CancelToken,
) -> Generator[Event, None, None]:
    """Find and recognise speech.

    Sound is read, and speech looked for, on a thread of its own, two pieces ahead of what is recognised, also
    while the model is loaded. Three minutes of sound are held, and half a minute for each piece under way.

    Yields SpeechRegionsFound, PieceHeard, LanguageFound, SegmentFound and Progress in order of time, after
    each piece of at most 30 s; times are those of the blocks, a gap between them is silence. LanguageFound
    comes again only where the first pieces leave the model unsure. A vocabulary that does not fit, and a
    voice activity model in whose place the loudness gate listens, are said in a WarningRaised.

    Args:
        load: gives the model; called once, in the caller's thread.
        read: gives the sound; what it gives is used in the other thread, and should not wait for anything
            once the token is set: then ``cancel`` was, or the model failed.
        options: how to listen.
        cancel: ends it.

    Raises:
        UsageError: the model does not know the language.
        ModelError: the model failed.
        CancelledError: ``cancel`` was set; within a fraction of a second, except while the sound itself has
        to be waited for.
        Exception: what ``load`` and the sound raise.
    """
    stop = CancelToken()
    with ExitStack() as stack:
        stack.callback(cancel.on_cancel(stop.cancel))
        listener, warning = listener_of(options, stop)
        found = ready_pieces(windows(read(stop), listener, stop), finds_edges=listener.finds_edges)
        upcoming = Upcoming(found, _AHEAD, "reelscope-listen")
        stack.callback(upcoming.close)
        # Whoever leaves early waits for nothing that can be stopped.
        stack.callback(stop.cancel)
        model = load()
        if warning:
            yield WarningRaised(warning)
        params, warning = _params_of(model, options)
        if warning:
            yield WarningRaised(warning)
        run = SpeechRun(model, params, stop, finds_edges=listener.finds_edges)
        stack.callback(run.close)
        stack.callback(stop.cancel)
        yield from run.events(upcoming)


_STEP_S = 5.0
"""The network hears each moment after what came before, so sound can be looked at as it comes."""
_AHEAD = 2
"""So many pieces wait for the model, not counting the one that is being made ready."""


def _params_of(model: Recogniser, options: SpeechOptions) -> tuple[SpeechParams, str | None]:
    """Return what the model is asked first, and what of the vocabulary it cannot be told."""
    language = _first_language(model, options)
    prompt = prompt_of(options.prompt, options.vocabulary, model.prompt_room, model.count_tokens)
    params = SpeechParams(language, prompt.text, options.translate, options.beam_size, options.temperature)
    return params, prompt.warning


def _first_language(model: Recogniser, options: SpeechOptions) -> str:
    wanted = options.language
    if options.translate and not model.multilingual:
        raise UsageError("The speech model knows only English, so there is nothing it could translate.")
    if wanted == "auto":
        return "auto" if model.multilingual else "en"
    if not model.knows(wanted):
        known = "only English" if not model.multilingual else "not this language"
        raise UsageError(f"The speech model knows {known}: '{wanted}' cannot be asked of it.")
    return wanted


def listener_of(options: SpeechOptions, cancel: CancelToken) -> tuple[Listener, str | None]:
    """Return how speech is looked for, and why not as it was asked for."""
    if not options.use_vad:
        return _EVERYTHING, None
    gate = Listener(_by_loudness, GATE_FRAME, GATE_RULE)
    if options.vad_model is None:
        return gate, None
    try:
        network = SileroNetwork(options.vad_model)
    except (ModelError, UsageError) as error:
        return gate, f"{error} Speech is looked for by loudness instead."
    by_silero = partial(_by_silero, SileroVad(network), SileroVad(network), cancel)
    return Listener(by_silero, SILERO_FRAME, _SILERO_RULE, _STEP_S), None


def _by_silero(
    silero: SileroVad, fresh: SileroVad, cancel: CancelToken, sound: Samples, known: Probabilities
) -> Probabilities:
    """``silero`` goes on from what it heard; ``fresh`` hears anew what it may have missed."""
    values = silero.probabilities(sound, known, cancel)
    hears = partial(fresh.probabilities, cancel=cancel)
    return reconsidered(sound, values, len(known), SILERO_FRAME, _SILERO_RULE, hears)


_SILERO_RULE = RegionRule()


def _by_loudness(sound: Samples, _known: Probabilities) -> Probabilities:
    """The gate hears each moment before what surrounds it, so all is looked at anew."""
    return gate_values(sound)


def _everything(sound: Samples, _known: Probabilities) -> Probabilities:
    """Take all sound for speech, digital silence apart; values grow with the level, so cuts fall in quiet
    moments."""
    return np.asarray(np.clip(1.0 + band_levels(sound) / -_DIGITAL_SILENCE_DB, 0.0, 1.0), np.float32)


_DIGITAL_SILENCE_DB = -100.0
_EVERYTHING = Listener(_everything, GATE_FRAME, RegionRule(enter=0.01, leave=0.01), finds_edges=False)
