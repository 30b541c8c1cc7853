"""Colours that go together."""

from __future__ import annotations

import colorsys

from tools.sample.measures import Colour

# background dark, mid, light; then accents that stand out from these
PALETTES: tuple[tuple[tuple[str, str, str], tuple[str, ...]], ...] = (
    (("1b1740", "3d2c8d", "916bbf"), ("ffd166", "06d6a0", "ff6b6b", "4cc9f0", "fca3cc")),
    (("f3dcc0", "f9ead3", "fff6e6"), ("e4572e", "17829c", "f2a516", "76448a", "2a9d8f")),
    (("0b3c49", "13747d", "3fb8af"), ("ffbe0b", "fb5607", "ff70a6", "fefae0", "9bf6ff")),
    (("5f0f40", "c8553d", "f28f3b"), ("ffe66d", "3ddad7", "f7fff7", "5f7dff", "ff5d8f")),
    (("10202b", "1f4e5f", "79a8a9"), ("f95959", "ffd56b", "a8e6cf", "c792ea", "ff9a76")),
    (("c9dff2", "dcebf7", "f4fafe"), ("ef476f", "3a86ff", "ff9f1c", "8338ec", "06a77d")),
    (("1a2e1a", "386641", "86b35b"), ("ffb703", "e63946", "f1faee", "8ecae6", "d77a9e")),
    (("f6c5d3", "fbdbe3", "fff1f3"), ("6a4c93", "1982c4", "e63b5a", "2f9e44", "f08c00")),
)


def rgb(code: str) -> Colour:
    """'ff8000' -> (1.0, 0.5, 0.0)."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def shift_hue(colour: Colour, turn: float, light: float = 1.0) -> Colour:
    """Turn a colour on the hue circle and scale its lightness."""
    hue, lightness, strength = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb((hue + turn) % 1.0, min(1.0, lightness * light), strength)
