"""Where the keyframes of a video are, without decoding it where that can be helped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import DecodeError
from app.core.results import Keyframe
from app.media.key_opening import open_for_keyframes, packets_tell_times
from app.media.key_packets import KeyTally, key_accesses, time_base_of
from app.media.keyframes import keyframes_among_all
from app.media.opening import start_of

if TYPE_CHECKING:
    from app.core.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class KeyframeSurvey:
    """The keyframes of a track, and what only looked like one.

    Attributes:
        keyframes: in order of pts.
        false_flags: packets that are flagged as keyframes, but are none.
        hidden: keyframes that an edit list hides.
    """

    keyframes: tuple[Keyframe, ...]
    false_flags: int = 0
    hidden: int = 0


def keyframe_index(
    path: Path | str, *, video_track: int = 0, cancel: CancelToken | None = None
) -> tuple[Keyframe, ...]:
    """Return the keyframes of a video track in order of pts: those that ``decode_keyframes`` decodes.

    A keyframe is a place where decoding can start and a picture is shown: packets that an edit list hides
    are none, nor are packets with a false flag. Where packets do not tell, the whole track is decoded.
    Empty where there is none, also because nothing can be decoded.

    Raises:
        MediaError: the file cannot be opened, or has no such video track.
        CancelledError: between two packets.
    """
    return survey_keyframes(path, video_track=video_track, cancel=cancel).keyframes


def survey_keyframes(
    path: Path | str, *, video_track: int = 0, cancel: CancelToken | None = None
) -> KeyframeSurvey:
    """Return the keyframe index and what was passed over; otherwise as ``keyframe_index``."""
    path = Path(path)
    survey = _by_packets(path, video_track, cancel) or KeyframeSurvey(())
    if survey.keyframes:
        return survey
    return replace(survey, keyframes=_by_pictures(path, video_track, cancel))


def _by_packets(path: Path, video_track: int, cancel: CancelToken | None) -> KeyframeSurvey | None:
    """Ask the packets; None where they do not tell."""
    with open_for_keyframes(path, video_track) as (container, stream):
        if not packets_tell_times(container, path, stream):
            return None
        start, time_base, tally = start_of(container), time_base_of(stream), KeyTally()
        accesses = key_accesses(container, stream, cancel=cancel, tally=tally)
        keyframes = tuple(Keyframe(each.pts, float(each.pts * time_base - start)) for each in accesses)
        return KeyframeSurvey(keyframes, tally.false_flags, tally.hidden)


def _by_pictures(path: Path, video_track: int, cancel: CancelToken | None) -> tuple[Keyframe, ...]:
    try:
        pictures = keyframes_among_all(path, video_track, cancel)
        return tuple(Keyframe(picture.pts, picture.time_s) for picture in pictures)
    except DecodeError:
        return ()
