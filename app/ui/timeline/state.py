"""What all parts of the strip paint from."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from app.core.events import Thumbnail
from app.core.marks import Mark, known_marks
from app.core.results import Keyframe, Segment, Shot
from app.core.time import TimeSpan
from app.core.tracks import Chapter
from app.render.palette import DARK, Palette
from app.ui.found.lanes import Lane
from app.ui.marked_range import Marks
from app.ui.time_scale import TimeScale
from app.ui.timeline.bars import HitColumns, LevelColumns, RunColumns
from app.ui.timeline.rows import Rows, lay_out
from app.ui.transcript_text import line_at

EDGE_MARGIN = 8.0
"""Pixels beside the first and the last time, so that a diamond or the playhead there is seen whole."""
_PIXMAPS_MOST = 512


def thumbnail_pixmap(thumbnail: Thumbnail) -> QPixmap:
    """Turn the bytes of a thumbnail into something to paint."""
    image = QImage(
        thumbnail.rgb, thumbnail.width, thumbnail.height, thumbnail.width * 3, QImage.Format.Format_RGB888
    )
    return QPixmap.fromImage(image)


class Pixmaps:
    """Pixmaps of thumbnails, as many as a few screens show; the longest unused goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], QPixmap] = OrderedDict()

    def of(self, thumbnail: Thumbnail, height: int) -> QPixmap:
        """Return the pixmap of a thumbnail at a height in device pixels."""
        key = (thumbnail.pts, height)
        pixmap = self._kept.pop(key, None)
        if pixmap is None:
            full = thumbnail_pixmap(thumbnail)
            pixmap = full.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)
        self._kept[key] = pixmap
        if len(self._kept) > _PIXMAPS_MOST:
            self._kept.popitem(last=False)
        return pixmap

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


@dataclass(slots=True)
class StripState:
    """The strip's content, one object for all items; ``aspect`` is width / height of a thumbnail."""

    palette: Palette = DARK
    scale: TimeScale = field(default_factory=lambda: TimeScale.whole(0.0, 1.0, EDGE_MARGIN))
    rows: Rows = field(default_factory=lambda: lay_out((), 0.0))
    thumbnails: tuple[Thumbnail, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    shots: tuple[Shot, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    lanes: tuple[Lane, ...] = ()
    lane_columns: dict[str, RunColumns] = field(default_factory=dict)
    region_columns: RunColumns = field(default_factory=lambda: RunColumns(()))
    segment_columns: RunColumns = field(default_factory=lambda: RunColumns(()))
    doubtful_columns: RunColumns = field(default_factory=lambda: RunColumns(()))
    doubtful: tuple[Segment, ...] = ()
    levels: LevelColumns = field(default_factory=lambda: LevelColumns(()))
    hits: HitColumns = field(default_factory=lambda: HitColumns(np.empty(0)))
    pixmaps: Pixmaps = field(default_factory=Pixmaps)
    missing_from_s: float | None = None
    playhead_s: float | None = None
    hover_s: float | None = None
    marks: Marks = field(default_factory=Marks)

    def set_lanes(self, lanes: tuple[Lane, ...]) -> None:
        """Show these lanes."""
        self.lanes = lanes
        self.lane_columns = {lane.label: RunColumns(lane.runs) for lane in lanes}

    def set_speech(self, regions: tuple[TimeSpan, ...], segments: tuple[Segment, ...]) -> None:
        """Show where somebody speaks, and the lines of the transcript."""
        self.region_columns = RunColumns.certain(regions)
        self.segment_columns = RunColumns.certain(segments)
        self.doubtful = tuple(each for each in segments if known_marks(each))
        self.doubtful_columns = RunColumns.certain(self.doubtful)

    def doubts_at(self, time_s: float) -> tuple[Mark, ...]:
        """Return why the line at a time may be wrong."""
        place = line_at(self.doubtful, time_s)
        return () if place is None else known_marks(self.doubtful[place])
