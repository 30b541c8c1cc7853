"""A transcript out of a file: subtitles, a text track of a video, or a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import ExportError
from app.core.tracks import TrackInfo
from app.media.names import shown_name
from app.media.subtitle_files import is_subtitle_file
from app.media.subtitle_reading import SubtitlesRead, read_file, read_track

if TYPE_CHECKING:
    from app.core.results import Transcript


def import_transcript(
    path: Path, track: int | None = None, *, cancel: CancelToken | None = None
) -> SubtitlesRead:
    """Read the transcript that a file holds.

    Args:
        path: SRT, VTT, ASS, a result document, its transcript alone, or with a ``track`` a video.
        track: which subtitle track of the video, from 0.
        cancel: ends the reading.

    Raises:
        FileMissingError: there is no such file.
        MediaError: no subtitles can be read from it.
        ExportError: it is JSON, but no document with a transcript.
        CancelledError: between two cues.
    """
    if track is not None:
        return read_track(path, track, cancel=cancel)
    if path.suffix.lower() == ".json":
        return SubtitlesRead(_of_document(path))
    return read_file(path, cancel=cancel)


def with_marks(read: SubtitlesRead) -> SubtitlesRead:
    """Return what was read with reasons to doubt it, as far as the text alone tells them."""
    from app.analysis.trust import mark_all

    transcript = read.transcript
    return replace(read, transcript=replace(transcript, segments=mark_all(transcript.segments, None)))


def is_importable(path: Path) -> bool:
    """Whether a transcript can be looked for in a file, by its name; any video may hold one, too."""
    return is_subtitle_file(path) or path.suffix.lower() == ".json"


def best_text_track(tracks: tuple[TrackInfo, ...]) -> int | None:
    """Return the number of the text track that is most likely wanted; None where there is none."""
    usable = [track for track in tracks if track.usable]
    ranked = sorted(usable, key=lambda track: (track.forced, not track.default, track.number))
    return ranked[0].number if ranked else None


def _of_document(path: Path) -> Transcript:
    from app.export.json_document import load_transcript

    transcript = load_transcript(path)
    if transcript is None:
        raise ExportError(f"{shown_name(path)} holds no transcript.")
    return transcript if transcript.source else replace(transcript, source=shown_name(path))
