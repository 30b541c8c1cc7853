"""From sound to marks: what a model invents, repeats or crams is marked; a recording is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, SpeechRequest
from app.analysis.trust import with_trust_marks
from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.events import Done, Event, MediaOpened, PictureAnalysed, SegmentFound, SegmentMarked
from app.core.marks import Mark
from app.core.results import Segment
from app.core.time import TimeSpan
from app.inference.recognition import RawSegment, Recognised, SpeechParams, Token
from app.inference.speech import SpeechOptions, transcribe
from tests.analysis.trust_cases import COMMON
from tests.inference.hearing import FakeModel, blocks_of, bursts, loud_spans

NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


@dataclass
class Talker(FakeModel):
    """Says a sentence for each burst of sound; between bursts, and all through noise, it invents one."""

    said: tuple[str, ...] = ("this is what was said",)
    invents: str = ""

    def recognise(
        self,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        super().recognise(sound, params, cancel, lane=lane, shared=shared)
        spans = loud_spans(sound, self.loud)
        lines = [(start, end, self.said[n % len(self.said)]) for n, (start, end) in enumerate(spans)]
        if self.invents:
            edges = [0.0, *(edge for span in spans for edge in span), len(sound) / SAMPLE_RATE]
            quiet = zip(edges[::2], edges[1::2], strict=True)
            lines += [(a + 0.8, b - 0.8, self.invents) for a, b in quiet if b - a > 3.0]
        raw = [
            RawSegment(start, end, tuple(Token(f" {word}".encode(), 0.9) for word in text.split()))
            for start, end, text in sorted(lines)
        ]
        return Recognised(tuple(raw), "en")


def _told(events: Iterator[Event]) -> list[Segment]:
    lines: list[Segment] = []
    for event in with_trust_marks(events):
        if isinstance(event, SegmentFound):
            lines.append(event.segment)
        elif isinstance(event, SegmentMarked):
            place = [each.start_s for each in lines].index(event.segment.start_s)
            lines[place] = event.segment
    return lines


def _heard(model: Talker, sound: Samples, *, use_vad: bool) -> list[Segment]:
    return _told(transcribe(model, blocks_of(sound), SpeechOptions(use_vad=use_vad), CancelToken()))


def test_what_is_invented_over_noise_is_marked_and_what_is_said_is_not() -> None:
    spans = [(2.0 + 12.0 * n, 4.0 + 12.0 * n) for n in range(10)]
    model = Talker(
        said=tuple(f"{number} sheep are there" for number in NUMBERS), invents="a voice from nowhere"
    )
    lines = _heard(model, bursts(122.0, spans), use_vad=False)
    invented = [each for each in lines if "nowhere" in each.text]
    said = [each for each in lines if "sheep" in each.text]
    assert len(invented) >= 9
    assert len(said) == 10
    assert [each.marks for each in said] == [()] * 10
    assert {Mark.OVER_SILENCE in each.marks for each in invented} == {True}


def test_with_voice_activity_what_is_invented_over_silence_is_not_there_at_all() -> None:
    spans = [(2.0 + 12.0 * n, 4.0 + 12.0 * n) for n in range(10)]
    model = Talker(
        said=tuple(f"{number} sheep are there" for number in NUMBERS), invents="a voice from nowhere"
    )
    lines = _heard(model, bursts(122.0, spans), use_vad=True)
    assert len(lines) == 10
    assert {each.marks for each in lines} == {()}


def test_a_model_that_is_caught_in_a_loop_is_marked_from_its_first_line_on() -> None:
    spans = [(2.0 + 4.0 * n, 4.0 + 4.0 * n) for n in range(12)]
    lines = _heard(Talker(), bursts(52.0, spans), use_vad=True)
    assert [each.marks for each in lines] == [("repetition",)] * 12
    words = tuple(f"{number} sheep are there" for number in NUMBERS)
    assert {each.marks for each in _heard(Talker(said=words), bursts(52.0, spans), use_vad=True)} == {()}


def test_text_that_is_crammed_into_a_moment_is_marked() -> None:
    said = (" ".join(COMMON[:24]), " ".join(COMMON[24:48]))
    spans = [(2.0, 3.5), (10.0, 18.0)]
    lines = _heard(Talker(said=said), bursts(20.0, spans), use_vad=True)
    assert [each.marks for each in lines] == [("rate",), ()]


def test_a_recording_carries_no_mark(shared: Path) -> None:
    digits = SpeechRequest(shared / "sample" / "digits-q5_0.bin")
    path = shared / "sample" / "speech" / "test_speech.wav"
    done = list(analyse(AnalysisRequest(path, speech=digits)))[-1]
    assert isinstance(done, Done)
    assert done.result.transcript is not None
    assert [each.text for each in done.result.transcript.segments if each.marks] == []


def test_the_sound_of_a_stretch_is_heard_without_its_pictures(sample_video: Path, sample_dir: Path) -> None:
    speech = SpeechRequest(sample_dir / "digits-q5_0.bin")
    request = AnalysisRequest(sample_video, TimeSpan(9.8, 12.2), speech=speech, pictures=False)
    events = list(analyse(request))
    assert isinstance(events[0], MediaOpened)
    assert not any(isinstance(event, PictureAnalysed) for event in events)
    done = events[-1]
    assert isinstance(done, Done)
    assert done.result.keyframes == ()
    assert done.result.transcript is not None
    assert [each.text for each in done.result.transcript.segments] == ["zero eight"]
    assert np.isclose(done.result.transcript.segments[0].start_s, 10.3, atol=0.3)
