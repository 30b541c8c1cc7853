"""Where the keyframes of a video are, without decoding it where that can be helped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import DecodeError
from app.core.results import Keyframe
from app.media.key_packets import key_accesses, lists_all_samples, time_base_of
from app.media.keyframes import keyframes_among_all, packets_tell_times, video_track_of
from app.media.opening import open_media, start_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken


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
    path = Path(path)
    return (
        _by_index(path, video_track, cancel)
        or _by_packets(path, video_track, cancel)
        or _by_pictures(path, video_track, cancel)
    )


def _by_index(path: Path, video_track: int, cancel: CancelToken | None) -> tuple[Keyframe, ...]:
    """Quickly, where the container lists all its samples; empty where it does not."""
    with open_media(path, packets_only=True) as container:
        stream = video_track_of(container, path, video_track)
        return _listed(container, stream, cancel) if lists_all_samples(container, stream) else ()


def _by_packets(path: Path, video_track: int, cancel: CancelToken | None) -> tuple[Keyframe, ...]:
    with open_media(path) as container:
        stream = video_track_of(container, path, video_track)
        return _listed(container, stream, cancel) if packets_tell_times(container, path, stream) else ()


def _by_pictures(path: Path, video_track: int, cancel: CancelToken | None) -> tuple[Keyframe, ...]:
    try:
        pictures = keyframes_among_all(path, video_track, cancel)
        return tuple(Keyframe(picture.pts, picture.time_s) for picture in pictures)
    except DecodeError:
        return ()


def _listed(
    container: InputContainer, stream: VideoStream, cancel: CancelToken | None
) -> tuple[Keyframe, ...]:
    start, time_base = start_of(container), time_base_of(stream)
    accesses = key_accesses(container, stream, cancel=cancel)
    return tuple(Keyframe(access.pts, float(access.pts * time_base - start)) for access in accesses)
