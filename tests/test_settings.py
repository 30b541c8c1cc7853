from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cue_style import CueStyle
from app.settings import (
    RECENT_LIMIT,
    Settings,
    SettingsFile,
    SettingsUnreadableError,
    Theme,
    WindowPlace,
    parse,
    serialise,
)

lengths = st.integers(0, 5000)
settings_values = st.builds(
    Settings,
    theme=st.sampled_from(Theme),
    keep_recent=st.booleans(),
    recent=st.lists(st.text(min_size=1), max_size=RECENT_LIMIT).map(tuple),
    window=st.builds(WindowPlace, lengths, lengths, st.booleans(), lengths, lengths),
    confidence=st.floats(0, 1),
    show_boxes=st.booleans(),
    deinterlace=st.booleans(),
    check_releases=st.booleans(),
    frames=st.text(string.ascii_letters),
    detector=st.none() | st.text(),
    speech=st.none() | st.text(),
    keep_edits=st.none() | st.booleans(),
)


@given(settings_values)
def test_round_trip(settings: Settings) -> None:
    assert parse(serialise(settings)) == settings


@given(st.binary(max_size=200))
def test_garbage_is_told_apart_not_raised_through(data: bytes) -> None:
    with pytest.raises(SettingsUnreadableError):
        parse(data)


@pytest.mark.parametrize(
    "part",
    [
        {"theme": "pink"},
        {"confidence": 7},
        {"confidence": "high"},
        {"confidence": float("nan")},
        {"recent": "a.mp4"},
        {"recent": [1]},
        {"show_boxes": 1},
        {"deinterlace": "yes"},
        {"window": []},
        {"window": {"width": -1}},
        {"cue_style": 42},
        {"cue_style": {"lines": 0}},
        {"cue_style": {"lines": 2.5}},
        {"cue_style": {"speakers": 1}},
        {"cue_style": {"gap_s": "small"}},
        {"frames": None},
        {"detector": 1},
        {"speech": ["base"]},
        {"keep_edits": "yes"},
        {"version": 2},
    ],
)
def test_values_of_the_wrong_kind_are_refused(part: dict[str, object]) -> None:
    with pytest.raises(SettingsUnreadableError):
        parse(json.dumps({"version": 1, **part}).encode())


def test_missing_values_keep_their_defaults() -> None:
    assert parse(b'{"version": 1, "theme": "light"}') == Settings(theme=Theme.LIGHT)


def test_nothing_is_written_without_a_change(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "folder" / "settings.json")
    loaded = file.load()
    assert loaded.settings == Settings()
    assert loaded.message is None
    file.save(loaded.settings)
    assert list(tmp_path.iterdir()) == []


def test_saved_settings_come_back_and_leave_no_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    changed = Settings(theme=Theme.LIGHT).with_recent(Path("/films/Ünïcode 影.mp4"))
    SettingsFile(path).save(changed)
    assert SettingsFile(path).load().settings == changed
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_unreadable_settings_are_set_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"{broken")
    loaded = SettingsFile(path).load()
    assert loaded.settings == Settings()
    assert loaded.message is not None
    assert "settings.json.unreadable" in loaded.message
    assert (tmp_path / "settings.json.unreadable").read_bytes() == b"{broken"
    assert not path.exists()


def test_recent_files_are_bounded_unique_and_latest_first() -> None:
    settings = Settings()
    for number in [*range(12), 5]:
        settings = settings.with_recent(Path(f"/{number}.mp4"))
    assert len(settings.recent) == RECENT_LIMIT
    assert settings.recent[0] == str(Path("/5.mp4"))
    assert len(set(settings.recent)) == RECENT_LIMIT
    assert str(Path("/5.mp4")) not in settings.without_recent(Path("/5.mp4")).recent


def test_no_recent_file_is_kept_where_that_is_switched_off() -> None:
    assert Settings(keep_recent=False).with_recent(Path("/a.mp4")).recent == ()


def test_the_style_of_subtitles_is_remembered() -> None:
    style = CueStyle(line_columns=37, lines=1, reading_speed=17, gap_s=0.12, speakers=False)
    assert parse(serialise(Settings(cue_style=style))).cue_style == style
    assert parse(b'{"version": 1, "cue_style": {"lines": 3}}').cue_style == CueStyle(lines=3)
