"""The sound of a file as 16 kHz mono float32, each block at its true time.

Stages, each a generator: packets are decoded to frames; frames are resampled and mixed down to pieces, timed
by counting samples from an anchor; pieces are cut to the span wanted; pieces that touch are joined to blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import av.error
import numpy as np

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.errors import DecodeError, MediaError
from app.core.time import WHOLE, TimeSpan
from app.media.failures import reason_of
from app.media.key_packets import time_base_of
from app.media.names import shown_name
from app.media.opening import choose_audio, decoder_of, open_media, read_only, start_of
from app.media.resampling import Piece, Resampling

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


def audio_blocks(
    path: Path | str,
    *,
    audio_track: int = 0,
    span: TimeSpan = WHOLE,
    block_s: float = 1.0,
    cancel: CancelToken | None = None,
    warn: Warn | None = None,
) -> Iterator[AudioBlock]:
    """Yield the sound shown in ``span`` in blocks of ``block_s`` seconds; the last before a gap is shorter.

    Any codec, rate and layout; mixed down as FFmpeg does. Priming samples are left out where the file tells
    of them. Gaps and late starts stay: no block spans a gap, blocks never overlap. What is damaged is left
    out and told to ``warn``, one sentence for each kind. A block or two are in memory at any time. The file
    is open while the iterator lives; use it in one thread.

    Raises:
        MediaError: the file cannot be opened, or has no such sound track.
        DecodeError: nothing of the track can be decoded.
        CancelledError: between two packets.
    """
    path = Path(path)
    failures = _Failures(warn)
    size = max(1, round(block_s * SAMPLE_RATE))
    yield from _joined(_cut(_pieces(path, audio_track, span, cancel, failures), span), size)
    failures.tell()


def _pieces(
    path: Path, track: int, span: TimeSpan, cancel: CancelToken | None, failures: _Failures
) -> Iterator[Piece]:
    """Decode from before the start of the span until after its end."""
    if _saves_reading(span):
        with open_media(path) as container:
            stream = _track_of(container, path, track)
            if _seek_before(container, stream, span):
                frames = _frames(container, stream, cancel, failures)
                first = next(frames, None)
                if first is not None and _shown(first, container) <= span.start_s:
                    yield from _resampled(chain([first], frames), container, span, failures)
                    return
    # From the start: nothing to save, or the demuxer came out too late or at the end.
    with open_media(path) as container:
        stream = _track_of(container, path, track)
        read_only(container, stream)
        frames = _frames(container, stream, cancel, failures)
        first = next(frames, None)
        if first is None:
            sentence = f"Nothing of the sound in {shown_name(path)} can be decoded."
            raise DecodeError(sentence) from failures.first
        yield from _resampled(chain([first], frames), container, span, failures)


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


def _frames(
    container: InputContainer, stream: AudioStream, cancel: CancelToken | None, failures: _Failures
) -> Iterator[av.AudioFrame]:
    """All frames of the track; what cannot be decoded is left out, what cannot be read ends it."""
    packets = container.demux(stream)
    while True:
        if cancel is not None:
            cancel.raise_if_cancelled()
        try:
            packet = next(packets, None)
        except av.error.FFmpegError as error:
            failures.add("Reading the sound stopped early", error)
            packet = None
        yield from _decoded(stream, packet, failures)
        if packet is None:
            return


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
    frames: Iterable[av.AudioFrame], container: InputContainer, span: TimeSpan, failures: _Failures
) -> Iterator[Piece]:
    resampling = Resampling(start_of(container), failures.say)
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


def _joined(pieces: Iterable[Piece], size: int) -> Iterator[AudioBlock]:
    """Join touching pieces to blocks of ``size`` samples."""
    waiting: list[Samples] = []
    start, length = Fraction(0), 0
    for piece in pieces:
        if length and piece.start != start + Fraction(length, SAMPLE_RATE):
            yield _block(waiting, start)
            waiting, length = [], 0
        if not length:
            start = piece.start
        waiting.append(piece.samples)
        length += len(piece.samples)
        while length >= size:
            joined = np.concatenate(waiting)
            yield _block([joined[:size]], start)
            waiting, length = [joined[size:]], length - size
            start += Fraction(size, SAMPLE_RATE)
    if length:
        yield _block(waiting, start)


def _block(parts: list[Samples], start: Fraction) -> AudioBlock:
    samples = np.concatenate(parts)
    # Damaged float sound can hold anything; resampling overshoots full scale a little.
    np.nan_to_num(samples, copy=False)
    np.clip(samples, -1.0, 1.0, out=samples)
    return AudioBlock(samples, start)


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
