"""`python -m tests.benchmarks.weightless COUNTS ARGUMENT ...`: the program, with models without weights.

The program itself refuses whisper.cpp's files for tests: they recognise nothing. But they compute all that
models of their size do, which serves to measure speed. How often the model was run is written to COUNTS.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli.ending import QuickEnd
from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.inference.recognition import Recognised, SpeechParams
from app.inference.speech_model import SpeechModel, check_speech_file
from app.main import main as program


def main(arguments: Sequence[str]) -> int:
    """Run the program with all but the first argument and return its exit code."""
    calls: list[int] = []
    recognise = SpeechModel.recognise

    def counted(
        model: SpeechModel,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        calls.append(len(sound))
        return recognise(model, sound, params, cancel, lane=lane, shared=shared)

    # By its default, which holds for whoever imported the function before.
    for function in (check_speech_file, SpeechModel.__init__):
        function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "weightless": True}
    # Not by unittest.mock, which takes longer to load than some of what is measured.
    SpeechModel.recognise = counted  # type: ignore[method-assign, assignment]
    code = program(arguments[1:])
    Path(arguments[0]).write_text(str(len(calls)), encoding="ascii")
    return code


if __name__ == "__main__":
    # As the program itself ends.
    end = QuickEnd()
    end.code = main(sys.argv[1:])
    sys.exit(end.code)
