"""The part of the command table that edits the transcript."""

from __future__ import annotations

from app.ui.command import Command, Group, Needs, Part

SPEAKER_KEYS = 9
"""So many speakers have a key."""

_E, _LINES, _EDITING = Group.EDIT, Needs.LINES, Needs.EDITING
_TIMES, _SPEAKER, _MEANWHILE = "Times", "Speaker", "While Editing"

EDIT_COMMANDS: tuple[Command, ...] = (
    Command("edit.undo", "Undo", ("Ctrl+Z",), "edit.undo", _E, Needs.UNDO, repeats=True),
    Command("edit.redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "edit.redo", _E, Needs.REDO, repeats=True),
    Command("edit.line", "Edit the Line", ("F2",), "edit.line", _E, _LINES, section=True),
    Command("edit.split", "Split the Line", ("Ctrl+Return",), "edit.split", _E, _LINES),
    Command(
        "edit.split_here", "Split at the Playhead", ("Ctrl+Shift+Return",), "edit.split_here", _E, _LINES
    ),
    Command("edit.merge", "Merge with the Next Line", ("Ctrl+M",), "edit.merge", _E, _LINES),
    Command("edit.insert", "New Line at the Playhead", ("Ins",), "edit.insert", _E, Needs.FILE),
    Command("edit.delete", "Delete the Lines", ("Del",), "edit.delete", _E, _LINES, part=Part.TRANSCRIPT),
    Command("edit.found", "Take What Was Found", (), "edit.take_found", _E, _LINES, section=True),
    Command(
        "edit.start_here",
        "Line Begins at the Playhead",
        ("Ctrl+[",),
        "edit.start_here",
        _E,
        _LINES,
        section=True,
        submenu=_TIMES,
    ),
    Command(
        "edit.end_here", "Line Ends at the Playhead", ("Ctrl+]",), "edit.end_here", _E, _LINES, submenu=_TIMES
    ),
    *(
        Command(f"edit.{name}", title, (key,), f"edit.{name}", _E, _LINES, submenu=_TIMES, repeats=True)
        for name, title, key in (
            ("start_earlier", "Line Begins 0.1 s Earlier", "Ctrl+Left"),
            ("start_later", "Line Begins 0.1 s Later", "Ctrl+Right"),
            ("end_earlier", "Line Ends 0.1 s Earlier", "Alt+Shift+Left"),
            ("end_later", "Line Ends 0.1 s Later", "Alt+Shift+Right"),
        )
    ),
    Command("edit.name", "Name the Speaker…", ("Alt+N",), "edit.name_speaker", _E, _LINES, submenu=_SPEAKER),
    Command("edit.nobody", "Nobody Named", ("Alt+0",), "edit.no_speaker", _E, _LINES, submenu=_SPEAKER),
    *(
        Command(
            f"edit.speaker_{number}",
            f"Speaker {number}",
            (f"Alt+{number}",),
            f"edit.speaker_{number}",
            _E,
            _LINES,
            submenu=_SPEAKER,
        )
        for number in range(1, SPEAKER_KEYS + 1)
    ),
    Command(
        "line.play",
        "Play / Pause Meanwhile",
        ("Ctrl+Space",),
        "go.play_pause",
        _E,
        _EDITING,
        submenu=_MEANWHILE,
        part=Part.EDITOR,
    ),
    *(
        Command(
            f"line.{name}",
            title,
            keys,
            f"edit.line_{name}",
            _E,
            _EDITING,
            submenu=_MEANWHILE,
            part=Part.EDITOR,
        )
        for name, title, keys in (
            ("keep", "Keep the Change", ("Return", "Enter")),
            ("leave", "Leave It as It Was", ("Esc",)),
            ("next", "Edit the Next Line", ("Tab",)),
            ("back", "Edit the Line Before", ("Shift+Tab",)),
            ("turn", "Go to Times and Speaker", ("F2",)),
        )
    ),
)
"""Undo and redo, lines, their times, who speaks; and what keys do within the field of a line."""
