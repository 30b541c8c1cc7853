"""Gathers what the palette can find in one window, at the moment when it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction

from app.core.results import Detection
from app.ui.file_side import FileSide
from app.ui.key_bindings import KeyBindings
from app.ui.palette_entries import (
    Entry,
    Places,
    command_entries,
    place_entries,
    recent_entries,
    typed_place,
)
from app.ui.session import Session


class PaletteSource:
    """Makes the entries of the palette.

    ``go_to`` goes to a detection.
    """

    def __init__(
        self,
        session: Session,
        actions: Mapping[str, QAction],
        bindings: KeyBindings,
        side: FileSide,
        go_to: Callable[[Detection], object],
    ) -> None:
        self._session = session
        self._actions = actions
        self._bindings = bindings
        self._side = side
        self._go_to = go_to

    def gather(self) -> list[Entry]:
        """Return everything there is now."""
        session = self._session
        entries = command_entries(self._bindings.keymap, self._actions)
        entries += recent_entries(session.settings.recent, session.open)
        return entries + place_entries(self._places()) if session.file.is_open else entries

    def place_of(self, typed: str) -> Entry | None:
        """Return the entry for something typed that is a place in the file."""
        return typed_place(typed, self._places()) if self._session.file.is_open else None

    def _places(self) -> Places:
        session = self._session
        return Places(
            session.file.findings,
            session.shown.filter,
            session.playback.seek,
            self.go_to_class,
            session.playback.time_s,
            session.file.constant_rate,
            self._side.contents.chapters,
            session.desk.segments,
        )

    def go_to_class(self, label: str) -> None:
        """Go to where a class is next seen; from the last place on comes the first."""
        session = self._session
        shown = session.file.findings.objects.detections(session.shown.filter)
        found = [each for each in shown if each.label == label]
        if found:
            now_s = session.playback.time_s
            self._go_to(next((each for each in found if each.time_s > now_s + 1e-6), found[0]))
