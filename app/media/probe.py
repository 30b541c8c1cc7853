"""A file described for a person: what it is, and what is odd about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import DecodeError
from app.core.results import MediaInfo
from app.media.decoder import VideoReader
from app.media.description import describe
from app.media.index import KeyframeSurvey, survey_keyframes
from app.media.notes import notes_about
from app.media.opening import open_media

if TYPE_CHECKING:
    from app.core.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """A file described.

    Attributes:
        media: as in the result document.
        keyframe_count: of the first video track; 0 without video.
        notes: what is odd about the file, a plain sentence each.
    """

    media: MediaInfo
    keyframe_count: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What decoding all pictures of a track gave.

    Attributes:
        frames: pictures shown; those that an edit list hides are not.
        end_s: shown time at which the last one ends; None where there was none.
        complaints: what could not be decoded, a sentence each.
    """

    frames: int
    end_s: float | None
    complaints: tuple[str, ...]


def probe(path: Path | str, *, count_frames: bool = False, cancel: CancelToken | None = None) -> ProbeReport:
    """Describe a file; with ``count_frames`` every picture of the first video track is decoded and counted.

    Raises:
        FileMissingError, MediaError: the file cannot be opened.
        CancelledError: between two packets.
    """
    path = Path(path)
    with open_media(path) as container:
        media = describe(container, path, cancel=cancel)
        survey, counted = KeyframeSurvey(()), None
        if media.video is not None:
            survey = survey_keyframes(path, cancel=cancel)
            counted = _count(path, cancel) if count_frames else None
            if counted is not None and counted.frames == 0:
                survey = replace(survey, keyframes=())
        if media.video is not None and counted is not None:
            media = replace(media, video=replace(media.video, frames=counted.frames))
        end_s = counted.end_s if counted else None
        notes = notes_about(container, path, media, survey, end_s)
        complaints = counted.complaints if counted else ()
        return ProbeReport(media, len(survey.keyframes), (*notes, *complaints))


def _count(path: Path, cancel: CancelToken | None) -> Counted:
    frames, end = 0, None
    with VideoReader(path) as reader:
        try:
            for picture in reader.frames(cancel=cancel):
                frames += 1
                end = picture.time_s + float(picture.duration or 0)
        except DecodeError as error:
            return Counted(frames, end, (str(error),))
        return Counted(frames, end, tuple(reader.warnings))
