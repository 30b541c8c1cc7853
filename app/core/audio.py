"""Sound as every consumer wants it: 16 kHz mono float32."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Samples per second of every AudioBlock; what whisper and silero were trained on."""

Samples: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True, eq=False)
class AudioBlock:
    """A stretch of sound without a gap.

    Attributes:
        samples: float32, shape (n,), -1..1, mono, at SAMPLE_RATE, C-contiguous.
        start: shown time of the first sample, exact seconds from the container's start; may be negative.
    """

    samples: Samples
    start: Fraction

    @property
    def start_s(self) -> float:
        """Shown time of the first sample, seconds."""
        return float(self.start)

    @property
    def end(self) -> Fraction:
        """Shown time just after the last sample, exact seconds."""
        return self.start + Fraction(len(self.samples), SAMPLE_RATE)
