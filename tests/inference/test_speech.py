"""From sound to transcript: with a stand-in for the model, and with the sample's."""

from __future__ import annotations

import json
import sys
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, UsageError
from app.core.events import (
    Event,
    LanguageFound,
    Progress,
    SegmentFound,
    SpeechRegionsFound,
    Stage,
    WarningRaised,
)
from app.inference.recognition import SpeechParams
from app.inference.speech import SpeechOptions, transcribe
from app.inference.speech_model import SpeechModel
from app.media.audio import audio_blocks
from tests.inference.hearing import (
    FakeModel,
    Utterance,
    blocks_of,
    bursts,
    read_wav,
    segments_in,
    utterances,
    word_errors,
)

SPANS = [(1.0, 2.0), (3.5, 4.0), (20.0, 21.0), (40.0, 42.0), (43.0, 43.6), (75.0, 76.0)]
FAR_APART = [(1.0 + 131.0 * each, 2.0 + 131.0 * each) for each in range(4)]
"""Each in a piece of its own."""


def run(
    model: FakeModel | SpeechModel,
    sound: Samples,
    options: SpeechOptions | None = None,
    start: Fraction = Fraction(0),
) -> list[Event]:
    return list(transcribe(model, blocks_of(sound, start), options or SpeechOptions(), CancelToken()))


def test_what_is_said_comes_at_its_time() -> None:
    model = FakeModel()
    found = segments_in(run(model, bursts(80.0, SPANS), start=Fraction(-1001, 30_000)))
    assert len(found) == len(SPANS)
    for segment, (start, end) in zip(found, SPANS, strict=True):
        assert segment.start_s == pytest.approx(start - 1001 / 30_000, abs=0.12)
        assert segment.end_s == pytest.approx(end - 1001 / 30_000, abs=0.12)
        assert (segment.text, segment.confidence) == ("beep", 0.5)


def test_long_silence_is_never_sent_to_the_model() -> None:
    model = FakeModel()
    run(model, bursts(80.0, SPANS))
    sent = sum(len(sound) for sound in model.heard) / SAMPLE_RATE
    assert sent < 13
    assert len(model.heard) == 1


def test_events_come_in_order_of_time() -> None:
    events = run(FakeModel(), bursts(80.0, SPANS))
    regions = [span for event in events if isinstance(event, SpeechRegionsFound) for span in event.regions]
    assert len(regions) == len(SPANS)
    assert regions == sorted(regions)
    done = [event.done_s for event in events if isinstance(event, Progress)]
    assert done == sorted(done)
    assert done[-1] == 80.0
    assert all(event.stage is Stage.SPEECH for event in events if isinstance(event, Progress))
    kinds = [type(event) for event in events if isinstance(event, SpeechRegionsFound | SegmentFound)]
    assert kinds[:3] == [SpeechRegionsFound, SegmentFound, SegmentFound]


def test_segments_come_before_the_sound_is_read_to_its_end() -> None:
    sound = bursts(300.0, [(float(start), start + 1.5) for start in range(0, 298, 2)])
    taken = 0

    def counted() -> Iterator[AudioBlock]:
        nonlocal taken
        for block in blocks_of(sound):
            taken += 1
            yield block

    model = FakeModel()
    events = transcribe(model, counted(), SpeechOptions(), CancelToken())
    next(event for event in events if isinstance(event, SegmentFound))
    # Two windows are enough for the first piece; two more pieces wait, and one is made ready.
    assert taken <= 151
    assert len(model.heard) == 1
    events.close()


def test_the_language_is_found_once_and_kept() -> None:
    model = FakeModel(language="sv")
    events = run(model, bursts(396.0, FAR_APART))
    assert [event.language for event in events if isinstance(event, LanguageFound)] == ["sv"]
    assert [params.language for params in model.params] == ["auto", "sv", "sv", "sv"]


def test_the_language_is_only_kept_once_something_was_said() -> None:
    model = FakeModel(language="sv", loud=0.99)
    run(model, bursts(396.0, FAR_APART))
    assert len(model.params) == 4
    assert {params.language for params in model.params} == {"auto"}


def test_a_language_the_model_is_unsure_of_is_asked_for_again() -> None:
    """On three pieces at most, after which the most probable one stays."""
    model = FakeModel(language="nn", probabilities=[("nn", 0.2), ("sv", 0.4), ("de", 0.3)])
    events = run(model, bursts(396.0, FAR_APART))
    found = [event for event in events if isinstance(event, LanguageFound)]
    assert found == [LanguageFound("nn", 0.2), LanguageFound("sv", 0.4)]
    assert [params.language for params in model.params] == ["auto", "auto", "auto", "sv"]


def test_a_language_the_model_is_sure_of_is_kept_at_once() -> None:
    model = FakeModel(probabilities=[("nn", 0.2), ("sv", 0.9)])
    run(model, bursts(396.0, FAR_APART))
    assert [params.language for params in model.params] == ["auto", "auto", "sv", "sv"]


def test_an_english_model_cannot_translate() -> None:
    with pytest.raises(UsageError, match="nothing it could translate"):
        run(FakeModel(multilingual=False), bursts(3.0, [(1.0, 2.0)]), SpeechOptions(translate=True))


def test_all_that_is_wished_for_reaches_the_model() -> None:
    model = FakeModel(language="sv")
    wishes = SpeechOptions(
        "sv", prompt="On trains.", translate=True, vocabulary=("Ada", "Växjö"), beam_size=2, temperature=0.4
    )
    run(model, bursts(10.0, [(1.0, 2.0)]), wishes)
    text = "Glossary: Ada, Växjö. On trains."
    assert model.params == [SpeechParams("sv", text, translate=True, beam_size=2, temperature=0.4)]


def test_a_vocabulary_that_does_not_fit_is_said() -> None:
    model = FakeModel(prompt_room=5)
    events = run(model, bursts(10.0, [(1.0, 2.0)]), SpeechOptions(vocabulary=("a", "b", "c", "d", "e")))
    (warning,) = [event.sentence for event in events if isinstance(event, WarningRaised)]
    assert warning.startswith("Only 4 of 5 terms of the vocabulary fit")
    assert model.params[0].prompt == "Glossary: a, b, c, d."


def test_a_language_that_was_given_is_used() -> None:
    model = FakeModel(language="sv")
    events = run(model, bursts(10.0, [(1.0, 2.0)]), SpeechOptions(language="en", prompt="Names: Ada."))
    assert [event.language for event in events if isinstance(event, LanguageFound)] == ["en"]
    assert (model.params[0].language, model.params[0].prompt) == ("en", "Names: Ada.")


def test_an_english_model_is_never_asked_for_the_language() -> None:
    model = FakeModel(multilingual=False, language="en")
    run(model, bursts(10.0, [(1.0, 2.0)]))
    assert model.params[0].language == "en"


def test_a_language_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(UsageError, match="'tlh' cannot be asked of it"):
        run(FakeModel(), bursts(3.0, [(1.0, 2.0)]), SpeechOptions(language="tlh"))


def test_without_voice_activity_all_sound_but_silence_is_sent() -> None:
    model = FakeModel()
    sound = bursts(50.0, [(1.0, 2.0)])
    sound[: SAMPLE_RATE // 2] = 0.0
    run(model, sound, SpeechOptions(use_vad=False))
    assert sum(len(heard) for heard in model.heard) >= 49 * SAMPLE_RATE
    run(model := FakeModel(), np.zeros(5 * SAMPLE_RATE, np.float32), SpeechOptions(use_vad=False))
    assert model.heard == []


def test_a_useless_voice_model_is_said_and_replaced(sample_dir: Path, tmp_path: Path) -> None:
    for wrong in (sample_dir / "digits-q5_0.bin", tmp_path / "none.bin"):
        events = run(FakeModel(), bursts(10.0, [(1.0, 2.0)]), SpeechOptions(vad_model=wrong))
        (warning,) = [event.sentence for event in events if isinstance(event, WarningRaised)]
        assert warning.endswith("Speech is looked for by loudness instead.")
        assert len(segments_in(events)) == 1


def test_cancelling_between_pieces_stops() -> None:
    cancel = CancelToken()
    model = FakeModel(before=cancel.cancel)
    with pytest.raises(CancelledError):
        list(transcribe(model, blocks_of(bursts(80.0, SPANS)), SpeechOptions(), cancel))
    assert model.heard == []


@pytest.fixture(scope="module")
def digits() -> Iterator[SpeechModel]:
    folder = Path(__file__).resolve().parents[2] / "resources" / "sample"
    with SpeechModel(folder / "digits-q5_0.bin") as model:
        yield model


def check(events: list[Event], truth: list[Utterance], most_errors: int, furthest_s: float) -> None:
    found = segments_in(events)
    expected = " ".join(utterance.text for utterance in truth).split()
    assert word_errors(expected, " ".join(segment.text for segment in found).split()) <= most_errors
    assert len(found) == len(truth)
    for segment, utterance in zip(found, truth, strict=True):
        assert segment.start_s == pytest.approx(utterance.start_s, abs=furthest_s)
        assert segment.end_s == pytest.approx(utterance.end_s, abs=furthest_s)
        assert segment.text == " ".join(word.text for word in segment.words)
        assert segment.confidence is not None
        assert 0.5 < segment.confidence <= 1.0


def test_the_sample_is_understood_by_loudness(digits: SpeechModel, sample_dir: Path) -> None:
    blocks = audio_blocks(sample_dir / "sample.mp4")
    events = list(transcribe(digits, blocks, SpeechOptions(), CancelToken()))
    check(events, utterances(sample_dir / "truth.json"), most_errors=2, furthest_s=0.3)
    assert [event.language for event in events if isinstance(event, LanguageFound)] == ["en"]


def test_the_sample_is_understood_by_silero(digits: SpeechModel, sample_dir: Path, models_dir: Path) -> None:
    options = SpeechOptions(vad_model=models_dir / "for-tests-silero-v6.2.0-ggml.bin")
    events = list(transcribe(digits, audio_blocks(sample_dir / "sample.mp4"), options, CancelToken()))
    check(events, utterances(sample_dir / "truth.json"), most_errors=2, furthest_s=0.3)


@pytest.mark.parametrize("vad", ["for-tests-silero-v6.2.0-ggml.bin", None])
@pytest.mark.parametrize(("name", "most_errors"), [("test_speech", 1), ("test_speech_long", 3)])
def test_recordings_are_understood(
    digits: SpeechModel, shared: Path, models_dir: Path, name: str, most_errors: int, vad: str | None
) -> None:
    """At most 5 % of the words wrong, and every sentence at its time."""
    folder = shared / "sample" / "speech"
    options = SpeechOptions(vad_model=models_dir / vad if vad else None)
    events = run(digits, read_wav(folder / f"{name}.wav"), options)
    check(events, utterances(folder / f"{name}.json"), most_errors, furthest_s=0.3)


def test_words_are_at_their_times(digits: SpeechModel, shared: Path) -> None:
    folder = shared / "sample" / "speech"
    truth = json.loads((folder / "test_speech.json").read_text(encoding="utf-8"))
    expected = [word for segment in truth["segments"] for word in segment["words"]]
    words = [
        word
        for segment in segments_in(run(digits, read_wav(folder / "test_speech.wav")))
        for word in segment.words
    ]
    assert [word.text for word in words] == [word["word"] for word in expected]
    off = [abs(word.start_s - each["start"]) for word, each in zip(words, expected, strict=True)]
    assert max(off) < 0.25
    assert float(np.median(off)) < 0.08


@pytest.mark.parametrize("kind", ["silence", "hiss", "hum"])
def test_nothing_is_heard_where_nobody_speaks(digits: SpeechModel, kind: str) -> None:
    time_s = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    sound = {
        "silence": np.zeros(len(time_s)),
        "hiss": np.random.default_rng(3).normal(0.0, 0.05, len(time_s)),
        "hum": 0.2 * np.sin(2 * np.pi * 100 * time_s),
    }[kind].astype(np.float32)
    assert segments_in(run(digits, sound)) == []


def test_the_same_sound_gives_the_same_transcript(digits: SpeechModel, sample_dir: Path) -> None:
    """Beams are drawn by lot, but each model loaded begins with the same lots."""
    found = []
    for _ in range(2):
        with SpeechModel(digits.path) as model:
            blocks = audio_blocks(sample_dir / "sample.mp4")
            found.append(segments_in(list(transcribe(model, blocks, SpeechOptions(), CancelToken()))))
    assert found[0] == found[1]


def test_recognition_writes_nothing(
    digits: SpeechModel, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    run(digits, bursts(5.0, [(1.0, 2.0)]))
    monkeypatch.undo()
    assert capfd.readouterr() == ("", "")


def test_the_reader_of_recordings_reads_what_was_written(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.array([0, 16384, -32768], "<i2").tobytes())
    np.testing.assert_array_equal(read_wav(tmp_path / "a.wav"), np.array([0.0, 0.5, -1.0], np.float32))
