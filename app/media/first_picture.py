"""The first picture of a track, quickly: it tells what no header does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av.error

from app.media.opening import open_media, read_only

if TYPE_CHECKING:
    import av
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken

_PATIENCE = 300
"""Packets to try: a recording that begins in the middle of a GOP shows nothing before the next keyframe."""


def first_frame(path: Path, index: int, cancel: CancelToken | None = None) -> av.VideoFrame | None:
    """Decode the first frame of the stream number ``index`` of a file; None where none comes out soon.

    Raises:
        MediaError: the file cannot be opened.
        CancelledError: between two packets.
    """
    with open_media(path, packets_only=True) as container:
        stream = next((each for each in container.streams.video if each.index == index), None)
        if stream is None:
            return None
        read_only(container, stream)
        packets = container.demux(stream)
        for _ in range(_PATIENCE):
            if cancel is not None:
                cancel.raise_if_cancelled()
            try:
                packet = next(packets, None)
                frames = _decoded(packet) if packet is not None else []
            except av.error.FFmpegError:
                # Damage is told by whoever decodes the track; here another packet may do.
                continue
            if frames or packet is None:
                return frames[0] if frames else None
    return None


def _decoded(packet: Packet[VideoStream]) -> list[av.VideoFrame]:
    """What comes of a packet: a keyframe at once, though others may have to be shown before it.

    A decoder that waits for those takes two packets more: twice the time.
    """
    frames = packet.decode()
    if frames or not packet.is_keyframe:
        return frames
    codec = packet.stream.codec_context
    try:
        return codec.decode(None)
    finally:
        codec.flush_buffers()  # also where it was damaged: a decoder at its end takes nothing more
