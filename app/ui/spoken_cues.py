"""The transcript over the picture: the cues of the line that is said, as they would be exported."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from app.core.cue_style import USUAL
from app.core.results import Segment
from app.core.subtitles import StyledText, SubtitleCue

_STYLE = USUAL.with_times_kept()
_BACK = 6
"""So many lines before the last one that began may still be said."""


class SpokenCues:
    """Cuts only what is said at a time, so that edits of a long transcript cost nothing here."""

    def __init__(self) -> None:
        self._lines: tuple[Segment, ...] = ()
        self._cues: tuple[SubtitleCue, ...] = ()

    def at(self, segments: tuple[Segment, ...], time_s: float) -> tuple[SubtitleCue, ...]:
        """Return what is shown at a time."""
        from app.export.cues import cues

        place = bisect_right(segments, time_s, key=attrgetter("start_s"))
        said = tuple(each for each in segments[max(0, place - _BACK) : place] if time_s < each.end_s)
        if said != self._lines:
            self._lines = said
            self._cues = tuple(
                SubtitleCue(each.start_ms / 1000, each.end_ms / 1000, (StyledText("\n".join(each.lines)),))
                for each in cues(said, _STYLE)
            )
        return tuple(each for each in self._cues if each.start_s <= time_s < each.end_s)
