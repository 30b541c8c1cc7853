"""One model in the sheet of models: what it is, how it stands, what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.download.pulls import PullState
from app.inference.model_entry import ModelSource
from app.models.library import LibraryRow, Standing
from app.ui.model_desk import Word
from app.ui.model_words import facts, get_words, pull_words, purpose, standing_words

_STEPS = 1000


class ModelRow(QFrame):
    """Shows one model; its buttons say what a person wants by the model's name.

    Signals:
        get_asked, cancel_asked, remove_asked, verify_asked, licence_asked, use_asked: with a LibraryRow.
    """

    get_asked = Signal(object)
    cancel_asked = Signal(object)
    remove_asked = Signal(object)
    verify_asked = Signal(object)
    licence_asked = Signal(object)
    use_asked = Signal(object)

    def __init__(self, row: LibraryRow) -> None:
        super().__init__()
        self.setObjectName("note")
        self.row = row
        self.name = _label(scale="strong")
        self.standing = _label()
        self.facts = _label(tone="dim", scale="small")
        self.purpose = _label(tone="dim", scale="small")
        self.word = _label(scale="small")
        self.progress = _label(scale="small")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.get = self._button("Get", self.get_asked)
        self.cancel = self._button("Cancel", self.cancel_asked)
        self.use = self._button("Use", self.use_asked)
        self.verify = self._button("Verify", self.verify_asked)
        self.remove = self._button("Remove", self.remove_asked)
        self.licence = self._button("", self.licence_asked)
        self.licence.setProperty("kind", "link")
        self._lay_out()

    def show_row(
        self,
        row: LibraryRow,
        pull: PullState | None,
        word: Word | None,
        *,
        in_use: bool,
        busy: bool,
        together: int,
    ) -> None:
        """Show how the model stands.

        ``busy``: it is being read to its end; ``together``: bytes with all that it needs.
        """
        self.row = row
        here = row.standing is Standing.INSTALLED and row.model is not None
        mine = row.model is not None and row.model.source in (ModelSource.USER, ModelSource.PLACE)
        self.name.setText(row.name)
        self.facts.setText(facts(row))
        self.purpose.setText(purpose(row, together))
        self.purpose.setVisible(bool(self.purpose.text()))
        self.standing.setText("reading…" if busy else standing_words(row, in_use=in_use))
        _dress(self.standing, "warning" if row.standing is Standing.BROKEN else "good" if here else "dim")
        self._say(word, row)
        quiet = pull is None and not busy
        self.get.setText(get_words(row))
        self.get.setVisible(quiet and bool(get_words(row)))
        self.use.setVisible(quiet and here and not in_use and row.kind.value in ("speech", "detector"))
        self.verify.setVisible(quiet and here)
        self.remove.setVisible(quiet and (mine or row.standing in (Standing.PARTLY, Standing.BROKEN)))
        self.licence.setText(row.listed.licence if row.listed is not None else "Licence")
        for button in (self.get, self.cancel, self.use, self.verify, self.remove):
            button.setAccessibleName(f"{button.text()} {row.name}")
        self.licence.setAccessibleName(f"Licence of {row.name}")
        self.show_pull(pull)

    def show_pull(self, pull: PullState | None) -> None:
        """Show how its download goes; None: there is none."""
        runs = pull is not None
        for widget in (self.bar, self.progress, self.cancel):
            widget.setVisible(runs)
        if pull is not None:
            self.standing.setText("")
            self.progress.setText(pull_words(pull))
            self.bar.setValue(round(_STEPS * pull.done / pull.total) if pull.total else 0)
            self.bar.setAccessibleName(f"Download of {pull.name}")

    def _say(self, word: Word | None, row: LibraryRow) -> None:
        sentence = word.sentence if word is not None else ""
        if not sentence and row.standing is Standing.BROKEN:
            sentence = f"{row.remark[:1].upper()}{row.remark[1:]}."
        self.word.setText(sentence)
        self.word.setVisible(bool(sentence))
        _dress(self.word, "good" if word is not None and not word.is_fault else "warning")

    def _button(self, title: str, asked: SignalInstance) -> QPushButton:
        button = QPushButton(title)
        button.setAutoDefault(False)
        button.clicked.connect(partial(self._pressed, asked))
        return button

    def _pressed(self, asked: SignalInstance, _checked: bool = False) -> None:
        asked.emit(self.row)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.licence)
        head.addStretch(1)
        head.addWidget(self.standing)
        for button in (self.get, self.use, self.verify, self.remove, self.cancel):
            head.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setVerticalSpacing(4)
        grid.addLayout(head, 0, 0)
        for place, widget in enumerate((self.facts, self.purpose, self.bar, self.progress, self.word), 1):
            grid.addWidget(widget, place, 0)


def _label(tone: str = "", scale: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(scale == "small")
    if tone:
        label.setProperty("tone", tone)
    if scale:
        label.setProperty("scale", scale)
    return label


def _dress(widget: QWidget, tone: str) -> None:
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
