"""Speech to text, from blocks of sound to events, within bounded memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.errors import ModelError, UsageError
from app.core.events import (
    Event,
    PieceHeard,
    Progress,
    SegmentFound,
    SpeechRegionsFound,
    Stage,
    WarningRaised,
)
from app.core.time import TimeSpan
from app.inference.edges import SURROUNDINGS_S, sharpened
from app.inference.loudness_gate import GATE_FRAME, GATE_RULE, VOWELS_HZ, band_levels, gate_values
from app.inference.recognition import Recognised, SpeechParams
from app.inference.regions import Piece, Probabilities, RegionRule, find_regions
from app.inference.shortening import back_in_time, shortened
from app.inference.silero import SILERO_FRAME, SileroVad
from app.inference.speech_language import SpokenLanguage
from app.inference.speech_prompt import prompt_of
from app.inference.speech_segments import SNAP_S, settle
from app.inference.speech_windows import Listener, Window, windows
from app.inference.speech_words import Levels, Stretch


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


class Recogniser(Protocol):
    """What is needed of a SpeechModel."""

    multilingual: bool

    @property
    def prompt_room(self) -> int:
        """Tokens of a prompt that the model reads."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is."""

    def knows(self, language: str) -> bool:
        """Whether the language can be asked for."""

    def recognise(
        self, sound: Samples, params: SpeechParams, cancel: CancelToken | None = None
    ) -> Recognised:
        """Recognise one piece of sound."""


def transcribe(
    model: Recogniser, blocks: Iterator[AudioBlock], options: SpeechOptions, cancel: CancelToken
) -> Iterator[Event]:
    """Find and recognise speech.

    Yields SpeechRegionsFound, PieceHeard, LanguageFound, SegmentFound and Progress in order of time, after
    each piece of at most 30 s; times are those of the blocks. LanguageFound comes again only where the first
    pieces leave the model unsure. A gap between blocks is silence. About three minutes of sound are held at a
    time. A voice activity model that cannot be used, and a vocabulary that does not fit, are said in a
    WarningRaised; the loudness gate takes the model's place.

    Raises:
        UsageError: the model does not know the language.
        ModelError: the model failed.
        CancelledError: ``cancel`` was set; within a fraction of a second, except while ``blocks`` itself
        waits.
    """
    language = _first_language(model, options)
    prompt = prompt_of(options.prompt, options.vocabulary, model.prompt_room, model.count_tokens)
    if prompt.warning:
        yield WarningRaised(prompt.warning)
    params = SpeechParams(language, prompt.text, options.translate, options.beam_size, options.temperature)
    with ExitStack() as stack:
        listener, warning = _listener(options, stack, cancel)
        if warning:
            yield WarningRaised(warning)
        run = _Run(model, params, cancel, finds_edges=listener.finds_edges)
        for window in windows(blocks, listener, cancel):
            yield from run.window(window)


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


def _listener(options: SpeechOptions, stack: ExitStack, cancel: CancelToken) -> tuple[Listener, str | None]:
    if not options.use_vad:
        return _EVERYTHING, None
    gate = Listener(_by_loudness, GATE_FRAME, GATE_RULE)
    if options.vad_model is None:
        return gate, None
    try:
        silero = stack.enter_context(SileroVad(options.vad_model))
    except (ModelError, UsageError) as error:
        return gate, f"{error} Speech is looked for by loudness instead."
    return Listener(partial(silero.probabilities, cancel=cancel), SILERO_FRAME, RegionRule()), None


def _by_loudness(sound: Samples, _known: Probabilities) -> Probabilities:
    """The gate hears each moment before what surrounds it, so all is looked at anew."""
    return gate_values(sound)


def _everything(sound: Samples, _known: Probabilities) -> Probabilities:
    """Take all sound for speech, digital silence apart; values grow with the level, so cuts fall in quiet
    moments."""
    return np.asarray(np.clip(1.0 + band_levels(sound) / -_DIGITAL_SILENCE_DB, 0.0, 1.0), np.float32)


_DIGITAL_SILENCE_DB = -100.0
_EVERYTHING = Listener(_everything, GATE_FRAME, RegionRule(enter=0.01, leave=0.01), finds_edges=False)
_AUDIBLE = replace(GATE_RULE, enter=0.5, leave=0.33)
"""Where all sound is recognised, this tells where there may be speech in it: what stands 9 dB out of its
surroundings, less than the gate asks for, which decides what is heard at all."""


class _Run:
    """One transcription: what carries over from piece to piece."""

    def __init__(
        self, model: Recogniser, params: SpeechParams, cancel: CancelToken, *, finds_edges: bool
    ) -> None:
        self._finds_edges = finds_edges
        self._model = model
        self._params = params
        self._cancel = cancel
        self._language = SpokenLanguage(params.language)
        self._begun = False

    def window(self, window: Window) -> Iterator[Event]:
        if not self._begun:
            # From here on time counts: without it the first piece would, as it were, take none.
            self._begun = True
            yield Progress(Stage.SPEECH, window.time_s(0), None)
        for piece in window.pieces:
            self._cancel.raise_if_cancelled()
            yield from self._piece(window, piece)
            yield Progress(Stage.SPEECH, window.time_s(piece.end), None)
        if not window.pieces or window.pieces[-1].end < window.done:
            yield Progress(Stage.SPEECH, window.time_s(window.done), None)

    def _piece(self, window: Window, piece: Piece) -> Iterator[Event]:
        speech = self._speech(window.sound, piece)
        first_s = window.time_s(piece.start)
        told = speech if self._finds_edges else self._audible(window, piece)
        yield SpeechRegionsFound(tuple(TimeSpan(first_s + start, first_s + end) for start, end in told))
        params = replace(self._params, language=self._language.to_ask_for)
        began = time.monotonic()
        heard = self._model.recognise(shortened(window.sound, piece), params, self._cancel)
        yield PieceHeard(time.monotonic() - began)
        levels = Levels(
            band_levels(window.sound[piece.start : piece.end], VOWELS_HZ), GATE_FRAME / SAMPLE_RATE
        )
        raw = [back_in_time(segment, piece) for segment in heard.segments]
        segments = settle(raw, speech, levels, first_s, snap_s=SNAP_S if self._finds_edges else 0.0)
        if segments:
            found = self._language.heard(heard.language, heard.language_probability)
            if found is not None:
                yield found
        for segment in segments:
            yield SegmentFound(segment)

    def _audible(self, window: Window, piece: Piece) -> list[Stretch]:
        """Where there may be speech in a piece that is recognised as a whole, seconds from its start."""
        regions = find_regions(gate_values(window.sound), GATE_FRAME, len(window.sound), _AUDIBLE)
        inside = (
            Stretch(
                max(0, start - piece.start) / SAMPLE_RATE, (min(end, piece.end) - piece.start) / SAMPLE_RATE
            )
            for start, end in regions
        )
        return [stretch for stretch in inside if stretch.end_s > stretch.start_s]

    def _speech(self, sound: Samples, piece: Piece) -> list[Stretch]:
        """Where somebody speaks, seconds from the piece's start."""
        speech = [
            Stretch((region.start - piece.start) / SAMPLE_RATE, (region.end - piece.start) / SAMPLE_RATE)
            for region in piece.regions
        ]
        if not self._finds_edges:
            return speech
        first = max(0, piece.start - round(SURROUNDINGS_S * SAMPLE_RATE))
        around = sound[first : piece.end + round(SURROUNDINGS_S * SAMPLE_RATE)]
        levels = Levels(band_levels(around), GATE_FRAME / SAMPLE_RATE)
        return sharpened(speech, levels, (first - piece.start) / SAMPLE_RATE)
