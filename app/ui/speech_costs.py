"""What a speech model costs on this machine: learnt from what the window analyses, said before it begins."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.time import WHOLE
from app.inference.speech_pace import PaceBook, cost_words, sound_length_s

if TYPE_CHECKING:
    from app.core.results import MediaInfo
    from app.ui.model_choice import ChosenModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PiecesHeard:
    """What a run of a speech model took, seconds for each piece of sound."""

    model: Path
    threads: int | None
    pieces_s: tuple[float, ...]


class SpeechCosts:
    """Words about models, from the measurements in a book. GUI thread only.

    Args:
        book: where measurements are kept.
    """

    def __init__(self, book: PaceBook | None = None) -> None:
        self._book = book or PaceBook()

    def learn(self, heard: PiecesHeard) -> None:
        """Keep what a run took."""
        try:
            self._book.note_run(heard.model, heard.pieces_s, heard.threads)
        except OSError:
            _log.info("What speech took could not be kept.", exc_info=True)

    def of(self, model: ChosenModel | None, media: MediaInfo | None) -> str:
        """Say what a model costs: its size, and its time for a file that has sound; "" without a model."""
        if model is None or (media is not None and not media.audio):
            return ""
        length_s = sound_length_s(media.duration_s, WHOLE) if media is not None else None
        return cost_words(model.path, self._book.find(model.path), length_s)
