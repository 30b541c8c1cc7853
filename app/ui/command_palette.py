"""One field for everything: commands, files, chapters, objects, shots and what is said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from app.render.palette import ROW_HEIGHT, Palette
from app.ui.palette_entries import Entry, ranked
from app.ui.palette_list import PaletteDelegate, PaletteList

_WIDTH, _TOP, _ROWS, _SIDE = 640, 52, 11, 32
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}


class CommandPalette(QFrame):
    """Floats over the window while it is asked for; typing filters, Enter runs, Esc gives up.

    ``gather`` makes the entries anew each time the palette opens; ``place_of`` returns the entry for
    something typed that is a place, such as 1:23.

    Signals:
        closed(): the keyboard is free again.
    """

    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        gather: Callable[[], list[Entry]],
        place_of: Callable[[str], Entry | None],
    ) -> None:
        super().__init__(window)
        self._over = window
        self._gather, self._place_of = gather, place_of
        self._entries: list[Entry] = []
        self.setObjectName("palette")
        self.setAccessibleName("Search commands and results")
        self.field = QLineEdit()
        self.field.setPlaceholderText("A command, a file, an object, a word that is said, 1:23, #123")
        self.field.setAccessibleName("Search commands and results")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.model = PaletteList(self)
        self._delegate = PaletteDelegate(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("What was found")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._clicked)
        self.nothing = QLabel()
        self.nothing.setProperty("tone", "dim")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        self.hide()
        window.installEventFilter(self)

    def toggle(self) -> None:
        """Open, or close."""
        if self.isVisible():
            self.give_up()
        else:
            self._open()

    def _open(self) -> None:
        self._entries = self._gather()
        self.field.clear()
        self._filter("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def give_up(self) -> None:
        """Close without doing anything."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def run_current(self) -> None:
        """Do what is marked, where it can be done now."""
        entry = self.current()
        if entry is None or entry.missing:
            return
        # First closed: what is run may want the keyboard for itself.
        self.give_up()
        entry.run()

    def current(self) -> Entry | None:
        """Return what is marked."""
        row = self.list.currentIndex().row()
        return self.model.entries[row] if 0 <= row < len(self.model.entries) else None

    def move(self, by: int) -> None:  # type: ignore[override]
        """Mark another entry; from the last one on comes the first."""
        count = len(self.model.entries)
        if count:
            row = self.list.currentIndex().row()
            to = (row + by) % count if abs(by) == 1 else min(max(0, row + by), count - 1)
            self._mark(to)

    def _mark(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row))
        entry = self.current()
        # The keyboard stays in the field: what is marked has to be heard there.
        self.field.setAccessibleDescription(entry.in_words if entry is not None else self.nothing.text())

    def _filter(self, typed: str) -> None:
        typed = typed.strip()
        found = ranked(typed, self._entries)
        place = self._place_of(typed) if typed else None
        if place is not None:
            found.insert(0, place)
        self.model.show(found)
        self.nothing.setText(f"Nothing fits '{typed}'." if typed else "")
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self._mark(0)
        self.list.scrollToTop()
        self._place()

    def _clicked(self, index: QModelIndex) -> None:
        self._mark(index.row())
        self.run_current()

    def _place(self) -> None:
        """Stand at the top of the window, as tall as what was found needs."""
        rows = min(
            len(self.model.entries), _ROWS, max(3, (self._over.height() - 2 * _TOP - 64) // ROW_HEIGHT)
        )
        self.list.setFixedHeight(rows * ROW_HEIGHT + 8)
        width = min(_WIDTH, self._over.width() - 2 * _SIDE)
        height = self.field.sizeHint().height() + 16 + 4
        height += self.list.height() if self.model.entries else self.nothing.sizeHint().height()
        self.setGeometry((self._over.width() - width) // 2, _TOP, width, height)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._delegate.palette = palette
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that belong to the list; close when the keyboard goes elsewhere."""
        if watched is self._over:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        elif event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _MOVES:
            self.move(_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_current()
        elif key == Qt.Key.Key_Escape:
            self.give_up()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True
