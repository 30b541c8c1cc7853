from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from operator import attrgetter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from app.export.formats import FORMATS
from app.ui.actions import Actions
from app.ui.care import Care
from app.ui.commands import COMMANDS, EXPORTS, GESTURES, Group, by_id
from app.ui.doubt_actions import DoubtActions
from app.ui.edit_actions import EditActions
from app.ui.edit_commands import SPEAKER_KEYS
from app.ui.follow_actions import FollowActions
from app.ui.go_actions import GoActions
from app.ui.keymap import Keymap, conflicts
from app.ui.keys_sheet import _THREE, _TWO, keys_sheet
from app.ui.main_window import MainWindow
from app.ui.range_actions import RangeActions
from app.ui.still_actions import StillActions
from app.ui.transcript_actions import TranscriptActions
from tests.ui.fakes import Bench


def test_names_and_keys_are_unique() -> None:
    assert max(Counter(command.id for command in COMMANDS + EXPORTS).values()) == 1
    assert conflicts(COMMANDS + EXPORTS) == ()


def test_every_command_can_be_called(window: MainWindow) -> None:
    for command in COMMANDS:
        assert callable(attrgetter(command.callback)(window.commands)), command


def test_no_method_of_a_command_is_unreachable() -> None:
    reachable = {command.callback for command in COMMANDS}
    helpers = {"note_written", "open_paths", "export", "export_to", "add_model_file", "wait"}
    helpers |= {
        "choose_detector",
        "choose_speech",
        "set_volume",
        "go.turn",
        "go.to_typed",
        "still.wait",
        "still.written",
        "follow.changed",
        "follow.look_at_zoom",
        "doubts.connect_panel",
        "said.connect_panel",
        "said.wanted_rows",
        "care.check_where_wanted",
        "care.stop",
        "care.tell_crash",
        "edit.refuse",
    }
    public = {name for name, value in vars(Actions).items() if callable(value) and not name.startswith("_")}
    groups = {
        "go": GoActions,
        "range": RangeActions,
        "doubts": DoubtActions,
        "still": StillActions,
        "follow": FollowActions,
        "care": Care,
        "said": TranscriptActions,
        "edit": EditActions,
    }
    for part, actions in groups.items():
        parts = vars(actions).items()
        public |= {f"{part}.{name}" for name, value in parts if callable(value) and not name.startswith("_")}
    assert public - helpers == reachable - {f"edit.speaker_{n}" for n in range(1, SPEAKER_KEYS + 1)}


def test_a_command_is_found_by_its_name() -> None:
    assert by_id("go.play").keys == ("Space", "K")
    with pytest.raises(KeyError):
        by_id("go.nowhere")


def test_every_menu_holds_its_commands_and_every_format_can_be_exported(window: MainWindow) -> None:
    menus = {action.text(): action.menu() for action in window.top_bar.menu_bar.actions()}
    assert list(menus) == [group.value for group in Group]
    every = window.top_bar.menu_bar.findChildren(QMenu)
    in_menus = {each.objectName() for menu in every for each in menu.actions()}
    assert {command.id for command in COMMANDS} | {f"export.{name}" for name in FORMATS} <= in_menus


def test_the_theme_is_chosen_in_a_menu_of_its_own(window: MainWindow) -> None:
    themes = next(menu for menu in window.top_bar.menu_bar.findChildren(QMenu) if menu.title() == "Theme")
    assert [action.text() for action in themes.actions()] == ["As the System", "Dark", "Light"]
    assert themes.menuAction() in window.top_bar.menu_bar.actions()[2].menu().actions()  # type: ignore[attr-defined]


def test_every_menu_has_a_place_in_the_sheet_of_keys() -> None:
    for columns in (_THREE, _TWO):
        assert sorted(group.value for groups in columns for group in groups) == sorted(
            group.value for group in Group
        )


def test_the_search_stands_in_the_top_bar_with_its_key(window: MainWindow) -> None:
    assert "Ctrl+K" in window.top_bar.search.text()
    window.resize(1000, 640)
    QApplication.processEvents()
    assert window.top_bar.search.text() == "Search"
    window.top_bar.search.click()
    assert window.search.isVisible()


def test_no_two_actions_share_a_key(window: MainWindow) -> None:
    keys = Counter(
        sequence.toString() for action in window.command_actions.values() for sequence in action.shortcuts()
    )
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("width", [1440, 1280, 960])
def test_the_sheet_of_keys_is_no_wider_than_the_window(
    window: MainWindow, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "width", lambda: width)
    sheet = keys_sheet(window, Keymap())
    assert sheet.sizeHint().width() <= width
    sheet.close()


def test_the_sheet_of_keys_names_every_command_that_has_keys_and_every_gesture(window: MainWindow) -> None:
    sheet = keys_sheet(window, Keymap())
    words = {label.text() for label in sheet.findChildren(QLabel)}
    for command in COMMANDS + EXPORTS:
        assert not command.keys or command.name in words
    assert {f"{each.title} ({each.where.lower()})" for each in GESTURES} <= words
    sheet.close()


@pytest.mark.parametrize(
    ("key", "modifier", "call", "value"),
    [
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "play", ()),
        (Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, "play", ()),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "step", 1),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.NoModifier, "step", -1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, "seek", (6.0, True)),
        (
            Qt.Key.Key_Left,
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier,
            "seek",
            (0.0, True),
        ),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, "seek", (20.0, True)),
    ],
)
def test_keys_reach_the_workers(
    window: MainWindow, bench: Bench, key: Qt.Key, modifier: Qt.KeyboardModifier, call: str, value: object
) -> None:
    bench.open()
    bench.session.playback.seek(5.0)
    bench.decoder.calls.clear()
    QTest.keyClick(window, key, modifier)
    assert bench.decoder.named(call) == [value]


def test_a_field_keeps_the_keys_that_are_typed_into_it(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.commands.go.to_time()
    QApplication.processEvents()
    QTest.keyClicks(window.transport.entry, "0:07.5")
    assert bench.decoder.named("play") == []
    assert window.transport.entry.text() == "0:07.5"
    QTest.keyClick(window.transport.entry, Qt.Key.Key_Return)
    assert bench.decoder.named("seek")[-1] == (7.5, True)
    assert not window.transport.entry.isVisible()


def test_space_presses_the_button_that_was_reached_with_tab(window: MainWindow, bench: Bench) -> None:
    bench.open()
    bench.decoder.calls.clear()
    window.top_bar.analyse.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.top_bar.analyse, Qt.Key.Key_Space)
    assert len(bench.analysis.named("analyse")) == 2
    assert bench.decoder.named("play") == []


def test_what_makes_no_sense_is_switched_off(window: MainWindow, bench: Bench) -> None:
    actions = window.command_actions
    assert not actions["go.play"].isEnabled()
    assert not actions["analyse.start"].isEnabled()
    assert not actions["export.json"].isEnabled()
    assert actions["file.open"].isEnabled()
    bench.open()
    assert actions["go.play"].isEnabled()
    assert actions["analyse.start"].isEnabled()
    assert not actions["analyse.cancel"].isEnabled()
    bench.session.analyse()
    assert not actions["analyse.start"].isEnabled()
    assert actions["analyse.cancel"].isEnabled()


def test_going_to_something_that_is_no_time_says_so(window: MainWindow, bench: Bench) -> None:
    bench.open()
    window.commands.go.to_typed("later")
    assert window.messages.message is not None
    assert "'later' is not a time" in window.messages.message.sentence


def test_all_actions_run_without_a_file(make_window: Callable[..., MainWindow], bench: Bench) -> None:
    window = make_window(bench)
    asks = {
        "open_dialog",
        "open_folder",
        "open_subtitles",
        "import_transcript",
        "add_model",
        "quit",
        "open_sample",
        "toggle_full_screen",
    }
    for command in COMMANDS:
        if command.callback not in asks:
            attrgetter(command.callback)(window.commands)()
    assert bench.decoder.named("open") == []
