"""What a speech model costs on this machine: learnt from what the window analyses, said before it begins."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.time import WHOLE

if TYPE_CHECKING:
    from app.core.results import MediaInfo
    from app.inference.speech_pace import PaceBook
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
        open_book: returns where measurements are kept; None: nowhere.
    """

    def __init__(self, open_book: Callable[[], PaceBook] | None = None) -> None:
        self._open_book = open_book

    @cached_property
    def _book(self) -> PaceBook:
        from app.inference.speech_pace import PaceBook

        return PaceBook() if self._open_book is None else self._open_book()

    def learn(self, heard: PiecesHeard) -> None:
        """Keep what a run took."""
        try:
            self._book.note_run(heard.model, heard.pieces_s, heard.threads)
        except OSError:
            _log.info("What speech took could not be kept.", exc_info=True)

    def of(self, model: ChosenModel | None, media: MediaInfo | None) -> str:
        """Say what a model costs: its size, and its time for a file that has sound; "" without a model."""
        from app.inference.speech_pace import cost_words, sound_length_s

        if model is None or (media is not None and not media.audio):
            return ""
        length_s = sound_length_s(media.duration_s, WHOLE) if media is not None else None
        return cost_words(model.path, self._book.find(model.path), length_s)
