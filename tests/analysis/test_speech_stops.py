"""Cancelling speech at any moment: nobody waits for what cannot be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, FramePolicy
from app.core.cancel import CancelToken
from app.core.control import Control
from app.core.errors import ModelError
from app.core.events import Cancelled, Failed
from app.core.results import ModelInfo
from app.inference.recognition import Recognised
from app.inference.silero import SileroVad
from app.inference.speech_call import Call
from app.inference.speech_model import SpeechModel


@pytest.fixture
def spoken(everything: AnalysisRequest, models_dir: Path) -> AnalysisRequest:
    """Only the sample's sound, voice activity by silero."""
    assert everything.speech is not None
    voice = models_dir / "for-tests-silero-v6.2.0-ggml.bin"
    speech = replace(everything.speech, vad_model=voice)
    return replace(everything, detect=None, frames=FramePolicy.parse("fps:0.01"), speech=speech)


class Stuck:
    """Native work that is cancelled as it begins, and goes on until it is let go."""

    def __init__(self) -> None:
        self.cancel = CancelToken()
        self._let_go = threading.Event()
        self._threads: list[threading.Thread] = []

    def work(self) -> None:
        self._threads.append(threading.current_thread())
        self.cancel.cancel()
        assert self._let_go.wait(60)

    def end(self) -> None:
        self._let_go.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    work = Stuck()
    yield work
    work.end()


def loading(stuck: Stuck, patch: pytest.MonkeyPatch) -> None:
    """The model is being read."""
    load = SpeechModel.__init__

    def slow(model: SpeechModel, path: Path, threads: int | None = None, *, weightless: bool = False) -> None:
        stuck.work()
        load(model, path, threads, weightless=weightless)

    patch.setattr(SpeechModel, "__init__", slow)


def hashing(stuck: Stuck, patch: pytest.MonkeyPatch) -> None:
    """Its file is being read once more, for the document."""

    def slow(model: SpeechModel) -> ModelInfo:
        stuck.work()
        return ModelInfo("slow", "", "speech", "tiny")

    patch.setattr(SpeechModel, "info", property(slow))


def encoding(stuck: Stuck, patch: pytest.MonkeyPatch) -> None:
    """Whisper is at work."""

    def slow(call: Call, *_facts: object) -> Recognised:
        stuck.work()
        return Recognised((), "en")

    patch.setattr(Call, "_collect", slow)


def listening(stuck: Stuck, patch: pytest.MonkeyPatch) -> None:
    """Voice activity is looked for: it looks up between two stretches."""
    stretch = SileroVad._continued

    def cancelled(voice: SileroVad, sound: object) -> object:
        stuck.cancel.cancel()
        return stretch(voice, sound)  # type: ignore[arg-type]

    patch.setattr(SileroVad, "_continued", cancelled)


@pytest.mark.parametrize("moment", [loading, hashing, encoding, listening])
def test_nobody_waits_for_what_cannot_be_stopped(
    spoken: AnalysisRequest,
    stuck: Stuck,
    monkeypatch: pytest.MonkeyPatch,
    moment: Callable[[Stuck, pytest.MonkeyPatch], None],
) -> None:
    """The analysis ends while the native work is still stuck; only then is it let go."""
    moment(stuck, monkeypatch)
    last = list(analyse(spoken, stuck.cancel))[-1]
    assert isinstance(last, Cancelled)
    assert last.result is not None
    assert last.result.transcript is None or last.result.transcript.segments == ()


def test_what_fails_while_all_is_paused_is_told_before_it_goes_on(
    spoken: AnalysisRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound is read on a thread of its own, which rests then."""
    control = Control(CancelToken())
    control.pause()

    def broken(*_facts: object, **_more: object) -> None:
        raise ModelError("broken")

    monkeypatch.setattr(SpeechModel, "__init__", broken)
    # Only where the analysis waits for it.
    goes_on = threading.Timer(20.0, control.resume)
    goes_on.start()
    try:
        last = list(analyse(spoken, control=control))[-1]
        assert isinstance(last, Failed)
        assert last.sentence == "broken"
        assert control.paused
    finally:
        goes_on.cancel()
        goes_on.join()
