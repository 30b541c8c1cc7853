"""Voice activity by the silero network: stretch by stretch, each heard after what came before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.core.results import ModelInfo
from app.inference.file_hash import sha256_of
from app.inference.regions import Probabilities
from app.inference.silero_network import FRAME, Memory, SileroNetwork
from app.inference.speech_file import voice_tensors

SILERO_FRAME = FRAME
"""Samples per probability."""
_STRETCH = 150
"""Frames that are looked at together, 4.8 s: a few MB, and some milliseconds."""


class SileroVad:
    """One who listens by a network. For one thread at a time; many can listen by the same network."""

    def __init__(self, network: SileroNetwork) -> None:
        self._network = network
        self._memory = Memory.empty()

    def probabilities(
        self, sound: Samples, known: Probabilities | None = None, cancel: CancelToken | None = None
    ) -> Probabilities:
        """Return the probability of speech in each frame of SILERO_FRAME samples, the last one filled up.

        Args:
            sound: float32, 16 kHz, mono.
            known: what the last call gave for the first frames of ``sound``, all of them whole: it goes on
                behind them from what it remembers. Empty or None: it begins anew.
            cancel: asked every few seconds of sound.

        Raises:
            CancelledError: ``cancel`` was set.
        """
        found = [np.zeros(0, np.float32) if known is None else known]
        if not len(found[0]):
            self._memory = Memory.empty()
        rest = sound[len(found[0]) * SILERO_FRAME :]
        for first in range(0, len(rest), _STRETCH * SILERO_FRAME):
            if cancel is not None:
                cancel.raise_if_cancelled()
            found.append(self._continued(rest[first : first + _STRETCH * SILERO_FRAME]))
        return np.concatenate(found)

    def _continued(self, sound: Samples) -> Probabilities:
        """Go on from what is remembered."""
        frames = np.pad(sound, (0, -len(sound) % SILERO_FRAME)).reshape(-1, SILERO_FRAME)
        values, self._memory = self._network.probabilities(frames, self._memory)
        return values


def check_vad_file(path: Path) -> None:
    """Refuse what is no voice activity model.

    Raises:
        FileMissingError: no such file.
        ModelError: the file is of another kind.
    """
    voice_tensors(path)


def vad_info(path: Path) -> ModelInfo:
    """Return the model as it stands in documents; reads the whole file for its hash."""
    return ModelInfo(path.stem, sha256_of(path), "vad", "silero")
