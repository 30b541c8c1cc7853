"""Record what whisper.cpp's own program makes of the test recordings, with the sample's model.

    REELSCOPE_WHISPER_CLI=.../whisper-cli python -m tools.speech.record_whisper_cli [CONDITION ...]

Without names all conditions are recorded anew. The program runs with its defaults (five beams) on one thread;
what is longer than it hears at once is recognised once more without text carried over from window to window
(`-mc 0`), which is its better way with this model.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any

import numpy as np

from app.core.audio import SAMPLE_RATE, Samples
from tests.inference.hearing import word_errors
from tests.speech.conditions import CONDITIONS
from tests.speech.recordings import Recording, made
from tests.speech.scoring import RECORDED

_MODEL = Path(__file__).resolve().parents[2] / "resources" / "sample" / "digits-q5_0.bin"


def main() -> None:
    """Record and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *CONDITIONS], metavar="CONDITION")
    program = os.environ.get("REELSCOPE_WHISPER_CLI") or shutil.which("whisper-cli")
    if program is None:
        parser.error("whisper-cli is neither on the path nor named by REELSCOPE_WHISPER_CLI")
    names = parser.parse_args().names or list(CONDITIONS)
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    for name in names:
        found[name] = measured(program, made(CONDITIONS[name]))
        print(name, found[name], flush=True)
        kept = {name: found[name] for name in CONDITIONS if name in found}
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def measured(program: str, recording: Recording) -> dict[str, int]:
    """Return errors and segments, with the program's defaults and at its best."""
    ways = (
        {"": ()}
        if len(recording.sound) <= 30 * SAMPLE_RATE
        else {"": (), "_without_carried_text": ("-mc", "0")}
    )
    found = {"words": len(recording.words), "utterances": len(recording.said)}
    for name, options in ways.items():
        texts = heard_by(program, recording.sound, *options)
        found[f"errors{name}"] = word_errors(recording.words, " ".join(texts).split())
        found[f"segments{name}"] = len(texts)
    return found


def heard_by(program: str, sound: Samples, *options: str) -> list[str]:
    """Return the texts of whisper.cpp's segments, empty ones left out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound.wav")
        write_wav(path, sound)
        output = ("-oj", "-of", str(path.with_suffix("")), "-np")
        command = [program, "-m", str(_MODEL), "-f", str(path), "-t", "1", *output, *options]
        subprocess.run(command, check=True, capture_output=True)
        document = json.loads(path.with_suffix(".json").read_text(encoding="utf-8", errors="replace"))
    texts = (each["text"].strip() for each in document["transcription"])
    return [text for text in texts if text]


def write_wav(path: Path, sound: Samples) -> None:
    """Write 16-bit mono sound; what came from 16 bits stays as it is."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.asarray(np.clip(np.round(sound * 32768), -32768, 32767), "<i2").tobytes())


if __name__ == "__main__":
    main()
