"""What came of one picture that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from app.core.events import PictureAnalysed, PictureEmbedded
    from app.core.frame import VideoFrame
    from app.core.time import MediaTime


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one picture.

    Attributes:
        time, time_s, duration: as the picture's.
        thumbnail: the small picture, RGB.
        objects: what the detector found; None without one.
        embedding: what the encoder made of it; None without one.
    """

    time: MediaTime
    time_s: float
    duration: Fraction | None
    thumbnail: VideoFrame
    objects: PictureAnalysed | None
    embedding: PictureEmbedded | None
