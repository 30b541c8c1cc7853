"""Finding and replacing in the transcript: between the field, what was found, and the list that shows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.results import Segment
from app.ui.find_bar import FindBar
from app.ui.transcript_find import Query, TranscriptFinder
from app.ui.transcript_text import Place, time_at, word_places
from app.ui.transcript_view import TranscriptView


class Finding(QObject):
    """What the panel does with words that are sought.

    Attributes:
        bar: the field and its buttons.
        finder: what is sought and found.

    Signals:
        seek_asked(object): a time in seconds at which a hit is said.
        edit_asked(object): an edit of the transcript that replaces something.
        hits_changed(): other hits, or another one is looked at.
        looked_elsewhere(): a hit is shown that the playhead is not at.
    """

    seek_asked = Signal(object)
    edit_asked = Signal(object)
    looked_elsewhere = Signal()
    hits_changed = Signal()

    def __init__(self, lines: TranscriptView, parent: QObject) -> None:
        super().__init__(parent)
        self._lines = lines
        self._segments: tuple[Segment, ...] = ()
        self._start = Place(0, 0)
        self._note = ""
        self.bar = FindBar()
        self.finder = TranscriptFinder(self)
        self.finder.changed.connect(self._found)
        self.bar.asked.connect(self._ask)
        self.bar.step_asked.connect(self.step)
        self.bar.replace_asked.connect(self._replace)
        self.bar.replace_all_asked.connect(self._replace_all)

    def set_lines(self, segments: tuple[Segment, ...]) -> None:
        """Search these from now on."""
        self._segments = segments
        self.finder.set_lines(segments)

    def begin(self, row_of_playhead: int, words: str = "", *, replace: bool = False) -> None:
        """Give the keyboard to the field; what is found is looked at from where the playhead is.

        ``words`` are sought at once, where there are any.
        """
        self._start = self.finder.place() or Place(row_of_playhead, 0)
        if words:
            self.bar.field.setText(words)
        self.bar.begin(replace=replace)

    def _ask(self, query: Query) -> None:
        self.finder.ask(query, self._start)
        if self._show():
            self.looked_elsewhere.emit()

    def step(self, by: int) -> None:
        """Go to the next hit, or with -1 to the one before."""
        self.finder.step(by)
        place = self.finder.place()
        if place is not None:
            self._start = place
            segment = self._segments[place.row]
            self._show()
            self.seek_asked.emit(time_at(segment, word_places(segment), place.offset))

    def _found(self) -> None:
        note, self._note = self._note, ""
        self.bar.show_found(self.finder.here, self.finder.count, note)
        self._lines.viewport().update()
        self.hits_changed.emit()

    def _show(self) -> bool:
        """Bring the hit into view; tell whether the list had to move for that."""
        place = self.finder.place()
        if place is None:
            return False
        before = self._lines.verticalScrollBar().value()
        self._lines.show_row(place.row)
        return self._lines.verticalScrollBar().value() != before

    def _replace(self, words: str) -> None:
        """Put words in place of the hit that is looked at, and look at the next one."""
        from app.core.transcript_edits import SetText

        here = self.finder.here
        if here is None:
            return
        replaced = self.finder.replaced(here, words)
        if replaced is None:
            self.bar.show_found(here, self.finder.count, "runs over two lines")
            return
        first = self.finder.pieces(here)[0]
        self._start = Place(first.row, first.start + len(words))
        self.finder.resume_at(self._start)
        self.edit_asked.emit(SetText(*replaced))
        self._show()

    def _replace_all(self, words: str) -> None:
        from app.core.transcript_edits import ReplaceTexts

        texts = self.finder.all_replaced(words)
        whole, count = self.finder.whole_hits(), self.finder.count
        if texts:
            left = f", {count - whole} over two lines left" if whole < count else ""
            self._note = f"{whole:,} replaced{left}"
            self.edit_asked.emit(ReplaceTexts(texts))
