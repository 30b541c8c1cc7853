"""What hands do on the time strip: take the playhead along, and draw the ends of the marked range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.scrubbing import Scrubber
from app.ui.session import Session

if TYPE_CHECKING:
    from app.ui.timeline.card import TimelineCard
    from app.ui.timeline.view import MarkDragged, SeekAsked

_LEAST_RANGE_S = 0.001
"""A range that is drawn together keeps this much."""


class StripHands(QObject):
    """Hands on to a session what is done on its strip. GUI thread only.

    Attributes:
        scrubber: makes seeks of what is done with the playhead.
    """

    def __init__(self, timeline: TimelineCard, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._marks = session.marks
        self.scrubber = Scrubber(session.playback, self)
        timeline.seek_asked.connect(self._seek)
        timeline.scrub_began.connect(self.scrubber.begin)
        timeline.mark_dragged.connect(self._mark_dragged)

    def _seek(self, asked: SeekAsked) -> None:
        (self.scrubber.end if asked.exact else self.scrubber.move)(asked.time_s)

    def _mark_dragged(self, dragged: MarkDragged) -> None:
        self._marks.set(self._marks.marks.moved(dragged.edge, dragged.time_s, _LEAST_RANGE_S))
