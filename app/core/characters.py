"""What single characters are to subtitles: whether they can be read, and how wide they are."""

from __future__ import annotations

import unicodedata


def is_readable(char: str) -> bool:
    """Whether a character is one to be read: no control, and no byte order mark within text."""
    return unicodedata.category(char) != "Cc" and char != "\ufeff"


def is_wide(char: str) -> bool:
    """Whether a character takes two columns, as those of East Asia do."""
    return unicodedata.east_asian_width(char) in "WF"


def on_one_line(text: str) -> str:
    """Return the text with white space as single spaces, and without what cannot be read."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(char for char in text if char.isspace() or is_readable(char)).split())
