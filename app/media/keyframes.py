"""Keyframes as pictures: the quickest way through a file that gives true pictures at true times.

Only packets at which decoding can start reach the decoder, so it may work on several of them at once
(frame threads), and the other packets are not even read where the container lists them.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av.error

from app.core.errors import MediaError
from app.core.sentences import CUT_OFF
from app.core.time import WHOLE, TimeSpan
from app.media.failures import reason_of
from app.media.key_packets import KeyAccess, KeyTally, key_accesses, lists_all_samples
from app.media.names import shown_name
from app.media.opening import choose_video, open_media, start_of
from app.media.picture import Picture, PictureSource, pts_of
from app.media.picture_times import PictureTimes, Stamps, reordered

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken

Warn = Callable[[str], None]

_FORMATS_WITHOUT_PTS = ("avi", "ogg", "h264", "hevc", "m4v", "mpegvideo")
"""Their packets carry decoding times at most; what stands there as pts is FFmpeg's guess."""

_PROBED_PACKETS = 24
"""Enough to see whether a stream reorders: no encoder puts a picture more than 16 places off."""


def decode_keyframes(
    path: Path | str,
    *,
    video_track: int = 0,
    span: TimeSpan = WHOLE,
    cancel: CancelToken | None = None,
    warn: Warn | None = None,
) -> Iterator[Picture]:
    """Decode the keyframes shown in ``span``, in order of pts: those that ``keyframe_index`` names.

    What is damaged is left out and told to ``warn``, one sentence for the file. Where no packet leads to a
    picture by itself, everything is decoded and the pictures that the decoder calls keyframes are yielded.
    The file is open while the iterator lives; use it in one thread.

    Raises:
        MediaError: the file cannot be opened, or has no such video track.
        DecodeError: it has pictures, but not one can be decoded.
        CancelledError: between two packets.
    """
    path = Path(path)
    failures = _Failures(path, warn)
    found = False
    for picture in _by_key_packets(path, video_track, span, cancel, failures):
        found = True
        yield picture
    if not found and (failures.count or not has_key_packets(path, video_track, cancel)):
        for picture in keyframes_among_all(path, video_track, cancel, failures.add_sentence):
            if shown_in(span, picture.time_s):
                yield picture
    failures.tell()


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


def shown_in(span: TimeSpan, time_s: float) -> bool:
    """Tell whether a span holds a shown time; one from 0 on holds what is shown before the start, too."""
    return time_s in span or (span.start_s <= 0 and time_s < 0)


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


def has_key_packets(path: Path, video_track: int, cancel: CancelToken | None) -> bool:
    """Tell whether the packets of the file give a keyframe away, wherever."""
    with open_media(path) as container:
        stream = video_track_of(container, path, video_track)
        if not packets_tell_times(container, path, stream):
            return False
        return any(True for _ in key_accesses(container, stream, WHOLE, cancel))


def keyframes_among_all(
    path: Path, video_track: int, cancel: CancelToken | None, warn: Warn = lambda _: None
) -> Iterator[Picture]:
    """Decode every picture and yield those that the decoder calls keyframes.

    Raises:
        DecodeError: not one picture came out.
    """
    from app.media.decoder import VideoReader

    with VideoReader(path, video_track=video_track) as reader:
        for picture in reader.frames(cancel=cancel):
            if picture.keyframe:
                yield picture
        for sentence in reader.warnings:
            warn(sentence)


class _Failures:
    """Collects what went wrong, and says each thing once."""

    def __init__(self, path: Path, warn: Warn | None) -> None:
        self._name = shown_name(path)
        self._warn = warn
        self._sentences: dict[str, int] = {}

    @property
    def count(self) -> int:
        return sum(self._sentences.values())

    def add(self, error: av.error.FFmpegError) -> None:
        self.add_sentence(f"Some keyframes could not be decoded: {reason_of(error)}.")

    def add_sentence(self, sentence: str) -> None:
        self._sentences[sentence] = self._sentences.get(sentence, 0) + 1

    def add_tally(self, tally: KeyTally) -> None:
        if tally.stopped_by is not None:
            self.add_sentence(f"Reading the video stopped early: {reason_of(tally.stopped_by)}.")
        if tally.missing:
            self.add_sentence(f"{CUT_OFF}: it lists keyframes that it does not hold.")

    def tell(self) -> None:
        if self._warn is not None:
            for sentence in self._sentences:
                self._warn(sentence)


def _by_key_packets(
    path: Path, video_track: int, span: TimeSpan, cancel: CancelToken | None, failures: _Failures
) -> Iterator[Picture]:
    with ExitStack() as stack:
        container = stack.enter_context(open_media(path))
        stream = video_track_of(container, path, video_track)
        if not packets_tell_times(container, path, stream):
            return
        # Seeking flushes the decoders of a container, so packets found by seeking come from a second one.
        feeder, source = container, stream
        if lists_all_samples(container, stream):
            feeder = stack.enter_context(open_media(path, packets_only=True))
            source = feeder.streams.video[container.streams.video.index(stream)]
        decoder = _KeyframeDecoder(stream, PictureSource.of(stream, start_of(container)), failures)
        tally = KeyTally()
        for access in key_accesses(feeder, source, span, cancel, tally):
            yield from decoder.decode(access)
        yield from decoder.flush()
        failures.add_tally(tally)


class _KeyframeDecoder:
    """Decodes key accesses; frame threads answer some packets later, so what is expected is kept."""

    def __init__(self, stream: VideoStream, source: PictureSource, failures: _Failures) -> None:
        self._codec = stream.codec_context
        self._codec.thread_type = "FRAME"
        self._codec.skip_frame = "NONKEY"
        self._source = source
        self._failures = failures
        self._expected: deque[int] = deque()
        self._lost = 0

    def decode(self, access: KeyAccess) -> Iterator[Picture]:
        self._expected.append(access.pts)
        yield from self._feed(access.packet)
        if access.second is not None:
            # The second field is no keyframe by itself, yet without it every other line is missing.
            self._codec.skip_frame = "DEFAULT"
            yield from self._feed(access.second)

    def flush(self) -> Iterator[Picture]:
        yield from self._feed(None)
        self._lost += len(self._expected)
        # With several threads a damaged picture is often just missing, without an error.
        if self._lost and not self._failures.count:
            self._failures.add_sentence("Some keyframes could not be decoded: their data is damaged.")

    def _feed(self, packet: Packet[VideoStream] | None) -> Iterator[Picture]:
        try:
            frames = self._codec.decode(packet)
        except av.error.FFmpegError as error:
            self._failures.add(error)
            return
        for frame in frames:
            pts = pts_of(frame)
            if pts in self._expected:
                while self._expected.popleft() != pts:
                    self._lost += 1
                yield dataclasses.replace(self._source.wrap(frame, pts=pts), keyframe=True)
