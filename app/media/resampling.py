"""Sound frames of any kind to pieces of one form on one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av.error
from av.audio.resampler import AudioResampler

from app.core.audio import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    import av

_JITTER = Fraction(1, 20)
"""Time stamps are rounded, to 1 ms in Matroska and FLV, and encoders are sloppy: below 50 ms the count of
samples is right, above there is a gap."""

_RESET = Fraction(1)
"""A clock that jumps back further than this was reset (recordings glued together): sound goes on."""


@dataclass(frozen=True, slots=True)
class SoundForm:
    """What sound is brought to: float32, mixed down as FFmpeg does.

    Attributes:
        rate: samples per second.
        channels: 1 or 2.
        piece_s: about how long pieces are; larger ones than frames are three times less work in Python.
    """

    rate: int = SAMPLE_RATE
    channels: int = 1
    piece_s: float = 0.5

    @property
    def layout(self) -> str:
        """FFmpeg's name of the channels."""
        return "mono" if self.channels == 1 else "stereo"


ANALYSED = SoundForm()
"""What analyses hear."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some samples without a gap.

    Attributes:
        samples: float32, shape (n,) where mono, else (n, channels).
        start: shown time of the first, exact seconds.
        rate: samples per second.
    """

    samples: Samples
    start: Fraction
    rate: int = SAMPLE_RATE

    @property
    def end(self) -> Fraction:
        """Shown time just after the last sample."""
        return self.start + Fraction(len(self.samples), self.rate)

    def after(self, time: Fraction) -> Piece:
        """Return the part from ``time`` on."""
        dropped = min(len(self.samples), max(0, _ceil((time - self.start) * self.rate)))
        if not dropped:
            return self
        return Piece(self.samples[dropped:], self.start + Fraction(dropped, self.rate), self.rate)

    def before(self, time: Fraction) -> Piece:
        """Return the part until ``time``."""
        kept = max(0, _ceil((time - self.start) * self.rate))
        return Piece(self.samples[:kept], self.start, self.rate) if kept < len(self.samples) else self


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


class Resampling:
    """Turns frames into pieces; pieces touch as long as the frames do.

    Times are counted in samples from an anchor, the time stamp of the first frame. A frame that is more than
    _JITTER off starts a new anchor. There are 50 frames a second and more, so per frame only integers count.
    """

    def __init__(self, origin: Fraction, warn: Callable[[str], None], form: SoundForm = ANALYSED) -> None:
        self._form = form
        self._origin = origin
        self._warn = warn
        self._reset_by = Fraction(0)
        self._anchor: _Anchor | None = None
        self._resampler: AudioResampler | None = None
        self._out = Fraction(0)

    @property
    def time(self) -> Fraction:
        """Shown time just after the last frame."""
        return self._anchor.time if self._anchor else Fraction(0)

    def feed(self, frame: av.AudioFrame) -> Iterator[Piece]:
        """Take the next frame."""
        if not frame.samples or not frame.sample_rate:
            return
        if self._anchor is None or not self._anchor.continues(frame):
            yield from self._begin(frame)
        assert self._anchor is not None
        self._anchor.samples += frame.samples
        # The resampler would start a timeline of its own.
        frame.pts = None
        yield from self._resample(frame)

    def finish(self) -> Iterator[Piece]:
        """Give out what the resampler still holds."""
        if self._resampler is not None:
            for mixed in self._resampler.resample(None):
                yield self._piece(mixed)
        self._resampler = None

    def _begin(self, frame: av.AudioFrame) -> Iterator[Piece]:
        """Start counting anew at ``frame``; after a gap what came before it must not bleed into it."""
        at = self._shown(frame)
        if self._anchor is None or abs(at - self.time) > _JITTER:
            yield from self.finish()
            self._out = at
        self._anchor = _Anchor.at(at, frame)

    def _resample(self, frame: av.AudioFrame) -> Iterator[Piece]:
        try:
            mixed = self._ready().resample(frame)
        except ValueError as error:
            if isinstance(error, av.error.FFmpegError):
                raise
            # Rate, layout or format changed, which is how PyAV says it.
            yield from self.finish()
            mixed = self._ready().resample(frame)
        for part in mixed:
            yield self._piece(part)

    def _ready(self) -> AudioResampler:
        if self._resampler is None:
            form = self._form
            size = max(1, round(form.rate * form.piece_s))
            self._resampler = AudioResampler("flt", form.layout, form.rate, frame_size=size)
        return self._resampler

    def _piece(self, mixed: av.AudioFrame) -> Piece:
        shape = (-1,) if self._form.channels == 1 else (-1, self._form.channels)
        samples = cast("Samples", mixed.to_ndarray().reshape(shape))
        piece = Piece(samples, self._out, self._form.rate)
        self._out = piece.end
        return piece

    def _shown(self, frame: av.AudioFrame) -> Fraction:
        if frame.pts is None or frame.time_base is None:
            return self.time
        at = frame.pts * frame.time_base - self._origin + self._reset_by
        if self._anchor is not None and at < self.time - _RESET:
            self._warn("The times of the sound jump back: what follows is placed after what came before.")
            self._reset_by += self.time - at
            return self.time
        return at


@dataclass(slots=True)
class _Anchor:
    """A frame from whose time stamp samples are counted.

    Attributes:
        start: its shown time.
        pts: its time stamp; None in a stream without any.
        time_base: unit of pts, seconds.
        rate: samples per second.
        samples: counted since.
    """

    start: Fraction
    pts: int | None
    time_base: Fraction
    rate: int
    samples: int = 0

    @classmethod
    def at(cls, start: Fraction, frame: av.AudioFrame) -> _Anchor:
        return cls(start, frame.pts, frame.time_base or Fraction(1, frame.sample_rate), frame.sample_rate)

    @property
    def time(self) -> Fraction:
        return self.start + Fraction(self.samples, self.rate)

    def continues(self, frame: av.AudioFrame) -> bool:
        """Whether ``frame`` comes where the count says, as far as one can tell, at the same rate."""
        if frame.sample_rate != self.rate:
            return False
        if frame.pts is None or self.pts is None:
            return True
        unit = self.time_base
        off = (frame.pts - self.pts) * unit.numerator * self.rate - self.samples * unit.denominator
        return abs(off) * _JITTER.denominator <= _JITTER.numerator * unit.denominator * self.rate
