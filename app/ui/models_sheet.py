"""The sheet of models: which there are, which are here, getting, adding, checking and removing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.download.pulls import PullState
from app.inference.catalogue import licence_text
from app.inference.model_kind import ModelKind
from app.inference.model_licence import licence_word
from app.models.library import LibraryRow
from app.ui.model_choice import missing_sentence, sample_sentence
from app.ui.model_row import ModelRow
from app.ui.model_words import (
    HINTS,
    MODEL_FILTER,
    OFFLINE,
    ModelPage,
    address_words,
    recommended_button,
    recommended_words,
)
from app.ui.sheet import Sheet, scrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ui.model_desk import ModelDesk
    from app.ui.session import Session

_WIDTH = 760


class ModelsSheet(Sheet):
    """Shows what the desk knows, and hands on what a person wants."""

    def __init__(
        self, parent: QWidget, session: Session, desk: ModelDesk, choose: Callable[[ModelKind, str], None]
    ) -> None:
        super().__init__("Models", parent)
        self._session, self._desk, self._choose = session, desk, choose
        self._chosen_set = desk.recommended()
        self._rows: dict[str, ModelRow] = {}
        self.note = _Note()
        self.recommended = _Recommended()
        self.recommended.button.clicked.connect(self._get_recommended)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Kinds of models")
        for page in ModelPage:
            self.tabs.addTab(page.value)
        self.tabs.currentChanged.connect(self._turn)
        self.hint = _wrapped("")
        self.nothing = _wrapped("Nothing is here yet.")
        for label in (self.hint, self.nothing):
            label.setProperty("tone", "dim")
        self.list = QWidget()
        self._column = QVBoxLayout(self.list)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self.licence = _LicencePage()
        self.licence.back.clicked.connect(self._show_list)
        self._lay_out()
        desk.changed.connect(self.refresh)
        desk.progressed.connect(self._progressed)
        self.refresh()
        self.resize(_WIDTH, min(720, parent.window().height() - 48))

    def turn_to(self, page: ModelPage) -> None:
        """Show a page."""
        self._show_list()
        self.tabs.setCurrentIndex(list(ModelPage).index(page))

    def refresh(self) -> None:
        """Show all models as they stand now."""
        rows = self._desk.rows()
        models = self._session.current_models()
        used = {each.path for each in (models.detector, models.speech, models.vad) if each is not None}
        for gone in set(self._rows) - {row.name for row in rows}:
            self._rows.pop(gone).deleteLater()
        for place, row in enumerate(rows):
            widget = self._rows.get(row.name)
            if widget is None:
                widget = self._rows[row.name] = self._make_row(row)
            if self._column.indexOf(widget) != place:
                self._column.insertWidget(place, widget)
            widget.show_row(
                row,
                self._desk.pulls.get(row.name),
                self._desk.words.get(row.name),
                in_use=row.model is not None and row.model.path in used,
                busy=row.name in self._desk.adding_or_checking,
                together=self._together(row),
            )
        worth = missing_sentence(models) or sample_sentence(models)
        self._show_recommended(rows, worth)
        self.note.say("" if self.recommended.isVisibleTo(self) else worth)
        self._turn()

    def _make_row(self, row: LibraryRow) -> ModelRow:
        widget = ModelRow(row)
        widget.get_asked.connect(self._get)
        widget.cancel_asked.connect(self._cancel)
        widget.remove_asked.connect(self._remove)
        widget.verify_asked.connect(self._verify)
        widget.use_asked.connect(self._use)
        widget.licence_asked.connect(self._show_licence)
        return widget

    def _together(self, row: LibraryRow) -> int:
        if row.listed is None:
            return row.bytes
        return sum(entry.bytes for entry in self._desk.library.catalogue.with_needs([row.listed.name]))

    def _show_recommended(self, rows: list[LibraryRow], worth: str) -> None:
        missing = self._chosen_set.missing(rows)
        pulled = all(row.name in self._desk.pulls for row in missing)
        self.recommended.setVisible(bool(missing) and not pulled)
        words = (self._desk.words.get(row.name) for row in missing)
        fault = next((word.sentence for word in words if word is not None and word.is_fault), "")
        self.recommended.words.setText(recommended_words(self._chosen_set, worth, fault))
        self.recommended.button.setText(recommended_button(sum(row.bytes - row.here for row in missing)))

    # --- what a person wants

    def _get_recommended(self) -> None:
        self._desk.pull(*(entry.name for entry in self._chosen_set.models))
        self.refresh()

    def _get(self, row: LibraryRow) -> None:
        self._desk.pull(row.name)
        self.refresh()

    def _cancel(self, row: LibraryRow) -> None:
        self._desk.cancel(row.name)

    def _remove(self, row: LibraryRow) -> None:
        self._desk.remove(row.name)

    def _verify(self, row: LibraryRow) -> None:
        self._desk.verify(row.name)

    def _use(self, row: LibraryRow) -> None:
        if row.model is not None:
            self._choose(row.kind, row.model.name)
            self.refresh()

    def _add_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Add a Model File", str(Path.home()), MODEL_FILTER)
        if name:
            self._desk.add(Path(name), in_place=self.in_place.isChecked())

    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Add a Folder of Models", str(Path.home()))
        if name:
            self._desk.add(Path(name), in_place=self.in_place.isChecked())

    # --- pages

    def _progressed(self, state: PullState) -> None:
        widget = self._rows.get(state.name)
        if widget is None:
            return
        if widget.cancel.isHidden():
            self.refresh()
        else:
            widget.show_pull(state)

    def _turn(self) -> None:
        page = list(ModelPage)[self.tabs.currentIndex()]
        shown = 0
        for widget in self._rows.values():
            fits = page.holds(widget.row)
            widget.setVisible(fits)
            shown += fits
        self.hint.setText(HINTS.get(page, ""))
        self.hint.setVisible(bool(self.hint.text()))
        self.nothing.setVisible(not shown)

    def _show_list(self) -> None:
        self._pages.setCurrentIndex(0)

    def _show_licence(self, row: LibraryRow) -> None:
        if row.listed is not None:
            text = f"{address_words(row.listed)}\n\n{licence_text(row.listed)}"
        elif row.model is not None and row.model.is_sample:
            text = f"{row.name} came with Reelscope and is under its licence."
        else:
            word = licence_word(row.model.path) if row.model is not None else ""
            text = word or f"The file of {row.name} names no licence."
        self.licence.show_text(row.name, text)
        self._pages.setCurrentIndex(1)
        self.licence.back.setFocus()

    def _lay_out(self) -> None:
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.note, self.recommended, self.tabs, self.hint):
            column.addWidget(widget)
        column.addWidget(scrolled(self.list, "Models"), 1)
        offline = _wrapped(OFFLINE)
        offline.setProperty("tone", "dim")
        offline.setProperty("scale", "small")
        column.addWidget(offline)
        self._pages = QStackedWidget()
        self._pages.addWidget(listing)
        self._pages.addWidget(self.licence)
        self.content.addWidget(self._pages, 1)
        self.add_file = QPushButton("Add a File…")
        self.add_file.clicked.connect(self._add_file)
        self.add_folder = QPushButton("Add a Folder…")
        self.add_folder.clicked.connect(self._add_folder)
        self.in_place = QCheckBox("Leave files where they are")
        for place, each in enumerate((self.add_file, self.add_folder, self.in_place)):
            self.buttons.insertWidget(place, each)


class _Note(QFrame):
    """A sentence that matters; hidden without one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self.setProperty("tone", "warning")
        self.words = _wrapped("")
        QVBoxLayout(self).addWidget(self.words)

    def say(self, words: str) -> None:
        """Show words, or nothing."""
        self.words.setText(words)
        self.setVisible(bool(words))


class _Recommended(QFrame):
    """What suits this machine, and a button that gets it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self.words = _wrapped("")
        self.button = QPushButton()
        self.button.setProperty("kind", "primary")
        self.button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)


class _LicencePage(QWidget):
    """A licence in full."""

    def __init__(self) -> None:
        super().__init__()
        self.title = _wrapped("")
        self.title.setProperty("scale", "strong")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Licence")
        self.back = QPushButton("Back to the Models")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        column.addLayout(row)

    def show_text(self, name: str, text: str) -> None:
        """Show a licence."""
        self.title.setText(f"Licence of {name}")
        self.text.setPlainText(text)


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label
