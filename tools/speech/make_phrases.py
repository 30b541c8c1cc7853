"""Speak the phrases that the tests of speech are made of, once.

    python -m tools.speech.make_phrases tests/speech/phrases.flac

Writes the phrases one after the other, 16 kHz mono, with nothing silent between them, and a JSON file beside
it with the words of each, how they are spoken, and when each word begins. The sound has 12 bits instead of
16, which no recogniser notices and which halves the file.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import av
import numpy as np

from tools.speech.voices import RATE, Manner, Phrase, Speaker, chosen_words

_STEP = 16
"""Of 16-bit samples."""


def main() -> None:
    """Speak and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    spoken = speak(arguments.count, arguments.seed)
    parts = [np.asarray(np.round(each.sound * (32768 / _STEP)) * _STEP, np.int16) for each in spoken]
    write_flac(arguments.output, np.concatenate(parts))
    lines = [json.dumps(_described(each), separators=(",", ":")) for each in spoken]
    text = '{"phrases": [\n' + ",\n".join(lines) + "\n]}\n"
    arguments.output.with_suffix(".json").write_text(text, encoding="utf-8")


def speak(count: int, seed: int) -> list[Phrase]:
    """Return so many phrases of random words, each in a manner of its own."""
    generator, speaker = random.Random(seed), Speaker()
    spoken: list[Phrase] = []
    while len(spoken) < count:
        phrase = speaker.say(chosen_words(generator), Manner.chosen(generator))
        if phrase is not None:
            spoken.append(phrase)
    return spoken


def _described(phrase: Phrase) -> dict[str, object]:
    manner = phrase.manner
    return {
        "text": " ".join(phrase.words),
        "samples": len(phrase.sound),
        "starts_s": phrase.starts_s,
        "voice": manner.voice,
        "speed": manner.speed,
        "pitch": manner.pitch,
    }


def write_flac(path: Path, sound: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
    """Write 16-bit mono sound at RATE."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", options={"compression_level": "12"})
        frame = av.AudioFrame.from_ndarray(sound[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
