"""The file in the window and what is known of it."""

from __future__ import annotations

import enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.results import MediaInfo
from app.ui.found.findings import Findings

if TYPE_CHECKING:
    from app.media.file_status import FileStatus


class FileState(enum.Enum):
    """How it stands with the file."""

    NONE = enum.auto()
    LOADING = enum.auto()
    OPEN = enum.auto()
    SOUND_ONLY = enum.auto()
    FAILED = enum.auto()


class OpenFile:
    """One value that the parts of a session share: they all speak of the same file. GUI thread only.

    Attributes:
        path, state, failure: the file, how it stands with it, and why it failed.
        status: how it stood on the disk right before it was opened.
        findings: what is known of it.
        number: counts the files of this session; a late answer about an earlier one is recognised by it.
        video_track: which of its video tracks is looked at.
        generation: of the decoder's answer to opening it; pictures of a lower one belong to an earlier file.
    """

    def __init__(self) -> None:
        self.path: Path | None = None
        self.state = FileState.NONE
        self.failure = ""
        self.status: FileStatus | None = None
        self.findings = Findings()
        self.number = 0
        self.video_track = 0
        self.generation = 0

    @property
    def media(self) -> MediaInfo | None:
        """What the file is."""
        return self.findings.media

    @property
    def constant_rate(self) -> Fraction | None:
        """Pictures a second, where pictures can be counted by it."""
        video = self.media.video if self.media is not None else None
        if video is None or video.variable_rate or video.average_rate is None:
            return None
        return Fraction(video.average_rate)

    @property
    def has_picture(self) -> bool:
        """Whether there is something to look at."""
        return self.state is FileState.OPEN

    @property
    def is_open(self) -> bool:
        """Whether there is a file to go about in."""
        return self.state in (FileState.OPEN, FileState.SOUND_ONLY)

    def opened_path(self) -> Path:
        """Return the path of the file.

        Raises:
            RuntimeError: there is none.
        """
        if self.path is None:
            raise RuntimeError("no file is open")
        return self.path

    def leave(self) -> None:
        """Forget everything: no file, or another one, comes next."""
        self.number += 1
        self.path, self.state, self.failure = None, FileState.NONE, ""
        self.findings = Findings()
