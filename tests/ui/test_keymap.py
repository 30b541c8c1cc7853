from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.settings import Settings, parse, serialise
from app.ui.command import Command, Group
from app.ui.commands import COMMANDS, EXPORTS, Part
from app.ui.keymap import Keymap, conflicts, normal_key, shown_gesture
from app.ui.main_window import MainWindow
from tests.ui.fakes import Bench

TABLE = (
    Command("a", "A", ("Ctrl+A", "F2"), "a", Group.GO),
    Command("b", "B", ("B",), "b", Group.GO),
    Command("c", "C", (), "c", Group.GO),
)
KEYS = st.sampled_from(["Ctrl+A", "F2", "B", "X", "Alt+Left", "no key at all", ""])
CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.lists(KEYS, max_size=3).map(tuple)), max_size=8)


@pytest.mark.parametrize(
    ("written", "normal"),
    [("ctrl+o", "Ctrl+O"), ("?", "?"), ("Esc", "Esc"), ("Ctrl+,", "Ctrl+,"), ("nonsense", ""), ("", "")],
)
def test_a_key_is_written_in_one_way(written: str, normal: str) -> None:
    assert normal_key(written) == normal


def test_a_table_with_a_key_twice_or_an_unknown_one_is_told() -> None:
    table = (*TABLE, Command("d", "D", ("ctrl+a", "nonsense"), "d", Group.GO))
    assert conflicts(table) == ("'Ctrl+A' calls both 'a' and 'd'", "'nonsense' of 'd' is no key")
    assert conflicts(TABLE) == ()


def test_without_choices_the_table_is_in_force() -> None:
    assert Keymap(commands=TABLE).all_keys() == {"a": ("Ctrl+A", "F2"), "b": ("B",), "c": ()}


def test_a_chosen_key_is_taken_from_the_command_that_had_it() -> None:
    chosen = Keymap(commands=TABLE).with_keys("c", ("f2",))
    assert chosen.all_keys() == {"a": ("Ctrl+A",), "b": ("B",), "c": ("F2",)}
    owner = chosen.owner("F2")
    assert owner is not None
    assert owner.id == "c"
    assert [name for name in "abc" if chosen.is_changed(name)] == ["a", "c"]


def test_a_key_of_the_table_gives_way_to_a_choice_made_before_it_was_there() -> None:
    assert Keymap((("b", ("F2",)),), TABLE).all_keys() == {"a": ("Ctrl+A",), "b": ("F2",), "c": ()}


def test_returning_to_the_table_keeps_no_choice() -> None:
    chosen = Keymap(commands=TABLE).with_keys("c", ("F2",))
    assert chosen.reset("a").all_keys() == {"a": ("Ctrl+A", "F2"), "b": ("B",), "c": ()}
    assert chosen.reset("a").overrides == ()
    assert chosen.reset_all().overrides == ()


def test_what_is_unknown_does_nothing_but_is_kept() -> None:
    overrides = (("of.tomorrow", ("X",)), ("b", ("gibberish", "F9")))
    chosen = Keymap(overrides, TABLE)
    assert chosen.all_keys() == {"a": ("Ctrl+A", "F2"), "b": ("F9",), "c": ()}
    assert chosen.keys("of.tomorrow") == ()
    assert chosen.with_keys("c", ("F8",)).overrides == (*overrides, ("c", ("F8",)))


@given(CHANGES)
def test_however_keys_are_chosen_none_calls_two_commands_and_the_last_wish_is_met(
    changes: list[tuple[str, tuple[str, ...]]],
) -> None:
    keymap = Keymap(commands=TABLE)
    for name, keys in changes:
        keymap = keymap.with_keys(name, keys)
        assert keymap.keys(name) == tuple(dict.fromkeys(filter(None, map(normal_key, keys))))
    given_keys = [key for keys in keymap.all_keys().values() for key in keys]
    assert len(given_keys) == len(set(given_keys))
    assert Keymap(keymap.overrides, TABLE).all_keys() == keymap.all_keys()


@given(CHANGES)
def test_settings_keep_chosen_keys(changes: list[tuple[str, tuple[str, ...]]]) -> None:
    settings = Settings(keys=tuple(dict(changes).items()))
    assert parse(serialise(settings)) == settings


def test_keys_are_in_force_at_once_in_menus_and_hands(window: MainWindow, bench: Bench) -> None:
    bench.open()
    keys = Keymap().with_keys("go.play", ("X",)).overrides
    bench.session.change_settings(replace(bench.session.settings, keys=keys))
    assert window.command_actions["go.play"].shortcuts() == [QKeySequence("X")]
    hints = [button.toolTip() for button in window.transport.findChildren(QToolButton)]
    assert "Play / Pause  (X)" in hints
    bench.decoder.calls.clear()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert bench.decoder.named("play") == []
    QTest.keyClick(window, Qt.Key.Key_X)
    assert bench.decoder.named("play") == [()]


def test_every_action_has_the_keys_of_the_table(window: MainWindow) -> None:
    for command in COMMANDS + EXPORTS:
        shown = [each.toString() for each in window.command_actions[command.id].shortcuts()]
        # A part of the window has keys of its own, which are no shortcuts of the window's.
        keys = command.keys if command.part is Part.WINDOW else ()
        assert shown == [normal_key(key) for key in keys]


def test_a_gesture_names_its_keys_as_the_system_does() -> None:
    from app.ui.commands import GESTURES

    zoom = next(each for each in GESTURES if each.modifiers == "Ctrl")
    assert (
        shown_gesture(zoom)
        == f"{QKeySequence('Ctrl+B').toString(QKeySequence.SequenceFormat.NativeText)[:-1]}wheel"
    )
