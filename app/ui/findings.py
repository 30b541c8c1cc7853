"""What is known about the open file so far: fed with the events of an analysis, asked by every panel.

No Qt in here: the window asks, the window paints. One thread (the window's).
"""

from __future__ import annotations

import enum
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from app.core.marks import differs_in_marks_only
from app.core.results import AnalysisResult, Detection, Keyframe, MediaInfo, Segment, Shot
from app.core.sentences import CUT_OFF
from app.core.time import TimeSpan

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from app.core.events import Event, LoudnessFound, Outcome, PictureAnalysed, Thumbnail

_TIME = attrgetter("time_s")
_START = attrgetter("start_s")

_CUT_LEAST_S = 1.0
"""What a file misses at its end is shown from here on."""

_STANDS_S = 2.0
"""While more is to come, a picture may stand for this long, though nobody looked at what follows."""

_CLOSE = 0.1
"""This share of the pictures that were looked at lies the nearest to the next one."""

_BYTES_A_THING = 300
_SAME_S = 1e-6


@dataclass(frozen=True, slots=True)
class LineNews:
    """A line that was found; ``before`` is the same line with other marks, where that was known already."""

    line: Segment
    before: Segment | None = None


class Change(enum.Flag):
    """Which part of the findings an event touched, so that only that part is painted again."""

    NOTHING = 0
    MEDIA = enum.auto()
    KEYFRAMES = enum.auto()
    SHOTS = enum.auto()
    THUMBNAILS = enum.auto()
    DETECTIONS = enum.auto()
    REGIONS = enum.auto()
    SOUND = enum.auto()
    TRANSCRIPT = enum.auto()
    WARNINGS = enum.auto()
    OUTCOME = enum.auto()
    FILE = MEDIA | KEYFRAMES | SHOTS | THUMBNAILS
    RUN = DETECTIONS | REGIONS | SOUND | TRANSCRIPT | WARNINGS | OUTCOME
    EVERYTHING = FILE | RUN


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the detections is shown: everywhere the same, on picture, lanes, table and counts.

    Attributes:
        hidden: labels that are switched off.
        confidence: the least confidence that is shown, 0..1.
    """

    hidden: frozenset[str] = frozenset()
    confidence: float = 0.25

    def admits(self, detection: Detection) -> bool:
        """Whether a detection passes."""
        return detection.confidence >= self.confidence and detection.label not in self.hidden

    def admitted(self, detections: Iterable[Detection]) -> tuple[Detection, ...]:
        """Return those that pass, in their order."""
        return tuple(each for each in detections if self.admits(each))

    def toggled(self, label: str) -> Filter:
        """Return the same filter with one class switched over."""
        return Filter(self.hidden ^ {label}, self.confidence)


class Run(NamedTuple):
    """A stretch of time over which a class was found in every picture looked at.

    A picture stands for the time up to the next one that was looked at, as far as none is still to come in
    between; ``confidence`` is the best within.
    """

    start_s: float
    end_s: float
    confidence: float


class Lane(NamedTuple):
    """The runs of one class, in order of time, never touching."""

    label: str
    class_id: int
    runs: tuple[Run, ...]


class ClassCount(NamedTuple):
    """How often a class was found: ``shown`` of ``total`` pass the filter."""

    label: str
    class_id: int
    shown: int
    total: int


@dataclass(slots=True)
class _ClassRecord:
    """The detections of one class, by time of arrival."""

    class_id: int
    times: array[float] = field(default_factory=lambda: array("d"))
    confidences: array[float] = field(default_factory=lambda: array("d"))


def merge_runs(
    times: npt.NDArray[np.float64],
    confidences: npt.NDArray[np.float64],
    looked_at: npt.NDArray[np.float64],
    until: npt.NDArray[np.float64],
) -> tuple[Run, ...]:
    """Join the detections of one class to runs.

    Args:
        times: shown times of the detections, ascending, each one of ``looked_at``; may repeat.
        confidences: of the detections, the same length.
        looked_at: times of all pictures a detector looked at, strictly ascending.
        until: for each of ``looked_at``, until when it stands: at most until the next one.
    """
    import numpy as np

    if not len(times):
        return ()
    places = np.searchsorted(looked_at, times)
    gaps_before = np.cumsum(np.append(0, until[:-1] < looked_at[1:]))
    steps = places + gaps_before[places]
    starts = np.flatnonzero(np.diff(steps, prepend=steps[0] - 2) > 1)
    lasts = np.append(starts[1:], len(places)) - 1
    best = np.maximum.reduceat(confidences, starts)
    columns = zip(times[starts].tolist(), until[places[lasts]].tolist(), best.tolist(), strict=True)
    return tuple(Run(*column) for column in columns)


def line_at(segments: Sequence[Segment], time_s: float) -> int | None:
    """Return the index of the line that is being said, None in a pause; they are in order of time."""
    place = bisect_right(segments, time_s, key=_START) - 1
    return place if place >= 0 and time_s < segments[place].end_s else None


class Findings:
    """Everything found so far in one file.

    Attributes:
        media: what the file is, once it opened.
        shots, language, language_probability, outcome: as the latest events said.
        indexed: whether the whole file was gone through; what belongs to the file then stands.
    """

    def __init__(self) -> None:
        self.media: MediaInfo | None = None
        self.shots: tuple[Shot, ...] = ()
        self.indexed = False
        self._keyframes: list[Keyframe] = []
        self._keyframe_pts: set[int] = set()
        self._thumbnails: list[Thumbnail] = []
        self._thumbnail_pts: set[int] = set()
        self._loudness: list[LoudnessFound] = []
        self._forget_run()

    def _forget_run(self) -> None:
        self.language: str | None = None
        self.language_probability: float | None = None
        self.outcome: Outcome | None = None
        self._warnings: list[str] = []
        self._pictures: dict[int, tuple[Detection, ...]] = {}
        self._detections: list[Detection] = []
        self._in_order = True
        self._looked_at = array("d")
        self._classes: dict[str, _ClassRecord] = {}
        self._regions: list[TimeSpan] = []
        self._segments: list[Segment] = []
        self._news: list[LineNews] = []

    @property
    def held_bytes(self) -> int:
        """How much memory this takes, about: thumbnails, and some hundred bytes for each thing found."""
        pictures = sum(len(each.rgb) for each in self._thumbnails)
        things = len(self._detections) + len(self._looked_at) + len(self._segments) + len(self._keyframes)
        return pictures + _BYTES_A_THING * things

    def restart(self) -> None:
        """A new analysis begins: keep what belongs to the file, forget what belongs to the last run."""
        self._forget_run()

    # --- being told

    def add(self, event: Event) -> Change:
        """Take in an event; tell what changed."""
        from app.core.events import (
            KeyframesFound,
            LanguageFound,
            MediaOpened,
            PictureAnalysed,
            ShotsFound,
            ThumbnailMade,
        )

        match event:
            case MediaOpened():
                self.media = event.info
                return Change.MEDIA
            case KeyframesFound():
                return self._add_keyframes(event.keyframes)
            case ShotsFound():
                return self._add_shots(event.shots)
            case ThumbnailMade():
                return self._add_thumbnail(event.thumbnail)
            case PictureAnalysed():
                return self._add_picture(event)
            case LanguageFound():
                self.language = event.language
                self.language_probability = event.probability
                return Change.TRANSCRIPT
            case _:
                return self._add_sound_or_end(event)

    def _add_sound_or_end(self, event: Event) -> Change:
        from app.core.events import (
            Cancelled,
            Done,
            Failed,
            LoudnessFound,
            SegmentFound,
            SegmentMarked,
            SpeechRegionsFound,
            WarningRaised,
        )

        match event:
            case LoudnessFound():
                return self._add_loudness(event)
            case SpeechRegionsFound():
                for region in event.regions:
                    insort(self._regions, region)
                return Change.REGIONS
            case SegmentFound(segment) | SegmentMarked(segment):
                return self._add_segment(segment)
            case WarningRaised():
                if event.sentence in self._warnings:
                    return Change.NOTHING
                self._warnings.append(event.sentence)
                return Change.WARNINGS
            case Done() | Failed() | Cancelled():
                self.outcome = event
                # Only now it is known that no more pictures come between those that were looked at.
                return Change.OUTCOME | Change.DETECTIONS
            case _:
                return Change.NOTHING

    def complete(self, result: AnalysisResult) -> Change:
        """Take from the document what never came as an event: a cancelled run drops what waits."""
        from app.core.events import PictureAnalysed

        pictures: dict[int, list[Detection]] = {}
        for detection in result.detections:
            pictures.setdefault(detection.pts, []).append(detection)
        change = Change.NOTHING
        for pts, detections in pictures.items():
            change |= self._add_picture(PictureAnalysed(pts, detections[0].time_s, tuple(detections)))
        for segment in result.transcript.segments if result.transcript is not None else ():
            change |= self._add_segment(segment)
        return change | self._add_keyframes(result.keyframes)

    def _add_keyframes(self, keyframes: tuple[Keyframe, ...]) -> Change:
        new = [each for each in keyframes if each.pts not in self._keyframe_pts]
        if not new:
            return Change.NOTHING
        self._keyframe_pts.update(each.pts for each in new)
        self._keyframes = sorted([*self._keyframes, *new], key=_TIME)
        return Change.KEYFRAMES

    def _add_shots(self, shots: tuple[Shot, ...]) -> Change:
        """What a run says of a stretch takes the place of what an earlier one said of it."""
        if self.indexed or not shots:
            return Change.NOTHING
        start_s, end_s = shots[0].start_s, shots[-1].end_s
        kept = [each for each in self.shots if each.end_s <= start_s or each.start_s >= end_s]
        self.shots = tuple(sorted([*kept, *shots], key=_START))
        return Change.SHOTS

    def _add_thumbnail(self, thumbnail: Thumbnail) -> Change:
        if thumbnail.pts in self._thumbnail_pts:
            return Change.NOTHING
        self._thumbnail_pts.add(thumbnail.pts)
        insort(self._thumbnails, thumbnail, key=_TIME)
        return Change.THUMBNAILS

    def _add_loudness(self, event: LoudnessFound) -> Change:
        """Loudness belongs to the file: each run reads it anew, from the same starts."""
        place = bisect_left(self._loudness, event.start_s, key=_START)
        if place == len(self._loudness) or self._loudness[place].start_s != event.start_s:
            self._loudness.insert(place, event)
        elif self._loudness[place] == event:
            return Change.NOTHING
        else:
            self._loudness[place] = event
        return Change.SOUND

    def _add_picture(self, event: PictureAnalysed) -> Change:
        if event.pts in self._pictures:
            return Change.NOTHING
        if self._looked_at and event.time_s < self._looked_at[-1]:
            self._in_order = False
        self._pictures[event.pts] = event.detections
        self._looked_at.append(event.time_s)
        self._detections.extend(event.detections)
        for each in event.detections:
            record = self._classes.setdefault(each.label, _ClassRecord(each.class_id))
            record.times.append(event.time_s)
            record.confidences.append(each.confidence)
        return Change.DETECTIONS

    def _add_segment(self, segment: Segment) -> Change:
        """A line that is there already is told again where it has other marks now."""
        first = bisect_left(self._segments, segment.start_s, key=_START)
        last = bisect_right(self._segments, segment.start_s, key=_START)
        for place in range(first, last):
            if differs_in_marks_only(self._segments[place], segment):
                known = self._segments[place]
                if known == segment:
                    return Change.NOTHING
                self._segments[place] = segment
                self._news.append(LineNews(segment, known))
                return Change.TRANSCRIPT
        self._segments.insert(last, segment)
        self._news.append(LineNews(segment))
        return Change.TRANSCRIPT

    # --- being asked: pictures

    @property
    def keyframes(self) -> tuple[Keyframe, ...]:
        """All keyframes known, by time."""
        return tuple(self._keyframes)

    @property
    def thumbnails(self) -> tuple[Thumbnail, ...]:
        """All thumbnails made, by time."""
        return tuple(self._thumbnails)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences the user should know, in the order they came."""
        return tuple(self._warnings)

    @property
    def looked_at_count(self) -> int:
        """How many pictures a detector looked at."""
        return len(self._looked_at)

    def analysed(self, pts: int) -> bool:
        """Whether the detector looked at this picture."""
        return pts in self._pictures

    def detections_at(self, pts: int) -> tuple[Detection, ...]:
        """What was found in this picture, unfiltered; nothing where nobody looked."""
        return self._pictures.get(pts, ())

    def thumbnail_near(self, time_s: float) -> Thumbnail | None:
        """Return the thumbnail of the last picture at or before a time, else the first one."""
        if not self._thumbnails:
            return None
        return self._thumbnails[max(0, bisect_right(self._thumbnails, time_s, key=_TIME) - 1)]

    def keyframe_before(self, time_s: float) -> Keyframe | None:
        """Return the last keyframe before a time."""
        place = bisect_left(self._keyframes, time_s, key=_TIME)
        return self._keyframes[place - 1] if place else None

    def keyframe_after(self, time_s: float) -> Keyframe | None:
        """Return the first keyframe after a time."""
        place = bisect_right(self._keyframes, time_s, key=_TIME)
        return self._keyframes[place] if place < len(self._keyframes) else None

    def shot_before(self, time_s: float) -> Shot | None:
        """Return the last shot that starts before a time."""
        place = bisect_left(self.shots, time_s, key=_START)
        return self.shots[place - 1] if place else None

    def shot_after(self, time_s: float) -> Shot | None:
        """Return the first shot that starts after a time."""
        place = bisect_right(self.shots, time_s, key=_START)
        return self.shots[place] if place < len(self.shots) else None

    # --- being asked: objects

    @property
    def labels(self) -> tuple[str, ...]:
        """All classes found, by class number, then name."""
        return tuple(sorted(self._classes, key=lambda label: (self._classes[label].class_id, label)))

    def detections(self, shown: Filter) -> tuple[Detection, ...]:
        """All detections that pass a filter, by time, within a picture in the order they came."""
        if not self._in_order:
            self._detections.sort(key=_TIME)
        return shown.admitted(self._detections)

    def counts(self, shown: Filter) -> tuple[ClassCount, ...]:
        """How often each class was found, in the order of ``labels``."""
        import numpy as np

        counts = []
        for label in self.labels:
            record = self._classes[label]
            passing = int(np.count_nonzero(np.array(record.confidences) >= shown.confidence))
            shown_count = 0 if label in shown.hidden else passing
            counts.append(ClassCount(label, record.class_id, shown_count, len(record.confidences)))
        return tuple(counts)

    def lanes(self, shown: Filter) -> tuple[Lane, ...]:
        """One lane for each class that is not switched off, in the order of ``labels``."""
        import numpy as np

        looked_at = np.unique(np.array(self._looked_at))
        until = self._stand_until(looked_at)
        lanes = []
        for label in self.labels:
            if label in shown.hidden:
                continue
            record = self._classes[label]
            times, confidences = np.array(record.times), np.array(record.confidences)
            kept = confidences >= shown.confidence
            times, confidences = times[kept], confidences[kept]
            order = np.argsort(times, kind="stable")
            runs = merge_runs(times[order], confidences[order], looked_at, until)
            lanes.append(Lane(label, record.class_id, runs))
        return tuple(lanes)

    def _stand_until(self, looked_at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Until when each picture stands: until the next one, once no more come in between.

        Before that the film is known in places only, and what was not looked at must not seem to be.
        """
        import numpy as np

        from app.core.events import Done

        if not len(looked_at):
            return looked_at
        until = np.append(looked_at[1:], max(self._last_picture_ends(looked_at), float(looked_at[-1])))
        if isinstance(self.outcome, Done):
            return until
        if self.indexed and self._pictures.keys() <= self._keyframe_pts:
            keyframes = np.array([each.time_s for each in self._keyframes])
            alone = np.append(keyframes, np.inf)[np.searchsorted(keyframes, looked_at + _SAME_S)]
        else:
            apart = np.diff(looked_at)
            usual = 2 * float(np.quantile(apart, _CLOSE)) if len(apart) else 0.0
            alone = looked_at + max(_STANDS_S, usual)
        known: npt.NDArray[np.float64] = np.minimum(until, alone)
        return known

    def _last_picture_ends(self, looked_at: npt.NDArray[np.float64]) -> float:
        """Until when the last picture stands: as long as pictures usually do, within the file."""
        import numpy as np

        if not len(looked_at):
            return 0.0
        usual = float(np.median(np.diff(looked_at))) if len(looked_at) > 1 else 0.5
        end_s = float(looked_at[-1]) + usual
        duration_s = self.media.duration_s if self.media else None
        return end_s if duration_s is None else min(end_s, duration_s)

    # --- being asked: sound

    @property
    def regions(self) -> tuple[TimeSpan, ...]:
        """Where somebody speaks, by time."""
        return tuple(self._regions)

    @property
    def speech_of_all(self) -> tuple[TimeSpan, ...] | None:
        """Where somebody speaks in the whole file; None unless all of it was listened to for speech."""
        from app.core.events import Done

        result = self.outcome.result if isinstance(self.outcome, Done) else None
        if result is None or result.transcript is None or result.settings.get("range"):
            return None
        return self.regions

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The transcript so far, by time."""
        return tuple(self._segments)

    def take_news(self) -> tuple[LineNews, ...]:
        """Return what came to the transcript since the last call, in the order it came."""
        news, self._news = self._news, []
        return tuple(news)

    @property
    def loudness(self) -> tuple[LoudnessFound, ...]:
        """Peak levels, by time."""
        return tuple(self._loudness)

    # --- being asked: extent

    @property
    def held_until_s(self) -> float | None:
        """Until when a file that is cut off holds anything; None for a whole one, or where that is unknown.

        After the last keyframe there may be pictures for as long as keyframes are apart elsewhere.
        """
        claimed = self.media.duration_s if self.media is not None else None
        if not self.indexed or claimed is None or not any(each.startswith(CUT_OFF) for each in self.warnings):
            return None
        times = [each.time_s for each in self._keyframes]
        apart = max((after - before for before, after in pairwise(times)), default=claimed)
        ends = [each.start_s + each.step_s * len(each.peaks) for each in self._loudness]
        held = max([times[-1] + apart if times else 0.0, *ends])
        return held if claimed - held > _CUT_LEAST_S else None

    @property
    def duration_s(self) -> float:
        """How long the file is known to be: what its container says, else what was seen of it."""
        if self.media is not None and self.media.duration_s:
            return self.media.duration_s
        ends = [
            self._keyframes[-1].time_s if self._keyframes else 0.0,
            self.shots[-1].end_s if self.shots else 0.0,
            self._segments[-1].end_s if self._segments else 0.0,
            max(self._looked_at, default=0.0),
            max((each.start_s + each.step_s * len(each.peaks) for each in self._loudness), default=0.0),
        ]
        return max(ends)
