"""Opening a file for its keyframes: what has to be known before its packets can be believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av.error

from app.core.errors import MediaError
from app.media.key_packets import codec_of, lists_all_samples
from app.media.names import shown_name
from app.media.opening import choose_video, open_media
from app.media.picture_times import PictureTimes, Stamps, reordered

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_FORMATS_WITHOUT_PTS = ("avi", "ogg", "h264", "hevc", "m4v", "mpegvideo")
"""Their packets carry decoding times at most; what stands there as pts is FFmpeg's guess."""

_PROBED_PACKETS = 24
"""Enough to see whether a stream reorders: no encoder puts a picture more than 16 places off."""


_NEVER_REORDERED = ("vp8", "vp9", "av1")
"""Codecs whose pictures are stored in the order in which they are shown: their times need no decoder."""


@contextmanager
def open_for_keyframes(path: Path, track: int) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and its video track ``track``, without trying decoders where the container tells enough.

    Trying them means decoding the first pictures: 18 ms for 1080p at 4 Mbit/s, 140 ms at 40.

    Raises:
        MediaError: the file cannot be opened, or has no such track.
    """
    with open_media(path, packets_only=True) as container:
        stream = choose_video(container, track)
        if stream is not None and _told_by_container(container, stream):
            yield container, stream
            return
    with open_media(path) as container:
        yield container, video_track_of(container, path, track)


def _told_by_container(container: InputContainer, stream: VideoStream) -> bool:
    """Tell whether times and the start are the same without decoders."""
    if lists_all_samples(container, stream):
        return True
    return container.format.name.startswith("matroska") and codec_of(stream) in _NEVER_REORDERED


def video_track_of(container: InputContainer, path: Path, track: int) -> VideoStream:
    """Return video track ``track``.

    Raises:
        MediaError: there are not so many.
    """
    stream = choose_video(container, track)
    if stream is None:
        what = "has no video" if track == 0 else f"has no video track {track}"
        raise MediaError(f"{shown_name(path)} {what}.")
    return stream


def packets_tell_times(container: InputContainer, path: Path, stream: VideoStream) -> bool:
    """Tell whether a packet's pts is when its picture is shown.

    Not so in raw streams, which have no times at all, nor in AVI and Ogg with B-frames, where times are in
    decoding order: there only the order in which pictures leave the decoder tells.
    """
    if container.format.name not in _FORMATS_WITHOUT_PTS:
        return True
    with open_media(path) as other:
        twin = other.streams.video[container.streams.video.index(stream)]
        return _stamps_of(other, twin) is Stamps.PTS


def _stamps_of(container: InputContainer, stream: VideoStream) -> Stamps:
    packets = [packet for packet in islice(container.demux(stream), _PROBED_PACKETS) if packet.size]
    stamped = all(packet.pts is not None for packet in packets)
    if stamped and (reordered(packets) or not stream.codec_context.reorder_depth):
        return Stamps.PTS
    frames: list[av.VideoFrame] = []
    for packet in packets:
        with suppress(av.error.FFmpegError):
            frames += packet.decode()
    return PictureTimes.from_frames(frames, stream).stamps
