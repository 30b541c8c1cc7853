"""A loaded model that several threads run."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from app.core.cancel import CancelToken
from app.inference.devices import CPU
from app.inference.native_session import Array
from app.inference.session import OnnxSession


class SharedSession:
    """Lets threads run a model beside each other where that is right; any thread may call ``run``.

    On the CPU runs stand beside each other. Other devices compute one after the other anyway, and one that
    gives up must not do so twice.
    """

    def __init__(self, session: OnnxSession) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._beside = session.device.name == CPU

    def run(self, feeds: Mapping[str, Array], cancel: CancelToken | None) -> dict[str, Array]:
        """Compute all outputs, by name; raises as ``OnnxSession.run``."""
        if self._beside:
            return self._session.run(feeds, cancel)
        with self._lock:
            outputs = self._session.run(feeds, cancel)
            self._beside = self._session.device.name == CPU
            return outputs
