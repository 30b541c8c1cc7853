"""The colours and measures of the window: dark and light, one place for all of them.

Colours are "#RRGGBB" strings, so that everything but `qpalette` works without a screen.
"""

from __future__ import annotations

import enum
import functools
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette

AA_TEXT = 4.5
"""The contrast that text needs: WCAG 2.2, 1.4.3, level AA."""

GRID = 8
"""Pixels between neighbours; distances are multiples or halves of it."""
RADIUS_PANEL, RADIUS_CONTROL, RADIUS_CHIP = 8, 6, 3
"""Corner radii, pixels."""
ROW_HEIGHT, LANE_HEIGHT, ICON_SIZE = 32, 20, 20
"""Heights of a list row, of a lane of the time strip, and of an icon, pixels."""
BORDER, FOCUS_RING = 1, 2
"""Widths of a border and of the ring around what has the keyboard, pixels."""
OPEN_PANEL_MS = 120
"""How long a panel takes to open, milliseconds; nothing else is animated."""


class TextSize(enum.IntEnum):
    """The scale of text sizes, pixels."""

    TITLE = 18
    STRONG = 14
    BODY = 13
    SMALL = 12
    TINY = 11


class Scheme(enum.Enum):
    """Which of the two palettes."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one scheme.

    Attributes:
        background, panel, raised: the three surfaces, from the back to the front.
        line: borders and separators.
        text, dim: to be read: both reach AA on every surface.
        faint: ticks, hints beside something readable, what is switched off; not for text that must be read.
        accent: the one accent colour: focus, progress, the chosen thing.
        playhead, warning, good: meanings, never the only sign of them.
        stage: what surrounds a picture of another shape.
        classes: colours of classes, in order; distinguishable for colour-blind eyes.
    """

    scheme: Scheme
    background: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    playhead: str
    warning: str
    good: str
    stage: str
    classes: tuple[str, ...]


_CLASSES = ("#56B4E9", "#E69F00", "#2BB58A", "#CC79A7", "#D9C94A", "#E0704A", "#8F8CF0", "#9DB0C4")

# Classes met most often have a colour of their own; any other label gets one from its spelling.
_FIRST = {"person": 0, "car": 1, "tv": 2, "face": 3, "dog": 4, "truck": 5, "bicycle": 6, "cat": 7}
# The classes of the bundled sample stand side by side there.
_FIRST |= {"ball": 0, "box": 1, "star": 4, "ring": 2, "arrow": 5, "heart": 3}

_INK, _PAPER = "#000000", "#FFFFFF"


def class_colour(palette: Palette, key: int | str) -> str:
    """The colour of a class, the same on picture, lane and table and in every run.

    Args:
        palette: the scheme in use.
        key: the label wherever there is one (case does not matter); a number only for what has no label.
    """
    if isinstance(key, int):
        return palette.classes[key % len(palette.classes)]
    name = key.strip().casefold()
    place = _FIRST.get(name, zlib.crc32(name.encode("utf-8", "surrogatepass")))
    return palette.classes[place % len(palette.classes)]


def class_text(palette: Palette, key: int | str) -> str:
    """The colour of a class as text on a panel: its hue, moved towards the text colour until AA."""
    return readable(class_colour(palette, key), on=palette.panel, towards=palette.text)


@functools.lru_cache(maxsize=64)
def text_on(colour: str) -> str:
    """Black or white, whichever reads better on ``colour``; one of them always reaches AA."""
    return max((_INK, _PAPER), key=lambda ink: contrast(ink, colour))


def hit_colour(palette: Palette) -> str:
    """The colour of what was found: yellow, the same in the text and on the strip."""
    return palette.classes[4]


def readable(colour: str, *, on: str, towards: str) -> str:
    """The nearest colour between ``colour`` and ``towards`` that reaches AA on ``on`` (else ``towards``)."""
    for step in range(21):
        candidate = mixed(colour, towards, step / 20)
        if contrast(candidate, on) >= AA_TEXT:
            return candidate
    return towards


def mixed(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0 to 1) of ``other`` in it, channel by channel."""
    return _hex(tuple(a + (b - a) * share for a, b in zip(_rgb(colour), _rgb(other), strict=True)))


def contrast(colour: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21: (L1 + 0.05) / (L2 + 0.05), WCAG 2.2."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance 0 to 1, WCAG 2.2 (sRGB)."""
    red, green, blue = (_linear(channel / 255) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> tuple[int, int, int]:
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"a colour is written #RRGGBB, not {colour!r}")
    value = int(colour[1:], 16)
    return value >> 16, value >> 8 & 0xFF, value & 0xFF


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel):02X}" for channel in channels)


DARK = Palette(
    scheme=Scheme.DARK,
    background="#0F1115", panel="#15181E", raised="#1C2028", line="#272C36",
    text="#E7EAF0", dim="#98A1B0", faint="#5F6877",
    accent="#4C9AFF", playhead="#FF5D5D", warning="#E0A33A", good="#2BB58A",
    stage="#000000", classes=_CLASSES,
)  # fmt: skip

LIGHT = Palette(
    scheme=Scheme.LIGHT,
    background="#F3F5F8", panel="#FFFFFF", raised="#F8F9FB", line="#DDE2EA",
    text="#171B22", dim="#545E6C", faint="#8A94A3",
    accent="#1F6FEB", playhead="#D93636", warning="#9A6200", good="#14805C",
    stage="#000000", classes=tuple(mixed(colour, _INK, 0.15) for colour in _CLASSES),
)  # fmt: skip


def qpalette(palette: Palette) -> QPalette:
    """The same colours for Qt's own controls, switched-off ones included."""
    from PySide6.QtGui import QColor, QPalette

    role, disabled = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    colours = {
        role.Window: palette.background, role.WindowText: palette.text,
        role.Base: palette.panel, role.AlternateBase: palette.raised, role.Text: palette.text,
        role.Button: palette.raised, role.ButtonText: palette.text, role.BrightText: palette.playhead,
        role.ToolTipBase: palette.raised, role.ToolTipText: palette.text, role.PlaceholderText: palette.dim,
        role.Highlight: palette.accent, role.HighlightedText: text_on(palette.accent),
        role.Accent: palette.accent, role.Link: palette.accent, role.LinkVisited: palette.accent,
        role.Light: palette.raised, role.Midlight: palette.line, role.Mid: palette.line,
        role.Dark: palette.line, role.Shadow: palette.background,
    }  # fmt: skip
    made = QPalette()
    for name, colour in colours.items():
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        made.setColor(disabled, name, QColor(palette.faint))
    made.setColor(disabled, role.Highlight, QColor(palette.line))
    made.setColor(disabled, role.HighlightedText, QColor(palette.faint))
    return made
