"""What a command and a gesture are; the table of them stands in `commands`."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Group(enum.Enum):
    """The menu a command stands in."""

    FILE = "File"
    EDIT = "Edit"
    VIEW = "View"
    ANALYSE = "Analyse"
    GO = "Go"
    PLAY = "Play"
    TRANSCRIPT = "Transcript"
    EXPORT = "Export"
    HELP = "Help"


class Part(enum.Enum):
    """Where the keys of a command work; in a part that has the keyboard they come before the window's."""

    WINDOW = "window"
    TRANSCRIPT = "transcript"
    EDITOR = "line being edited"


class Needs(enum.Enum):
    """What has to be there for a command to make sense; the value says what is missing."""

    NOTHING = ""
    FILE = "needs an open file"
    PICTURE = "needs a file with a picture"
    IDLE_FILE = "needs an open file that is not being analysed"
    ANALYSIS = "nothing runs"
    PAUSABLE = "no analysis runs"
    RESULT = "needs an analysis first"
    RANGE = "needs a range: mark in and out"
    IDLE_RANGE = "needs a range, and no analysis under way"
    FILES = "there is only one file"
    CHAPTERS = "this file names no chapters"
    SUBTITLES = "there are no subtitles"
    MARK = "nothing is marked"
    LINES = "there is no transcript"
    UNDO = "nothing was edited"
    REDO = "nothing was undone"
    EDITING = "no line is being edited"
    IDLE_LINES = "needs a transcript, and no analysis under way"
    DOUBTS = "no line of the transcript is doubtful"
    JUMP_BACK = "you have not jumped yet"
    JUMP_FORWARD = "you have not gone back"


class Choice(enum.Enum):
    """Commands of one choice are shown as a set of which one is on; a switch stands alone."""

    SWITCH = enum.auto()
    THEME = enum.auto()
    FRAMES = enum.auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for.

    Attributes:
        id: stable name; it stands in the settings of whoever changed the keys.
        title: what the menu says; three dots where more is asked.
        keys: shortcuts as Qt writes them, until a person chooses others; the menu shows the first.
        callback: name of the method, of the actions or of a part of them ("range.make").
        group: its menu.
        needs: when it is switched on.
        choice: whether it is shown with a mark, and with which others.
        section: a separator stands before the command, or before its submenu.
        submenu: title of the menu within the menu; "" where it stands in the menu itself.
        repeats: whether it is done again and again while the key is held.
        part: where its keys work.
    """

    id: str
    title: str
    keys: tuple[str, ...]
    callback: str
    group: Group
    needs: Needs = Needs.NOTHING
    choice: Choice | None = None
    section: bool = False
    submenu: str = ""
    repeats: bool = False
    part: Part = Part.WINDOW

    @property
    def name(self) -> str:
        """The title without the dots, for lists."""
        return self.title.rstrip("…")


@dataclass(frozen=True, slots=True)
class Gesture:
    """What the pointer does: it stands in the sheet of keys, and cannot be changed.

    Attributes:
        modifiers: keys held, as Qt writes them ("Ctrl"); "" for none.
        hand: what the hand does: "wheel", "drag", "double-click".
        title: what comes of it.
        where: over which part of the window.
    """

    modifiers: str
    hand: str
    title: str
    where: str
