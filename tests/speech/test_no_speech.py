"""Where nobody speaks nothing is written, by either way of looking for speech."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE
from app.core.cancel import CancelToken
from app.inference.speech import SpeechOptions, transcribe
from app.inference.speech_model import SpeechModel
from tests.inference.hearing import blocks_of, segments_in
from tests.speech.noises import brown, clicks, hum, pink, tones, white
from tests.speech.recordings import Noise

SECONDS = 10


@pytest.fixture(scope="module")
def digits() -> Iterator[SpeechModel]:
    folder = Path(__file__).resolve().parents[2] / "resources" / "sample"
    with SpeechModel(folder / "digits-q5_0.bin", threads=1) as model:
        yield model


def silence(generator: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.zeros(count, np.float32)


NOISES: dict[str, Noise] = {
    "white": white,
    "pink": pink,
    "brown": brown,
    "hum50": hum(50.0),
    "hum60": hum(60.0),
    "clicks": clicks,
    "tones": tones,
    "silence": silence,
}


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        *(
            (kind, level)
            for kind in ("white", "pink", "brown", "hum50", "hum60")
            for level in (0.001, 0.02, 0.2)
        ),
        ("clicks", 0.02),
        ("tones", 0.02),
        ("silence", 1.0),
    ],
)
@pytest.mark.parametrize("vad", ["silero", "loudness"])
def test_ten_seconds_without_a_voice_give_no_text(
    digits: SpeechModel, models_dir: Path, vad: str, kind: str, level: float
) -> None:
    sound = level * NOISES[kind](np.random.default_rng(5), SECONDS * SAMPLE_RATE)
    model = models_dir / "for-tests-silero-v6.2.0-ggml.bin" if vad == "silero" else None
    options = SpeechOptions(vad_model=model, beam_size=1)
    sound = np.clip(sound, -1.0, 1.0).astype(np.float32)
    assert segments_in(list(transcribe(digits, blocks_of(sound), options, CancelToken()))) == []
