"""The one door every media file comes through.

A "video" may be a playlist, a script or an address that makes FFmpeg read other files or talk to hosts. So
only formats that keep everything in one file are let in, only through the file protocol, and only regular
files. ``av.open`` stands nowhere else (a test looks).
"""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import av.error

from app.core.errors import MediaError
from app.core.reading import Reading
from app.media.failures import media_error, missing_file, told_to_user
from app.media.mapped import BUFFER, MappedFile
from app.media.names import shown_name

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.codec.context import CodecContext
    from av.codec.hwaccel import HWAccel
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpegts", "mpeg", "flv", "ogg", "mxf", "asf", "gif",
    "mpegvideo", "m4v", "h264", "hevc", "mp3", "wav", "flac", "aac",
)  # fmt: skip
"""FFmpeg's names of the formats that open. None of them can name another file (mov's external references
stay off unless FFmpeg is asked to follow them)."""

SUBTITLE_FORMATS = ("srt", "webvtt", "ass")
"""FFmpeg's names of the subtitle files that open: text alone, without a way to name other files."""

OPEN_TIMEOUT_S = 30.0
"""How long opening may wait: a sleeping disk or a slow network folder, not more."""

READ_TIMEOUT_S = 30.0
"""How long the read of one packet may wait."""

MAX_PIXELS = 2**27
"""The largest picture that is decoded: 134 million pixels hold 16K (15360 x 8640), four times 8K. A few
header bytes can claim 2**31 pixels, which would take gigabytes for every picture a decoder keeps."""

_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(FORMATS),
    "max_pixels": str(MAX_PIXELS),
}

_NO_DECODERS = {"codec_whitelist": "none"}
"""No decoder has this name: FFmpeg opens none to learn more about the streams."""

_NOT_A_VIDEO = (
    (b"#EXTM3U", "a playlist, which only names other files: open the video itself"),
    (b"ffconcat version", "a list of other files: open the video itself"),
    (b"\xff\xd8\xff", "a still picture (JPEG), not a video"),
    (b"\x89PNG\r\n\x1a\n", "a still picture (PNG), not a video"),
    (b"<?xml", "a text document, not a video"),
)


_reading = Reading.FILE


def read_by(way: Reading) -> None:
    """Choose how this process reads media files from now on.

    A choice for a whole process, because its risk is one: a mapped file that is cut short ends the process.
    Only a child process, or a measurement, may take MAPPED.
    """
    global _reading  # noqa: PLW0603
    _reading = way


@contextmanager
def open_media(
    path: Path | str,
    *,
    hwaccel: HWAccel | None = None,
    packets_only: bool = False,
    reading: Reading | None = None,
) -> Iterator[InputContainer]:
    """Open a media file for reading; it is closed when the ``with`` block ends.

    With ``packets_only`` no decoder is tried while opening: 1 ms instead of 20 for a 1080p mp4, but what only
    decoding tells (pixel format, in some formats sizes and the start time) is missing. ``reading`` overrules
    what ``read_by`` chose.

    The container and all its streams belong to the thread that opened it, and to the ``with`` block: do not
    touch a stream afterwards. What FFmpeg raises inside the block leaves it as a MediaError, too.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it is no regular file, not readable, or not of one of FORMATS.
    """
    path = Path(path)
    check_file(path)
    mapped = MappedFile(path) if (reading or _reading) is Reading.MAPPED else None
    try:
        container = _open(path, mapped, hwaccel, packets_only)
        with told_to_user(path), container:
            _limit_decoders(container, path)
            yield container
    finally:
        if mapped is not None:
            mapped.close()


@contextmanager
def open_subtitle_text(text: str, form: str) -> Iterator[InputContainer]:
    """Open the text of a subtitle file; ``form`` is one of SUBTITLE_FORMATS.

    The text comes from memory, so no protocol is allowed at all. FFmpeg's errors leave it as they are.
    """
    options = {"protocol_whitelist": "none", "format_whitelist": ",".join(SUBTITLE_FORMATS)}
    with _container(io.BytesIO(text.encode("utf-8", "replace")), options, form=form) as container:
        yield container


def start_of(container: InputContainer) -> Fraction:
    """Return the container's start time in seconds; 0 where it has none."""
    start = cast("int | None", container.start_time)
    return Fraction(start, av.time_base) if start is not None else Fraction(0)


def video_streams(container: InputContainer) -> tuple[VideoStream, ...]:
    """Return the real video tracks: without cover art, still previews and tracks without a single picture."""
    return tuple(stream for stream in container.streams.video if _holds_video(container, stream))


def choose_video(container: InputContainer, track: int = 0) -> VideoStream | None:
    """Return the video track number ``track``, or None where there are not so many."""
    streams = video_streams(container)
    return streams[track] if 0 <= track < len(streams) else None


def choose_audio(container: InputContainer, track: int = 0) -> AudioStream | None:
    """Return the sound track number ``track``, or None; ``decoder_of`` tells whether it can be decoded."""
    streams = container.streams.audio
    return streams[track] if 0 <= track < len(streams) else None


def decoder_of(stream: Stream) -> CodecContext | None:
    """Return the decoder of a track; None where there is none for its codec."""
    return stream.codec_context


def read_only(container: InputContainer, *streams: Stream) -> None:
    """Let the demuxer drop all packets but those of ``streams``, before it reads their data where it can."""
    wanted = {stream.index for stream in streams}
    for stream in container.streams:
        stream.discard = av.stream.Discard.default if stream.index in wanted else av.stream.Discard.all


def _open(
    path: Path, mapped: MappedFile | None, hwaccel: HWAccel | None, packets_only: bool
) -> InputContainer:
    options = _OPTIONS | _NO_DECODERS if packets_only else _OPTIONS
    try:
        # The prefix keeps "weird:name.mp4" a file.
        return _container(mapped or f"file:{path.absolute()}", options, hwaccel)
    except av.error.FFmpegError as error:
        if isinstance(error, av.error.ArgumentError | av.error.InvalidDataError):
            raise MediaError(_refusal(path)) from error
        raise media_error(path, error) from error


def _container(
    source: str | io.BytesIO | MappedFile,
    options: dict[str, str],
    hwaccel: HWAccel | None = None,
    form: str | None = None,
) -> InputContainer:
    return av.open(
        source,
        mode="r",
        format=form,
        options=options,
        buffer_size=BUFFER,
        metadata_errors="replace",  # tags that are not UTF-8 must not stop anybody
        timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S),
        hwaccel=hwaccel,
    )


def check_file(path: Path) -> None:
    """Refuse what is no regular file: a pipe would block for ever, a folder or a device is no video."""
    name = shown_name(path)
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise missing_file(path) from error
    except PermissionError as error:
        raise MediaError(f"{name} cannot be read: you are not allowed to look into its folder.") from error
    except OSError as error:
        raise MediaError(f"{name} cannot be read: {error.strerror}.") from error
    if stat.S_ISDIR(status.st_mode):
        raise MediaError(f"{name} is a folder: open a video file inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise MediaError(f"{name} is no regular file, so it cannot be opened as a video.")
    if status.st_size == 0:
        raise MediaError(f"{name} is empty.")


def _refusal(path: Path) -> str:
    """The sentence about a file that none of FORMATS fits."""
    with path.open("rb") as file:
        head = file.read(64)
    for magic, what in _NOT_A_VIDEO:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
            return f"{shown_name(path)} is {what}."
    return f"{shown_name(path)} is damaged, or no video or sound file of a kind that Reelscope opens."


def _holds_video(container: InputContainer, stream: VideoStream) -> bool:
    disposition = av.stream.Disposition
    covers = disposition.attached_pic | disposition.still_image | disposition.timed_thumbnails
    if stream.disposition & covers:
        return False
    # Where all samples are listed up front, a track without any is empty. A fragmented file lists them
    # later, but then has read its first fragment by now.
    return not (
        container.format.name.startswith("mov,") and stream.frames == 0 and not len(stream.index_entries)
    )


def _limit_decoders(container: InputContainer, path: Path) -> None:
    """Bound the size of pictures: what a header claims, and what a decoder may meet later."""
    for stream in container.streams.video:
        if decoder_of(stream) is None:
            continue
        codec = stream.codec_context
        if codec.width * codec.height > MAX_PIXELS and _holds_video(container, stream):
            size = f"{codec.width} x {codec.height}"
            raise MediaError(f"{shown_name(path)} claims pictures of {size}: more than Reelscope decodes.")
        codec.options = {"max_pixels": str(MAX_PIXELS)}
