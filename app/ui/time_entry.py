"""What a person may type to go somewhere: a time, a picture number, a way."""

from __future__ import annotations

import re
from fractions import Fraction

from app.core.errors import UsageError
from app.core.time import parse_time

_WAY = re.compile(r"([+-])\s*(.+?)\s*s?")


def parse_destination(text: str, now_s: float, rate: Fraction | None) -> float:
    """Read ``1:23.4``, ``#1234`` (the picture of that number), ``+5`` or ``-0:30`` as seconds.

    Args:
        text: what was typed.
        now_s: where ways begin.
        rate: pictures a second, where that is constant.

    Raises:
        UsageError: none of these, or a picture number where pictures have no constant rate.
    """
    text = text.strip()
    if text.startswith("#"):
        return _picture(text[1:].strip(), rate)
    if way := _WAY.fullmatch(text):
        length = float(parse_time(way[2]))
        return now_s + (length if way[1] == "+" else -length)
    return float(parse_time(text.removesuffix("s").rstrip()))


def _picture(number: str, rate: Fraction | None) -> float:
    if not number.isascii() or not number.isdigit():
        raise UsageError(f"'#{number}' is no picture number: write # and a number, such as #1234.")
    if rate is None:
        raise UsageError(
            "The pictures of this file come at no constant rate, so they have no numbers: write a time."
        )
    # Half a picture further: the time between two pictures belongs to the earlier one, whatever was rounded.
    return float((int(number) + Fraction(1, 2)) / rate)
