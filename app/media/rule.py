"""Rules that choose some of the pictures of a video by their number and the time they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Protocol

from app.media.picture import Picture


class Rule(Protocol):
    """Chooses pictures; nothing but these arguments may count, so that any of them can be judged alone."""

    def wants(self, number: int, begins: Fraction, ends: Fraction) -> bool:
        """Tell whether a picture is wanted.

        Args:
            number: counted from 0, the first picture.
            begins, ends: when it is shown, [begins, ends), in seconds from the first picture.
        """


def chosen(pictures: Iterable[Picture], rule: Rule) -> Iterator[Picture]:
    """Pass on what a rule wants of all pictures of a video, given in order.

    A picture is shown until the next one begins; the last one for its duration, or a tick of its clock.
    """
    rest = iter(pictures)
    waiting = next(rest, None)
    if waiting is None:
        return
    first, number = waiting.time.exact, 0
    for picture in rest:
        if rule.wants(number, waiting.time.exact - first, picture.time.exact - first):
            yield waiting
        waiting, number = picture, number + 1
    begins = waiting.time.exact - first
    if rule.wants(number, begins, begins + lasts(waiting)):
        yield waiting


def lasts(picture: Picture) -> Fraction:
    """Return for how long a picture is shown, in seconds; a tick of its clock where nobody says."""
    return picture.duration or picture.time.time_base
