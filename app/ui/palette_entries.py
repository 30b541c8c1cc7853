"""Everything the palette can find: commands, and what is known of the file."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from PySide6.QtGui import QAction

from app.core.errors import UsageError
from app.core.results import Segment, Shot
from app.core.time import format_short
from app.core.tracks import Chapter
from app.ui.commands import Command, Needs
from app.ui.found.filter import Filter
from app.ui.found.findings import Findings
from app.ui.found.objects import ClassCount
from app.ui.fuzzy import best, fit
from app.ui.keymap import Keymap, shown_key
from app.ui.time_entry import parse_destination

_HEARD_BEFORE_S = 0.3
"""A line is gone to so much earlier, that its first word is heard."""


class Kind(enum.Enum):
    """What an entry is; the value stands before its title. In the order in which equals are shown."""

    PLACE = "Go to"
    COMMAND = "Command"
    RECENT = "Recent"
    CHAPTER = "Chapter"
    CLASS = "Object"
    SHOT = "Shot"
    LINE = "Said"


_MOST = {Kind.COMMAND: 200, Kind.RECENT: 8, Kind.CHAPTER: 12, Kind.CLASS: 12, Kind.SHOT: 12, Kind.LINE: 30}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette.

    Attributes:
        kind: what it is.
        title: what it says.
        run: does it.
        group: the menu of a command; the kind's word for everything else.
        detail: keys of a command, time of a place, folder of a file.
        missing: why it cannot be done now; "" where it can.
    """

    kind: Kind
    title: str
    run: Callable[[], object]
    group: str = ""
    detail: str = ""
    missing: str = ""

    @property
    def sought(self) -> str:
        """What is searched: the title, then the words that stand around it."""
        return f"{self.title} {self.group}" if self.group else self.title

    @property
    def in_words(self) -> str:
        """What a screen reader says."""
        return ", ".join(filter(None, (self.title, self.group, self.detail, self.missing)))


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of the file, as entries are made from it.

    Attributes:
        findings, shown: what was found, and the filter.
        lines: of the transcript.
        chapters: of the file.
        now_s, rate: where ways begin; pictures a second, where that is constant.
        seek: goes to a time.
        go_to_class: goes to where a class is next seen.
    """

    findings: Findings
    shown: Filter
    seek: Callable[[float], object]
    go_to_class: Callable[[str], object]
    now_s: float = 0.0
    rate: Fraction | None = None
    chapters: tuple[Chapter, ...] = ()
    lines: tuple[Segment, ...] = ()


def command_entries(keymap: Keymap, actions: Mapping[str, QAction]) -> list[Entry]:
    """Return an entry for each command that menus show, in the order of the table."""
    keys = keymap.all_keys()
    shown = (each for each in keymap.commands if actions[each.id].isVisible())
    return [_of_command(each, actions[each.id], keys[each.id]) for each in shown]


def _of_command(command: Command, action: QAction, keys: tuple[str, ...]) -> Entry:
    missing = "" if action.isEnabled() else command.needs.value or Needs.FILE.value
    group = f"{command.group.value} · {command.submenu}" if command.submenu else command.group.value
    detail = "  ".join(shown_key(key) for key in keys)
    return Entry(Kind.COMMAND, command.name, action.trigger, group, detail, missing)


def recent_entries(recent: Iterable[str], open_file: Callable[[Path], object]) -> list[Entry]:
    """Return an entry for each file opened before."""
    paths = [Path(name) for name in recent]
    return [
        Entry(Kind.RECENT, path.name, partial(open_file, path), Kind.RECENT.value, str(path.parent))
        for path in paths
    ]


def place_entries(places: Places) -> list[Entry]:
    """Return an entry for each chapter, class, shot and line of the file."""
    findings = places.findings
    made = [_of_chapter(each, places) for each in places.chapters]
    made += [_of_class(each, places) for each in findings.objects.counts(places.shown)]
    made += [_of_shot(number, each, places) for number, each in enumerate(findings.index.shots, start=1)]
    made += [_of_line(each, places) for each in places.lines]
    return made


def _of_chapter(chapter: Chapter, places: Places) -> Entry:
    run = partial(places.seek, chapter.start_s)
    return Entry(Kind.CHAPTER, chapter.title, run, Kind.CHAPTER.value, format_short(chapter.start_s))


def _of_class(count: ClassCount, places: Places) -> Entry:
    run = partial(places.go_to_class, count.label)
    missing = "" if count.shown else "none passes the filter"
    return Entry(Kind.CLASS, count.label, run, Kind.CLASS.value, f"{count.shown} of {count.total}", missing)


def _of_shot(number: int, shot: Shot, places: Places) -> Entry:
    title = f"Shot {number} at {format_short(shot.start_s)}"
    length = f"{shot.end_s - shot.start_s:.1f} s"
    return Entry(Kind.SHOT, title, partial(places.seek, shot.start_s), "", length)


def _of_line(segment: Segment, places: Places) -> Entry:
    run = partial(places.seek, max(0.0, segment.start_s - _HEARD_BEFORE_S))
    return Entry(Kind.LINE, segment.text.strip(), run, Kind.LINE.value, format_short(segment.start_s))


def typed_place(typed: str, places: Places) -> Entry | None:
    """Return the entry that goes where was typed, where that is a place: 1:23, #1234, +5s."""
    if not places.findings.duration_s or (not typed[:1].isdigit() and typed[:1] not in "#+-"):
        return None
    try:
        time_s = parse_destination(typed, places.now_s, places.rate)
    except UsageError:
        return None
    time_s = min(max(0.0, time_s), places.findings.duration_s)
    title = f"Go to {format_short(time_s, 2)}"
    return Entry(Kind.PLACE, title, partial(places.seek, time_s), "", typed)


def ranked(typed: str, entries: Iterable[Entry], most: int = 60) -> list[Entry]:
    """Return the entries that fit what was typed, the best first; available before unavailable.

    Nothing typed: the commands and the files, in their order. Lines and places are found as they are written;
    the titles of commands by their initials and letters, too.
    """
    by_kind: dict[Kind, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    if not typed.strip():
        return by_kind.get(Kind.COMMAND, []) + by_kind.get(Kind.RECENT, [])
    found: list[Entry] = []
    for kind, limit in _MOST.items():
        loose = kind is Kind.COMMAND
        found += best(typed, by_kind.get(kind, []), _sought, most=limit, loose=loose)
    found.sort(key=lambda entry: (bool(entry.missing), -(fit(typed, entry.sought) or 0.0)))
    return found[:most]


def _sought(entry: Entry) -> str:
    return entry.sought
