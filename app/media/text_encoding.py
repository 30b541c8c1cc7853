"""Text files whose encoding nobody wrote down: byte order marks first, then UTF-8, then a guess."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096


def decode_text(data: bytes) -> str | None:
    """Return the text of a file; None where it is no text.

    With a mark the mark is believed. Without one it is UTF-16 where every other byte of the beginning is
    zero, else UTF-8, else Windows-1252, the usual encoding of old western subtitles.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :].decode(encoding, "replace"))
    sample = data[:_SAMPLE]
    if sample.count(0) > len(sample) // 4:
        encoding = "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
        return _text(data.decode(encoding, "replace"))
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _text(data.decode("cp1252", "replace"))


def _text(text: str) -> str | None:
    """None where control characters give a binary file away."""
    odd = sum(1 for char in text[:_SAMPLE] if (char < " " and char not in "\t\n\r\f\x1a") or char == "\ufffd")
    return text if odd * 50 <= min(len(text), _SAMPLE) else None
