"""Which tracks, chapters and neighbouring subtitle files there are to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av.stream

from app.core.tracks import FileContents, TrackInfo, TrackKind
from app.media.chapters import chapters_of
from app.media.names import one_line
from app.media.opening import decoder_of, open_media, video_streams
from app.media.subtitle_files import subtitles_beside
from app.media.text_tracks import TEXT_CODECS

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream
    from av.video.stream import VideoStream

_LONGEST_WORD = 80


def contents_of(path: Path) -> FileContents:
    """Return what can be chosen in a file; reads its header and the names in its folder.

    Raises:
        FileMissingError: there is no such file.
        MediaError: it cannot be opened.
    """
    with open_media(path) as container:
        return FileContents(
            video=tuple(_video(each, number) for number, each in enumerate(video_streams(container))),
            audio=tuple(_audio(each, number) for number, each in enumerate(container.streams.audio)),
            subtitles=tuple(_text(each, number) for number, each in enumerate(container.streams.subtitles)),
            chapters=chapters_of(container),
            beside=subtitles_beside(path),
        )


def _track(stream: Stream, kind: TrackKind, number: int, detail: str, *, usable: bool) -> TrackInfo:
    decoder = decoder_of(stream)
    language = one_line((stream.language or "").strip())[:_LONGEST_WORD]
    return TrackInfo(
        kind,
        number,
        codec=decoder.codec.canonical_name if decoder is not None else "unknown codec",
        language="" if language == "und" else language,
        title=one_line(stream.metadata.get("title", "").strip())[:_LONGEST_WORD],
        detail=detail,
        default=bool(stream.disposition & av.stream.Disposition.default),
        forced=bool(stream.disposition & av.stream.Disposition.forced),
        usable=usable and decoder is not None,
    )


def _video(stream: VideoStream, number: int) -> TrackInfo:
    codec = stream.codec_context
    known = decoder_of(stream) is not None and codec.width
    detail = f"{codec.width} \N{MULTIPLICATION SIGN} {codec.height}" if known else ""
    return _track(stream, TrackKind.VIDEO, number, detail, usable=True)


def _audio(stream: AudioStream, number: int) -> TrackInfo:
    channels = stream.codec_context.channels if decoder_of(stream) is not None else 0
    words = {0: "", 1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    return _track(stream, TrackKind.AUDIO, number, words, usable=True)


def _text(stream: SubtitleStream, number: int) -> TrackInfo:
    decoder = decoder_of(stream)
    text = decoder is not None and decoder.codec.canonical_name in TEXT_CODECS
    return _track(stream, TrackKind.SUBTITLES, number, "" if text else "pictures", usable=text)
