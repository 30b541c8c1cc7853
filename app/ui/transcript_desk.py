"""The transcript that is shown and exported: what was found or imported, and what the hand changed in it.

``Findings`` stays what the analysis found. Lines that it still finds come to the desk while it is edited, and
edits survive them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.edit_history import EditHistory
from app.core.errors import EditError
from app.core.languages import UNKNOWN
from app.core.results import Segment, Transcript
from app.ui.found.speech import LineNews

if TYPE_CHECKING:
    from app.core.transcript_edits import Edit


@dataclass(frozen=True, slots=True)
class LeftDesk:
    """A desk as it was left.

    Attributes:
        history: the transcript with all that can be undone and redone.
        there: whether there was one at all.
        brought: whether it was not an analysis that brought it.
        saved: what of it is in a file.
        beside: whether that file lies beside the video.
    """

    history: EditHistory
    there: bool
    brought: bool
    saved: Transcript | None
    beside: bool

    @property
    def transcript(self) -> Transcript | None:
        """What was shown; None where there was none."""
        return self.history.transcript if self.there else None


class TranscriptDesk(QObject):
    """Owns the transcript of the open file. GUI thread only.

    Attributes:
        number: counts the transcripts that were put here as a whole.

    Signals:
        changed(): the transcript, or what can be undone or redone.
        edited_by_hand(): it was a person who changed or brought it, and wants to see it at once.
        refused(object): why an edit was not done: one sentence, a str.
    """

    changed = Signal()
    edited_by_hand = Signal()
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = EditHistory(Transcript(UNKNOWN))
        self._there = self._brought = False
        self._saved: Transcript | None = None
        self._beside = False
        self.number = 0

    @property
    def transcript(self) -> Transcript | None:
        """What is shown; None where there is none."""
        return self._history.transcript if self._there else None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its lines, by time."""
        return self._history.transcript.segments

    @property
    def source(self) -> str | None:
        """The subtitles it was taken from; None where a model listened."""
        return self._history.transcript.source

    @property
    def edited(self) -> bool:
        """Whether the hand changed something since the transcript came."""
        return bool(self._history.done)

    @property
    def is_kept(self) -> bool:
        """Whether this is more than an analysis found: it must not be replaced unasked."""
        return self._brought or self.edited

    @property
    def is_unsaved(self) -> bool:
        """Whether there are edits that no file has yet, or that the file beside the video still has."""
        return (self.edited or self._beside) and self._history.transcript != self._saved

    def mark_saved(self, transcript: Transcript, *, beside: bool = False) -> None:
        """This is in a file now; ``beside`` the video, where what is undone is to be undone, too."""
        self._saved = transcript
        self._beside |= beside

    @property
    def state(self) -> LeftDesk:
        """All of it, to come back to."""
        return LeftDesk(self._history, self._there, self._brought, self._saved, self._beside)

    def return_to(self, state: LeftDesk) -> None:
        """Show a transcript again that was left, with all that can be undone and redone."""
        self._there, self._brought = state.there, state.brought
        self._saved, self._beside = state.saved, state.beside
        self._history = state.history
        self.number += 1
        self.changed.emit()
        if self.is_kept:
            self.edited_by_hand.emit()

    @property
    def undo_name(self) -> str:
        """What ``undo`` takes back, such as "split"; empty where there is nothing."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str:
        """What ``redo`` does again; empty where there is nothing."""
        return self._history.redo_name

    def begin_with(self, transcript: Transcript | None, *, step: str = "") -> None:
        """Show another transcript: of another file, a new analysis, an import; None: there is none.

        With the name of a ``step``, such as "import", it can be undone; without, the history ends.
        """
        from app.core.transcript_edits import ReplaceAllSegments, in_order

        self.number += 1
        if transcript is not None and step:
            self._there = True
            replaced = ReplaceAllSegments(transcript.segments, step)
            self._edit(self._history.applied(replaced, head=transcript))
            return
        self._there = self._brought = transcript is not None
        shown = transcript or Transcript(UNKNOWN)
        self._history = EditHistory(replace(shown, segments=in_order(shown.segments)))
        self._saved, self._beside = self._history.transcript, False
        self.changed.emit()
        if self._brought:
            self.edited_by_hand.emit()

    def arrived(self, news: Iterable[LineNews], language: str | None = None) -> None:
        """Take in lines that the analysis found or marked, and the language; what was edited stays."""
        self._there = True
        history = self._history
        for each in news:
            if each.before is None:
                history = history.with_arrivals([each.line])
            else:
                history = history.with_revision(each.before, each.line)
        self._take(history.with_language(language) if language else history)

    def apply(self, edit: Edit, *, joined: bool = False) -> bool:
        """Do an edit; tell whether something changed. ``joined``: it is one step with the one before."""
        try:
            history = self._history.applied(edit)
        except EditError as error:
            self.refused.emit(str(error))
            return False
        if history is self._history:
            return False
        if joined and self._history.undo_name == edit.step:
            history = history.with_last_two_as_one()
        self._edit(history)
        return True

    def splice(
        self, start_s: float, end_s: float, segments: tuple[Segment, ...], *, step: str = "run again"
    ) -> bool:
        """Put segments in place of those whose middle lies in [start_s, end_s); tell whether it changed."""
        from app.core.transcript_edits import Splice

        return self.apply(Splice(start_s, end_s, segments, step))

    def undo(self) -> None:
        """Take the last step back."""
        self._edit(self._history.gone_back())

    def undo_only(self, step: str) -> None:
        """Take the last step back where it is the one of that name: what came after it is not meant."""
        if self.undo_name == step:
            self.undo()
        else:
            self.refused.emit(
                f"'{step.capitalize()}' is not the last step any more: undo what came after it first."
            )

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._edit(self._history.gone_forward())

    def _edit(self, history: EditHistory) -> None:
        if self._take(history):
            self.edited_by_hand.emit()

    def _take(self, history: EditHistory) -> bool:
        if history is self._history:
            return False
        self._history = history
        self.changed.emit()
        return True
