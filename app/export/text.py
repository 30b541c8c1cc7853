"""Text that every encoder and every reader takes."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str, *, backslash: str = "\\") -> str:
    r"""Return the text with lone surrogates spelled out as ``\udcff``.

    They stand for the bytes of a file name that is not UTF-8; UTF-8 cannot carry them, and most readers of
    JSON refuse them even as escapes. Where a backslash has to be written in some other way, say how.
    """
    return _SURROGATE.sub(lambda found: f"{backslash}u{ord(found[0]):04x}", text)
