"""Shots, found by how the colours of one looked-at picture differ from those of the one before.

Between keyframes seconds pass, so objects may be anywhere: only the distribution of colours is compared,
never pixel with pixel. A change of scene changes it; a change of light alone does not change it any more once
both pictures are brought to the same brightness, so both views must differ. A cut is told at the first
looked-at picture after it; encoders put keyframes on hard cuts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from app.core.results import Shot

if TYPE_CHECKING:
    from app.analysis.colours import Colours
    from app.core.frame import Pixels

CUT_DISTANCE = 0.33
"""Share of the pixels that must have changed colour for a cut. On clips whose cuts are known it was: cuts
from 0.35 up, neighbours within a shot up to 0.18 (for a dip 0.99, before both have the same light)."""

SHORTEST_SHOT_S = 0.5
"""Flashes and strobes are no shots."""


def _differ(old: Colours, new: Colours, *, after_dark: bool) -> bool:
    """Whether a scene has changed between two lit pictures."""
    from app.analysis.colours import distance

    assert old.same_light is not None
    assert new.same_light is not None
    lit = distance(old.same_light, new.same_light)
    if after_dark:
        # The picture went dark in between: what was before and what comes after may be equally dim.
        return lit > CUT_DISTANCE
    return min(lit, distance(old.as_is, new.as_is)) > CUT_DISTANCE


Moment = tuple[int, float]
"""Pts and shown time of a looked-at picture."""


@dataclass(slots=True)
class _Stretch:
    """Looked-at pictures that follow each other; of these only the ends are kept, and where scenes change.

    Attributes:
        begun: the first picture.
        changes: pictures that differ from the last lit one before them.
        first_lit: the first picture that is not dark, and its colours; None while all are dark.
        starts_dark, ends_dark: whether dark pictures come before the first lit one; whether the last is dark.
        last_lit: colours of the last picture that is not dark.
    """

    begun: Moment
    changes: list[Moment] = field(default_factory=list)
    first_lit: tuple[Moment, Colours] | None = None
    starts_dark: bool = False
    ends_dark: bool = False
    last_lit: Colours | None = None

    def look(self, moment: Moment, colours: Colours) -> bool:
        """Add the picture that follows; whether the scene changes there."""
        dark = colours.same_light is None
        changed = False
        if not dark and self.last_lit is None:
            self.first_lit = moment, colours
            self.starts_dark = self.ends_dark
        elif not dark and self.last_lit is not None:
            changed = _differ(self.last_lit, colours, after_dark=self.ends_dark)
        if changed:
            self.changes.append(moment)
        self.last_lit = self.last_lit if dark else colours
        self.ends_dark = dark
        return changed

    def changes_after(self, before: _Before) -> Iterator[Moment]:
        """Where scenes change, also at its first lit picture, with ``before`` as what came before it."""
        if self.first_lit is not None and before.lit is not None:
            moment, colours = self.first_lit
            if _differ(before.lit, colours, after_dark=self.starts_dark or before.dark):
                yield moment
        yield from self.changes


class _Before(NamedTuple):
    """What came before a stretch: the last lit picture, and whether the last one of all was dark."""

    lit: Colours | None = None
    dark: bool = False

    def then(self, stretch: _Stretch) -> _Before:
        return _Before(stretch.last_lit or self.lit, stretch.ends_dark)


class ShotFinder:
    """Takes small pictures and tells the shots; memory grows with the stretches, not with the pictures.

    Args:
        in_order: they come in order of time, and each shot is told when it is over; else all at the end.
    """

    def __init__(self, *, in_order: bool = True) -> None:
        self._in_order = in_order
        self._stretches: list[_Stretch] = []
        self._begun: Moment | None = None

    def look(self, pts: int, time_s: float, pixels: Pixels, *, follows: bool = True) -> Shot | None:
        """Take a picture; returns the shot that is over if a new one begins here.

        Args:
            follows: of those that are looked at, it is the next one after the one given before; else it
                begins a stretch of its own. None of them lies within another.
        """
        from app.analysis.colours import Colours

        moment = pts, time_s
        if not (follows and self._stretches):
            self._stretches.append(_Stretch(moment))
        if self._begun is None:
            self._begun = moment
        changed = self._stretches[-1].look(moment, Colours.of(pixels))
        return self._begin(moment) if changed and self._in_order else None

    def finish(self, end_pts: int, end_s: float) -> tuple[Shot, ...]:
        """Return the shots that were not told yet, the last one ended there; none without a picture."""
        if self._begun is None:
            return ()
        over: list[Shot | None] = []
        if not self._in_order:
            stretches = sorted(self._stretches, key=lambda stretch: stretch.begun)
            self._begun, before = stretches[0].begun, _Before()
            for stretch in stretches:
                over += [self._begin(moment) for moment in stretch.changes_after(before)]
                before = before.then(stretch)
        over.append(_shot(self._begun, (end_pts, end_s)))
        return tuple(shot for shot in over if shot is not None)

    def _begin(self, moment: Moment) -> Shot | None:
        """A scene changes: the shot before it is over, unless it was too short."""
        assert self._begun is not None
        if moment[1] - self._begun[1] < SHORTEST_SHOT_S:
            return None
        over = _shot(self._begun, moment)
        self._begun = moment
        return over


def _shot(begun: Moment, ended: Moment) -> Shot:
    return Shot(
        start_s=begun[1],
        end_s=max(begun[1], ended[1]),
        start_pts=begun[0],
        end_pts=max(begun[0], ended[0]),
    )
