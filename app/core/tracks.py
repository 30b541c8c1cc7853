"""What a file holds besides the picture that is shown: its tracks, its chapters, the subtitles beside it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path


class TrackKind(enum.Enum):
    """What a track is for."""

    VIDEO = "Video"
    AUDIO = "Audio"
    SUBTITLES = "Subtitles"


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """One track that can be chosen.

    Attributes:
        kind: what it is.
        number: its place among the real tracks of its kind, from 0: what the readers take.
        codec: FFmpeg's name of the codec.
        language: as the file says, usually three letters; "" where it says nothing.
        title: as the file says; "".
        detail: size of the picture, or channels; "".
        default, forced: as the file marks it.
        usable: whether it can be decoded and shown here.
    """

    kind: TrackKind
    number: int
    codec: str
    language: str = ""
    title: str = ""
    detail: str = ""
    default: bool = False
    forced: bool = False
    usable: bool = True

    @property
    def name(self) -> str:
        """One line for a menu: language, title, codec, size or channels."""
        words = [word for word in (self.language, self.title, self.codec, self.detail) if word]
        if self.forced:
            words.append("forced")
        return f"{self.number + 1}: {', '.join(words)}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of the file, seconds from the container's start."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True, slots=True)
class FileContents:
    """Everything of a file that a person can choose or go to.

    Attributes:
        video, audio, subtitles: the tracks of each kind.
        chapters: by start.
        beside: subtitle files that belong to the file by their names.
    """

    video: tuple[TrackInfo, ...] = ()
    audio: tuple[TrackInfo, ...] = ()
    subtitles: tuple[TrackInfo, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    beside: tuple[Path, ...] = ()
