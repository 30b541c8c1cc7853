"""From frame-wise speech probabilities to regions of speech, and from regions to pieces worth recognising.

Pure arithmetic on sample positions (16 kHz); nothing here knows where the probabilities come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.audio import SAMPLE_RATE

Probabilities = npt.NDArray[np.float32]


class Region(NamedTuple):
    """A half-open stretch of samples [start, end)."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of samples."""
        return self.end - self.start


def samples(seconds: float) -> int:
    """Return the nearest number of samples."""
    return round(seconds * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class RegionRule:
    """How probabilities become regions; lengths in seconds.

    Attributes:
        enter: a frame at or above this begins a region.
        leave: frames below this for ``hangover_s`` end it, at the first of them.
        hangover_s: pauses shorter than this do not end a region.
        shortest_s: shorter regions are dropped as clicks.
        padding_s: added on both sides, up to half of the silence there.
    """

    enter: float = 0.5
    leave: float = 0.35
    hangover_s: float = 0.4
    shortest_s: float = 0.1
    padding_s: float = 0.03


def find_regions(probabilities: Probabilities, frame: int, total: int, rule: RegionRule) -> list[Region]:
    """Return the regions of speech, ascending, apart from each other, inside [0, total).

    Args:
        probabilities: one value 0..1 per ``frame`` samples.
        frame: samples a frame covers.
        total: samples of the sound; the last frame may be cut.
        rule: thresholds and lengths.
    """
    found = [
        Region(first * frame, min(last * frame, total))
        for first, last in _runs(probabilities, rule, max(1, round(samples(rule.hangover_s) / frame)))
    ]
    long_enough = [region for region in found if region.length >= samples(rule.shortest_s)]
    return _padded(long_enough, samples(rule.padding_s), total)


def _runs(probabilities: Probabilities, rule: RegionRule, hangover: int) -> list[tuple[int, int]]:
    """Hysteresis over frames: [first, last) pairs."""
    runs: list[tuple[int, int]] = []
    first: int | None = None
    quiet_since: int | None = None
    for index, value in enumerate(probabilities.tolist()):
        if first is None:
            if value >= rule.enter:
                first, quiet_since = index, None
        elif value >= rule.leave:
            quiet_since = None
        else:
            quiet_since = index if quiet_since is None else quiet_since
            if index + 1 - quiet_since >= hangover:
                runs.append((first, quiet_since))
                first = None
    if first is not None:
        runs.append((first, len(probabilities) if quiet_since is None else quiet_since))
    return runs


def _padded(regions: Sequence[Region], padding: int, total: int) -> list[Region]:
    padded: list[Region] = []
    for index, region in enumerate(regions):
        before = regions[index - 1].end if index else None
        after = regions[index + 1].start if index + 1 < len(regions) else None
        room_before = region.start if before is None else (region.start - before) // 2
        room_after = total - region.end if after is None else (after - region.end) // 2
        padded.append(Region(region.start - min(padding, room_before), region.end + min(padding, room_after)))
    return padded


@dataclass(frozen=True, slots=True)
class PieceRule:
    """How regions are packed into pieces; lengths in seconds.

    A model takes as long for a second of sound as for the 30 s that it hears at once, so pieces are to be
    full, and of silence they keep no more than tells sentences apart.

    Attributes:
        longest_s: no piece is heard for longer, margins included: below the 30 s that whisper hears at once.
        pause_s: what stays of a longer silence between two regions; the rest is not heard.
        longest_span_s: from the first region of a piece to the end of its last one, silence included.
        margin_s: silence kept around the speech of a piece, where there is some.
    """

    longest_s: float = 29.5
    pause_s: float = 1.0
    longest_span_s: float = 120.0
    margin_s: float = 0.5


class Piece(NamedTuple):
    """Sound to recognise in one call, and the speech in it; all positions on the same axis.

    Attributes:
        start, end: where it lies.
        regions: the speech in it.
        kept: what is heard of it, one stretch right behind the other; between them is nothing but silence.
    """

    start: int
    end: int
    regions: tuple[Region, ...]
    kept: tuple[Region, ...]


def split_long(region: Region, limit: int, quietness: npt.NDArray[np.float32], frame: int) -> list[Region]:
    """Cut a region longer than ``limit`` samples at its quietest frames.

    Args:
        region: what to cut.
        limit: the longest part allowed, samples; at least four frames.
        quietness: a level per ``frame`` samples of the same axis: the smallest marks the best cut.
        frame: samples per level.

    Each cut lies in the last fifth of what is allowed, so that parts stay long.
    """
    parts: list[Region] = []
    start = region.start
    while region.end - start > limit:
        first, last = (start + limit * 4 // 5) // frame + 1, (start + limit) // frame
        candidates = quietness[first:last]
        cut = (first + int(np.argmin(candidates))) * frame + frame // 2 if len(candidates) else start + limit
        cut = min(max(cut, start + 1), start + limit)
        parts.append(Region(start, cut))
        start = cut
    parts.append(Region(start, region.end))
    return parts


def pack(regions: Sequence[Region], total: int, rule: PieceRule, *, first: int = 0) -> list[Piece]:
    """Pack regions, in order, into as few pieces as the rule allows; pieces never overlap.

    Args:
        regions: ascending, none longer than ``rule.longest_s`` without margins, none overlapping another.
        total: samples there are; margins stay inside [first, total).
        rule: lengths.
        first: what lies before it belongs to earlier pieces.
    """
    groups = _grouped(regions, rule)
    margin, longest = samples(rule.margin_s), samples(rule.longest_s)
    pieces: list[Piece] = []
    for index, group in enumerate(groups):
        before = (group[0].start - groups[index - 1][-1].end) // 2 if index else group[0].start - first
        after = groups[index + 1][0].start if index + 1 < len(groups) else None
        room = total - group[-1].end if after is None else (after - group[-1].end) // 2
        kept = _kept(group, samples(rule.pause_s))
        slack = max(0, (longest - sum(part.length for part in kept)) // 2)
        kept[0] = Region(kept[0].start - min(margin, before, slack), kept[0].end)
        kept[-1] = Region(kept[-1].start, kept[-1].end + min(margin, room, slack))
        pieces.append(Piece(kept[0].start, kept[-1].end, tuple(group), tuple(kept)))
    return pieces


def _grouped(regions: Sequence[Region], rule: PieceRule) -> list[list[Region]]:
    pause, span = samples(rule.pause_s), samples(rule.longest_span_s)
    longest = samples(rule.longest_s) - 2 * samples(rule.margin_s)
    groups: list[list[Region]] = []
    heard = 0
    for region in regions:
        group = groups[-1] if groups else None
        if group:
            heard += min(region.start - group[-1].end, pause) + region.length
            if heard <= longest and region.end - group[0].start <= span:
                group.append(region)
                continue
        groups.append([region])
        heard = region.length
    return groups


def _kept(group: Sequence[Region], pause: int) -> list[Region]:
    """What is heard of a group: each silence longer than ``pause`` loses its middle."""
    kept = [group[0]]
    for region in group[1:]:
        last = kept[-1]
        if region.start - last.end <= pause:
            kept[-1] = Region(last.start, region.end)
        else:
            kept[-1] = Region(last.start, last.end + pause // 2)
            kept.append(Region(region.start - (pause - pause // 2), region.end))
    return kept
