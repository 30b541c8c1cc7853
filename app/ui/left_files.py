"""What was found in files that were left: it is there again when they come back, until the window closes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.results import MediaInfo
from app.ui.analysis_work import LeftRun, WorkState
from app.ui.found.change import Change
from app.ui.found.filter import Filter
from app.ui.found.findings import Findings
from app.ui.model_choice import ModelChoice
from app.ui.rerun import HeardAgain
from app.ui.transcript_runs import LeftTranscript

MOST_BYTES = 256 << 20
"""Of what was found, about; thumbnails are most of it: 43 kB each."""

if TYPE_CHECKING:
    from app.media.file_status import FileStatus

_AT_LEAST = 2
"""The file that is left now, and the one that one may be going back to."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftFile:
    """A file as it was when it was left.

    Attributes:
        number: of ``OpenFile``, while it was open.
        media, status: what it was; a file that is another one now does not get this back.
        findings, work, analysed_with, transcript, heard_again, shown: as in ``Session``.
        time_s: where one was in it.
    """

    number: int
    media: MediaInfo
    status: FileStatus | None
    findings: Findings
    work: WorkState
    analysed_with: ModelChoice
    transcript: LeftTranscript
    heard_again: HeardAgain
    shown: Filter
    time_s: float


class LeftFiles:
    """Keeps files that were left, those left last. GUI thread only."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._left: OrderedDict[tuple[Path, int], LeftFile] = OrderedDict()

    def keep(self, path: Path, video_track: int, left: LeftFile) -> None:
        """Keep a file, and let go of those left longest ago where all together are too large.

        Where nothing was analysed or written, there is nothing to keep.
        """
        self.forget(path, video_track)
        if left.work is WorkState.IDLE and left.transcript.desk.transcript is None:
            return
        self._left[path, video_track] = left
        while len(self._left) > _AT_LEAST and self._held_bytes() > self._most_bytes:
            self._left.popitem(last=False)

    def forget(self, path: Path, video_track: int) -> None:
        """What was found there is not worth anything any more."""
        self._left.pop((path, video_track), None)

    def come_back(
        self, path: Path, video_track: int, media: MediaInfo, status: FileStatus | None
    ) -> LeftFile | None:
        """Return what is known of a file; None where nothing is, or where it is not the same any more."""
        left = self._left.get((path, video_track))
        if left is None or (left.media, left.status) != (media, status):
            return None
        return left

    def finish(self, run: LeftRun) -> tuple[Findings, Change] | None:
        """An analysis that was under way when its file was left has ended: add what was still to come."""
        for left in self._left.values():
            if left.number == run.file_number:
                return left.findings, left.findings.add(run.outcome)
        return None

    def _held_bytes(self) -> int:
        return sum(left.findings.held_bytes for left in self._left.values())
