"""`python -m tests.benchmarks.listening WAV MODEL`: processor seconds of finding speech in sound."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.core.cancel import CancelToken
from app.inference.speech import SpeechOptions, listener_of
from app.inference.speech_windows import windows
from app.media.audio import audio_blocks


def main(arguments: Sequence[str]) -> None:
    """Listen as the analysis does, and print."""
    blocks, cancel = list(audio_blocks(Path(arguments[0]))), CancelToken()
    listener, warning = listener_of(SpeechOptions(vad_model=Path(arguments[1])), cancel)
    assert warning is None
    began = time.process_time()
    for _ in windows(iter(blocks), listener, cancel):
        pass
    print(time.process_time() - began)


if __name__ == "__main__":
    main(sys.argv[1:])
