"""The end of a process that ran one command: at once, when everything that has to be done before is done."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress


class QuickEnd:
    """Ends this process with ``code`` instead of taking down what it loaded.

    Python would free every module, and the libraries behind them what they hold: a tenth of a second for
    numpy, ONNX Runtime and FFmpeg, of which nothing remains but the exit code. All that matters comes before:
    threads are joined, then everything that asked to be called at exit, and standard output and error are
    brought out. Make it before anything else asks for that, as what asks first is called last.

    Attributes:
        code: the exit code, once the command is through. Until then, as after an error that nobody caught,
            the process ends as ever.
    """

    def __init__(self) -> None:
        self.code: int | None = None
        atexit.register(self._end)

    def _end(self) -> None:
        if self.code is None:
            return
        with suppress(OSError, ValueError):  # what cannot be brought out Python complains of, as ever
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
            os._exit(self.code)
