"""What a media file says of itself: the ``media`` part of the result document."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from app.core.geometry import Orientation, Size
from app.core.results import AudioInfo, MediaInfo, VideoInfo
from app.media.first_picture import first_frame
from app.media.key_packets import codec_of, time_base_of
from app.media.names import clean_text
from app.media.opening import choose_video, decoder_of, open_media, start_of
from app.media.orientation import orientation_of
from app.media.pace import is_variable, picture_times, sensible_rate
from app.media.picture import display_size_of, sample_aspect_of

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken

_FIRST_INTERLACED = 2
"""AVFieldOrder: 0 unknown, 1 progressive, from 2 on the four interlaced orders."""

_HDR_TRANSFER = {16: "pq", 18: "hlg"}
"""AVColorTransferCharacteristic (ITU-T H.273): SMPTE ST 2084 and ARIB STD-B67."""


def describe(
    container: InputContainer, path: Path, *, video_track: int = 0, cancel: CancelToken | None = None
) -> MediaInfo:
    """Describe an open file; ``video`` is about the track asked for, and None where there is no such track.

    Reads and decodes nothing from ``container``: the first picture, which tells orientation and more, comes
    from the file opened once more.

    Raises:
        MediaError: the file cannot be opened any more.
        CancelledError: between two packets.
    """
    stream = choose_video(container, video_track)
    duration = container.duration
    return MediaInfo(
        path=clean_text(str(path.absolute())),
        name=clean_text(path.name),
        bytes=path.stat().st_size,
        sha256=None,
        format=container.format.name,
        start_s=float(start_of(container)),
        duration_s=duration / av.time_base if duration is not None else None,
        video=_video_info(stream, path, cancel) if stream is not None else None,
        audio=tuple(_audio_info(track) for track in container.streams.audio),
    )


def ratio(value: Fraction) -> str:
    """Return "num/den", also where den is 1."""
    return f"{value.numerator}/{value.denominator}"


def _video_info(stream: VideoStream, path: Path, cancel: CancelToken | None) -> VideoInfo:
    frame = first_frame(path, stream.index, cancel)
    codec, aspect = stream.codec_context, sample_aspect_of(stream)
    size = Size(frame.width, frame.height) if frame else Size(codec.width, codec.height)
    orientation = orientation_of(frame) if frame else Orientation()
    display = display_size_of(size, aspect, orientation)
    times = _times(path, stream.index)
    rate = sensible_rate(stream, times)
    interlaced = frame.interlaced_frame if frame else codec.field_order >= _FIRST_INTERLACED
    return VideoInfo(
        codec=codec_of(stream),
        width=size.width,
        height=size.height,
        display_width=display.width,
        display_height=display.height,
        rotation=orientation.rotation,
        mirrored=orientation.mirrored,
        sample_aspect_ratio=ratio(aspect),
        pixel_format=frame.format.name if frame else codec.pix_fmt,
        time_base=ratio(time_base_of(stream)),
        average_rate=ratio(rate) if rate is not None else None,
        variable_rate=is_variable(times, time_base_of(stream)),
        interlaced=bool(interlaced),
        hdr=_HDR_TRANSFER.get(int(frame.color_trc if frame else codec.color_trc)),
        frames=None,
    )


def _times(path: Path, index: int) -> tuple[int, ...]:
    with open_media(path, packets_only=True) as container:
        stream = next((each for each in container.streams.video if each.index == index), None)
        return picture_times(container, stream) if stream is not None else ()


def _audio_info(stream: AudioStream) -> AudioInfo:
    language = stream.language
    named = language is not None and language.strip() and language != "und"
    decoder = decoder_of(stream)
    return AudioInfo(
        codec=decoder.codec.canonical_name if decoder is not None else "unknown",
        sample_rate=stream.codec_context.rate if decoder is not None else 0,
        channels=stream.codec_context.channels if decoder is not None else 0,
        language=clean_text(language) if language is not None and named else None,
    )
