"""Which keys call which command: those of the table, unless a person chose others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.ui.commands import COMMANDS, EXPORTS, Command, Gesture, Part

Overrides = tuple[tuple[str, tuple[str, ...]], ...]
"""What was chosen: (name of a command, its keys), as the settings keep it."""

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText


def normal_key(text: str) -> str:
    """Return the one way to write a key ("ctrl+o" is "Ctrl+O"); "" where Qt knows no such key."""
    sequence = QKeySequence.fromString(text, _PORTABLE)
    known = all(sequence[place].key() != Qt.Key.Key_unknown for place in range(sequence.count()))  # type: ignore[index]
    return sequence.toString(_PORTABLE) if known else ""


def shown_key(key: str) -> str:
    """Write a key as this system's menus do."""
    return QKeySequence.fromString(key, _PORTABLE).toString(_NATIVE)


def shown_gesture(gesture: Gesture) -> str:
    """Write a gesture with the names that this system gives its keys."""
    if not gesture.modifiers:
        return gesture.hand
    return shown_key(f"{gesture.modifiers}+A").removesuffix("A") + gesture.hand


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys in force.

    A chosen key is taken from whatever command had it in the table; of two commands for which the same key
    was chosen the first in the table has it. A part of the window has keys of its own: the same key may call
    one command there and another one elsewhere. Names that no command bears and keys that Qt does not know do
    nothing, but are kept: another version may know them.

    Attributes:
        overrides: what differs from the table.
        commands: the table.
    """

    overrides: Overrides = ()
    commands: tuple[Command, ...] = COMMANDS + EXPORTS

    def keys(self, command_id: str) -> tuple[str, ...]:
        """Return the keys of a command, written the one way; none for a name nobody bears."""
        return self.all_keys().get(command_id, ())

    def all_keys(self) -> dict[str, tuple[str, ...]]:
        """Return the keys of every command, in the order of the table."""
        chosen = dict(self.overrides)
        taken: set[tuple[Part, str]] = set()
        kept: dict[str, tuple[str, ...]] = {}
        for command in sorted(self.commands, key=lambda each: each.id not in chosen):
            wanted = _known(chosen.get(command.id, command.keys))
            kept[command.id] = tuple(key for key in wanted if (command.part, key) not in taken)
            taken.update((command.part, key) for key in wanted)
        return {command.id: kept[command.id] for command in self.commands}

    def owner(self, key: str, part: Part = Part.WINDOW) -> Command | None:
        """Return the command of a part of the window that a key calls."""
        wanted = normal_key(key)
        if not wanted:
            return None
        keys = self.all_keys()
        those = (command for command in self.commands if command.part is part)
        return next((command for command in those if wanted in keys[command.id]), None)

    def is_changed(self, command_id: str) -> bool:
        """Whether a command's keys are not those of the table."""
        table = next((command.keys for command in self.commands if command.id == command_id), ())
        return self.keys(command_id) != _known(table)

    def with_keys(self, command_id: str, keys: Sequence[str]) -> Keymap:
        """Give a command these keys, and take them from all others."""
        wanted = _known(keys)
        chosen = dict(self.overrides)
        part_of = {command.id: command.part for command in self.commands}
        for other, others_keys in self.all_keys().items():
            rival = other != command_id and part_of[other] is part_of.get(command_id)
            if rival and not set(wanted).isdisjoint(others_keys):
                chosen[other] = tuple(key for key in others_keys if key not in wanted)
        chosen[command_id] = wanted
        return self._of(chosen)

    def reset(self, command_id: str) -> Keymap:
        """Give a command the keys of the table back, and take them from all others."""
        table = next((command.keys for command in self.commands if command.id == command_id), ())
        return self.with_keys(command_id, table)

    def reset_all(self) -> Keymap:
        """Return to the table."""
        return Keymap((), self.commands)

    def _of(self, chosen: dict[str, tuple[str, ...]]) -> Keymap:
        """Keep only what differs from the table."""
        table = {command.id: _known(command.keys) for command in self.commands}
        differing = ((name, keys) for name, keys in chosen.items() if table.get(name) != keys)
        return Keymap(tuple(differing), self.commands)


def conflicts(commands: Sequence[Command]) -> tuple[str, ...]:
    """Return a sentence for each key that Qt does not know, or that a part of the window is given twice."""
    seen: dict[tuple[Part, str], str] = {}
    found = []
    for command in commands:
        for written in command.keys:
            key = normal_key(written)
            if not key:
                found.append(f"'{written}' of '{command.id}' is no key")
            elif (command.part, key) in seen:
                found.append(f"'{key}' calls both '{seen[command.part, key]}' and '{command.id}'")
            seen[command.part, key] = command.id
    return tuple(found)


def _known(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(normal_key, keys) if key))
