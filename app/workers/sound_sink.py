"""What sound is played through, as the engine sees it; and what it tells when it cannot."""

from __future__ import annotations

from typing import Protocol

from app.core.audio import Samples
from app.core.errors import ReelscopeError

NO_DEVICE = "no sound device"
DEVICE_FAILED = "the sound device failed"
DEVICE_LATE = "the sound device does not play"


class SoundDeviceError(ReelscopeError):
    """There is no sound device, or it cannot be used; the sentence fits the status line."""


class SoundSink(Protocol):
    """One output. All of it in one thread.

    Attributes:
        rate, channels: the form of the samples it takes.
    """

    rate: int
    channels: int

    def start(self) -> None:
        """Begin anew, with nothing buffered and nothing played.

        Raises:
            SoundDeviceError: it cannot be used.
        """

    def write(self, samples: Samples) -> int:
        """Take as many of ``samples``, (n, channels), as there is room for; returns how many those were.

        Raises:
            SoundDeviceError: it is gone.
        """

    def heard(self) -> int:
        """Return how many samples have left for the ear since ``start``.

        Raises:
            SoundDeviceError: it is gone.
        """

    def stop(self) -> None:
        """Be silent at once: what is buffered is never heard."""

    def set_gain(self, gain: float) -> None:
        """Play so loud, 0..1, linear in amplitude."""

    def close(self) -> None:
        """Give the device back."""


def gain_of(volume: float, *, muted: bool) -> float:
    """Return the amplitude of a position of the slider, 0..1: its cube, which ears take for even steps."""
    return 0.0 if muted else min(max(volume, 0.0), 1.0) ** 3
