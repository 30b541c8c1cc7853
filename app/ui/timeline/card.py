"""The panel that holds the strip; pyqtgraph takes half a second to load, so `fill` waits for the window."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollBar, QWidget

from app.core.results import Segment
from app.core.tracks import Chapter
from app.render.palette import DARK, Palette
from app.ui.found.change import Change
from app.ui.found.filter import Filter
from app.ui.found.findings import Findings
from app.ui.marked_range import Marks
from app.ui.timeline.hover_card import HoverCard
from app.ui.timeline.labels import RowLabels
from app.ui.timeline.rows import RowKind, height_within

if TYPE_CHECKING:
    from app.ui.timeline.bars import Floats
    from app.ui.timeline.view import Hovered, TimelineView


_PAD = 6
_FAR_OUT = 1e-9
"""A zoom that ends where the whole file is seen."""
_STANDS_FOR_S = 12.0
"""While the file is still being read, the last thumbnail stands for so much of what follows: a long GOP."""


_ROW_OF = {
    Change.THUMBNAILS: RowKind.THUMBNAILS,
    Change.KEYFRAMES: RowKind.KEYFRAMES,
    Change.SHOTS: RowKind.SHOTS,
    Change.SOUND: RowKind.SOUND,
    Change.REGIONS: RowKind.SPEECH,
    Change.TRANSCRIPT: RowKind.SPEECH,
}
"""Which row an event touches; only that one is painted again. Lanes see to themselves."""


def chapter_title(chapters: tuple[Chapter, ...], time_s: float) -> str:
    """Return the name of the chapter at a time; "" outside of all."""
    place = bisect_right(chapters, time_s, key=attrgetter("start_s")) - 1
    return chapters[place].title if place >= 0 and time_s < max(chapters[place].end_s, 0.0) else ""


class TimelineCard(QFrame):
    """Names at the left, the strip, and a scroll bar where the lanes do not fit.

    Signals:
        seek_asked(object): a SeekAsked.
        scrub_began(): the hand took the playhead.
        mark_dragged(object): a MarkDragged.
        class_clicked(object): a label.
    """

    seek_asked = Signal(object)
    scrub_began = Signal()
    mark_dragged = Signal(object)
    class_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._palette = DARK
        self._findings = Findings()
        self._chapters: tuple[Chapter, ...] = ()
        self.view: TimelineView | None = None
        self.labels = RowLabels()
        self.labels.class_clicked.connect(self.class_clicked)
        self._scroll = QScrollBar(Qt.Orientation.Vertical)
        self._scroll.hide()
        self._hover_card: HoverCard | None = None
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, _PAD, 8, _PAD)
        self._layout.setSpacing(0)
        self._hint = QLabel("Keyframes, shots, objects, speech and sound stand here, on one time axis.")
        self._hint.setProperty("tone", "dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self.labels.hide()
        self._layout.addWidget(self.labels)
        self._layout.addWidget(self._hint, 1)
        self._layout.addWidget(self._scroll)

    def fill(self) -> TimelineView:
        """Load pyqtgraph and build the strip, once."""
        if self.view is not None:
            return self.view
        from app.ui.timeline.view import TimelineView

        view = self.view = TimelineView()
        view.seek_asked.connect(self.seek_asked)
        view.scrub_began.connect(self.scrub_began)
        view.mark_dragged.connect(self.mark_dragged)
        view.hovered.connect(self._show_hover)
        view.rows_changed.connect(self._rows_changed)
        self._scroll.valueChanged.connect(view.scroll_lanes)
        self._layout.insertWidget(1, view, 1)
        view.setVisible(self._findings.media is not None)
        self.setFocusProxy(view)
        view.wear(self._palette)
        return view

    def wanted_height(self, limit: int) -> int:
        """Return the height at which every lane shows, or as many as fit below a limit."""
        media = self._findings.media
        picture = media is None or media.video is not None
        sound = media is None or bool(media.audio)
        lanes = max(3, len(self._findings.objects.labels)) if picture else 0
        frame = 2 * _PAD + 2
        return height_within(limit - frame, lanes, picture=picture, sound=sound) + frame

    def set_chapters(self, chapters: tuple[Chapter, ...]) -> None:
        """Mark these on the ruler."""
        self._chapters = chapters
        if self.view is not None and self.view.state.chapters != chapters:
            self.view.state.chapters = chapters
            self.view.refresh()

    def show_findings(
        self, findings: Findings, change: Change, shown: Filter, lines: tuple[Segment, ...]
    ) -> None:
        """Show what is known, and the lines of the transcript; only what changed is made anew."""
        self._findings = findings
        view = self.view
        if view is None:
            return
        if change & Change.MEDIA:
            change = Change.EVERYTHING  # Another file: nothing of the last one may stay.
        there = findings.media is not None
        self._hint.setVisible(not there)
        self.labels.setVisible(there)
        view.setVisible(there)
        state = view.state
        if change & (Change.MEDIA | Change.KEYFRAMES | Change.SOUND | Change.DETECTIONS):
            view.set_duration(findings.duration_s)
        if change & Change.MEDIA:
            media = findings.media
            picture = media is None or media.video is not None
            view.set_tracks(picture=picture, sound=media is None or bool(media.audio))
            state.pixmaps.clear()
        if change & Change.THUMBNAILS:
            state.thumbnails = findings.index.thumbnails
        view.set_missing(findings.held_until_s)
        state.keyframes, state.shots = findings.index.keyframes, findings.index.shots
        if change & (Change.REGIONS | Change.TRANSCRIPT):
            state.set_speech(findings.speech.regions, lines)
        if change & Change.SOUND:
            from app.ui.timeline.bars import LevelColumns

            state.levels = LevelColumns(findings.index.loudness)
        if change & Change.DETECTIONS:
            from app.ui.found.lanes import lanes_of

            view.set_lanes(lanes_of(findings, shown))
        view.refresh([kind for part, kind in _ROW_OF.items() if change & part])

    def set_hits(self, times: Floats, here_s: float | None) -> None:
        """Mark where what is sought is said, seconds, ascending; ``here_s`` is what is looked at."""
        if self.view is not None:
            from app.ui.timeline.bars import HitColumns

            self.view.set_hits(HitColumns(times, here_s))

    def set_marks(self, marks: Marks) -> None:
        """Show in and out."""
        if self.view is not None:
            self.view.set_marks(marks)

    def zoom(self, factor: float, around_s: float) -> None:
        """Zoom around a time; where that is out of sight, around the middle."""
        if self.view is not None:
            scale = self.view.scale
            x = scale.x_of(around_s)
            self.view.zoom(factor, x if 0 <= x <= scale.width else scale.width / 2)

    def show_all(self) -> None:
        """Show the whole file."""
        if self.view is not None:
            self.view.zoom(_FAR_OUT, self.view.scale.width / 2)

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self._palette = palette
        self.labels.wear(palette)
        if self.view is not None:
            self.view.wear(palette)
        if self._hover_card is not None:
            self._hover_card.wear(palette)

    def _rows_changed(self) -> None:
        if self.view is None:
            return
        rows = self.view.state.rows
        self.labels.set_rows(rows)
        self._scroll.blockSignals(True)
        self._scroll.setRange(0, round(rows.scroll_range))
        self._scroll.setPageStep(max(1, round(rows.lanes_bottom - rows.lanes_top)))
        self._scroll.setSingleStep(20)
        self._scroll.setValue(round(rows.scroll))
        self._scroll.blockSignals(False)
        self._scroll.setVisible(rows.scroll_range > 0)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Under the pointer is something else now."""
        super().moveEvent(event)
        self._show_hover(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Under the pointer is something else now."""
        super().resizeEvent(event)
        self._show_hover(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """What floats over the strip goes with it."""
        super().hideEvent(event)
        self._show_hover(None)

    def _show_hover(self, hovered: Hovered | None) -> None:
        if self.view is None:
            return
        if hovered is None:
            if self._hover_card is not None:
                self._hover_card.hide()
            return
        from app.ui.timeline.state import thumbnail_pixmap

        if self._hover_card is None:
            self._hover_card = HoverCard(self.window())
            self._hover_card.wear(self._palette)
        thumbnail = self._findings.index.thumbnail_near(hovered.time_s)
        place = self.view.mapTo(self.window(), QPoint(round(hovered.x), 0))
        if thumbnail is not None and not self._findings.index.whole:
            # Nothing of this part was read yet: a picture from far before would be a wrong one.
            thumbnail = thumbnail if hovered.time_s - thumbnail.time_s <= _STANDS_FOR_S else None
        pixmap = thumbnail_pixmap(thumbnail) if thumbnail is not None else None
        title = chapter_title(self._chapters, hovered.time_s)
        doubts = tuple(f"⚠ {mark.label}" for mark in self.view.state.doubts_at(hovered.time_s))
        notes = (title, *doubts) if title else doubts
        self._hover_card.show_at(place.x(), place.y() - 6, hovered.time_s, pixmap, notes)
