"""What the sample is like: its size, its length, the classes of things in it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

CLASSES = ("ball", "box", "star", "ring", "arrow", "heart")
WIDTH, HEIGHT, FPS = 960, 540, 30
SHOT_FRAMES = (180, 171, 186, 183)
"""Pictures of each shot: 24 s in all."""
FADE_FRAMES = 12
"""Half of the dip to dark between the last two shots."""
FADE_BEFORE_SHOT = 3
"""Index of the shot that is faded to; the other changes are hard cuts."""
AUDIO_RATE = 44100
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

Array = NDArray[Any]
Colour = tuple[float, float, float]
"""Red, green and blue, each 0..1."""
