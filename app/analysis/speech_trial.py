"""Measures how long a speech model takes, in a child process, so that a damaged one takes nothing else down.

What it hears is faint noise: the encoder takes as long for it as for speech, the decoder ends soon. Real runs
measure better and take the figure's place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.errors import ModelError, ReelscopeError, TrialFailedError
from app.core.own_program import own_command as program_command
from app.core.trial import NO_CLEAR_ANSWER, answer, ask_child, live_briefly

if TYPE_CHECKING:
    from app.core.cancel import CancelToken
    from app.inference.speech_pace import SpeechPace

WORD = "--speech-trial"
"""The first argument of a program that is to be such a child; the model follows."""

_MARK = "reelscope-speech-trial:"
_LIMIT_S = 300.0
_NOISE_S = 5.0

Command = Callable[[Path], Sequence[str]]


class TrySpeech(Protocol):
    """What ``try_speech`` does."""

    def __call__(self, model: Path, *, cancel: CancelToken | None = None) -> SpeechPace:
        """Let a child process run a speech model."""


def own_command(model: Path) -> Sequence[str]:
    """Return how this very program is started as the child."""
    return program_command(WORD, str(model.absolute()))


def try_speech(
    model: Path, *, cancel: CancelToken | None = None, command: Command = own_command
) -> SpeechPace:
    """Let a child process load ``model`` and run it twice; waits for it.

    Raises:
        ModelError: it cannot be used; says why.
        CancelledError: asked to stop; the child is gone.
    """
    from app.inference.speech_pace import SpeechPace

    try:
        reply = ask_child(command(model), _MARK, limit_s=_LIMIT_S, cancel=cancel)
    except TrialFailedError as error:
        raise ModelError(f"{model.name} was not measured: {error}.") from error
    if "fault" in reply:
        raise ModelError(str(reply["fault"]))
    try:
        return SpeechPace.parse(reply)
    except (TypeError, KeyError, ValueError) as error:
        raise ModelError(f"{model.name} was not measured: {NO_CLEAR_ANSWER}.") from error


def measure(model: Path, *, weightless: bool = False) -> SpeechPace:
    """Load a model and run it: the first run touches its memory, the second counts.

    Raises:
        ModelError: it cannot be used.
    """
    import numpy as np

    from app.core.audio import SAMPLE_RATE
    from app.inference.recognition import SpeechParams
    from app.inference.speech_model import SpeechModel
    from app.inference.speech_pace import SpeechPace

    noise = np.random.default_rng(7).normal(0.0, 1e-3, round(_NOISE_S * SAMPLE_RATE)).astype(np.float32)
    began = time.monotonic()
    with SpeechModel(model, weightless=weightless) as loaded:
        load_s = time.monotonic() - began
        loaded.recognise(noise, SpeechParams())
        began = time.monotonic()
        loaded.recognise(noise, SpeechParams())
        return SpeechPace(time.monotonic() - began, load_s)


def main(arguments: Sequence[str]) -> int:
    """Be the child: measure the model that is named and print what came of it."""
    live_briefly(round(_LIMIT_S) + 60)
    reply: dict[str, object]
    try:
        reply = dict(asdict(measure(Path(arguments[0]))))
    except (ReelscopeError, OSError, ValueError, RuntimeError) as error:
        reply = {"fault": str(error)}
    answer(_MARK, reply)
    return 0
