"""Keeps a held arrow from asking for more pictures than can be shown."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.ui.playback import Playback

_AHEAD_MOST = 2
"""Steps under way while the key is held: one is decoded while the one before is painted."""


class StepPacer(QObject):
    """Hands steps on; those that a held key or a spinning wheel repeats only while pictures keep up.

    Steps of the decoder add up, so on a machine that is too slow a held key would go on long after it is let
    go. Taps are never lost.
    """

    def __init__(self, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._playback = playback
        self._under_way = 0
        self._shown = playback.frame
        playback.picture_changed.connect(self._picture_changed)

    def step(self, count: int, *, repeated: bool) -> None:
        """Go so many pictures on."""
        if repeated and self._under_way >= _AHEAD_MOST:
            return
        # A tap begins anew: at the end of a file steps are under way that no picture ever answers.
        self._under_way = self._under_way + abs(count) if repeated else abs(count)
        self._playback.step(count)

    def _picture_changed(self) -> None:
        if self._playback.frame is not self._shown:
            self._shown = self._playback.frame
            self._under_way = max(0, self._under_way - 1)
