"""Everything known about one file: fed with the events of an analysis, asked by every panel.

One thread, the window's; which pictures were looked at is asked by the decoder's, too.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from app.core.results import AnalysisResult, Detection, MediaInfo
from app.core.sentences import CUT_OFF
from app.core.time import TimeSpan
from app.ui.found.change import Change
from app.ui.found.index import FileIndex
from app.ui.found.objects import FoundObjects
from app.ui.found.speech import FoundSpeech

if TYPE_CHECKING:
    from app.core.events import Event, Outcome

_CUT_LEAST_S = 1.0
"""What a file misses at its end is shown from here on."""

_BYTES_A_THING = 300


class Findings:
    """Everything found so far in one file.

    Attributes:
        media: what the file is, once it opened.
        index: what belongs to the file, and outlives a run.
        objects, speech: what the last run saw and heard.
        outcome: how it ended; None while it runs.
    """

    def __init__(self) -> None:
        self.media: MediaInfo | None = None
        self.index = FileIndex()
        self.restart()

    def restart(self) -> None:
        """A new analysis begins: keep what belongs to the file, forget what belongs to the last run."""
        self.objects = FoundObjects()
        self.speech = FoundSpeech()
        self.outcome: Outcome | None = None
        self._warnings: list[str] = []

    # --- being told

    def add(self, event: Event) -> Change:
        """Take in an event; tell what changed."""
        from app.core import events

        match event:
            case events.MediaOpened():
                self.media, change = event.info, Change.MEDIA
            case events.KeyframesFound():
                change = self.index.add_keyframes(event.keyframes)
            case events.ShotsFound():
                change = self.index.add_shots(event.shots)
            case events.ThumbnailMade():
                change = self.index.add_thumbnail(event.thumbnail)
            case events.LoudnessFound():
                change = self.index.add_loudness(event)
            case events.PictureAnalysed():
                change = self.objects.add(event)
            case events.LanguageFound():
                change = self.speech.add_language(event)
            case events.SpeechRegionsFound():
                change = self.speech.add_regions(event.regions)
            case events.SegmentFound(segment) | events.SegmentMarked(segment):
                change = self.speech.add_segment(segment)
            case events.WarningRaised():
                change = self._add_warning(event.sentence)
            case events.Done() | events.Failed() | events.Cancelled():
                change = self._end(event)
            case _:
                change = Change.NOTHING
        return change

    def _add_warning(self, sentence: str) -> Change:
        if sentence in self._warnings:
            return Change.NOTHING
        self._warnings.append(sentence)
        return Change.WARNINGS

    def _end(self, outcome: Outcome) -> Change:
        self.outcome = outcome
        # Only now it is known that no more pictures come between those that were looked at.
        change = Change.OUTCOME | Change.DETECTIONS
        return change if outcome.result is None else change | self._complete(outcome.result)

    def _complete(self, result: AnalysisResult) -> Change:
        """Take from the document what never came as an event: a cancelled run drops what waits."""
        from app.core.events import PictureAnalysed

        pictures: dict[int, list[Detection]] = {}
        for detection in result.detections:
            pictures.setdefault(detection.pts, []).append(detection)
        change = Change.NOTHING
        for pts, detections in pictures.items():
            change |= self.objects.add(PictureAnalysed(pts, detections[0].time_s, tuple(detections)))
        for segment in result.transcript.segments if result.transcript is not None else ():
            change |= self.speech.add_segment(segment)
        return change | self.index.add_keyframes(result.keyframes)

    # --- being asked

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences the user should know, in the order they came."""
        return tuple(self._warnings)

    @property
    def speech_of_all(self) -> tuple[TimeSpan, ...] | None:
        """Where somebody speaks in the whole file; None unless all of it was listened to for speech."""
        from app.core.events import Done

        result = self.outcome.result if isinstance(self.outcome, Done) else None
        if result is None or result.transcript is None or result.settings.get("range"):
            return None
        return self.speech.regions

    @property
    def duration_s(self) -> float:
        """How long the file is known to be: what its container says, else what was seen of it."""
        if self.media is not None and self.media.duration_s:
            return self.media.duration_s
        index, segments = self.index, self.speech.segments
        return max(
            index.keyframes[-1].time_s if index.keyframes else 0.0,
            index.shots[-1].end_s if index.shots else 0.0,
            segments[-1].end_s if segments else 0.0,
            self.objects.looked_at_until_s,
            index.sound_until_s,
        )

    @property
    def held_until_s(self) -> float | None:
        """Until when a file that is cut off holds anything; None for a whole one, or where that is unknown.

        After the last keyframe there may be pictures for as long as keyframes are apart elsewhere.
        """
        claimed = self.media.duration_s if self.media is not None else None
        cut_off = any(each.startswith(CUT_OFF) for each in self._warnings)
        if not self.index.whole or claimed is None or not cut_off:
            return None
        times = [each.time_s for each in self.index.keyframes]
        apart = max((after - before for before, after in pairwise(times)), default=claimed)
        held = max(times[-1] + apart if times else 0.0, self.index.sound_until_s)
        return held if claimed - held > _CUT_LEAST_S else None

    @property
    def held_bytes(self) -> int:
        """How much memory this takes, about: thumbnails, and some hundred bytes for each thing found."""
        pictures = sum(len(each.rgb) for each in self.index.thumbnails)
        objects, segments, keyframes = self.objects, self.speech.segments, self.index.keyframes
        things = objects.detection_count + objects.looked_at_count + len(segments) + len(keyframes)
        return pictures + _BYTES_A_THING * things
