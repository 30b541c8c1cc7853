"""The sound of a file in pieces of one form, each at its true time.

Stages, each a generator: packets are decoded to frames; frames are resampled and mixed down to pieces, timed
by counting samples from an anchor; pieces are cut to the span wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import av.error

from app.core.errors import DecodeError, MediaError
from app.core.time import TimeSpan
from app.media.failures import reason_of
from app.media.key_packets import time_base_of
from app.media.names import shown_name
from app.media.opening import choose_audio, decoder_of, open_media, read_only, start_of
from app.media.resampling import ANALYSED, Piece, Resampling, SoundForm

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

    from app.core.cancel import CancelToken

Warn = Callable[[str], None]

_PREROLL_S = Fraction(1)
"""Decoders need some sound before the wanted one to be exact (Opus 80 ms, AAC a frame or two)."""

_FORMATS_WITH_GUESSED_SEEKS = ("mp3", "aac")
"""Bare frames without an index: after a seek FFmpeg estimates the time. Reading from the start is exact."""


@dataclass(frozen=True, slots=True)
class SoundWish:
    """Which sound is wanted, and how."""

    path: Path
    track: int
    span: TimeSpan
    form: SoundForm = ANALYSED
    cancel: CancelToken | None = None


def sound_pieces(wish: SoundWish, warn: Warn | None = None) -> Iterator[Piece]:
    """Yield the sound shown in the span: pieces that touch, or leave the gaps that the file has.

    A span from 0 on begins with the first sound, be its time below 0. The file is open while the iterator
    lives; use it in one thread.

    Raises:
        MediaError: the file cannot be opened, or has no such sound track.
        DecodeError: nothing of the track can be decoded.
        CancelledError: between two packets.
    """
    failures = _Failures(warn)
    yield from _cut(_pieces(wish, failures), wish.span)
    failures.tell()


def _pieces(wish: SoundWish, failures: _Failures) -> Iterator[Piece]:
    """Decode from before the start of the span until after its end."""
    path, track, span, cancel = wish.path, wish.track, wish.span, wish.cancel
    if _saves_reading(span):
        with open_media(path) as container:
            stream = _track_of(container, path, track)
            if _seek_before(container, stream, span):
                frames = _frames(container, stream, cancel, failures)
                first = next(frames, None)
                if first is not None and _shown(first, container) <= span.start_s:
                    yield from _resampled(chain([first], frames), container, wish, failures)
                    return
    # From the start: nothing to save, or the demuxer came out too late or at the end.
    with open_media(path) as container:
        stream = _track_of(container, path, track)
        read_only(container, stream)
        frames = _frames(container, stream, cancel, failures, _useless_before(container, span))
        first = next(frames, None)
        if first is None and failures.first is None and _saves_reading(span):
            return  # The sound ended before the span.
        if first is None:
            sentence = f"Nothing of the sound in {shown_name(path)} can be decoded."
            raise DecodeError(sentence) from failures.first
        yield from _resampled(chain([first], frames), container, wish, failures)


def _track_of(container: InputContainer, path: Path, track: int) -> AudioStream:
    stream = choose_audio(container, track)
    name = shown_name(path)
    if stream is None:
        raise MediaError(f"{name} has no sound." if track == 0 else f"{name} has no sound track {track}.")
    if decoder_of(stream) is None:
        raise DecodeError(f"There is no decoder here for the sound of {name} (track {track}).")
    return stream


def _saves_reading(span: TimeSpan) -> bool:
    return span.start_s > 2 * _PREROLL_S


def _seek_before(container: InputContainer, stream: AudioStream, span: TimeSpan) -> bool:
    """Go to some place before the span; whether that was possible."""
    if container.format.name in _FORMATS_WITH_GUESSED_SEEKS:
        return False
    read_only(container, stream)
    start = Fraction(span.start_s) - _PREROLL_S + start_of(container)
    try:
        container.seek(int(start / time_base_of(stream)), stream=stream)
    except av.error.FFmpegError:
        return False
    return True


def _useless_before(container: InputContainer, span: TimeSpan) -> Fraction | None:
    """Up to which time of the file packets serve nobody; None where all are wanted."""
    if not _saves_reading(span):
        return None
    return Fraction(span.start_s) - _PREROLL_S + start_of(container)


def _frames(
    container: InputContainer,
    stream: AudioStream,
    cancel: CancelToken | None,
    failures: _Failures,
    useless_before: Fraction | None = None,
) -> Iterator[av.AudioFrame]:
    """All frames of the track; what cannot be decoded is left out, what cannot be read ends it.

    Packets before ``useless_before`` are read but not decoded: an hour of mp3 in 0.3 s instead of ten.
    """
    first_useful = None if useless_before is None else int(useless_before / time_base_of(stream))
    packets = container.demux(stream)
    while True:
        if cancel is not None:
            cancel.raise_if_cancelled()
        try:
            packet = next(packets, None)
        except av.error.FFmpegError as error:
            failures.add("Reading the sound stopped early", error)
            packet = None
        if _is_useless(packet, first_useful):
            continue
        first_useful = None
        yield from _decoded(stream, packet, failures)
        if packet is None:
            return


def _is_useless(packet: Packet[AudioStream] | None, first_useful: int | None) -> bool:
    if packet is None or packet.pts is None or first_useful is None:
        return False
    return packet.pts < first_useful


def _decoded(
    stream: AudioStream, packet: Packet[AudioStream] | None, failures: _Failures
) -> Iterator[av.AudioFrame]:
    try:
        yield from stream.decode(packet)
    except av.error.EOFError:
        # Already flushed: the last packet of the demuxer does that, too.
        return
    except av.error.FFmpegError as error:
        failures.add("Some of the sound could not be decoded", error)


def _shown(frame: av.AudioFrame, container: InputContainer) -> Fraction:
    """Shown time of the first sample; the start of the container where the frame has no pts."""
    if frame.pts is None or frame.time_base is None:
        return Fraction(0)
    return frame.pts * frame.time_base - start_of(container)


def _resampled(
    frames: Iterable[av.AudioFrame], container: InputContainer, wish: SoundWish, failures: _Failures
) -> Iterator[Piece]:
    span = wish.span
    resampling = Resampling(start_of(container), failures.say, wish.form)
    ends = span.end_s != float("inf")
    for frame in frames:
        yield from resampling.feed(frame)
        if ends and resampling.time >= span.end_s:
            break
    yield from resampling.finish()


def _cut(pieces: Iterable[Piece], span: TimeSpan) -> Iterator[Piece]:
    """Keep what is inside the span, and nothing twice: where pieces overlap the earlier one stays."""
    # Sound from before the container's start belongs to a span from 0 on.
    reached = Fraction(span.start_s) if span.start_s > 0 else None
    for piece in pieces:
        kept = piece if reached is None else piece.after(reached)
        kept = kept.before(Fraction(span.end_s)) if span.end_s != float("inf") else kept
        if len(kept.samples):
            reached = kept.end
            yield kept


class _Failures:
    """Collects what went wrong, to say each thing once."""

    def __init__(self, warn: Warn | None) -> None:
        self._warn = warn
        self._sentences: dict[str, None] = {}
        self.first: av.error.FFmpegError | None = None

    def add(self, what: str, error: av.error.FFmpegError) -> None:
        self.first = self.first or error
        self.say(f"{what}: {reason_of(error)}.")

    def say(self, sentence: str) -> None:
        self._sentences[sentence] = None

    def tell(self) -> None:
        if self._warn is not None:
            for sentence in self._sentences:
                self._warn(sentence)
