"""A whisper model in memory once: calls of it, one after the other."""

from __future__ import annotations

import threading

import numpy as np

from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.inference.recognition import Recognised, SpeechParams
from app.inference.speech_call import Call, Context


class Lane:
    """One copy of a model, for one call at a time; others wait."""

    def __init__(self, context: Context) -> None:
        self.on_gpu = context.on_gpu
        self._context: Context | None = context
        self._call: Call | None = None
        self._turn = threading.Lock()

    def open(self) -> Context:
        """Return the copy.

        Raises:
            ValueError: it was closed.
        """
        if self._context is None:
            raise ValueError("the speech model is closed")
        return self._context

    def recognise(
        self, sound: Samples, params: SpeechParams, threads: int, token: CancelToken, *, behind: int = 0
    ) -> Recognised:
        """Recognise a piece of sound, once an earlier call that nobody waited for has ended.

        ``behind``: so many steps its threads stand lower than the caller's.

        Raises:
            CancelledError: ``token`` was set.
            ModelError: the native call failed.
        """
        with self._turn:
            context = self.open()
            if self._call is not None:
                self._call.wait(token)
            heard = np.array(sound, np.float32)
            self._call = Call(context, heard, params, threads, token, behind=behind)
            self._call.start()
            self._call.wait(token)
            return self._call.result()

    def close(self) -> None:
        """Free the copy, after a call that still runs has ended; repeated calls do nothing."""
        if self._call is not None:
            self._call.join()
        context, self._context = self._context, None
        if context is not None:
            context.free()
