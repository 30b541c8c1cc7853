"""The text of a subtitle event, out of the ASS notation that FFmpeg turns every text subtitle into.

An event reads ``ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text``; the text holds override
blocks such as ``{\\i1}``. Italic, bold and "at the top" are kept, every other wish is left out. Notation:
https://github.com/libass/libass/wiki/ASS-File-Format-Guide
"""

from __future__ import annotations

import re

from app.core.subtitles import StyledText

_FIELDS_BEFORE_TEXT = 8
_MOST_CHARACTERS = 4000
"""Of one cue; what is longer is no subtitle for reading."""

_BLOCK = re.compile(r"\{([^}]*)\}")
_TAG = re.compile(r"\\(an?\d+|[ib]\d+|[ib](?![a-z])|r(?![a-z])|p\d+)")
_TOP = range(7, 10)


def read_event(event: bytes) -> tuple[tuple[StyledText, ...], bool]:
    r"""Return the styled text of an event, and whether it stands at the top.

    Text without any visible character gives no parts. Bytes that are not UTF-8 become U+FFFD.
    """
    fields = event.decode("utf-8", "replace").split(",", _FIELDS_BEFORE_TEXT)
    return read_text(fields[-1][:_MOST_CHARACTERS])


def read_text(text: str) -> tuple[tuple[StyledText, ...], bool]:
    """Return the styled text of what stands after the last comma of an event; as ``read_event``."""
    style = _Style()
    parts: list[StyledText] = []
    at = 0
    for block in _BLOCK.finditer(text):
        style.add(parts, text[at : block.start()])
        style.obey(block[1])
        at = block.end()
    style.add(parts, text[at:])
    return _trimmed(parts), style.at_top


class _Style:
    """The style at one place of the text."""

    def __init__(self) -> None:
        self.italic = self.bold = self.at_top = self._drawing = False

    def obey(self, block: str) -> None:
        for tag in _TAG.findall(block):
            name, value = tag.rstrip("0123456789"), tag.lstrip("abcdefghijklmnopqrstuvwxyz")
            number = int(value[:6]) if value else 0
            if name == "i":
                self.italic = number == 1
            elif name == "b":
                self.bold = number == 1 or number >= 600
            elif name == "r":
                self.italic = self.bold = False
            elif name == "p":
                self._drawing = number > 0
            elif name == "an":
                self.at_top = number in _TOP
            elif name == "a":
                self.at_top = number in (5, 6, 7)

    def add(self, parts: list[StyledText], text: str) -> None:
        """Append text in the present style; shapes drawn by commands are no text."""
        clean = _clean(text)
        if not clean or self._drawing:
            return
        if parts and (parts[-1].italic, parts[-1].bold) == (self.italic, self.bold):
            clean = parts.pop().text + clean
        parts.append(StyledText(clean, self.italic, self.bold))


def _clean(text: str) -> str:
    r"""Breaks and hard spaces as characters; nothing that would not show."""
    text = text.replace("\\N", "\n").replace("\\n", " ").replace("\\h", "\N{NO-BREAK SPACE}")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(char for char in text if char == "\n" or char.isprintable() or char in _JOINERS)


_JOINERS = "\N{NO-BREAK SPACE}\u3000\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
"""No printable characters by Python's word, but what joins letters or tells the direction of writing."""


def _trimmed(parts: list[StyledText]) -> tuple[StyledText, ...]:
    """Without empty lines and blanks at either end."""
    whole = "".join(part.text for part in parts)
    front = len(whole) - len(whole.lstrip())
    left = len(whole.strip())
    kept = []
    for part in parts:
        text = part.text[front:]
        front = max(0, front - len(part.text))
        text, left = text[:left], left - len(text[:left])
        if text:
            kept.append(StyledText(text, part.italic, part.bold))
    return tuple(kept)
