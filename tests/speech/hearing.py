"""The sample's speech model at work on a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.core.audio import AudioBlock
from app.core.cancel import CancelToken
from app.core.results import Segment
from app.inference.speech import SpeechOptions, transcribe
from app.inference.speech_model import SpeechModel
from tests.inference.hearing import segments_in

DIGITS = Path(__file__).resolve().parents[2] / "resources" / "sample" / "digits-q5_0.bin"
SILERO = "for-tests-silero-v6.2.0-ggml.bin"
"""Among the models beside the checkout."""


def heard(blocks: Iterator[AudioBlock], vad: Path | None, *, beam_size: int = 5) -> list[Segment]:
    """Transcribe with a model loaded anew, on one thread: the same sound then gives the same text."""
    options = SpeechOptions(vad_model=vad, beam_size=beam_size)
    with SpeechModel(DIGITS, threads=1) as model:
        return segments_in(list(transcribe(model, blocks, options, CancelToken())))
