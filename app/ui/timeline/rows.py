"""Which rows the strip has and where they stand: pure arithmetic, shared by the labels and the drawing."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.render.palette import LANE_HEIGHT


class RowKind(enum.Enum):
    """What a row shows."""

    RULER = "Time"
    THUMBNAILS = "Pictures"
    KEYFRAMES = "Keyframes"
    SHOTS = "Shots"
    LANE = "Class"
    SPEECH = "Speech"
    SOUND = "Sound"


_TOP = {RowKind.RULER: 24, RowKind.THUMBNAILS: 44, RowKind.KEYFRAMES: 16, RowKind.SHOTS: 16}
_BOTTOM = {RowKind.SPEECH: LANE_HEIGHT, RowKind.SOUND: 22}
_GAP_AFTER = {RowKind.THUMBNAILS: 4, RowKind.SHOTS: 4}
_MARGIN = 4
GROWTH = 28
"""Pixels that thumbnails may gain where there is room: they are made 72 pixels high."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, ``height`` pixels from ``top`` down; ``label`` is a lane's class, else the kind's name."""

    kind: RowKind
    label: str
    top: float
    height: float

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The line in the middle."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows at one height of the strip.

    Lanes that do not fit are scrolled inside [lanes_top, lanes_bottom); everything else always shows.

    Attributes:
        rows: from top to bottom; lanes outside their part are left out.
        lanes_top, lanes_bottom: the part of the lanes.
        scroll, scroll_range: how far the lanes are scrolled, and how far they could be; pixels.
    """

    rows: tuple[Row, ...]
    lanes_top: float
    lanes_bottom: float
    scroll: float
    scroll_range: float

    def of(self, kind: RowKind) -> Row | None:
        """Return the row of a kind (of lanes, the first)."""
        return next((row for row in self.rows if row.kind is kind), None)

    def at(self, y: float) -> Row | None:
        """Return the row at a height."""
        return next((row for row in self.rows if row.top <= y < row.bottom), None)


def needed_height(lanes: int, *, picture: bool = True, sound: bool = True) -> int:
    """Return the height at which ``lanes`` lanes show without scrolling."""
    top = sum(_TOP.values()) + sum(_GAP_AFTER.values()) if picture else _TOP[RowKind.RULER]
    return round(top + lanes * LANE_HEIGHT + (sum(_BOTTOM.values()) if sound else 0) + _MARGIN)


def height_within(limit: float, lanes: int, *, picture: bool = True, sound: bool = True) -> int:
    """Return the height for as many of the lanes as fit whole below a limit, but for two at least."""
    fixed = needed_height(0, picture=picture, sound=sound)
    fitting = max(2, int((limit - fixed) // LANE_HEIGHT))
    return fixed + min(lanes, fitting) * LANE_HEIGHT


def lay_out(
    labels: tuple[str, ...], height: float, scroll: float = 0.0, *, picture: bool = True, sound: bool = True
) -> Rows:
    """Place all rows.

    Args:
        labels: the classes, one lane each.
        height: of the strip, pixels.
        scroll: how far the lanes are scrolled; kept within what there is.
        picture, sound: whether the file has these at all.
    """
    rows: list[Row] = []
    top = 0.0
    spare = height - needed_height(len(labels), picture=picture, sound=sound)
    heights = {**_TOP, RowKind.THUMBNAILS: _TOP[RowKind.THUMBNAILS] + min(max(0.0, spare), GROWTH)}
    for kind, tall in heights.items():
        if kind is RowKind.RULER or picture:
            rows.append(Row(kind, kind.value, top, tall))
            top += tall + _GAP_AFTER.get(kind, 0)
    below = float(sum(_BOTTOM.values())) if sound else 0.0
    wanted = float(len(labels) * LANE_HEIGHT)
    room = max(0.0, height - top - below - _MARGIN)
    shown = wanted if wanted <= room else room // LANE_HEIGHT * LANE_HEIGHT
    scroll_range = wanted - shown
    scroll = min(max(scroll, 0.0), scroll_range)
    for place, label in enumerate(labels):
        lane_top = top + place * LANE_HEIGHT - scroll
        if lane_top + LANE_HEIGHT > top and lane_top < top + shown:
            rows.append(Row(RowKind.LANE, label, lane_top, LANE_HEIGHT))
    lanes_bottom = top + shown
    below_top = lanes_bottom
    for kind, tall in _BOTTOM.items() if sound else ():
        rows.append(Row(kind, kind.value, below_top, tall))
        below_top += tall
    return Rows(tuple(rows), top, lanes_bottom, scroll, scroll_range)
