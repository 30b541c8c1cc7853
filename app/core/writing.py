"""How text is written: scripts without spaces between words, and text without its spaces."""

from __future__ import annotations

_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x312F), (0x31A0, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that is written without spaces between words."""
    return any(first <= ord(character) <= last for first, last in _UNSPACED)


def solid(text: str) -> str:
    """Return ``text`` without any white space."""
    return "".join(text.split())


def joined(first: str, second: str) -> str:
    """Return two texts one after the other, with a space between them where their scripts have spaces."""
    if not first or not second:
        return first or second
    space = "" if is_unspaced(first[-1]) and is_unspaced(second[0]) else " "
    return first + space + second
