"""Keyframes as pictures: the quickest way through a file that gives true pictures at true times.

Only packets at which decoding can start reach the decoder, so it may work on several of them at once
(frame threads), and the other packets are not even read where the container lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import av.error

from app.core.sentences import CUT_OFF
from app.core.time import WHOLE, TimeSpan
from app.media.failures import reason_of
from app.media.key_decoder import KeyframeDecoder
from app.media.key_headers import self_contained
from app.media.key_opening import open_for_keyframes, packets_tell_times
from app.media.key_packets import KeyAccess, KeyTally, key_accesses, lists_all_samples
from app.media.key_sharing import decode_shared, decoders_here
from app.media.names import shown_name
from app.media.opening import open_media, start_of
from app.media.picture import Picture

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from app.core.cancel import CancelToken

T = TypeVar("T")
Warn = Callable[[str], None]


def decode_keyframes(
    path: Path | str,
    *,
    video_track: int = 0,
    span: TimeSpan = WHOLE,
    cancel: CancelToken | None = None,
    warn: Warn | None = None,
) -> Iterator[Picture]:
    """Decode the keyframes shown in ``span``, in order of pts: those that ``keyframe_index`` names.

    Raises: as ``use_keyframes``.
    """
    return use_keyframes(path, None, video_track=video_track, span=span, cancel=cancel, warn=warn)


def use_keyframes(
    path: Path | str,
    use: Callable[[Picture], T] | None,
    *,
    video_track: int = 0,
    span: TimeSpan = WHOLE,
    cancel: CancelToken | None = None,
    warn: Warn | None = None,
) -> Iterator[Picture | T]:
    """Decode the keyframes shown in ``span`` and yield what ``use`` makes of them, in order of pts.

    ``use`` is called in the threads that decode, a picture in each at a time. Where the file does not allow
    several decoders, pictures are yielded as they are; without ``use`` all are.

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
    for picture in _by_key_packets(path, video_track, span, cancel, failures, use):
        found = True
        yield picture
    if not found and (failures.count or not has_key_packets(path, video_track, cancel)):
        for picture in keyframes_among_all(path, video_track, cancel, failures.add_sentence):
            if shown_in(span, picture.time_s):
                yield picture
    failures.tell()


def _as_it_is(picture: Picture) -> Picture:
    return picture


def shown_in(span: TimeSpan, time_s: float) -> bool:
    """Tell whether a span holds a shown time; one from 0 on holds what is shown before the start, too."""
    return time_s in span or (span.start_s <= 0 and time_s < 0)


def has_key_packets(path: Path, video_track: int, cancel: CancelToken | None) -> bool:
    """Tell whether the packets of the file give a keyframe away, wherever."""
    with open_for_keyframes(path, video_track) as (container, stream):
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

    def add_lost(self) -> None:
        # With several threads a damaged picture is often just missing, without an error.
        if not self.count:
            self.add_sentence("Some keyframes could not be decoded: their data is damaged.")

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
    path: Path,
    video_track: int,
    span: TimeSpan,
    cancel: CancelToken | None,
    failures: _Failures,
    use: Callable[[Picture], T] | None,
) -> Iterator[Picture | T]:
    with open_for_keyframes(path, video_track) as (container, stream):
        if not packets_tell_times(container, path, stream):
            return
        tally = KeyTally()
        accesses = key_accesses(container, stream, span, cancel, tally)
        lost = False
        for picture in _decoded(path, container, stream, accesses, failures, use):
            if picture is None:
                lost = True
            else:
                yield picture
        if lost:
            failures.add_lost()
        failures.add_tally(tally)


def _decoded(
    path: Path,
    container: InputContainer,
    stream: VideoStream,
    accesses: Iterator[KeyAccess],
    failures: _Failures,
    use: Callable[[Picture], T] | None,
) -> Iterator[Picture | T | None]:
    number, start = container.streams.video.index(stream), start_of(container)
    headed = lists_all_samples(container, stream) or container.format.name.startswith("matroska")

    @contextmanager
    def decoder_of_its_own() -> Iterator[KeyframeDecoder]:
        with open_media(path, packets_only=headed) as other:
            yield KeyframeDecoder(other.streams.video[number], start, failures.add)

    whole = self_contained(accesses, stream)
    count = decoders_here(sum(len(each.index_entries) for each in container.streams))
    if use is None or count == 1:
        return decode_shared(whole, decoder_of_its_own, count, _as_it_is)
    return decode_shared(whole, decoder_of_its_own, count, use)
