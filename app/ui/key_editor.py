"""Where keys are changed: every command, its keys, and what to do when a key is taken."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.render.palette import Palette
from app.ui.command import Command
from app.ui.fuzzy import best
from app.ui.key_recorder import KeyRecorder
from app.ui.keymap import Keymap, shown_key
from app.ui.palette_entries import Entry, Kind
from app.ui.palette_list import PaletteDelegate, PaletteList
from app.ui.session import Session


class KeyEditor(QWidget):
    """A list of commands with their keys, and below it what can be done with the one that is marked."""

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__()
        self._session = session
        self._commands: list[Command] = []
        self._wanted = ""
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a command")
        self.field.setAccessibleName("Find a command")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.model = PaletteList(self)
        self._delegate = PaletteDelegate(self)
        self._delegate.palette = palette
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Commands and their keys")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(224)
        self.list.selectionModel().currentChanged.connect(self._marked)
        self.record = KeyRecorder("Add a Key")
        self.record.recorded.connect(self._recorded)
        self.remove = _button("Remove Its Keys", self._remove)
        self.reset = _button("Reset", self._reset)
        self.reset_all = _button("Reset All", self._reset_all)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.take = _button("Take It", self._take)
        self.leave = _button("Leave It", self._leave)
        self._lay_out()
        self._show()
        session.settings_changed.connect(self._show)

    def _lay_out(self) -> None:
        self._note = QFrame()
        self._note.setObjectName("note")
        self._note.setProperty("tone", "warning")
        note = QHBoxLayout(self._note)
        note.setContentsMargins(12, 8, 8, 8)
        note.setSpacing(8)
        note.addWidget(self.sentence, 1)
        note.addWidget(self.take)
        note.addWidget(self.leave)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for each in (self.record, self.remove, self.reset):
            buttons.addWidget(each)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        self._note.hide()

    @property
    def keymap(self) -> Keymap:
        """The keys in force."""
        return Keymap(self._session.settings.keys)

    @property
    def asks(self) -> bool:
        """Whether a key that is taken waits for a decision."""
        return bool(self._wanted)

    def current(self) -> Command | None:
        """Return the command that is marked."""
        row = self.list.currentIndex().row()
        return self._commands[row] if 0 <= row < len(self._commands) else None

    def mark(self, command_id: str) -> None:
        """Mark a command, where it is among those shown."""
        for row, command in enumerate(self._commands):
            if command.id == command_id:
                self.list.setCurrentIndex(self.model.index(row))

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._delegate.palette = palette
        self.list.viewport().update()

    def _show(self) -> None:
        """Show the commands that fit what was typed; the one marked stays so."""
        before = self.current()
        keymap = self.keymap
        keys = keymap.all_keys()
        typed = self.field.text()
        self._commands = best(typed, keymap.commands, _sought, most=len(keymap.commands), loose=True)
        self.model.show([_entry(each, keys[each.id], keymap.is_changed(each.id)) for each in self._commands])
        self.list.setCurrentIndex(self.model.index(0))
        if before is not None:
            self.mark(before.id)
        self.reset_all.setEnabled(bool(keymap.overrides))
        self._marked()

    def _marked(self, *_indexes: QModelIndex) -> None:
        command = self.current()
        self._leave()
        self.record.setEnabled(command is not None)
        self.record.setAccessibleName(f"Add a key to {command.name}" if command is not None else "Add a key")
        self.remove.setEnabled(command is not None and bool(self.keymap.keys(command.id)))
        self.reset.setEnabled(command is not None and self.keymap.is_changed(command.id))

    def _recorded(self, key: str) -> None:
        command = self.current()
        if command is None:
            return
        owner = self.keymap.owner(key, command.part)
        if owner is not None and owner.id == command.id:
            return
        if owner is None:
            self._add(command, key)
            return
        self._wanted = key
        words = (
            f"{shown_key(key)} is the key of '{owner.name}'. If '{command.name}' takes it, '{owner.name}' "
        )
        left = [shown_key(each) for each in self.keymap.keys(owner.id) if each != key]
        words += f"keeps {' and '.join(left)}." if left else "has no key any more."
        self.sentence.setText(words)
        self.sentence.setAccessibleName(words)
        self._note.show()
        # The note takes room from the list: what it speaks of has to stay in sight.
        self.layout().activate()  # type: ignore[union-attr]
        self.list.scrollTo(self.list.currentIndex())
        self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self) -> None:
        command, key = self.current(), self._wanted
        self._leave()
        if command is not None and key:
            self._add(command, key)

    def _leave(self) -> None:
        had = self.take.hasFocus() or self.leave.hasFocus()
        self._wanted = ""
        self._note.hide()
        if had:
            self.record.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, command: Command, key: str) -> None:
        self._change(self.keymap.with_keys(command.id, (*self.keymap.keys(command.id), key)))

    def _remove(self) -> None:
        if (command := self.current()) is not None:
            self._change(self.keymap.with_keys(command.id, ()))

    def _reset(self) -> None:
        if (command := self.current()) is not None:
            self._change(self.keymap.reset(command.id))

    def _reset_all(self) -> None:
        self._change(self.keymap.reset_all())

    def _change(self, keymap: Keymap) -> None:
        self._session.change_settings(replace(self._session.settings, keys=keymap.overrides))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the field, arrows walk in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and self._commands:
                row = min(max(0, self.list.currentIndex().row() + step), len(self._commands) - 1)
                self.list.setCurrentIndex(self.model.index(row))
                return True
        return super().eventFilter(watched, event)


def _entry(command: Command, keys: tuple[str, ...], changed: bool) -> Entry:
    group = f"{command.group.value} · {command.submenu}" if command.submenu else command.group.value
    detail = "  ".join(shown_key(key) for key in keys)
    return Entry(Kind.COMMAND, command.name, _nothing, group, f"changed  {detail}" if changed else detail)


def _nothing() -> None:
    return None


def _sought(command: Command) -> str:
    return f"{command.name} {command.group.value}"


def _button(words: str, do: object) -> QPushButton:
    button = QPushButton(words)
    button.setAutoDefault(False)
    button.clicked.connect(do)
    return button
