"""The list of lines, and the text in them that is selected, across lines."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel

from app.core.results import Segment
from app.ui.text_layers import Look, Span
from app.ui.transcript_delegate import TranscriptDelegate
from app.ui.transcript_lines import TranscriptLines
from app.ui.transcript_model import TranscriptModel
from app.ui.transcript_text import Place, TextRange, shown_text

_SELECT = QItemSelectionModel.SelectionFlag


class SelectableLines(TranscriptLines):
    """Lines whose text can be selected; the lines that the selection touches are the selected rows."""

    def __init__(self, model: TranscriptModel, delegate: TranscriptDelegate) -> None:
        super().__init__(model, delegate)
        self._chosen: TextRange | None = None
        delegate.layers.append(self._selected_spans)
        model.rowsRemoved.connect(self.clear_selection)
        model.rowsInserted.connect(self._rows_came)

    @property
    def chosen(self) -> TextRange | None:
        """The selected text; None where there is none."""
        return self._chosen

    def chosen_rows(self) -> range:
        """Return the lines of the selection, else the one that has the focus; perhaps none."""
        if self._chosen is not None:
            return self._chosen.rows
        row = self.currentIndex().row()
        return range(row, row + 1) if row >= 0 else range(0)

    def choose(self, chosen: TextRange | None) -> None:
        """Select text; the lines it touches are the selected rows."""
        if chosen is not None and chosen.first == chosen.last:
            chosen = None
        if chosen == self._chosen:
            return
        self._chosen = chosen
        rows = self.chosen_rows()
        selection = QItemSelection()
        if rows:
            selection.select(self._lines.index(rows.start), self._lines.index(rows.stop - 1))
        self.selectionModel().select(selection, _SELECT.ClearAndSelect)
        self.viewport().update()

    def choose_all(self) -> None:
        """Select everything."""
        if segments := self._lines.segments:
            last = len(segments) - 1
            self.choose(TextRange(Place(0, 0), Place(last, self._length(last))))

    def clear_selection(self) -> None:
        """Select nothing."""
        self.choose(None)

    def _rows_came(self, _parent: object, start: int, _end: int) -> None:
        """Lines that come behind what is selected leave it as it is."""
        if self._chosen is not None and start <= self._chosen.last.row:
            self.clear_selection()

    def _selected_spans(self, row: int, segment: Segment) -> Iterable[Span]:
        if self._chosen is not None:
            part = self._chosen.within(row, len(shown_text(segment)))
            if part is not None:
                yield Span(*part, Look.SELECTED)

    def _length(self, row: int) -> int:
        return len(shown_text(self._lines.segments[row]))
