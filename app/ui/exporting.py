"""Writing exports beside the window, so that a large one does not stop it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal

from app.core.cue_style import USUAL, CueStyle
from app.core.errors import ReelscopeError
from app.core.results import AnalysisResult, Transcript

if TYPE_CHECKING:
    from app.export.formats import ExportFormat


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of an export.

    Attributes:
        path: the file.
        failure: a sentence, empty where it worked.
        transcript: what the file holds of one; None where it holds none.
    """

    path: Path
    failure: str = ""
    transcript: Transcript | None = None


class Exporter(QObject):
    """Writes one file after another in a thread of its own.

    Signals:
        finished(object): an Exported, in the thread of this object.
    """

    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def write(
        self, chosen: ExportFormat, result: AnalysisResult, path: Path, style: CueStyle = USUAL
    ) -> None:
        """Render and write; returns at once."""
        # Loaded here, by the one thread that loads the window's parts.
        from app.export import files, json_document, plain_text, subtitles, tables  # noqa: F401

        self._pool.start(partial(self._run, chosen, result, path, style))

    def wait(self) -> None:
        """Return when everything is written."""
        self._pool.waitForDone()

    def _run(self, chosen: ExportFormat, result: AnalysisResult, path: Path, style: CueStyle) -> None:
        from app.export.files import write_atomic
        from app.export.formats import FORMATS

        try:
            write_atomic(path, chosen.render(result, style))
        except ReelscopeError as error:
            self.finished.emit(Exported(path, str(error)))
        else:
            held = chosen.needs_transcript or chosen is FORMATS["json"]
            self.finished.emit(Exported(path, transcript=result.transcript if held else None))
