"""The field that finds in the transcript, with what was found, and the row that replaces."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.render.palette import Palette
from app.ui.icons import icon
from app.ui.transcript_find import Query

_COUNT_MARGIN = 16
_ROOMY = 340


class FindBar(QWidget):
    """Asks for words and shows how many were found; everything can be reached with Tab.

    Signals:
        asked(object): a Query: it was typed, or switched over.
        step_asked(object): 1 for the next hit, -1 for the one before.
        replace_asked(object), replace_all_asked(object): the words to put in place of what was found.
        ended(): the keyboard is free again.
    """

    asked = Signal(object)
    step_asked = Signal(object)
    replace_asked = Signal(object)
    replace_all_asked = Signal(object)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = _field("Find in transcript")
        self.field.textChanged.connect(self._ask)
        self.count = QLabel(self.field)
        self.count.setProperty("tone", "dim")
        self.count.setProperty("scale", "small")
        self.count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.count.hide()
        self.match_case = _switch("Aa", "Match Case")
        self.whole_words = _switch("W", "Whole Words")
        self.replacing = _switch("Replace", "Replace What Is Found")
        self.previous, self.next = _arrow("Previous Hit"), _arrow("Next Hit")
        self.words = _field("Replace with")
        self.replace = QPushButton("Replace")
        self.replace_all = QPushButton("All")
        self.replace_all.setAccessibleName("Replace all")
        self.replace_all.setToolTip("Replace all, in one step that can be undone")
        self._options, self._replace_row = QWidget(), QWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        options = _row(self._options)
        for each in (self.match_case, self.whole_words, self.replacing):
            options.addWidget(each)
        options.addStretch(1)
        options.addWidget(self.previous)
        options.addWidget(self.next)
        replacing = _row(self._replace_row)
        replacing.addWidget(self.words, 1)
        replacing.addWidget(self.replace)
        replacing.addWidget(self.replace_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(4)
        column.addWidget(self._replace_row)
        column.addWidget(self._options)
        self._field_row = QHBoxLayout()
        self._field_row.setSpacing(0)
        self._field_row.addWidget(self.field, 1)
        self._beside = QWidget()
        self._beside_widget: QWidget | None = None
        _row(self._beside)
        self._field_row.addWidget(self._beside)
        column.addLayout(self._field_row)
        self._options.hide()
        self._replace_row.hide()
        # The field is reached first, what belongs to it after it.
        order = (self.field, self.match_case, self.whole_words, self.replacing, self.previous, self.next)
        whole = (*order, self.words, self.replace, self.replace_all)
        for before, after in pairwise(whole):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.match_case.toggled.connect(self._ask)
        self.whole_words.toggled.connect(self._ask)
        self.replacing.toggled.connect(self._replace_row.setVisible)
        self.previous.clicked.connect(self._step_back)
        self.next.clicked.connect(self._step_on)
        self.replace.clicked.connect(self._replace)
        self.replace_all.clicked.connect(self._replace_all)
        for each in (self.field, self.words):
            each.installEventFilter(self)

    def add_beside(self, widget: QWidget) -> None:
        """Let something stand at the right of the field."""
        self._beside.layout().addWidget(widget)  # type: ignore[union-attr]
        self._beside_widget = widget
        widget.installEventFilter(self)
        self._part()

    def begin(self, *, replace: bool = False) -> None:
        """Take the keyboard."""
        self._show_options()
        if replace:
            self.replacing.setChecked(True)
        taker = self.words if replace and self.field.text() else self.field
        taker.setFocus(Qt.FocusReason.ShortcutFocusReason)
        taker.selectAll()

    def _part(self) -> None:
        """Keep a distance from what stands beside the field, while it does."""
        widget = self._beside_widget
        there = widget is not None and widget.isVisibleTo(self._beside)
        self._field_row.setSpacing(8 if there else 0)

    def _show_options(self) -> None:
        self._options.show()
        self._share_room()

    def end(self) -> None:
        """Seek nothing more, and give the keyboard back."""
        self.field.clear()
        self.replacing.setChecked(False)
        self._options.hide()
        self._share_room()
        self.ended.emit()

    @property
    def in_use(self) -> bool:
        """Whether somebody seeks."""
        return not self._options.isHidden()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the field the room that it needs."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """What stands beside the field makes room where there is little, while one seeks."""
        self._beside.setVisible(not self.in_use or self.width() >= _ROOMY)

    def show_found(self, here: int | None, count: int, note: str = "") -> None:
        """Say how many there are and which is looked at; ``note`` says something else for once."""
        sought = bool(self.field.text().strip())
        words = note or (
            "" if not sought else f"{here + 1:,} of {count:,}" if here is not None else "not found"
        )
        self.count.setText(words)
        self.count.setVisible(bool(words))
        self.count.setProperty("tone", "warning" if words == "not found" else "dim")
        self.count.style().polish(self.count)
        self.field.setAccessibleDescription(words)
        for each in (self.previous, self.next, self.replace, self.replace_all):
            each.setEnabled(count > 0)
        self._place_count()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.previous.setIcon(icon("up", palette))
        self.next.setIcon(icon("down", palette))

    def _query(self) -> Query:
        return Query(self.field.text().strip(), self.match_case.isChecked(), self.whole_words.isChecked())

    def _ask(self) -> None:
        if self.field.text():
            self._show_options()
        self.asked.emit(self._query())

    def _step_on(self) -> None:
        self.step_asked.emit(1)

    def _step_back(self) -> None:
        self.step_asked.emit(-1)

    def _replace(self) -> None:
        self.replace_asked.emit(self.words.text())

    def _replace_all(self) -> None:
        self.replace_all_asked.emit(self.words.text())

    def _place_count(self) -> None:
        """Stand at the right within the field, before what clears it."""
        self.count.adjustSize()
        clearing = 24 if self.field.text() else 0
        room = self.field.rect()
        self.count.move(
            room.right() - self.count.width() - clearing - 8, (room.height() - self.count.height()) // 2
        )
        margin = self.count.width() + _COUNT_MARGIN if self.count.isVisibleTo(self.field) else 0
        self.field.setTextMargins(0, 0, margin, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Shift+Enter walk through what was found, or replace it; Esc gives the keys back."""
        if watched is self._beside_widget:
            if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
                self._part()
            return False
        if event.type() == QEvent.Type.Resize:
            self._place_count()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.words:
                    self._replace()
                else:
                    back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                    self.step_asked.emit(-1 if back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.end()
                return True
        return super().eventFilter(watched, event)


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setClearButtonEnabled(True)
    return field


def _switch(words: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setCheckable(True)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setProperty("kind", "text")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _arrow(name: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return row
