"""Tries a device in a child process, and says in words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.core.cancel import CancelToken
from app.core.errors import DeviceMissingError, HardwareError, TrialFailedError
from app.core.own_program import own_command as program_command
from app.core.trial import NO_CLEAR_ANSWER, ask_child
from app.media.hardware_trial import MARK, WORD, Figures, Speed

LIMIT_S = 15.0
"""How long a trial may take. Loading a driver takes a second or two, decoding at most four."""

_ENOUGH = 2
"""A device that decodes this much faster than the film runs may be slower than software ..."""

_SPARED = 0.5
"""... where it spares this share of the processor's work."""

_SEEKING_GAIN = 0.8
"""Seeking changes over to a device only where it clearly is faster: a hand feels less than that hardly."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a device is good for with files of one kind; each reason is a clause, "" where it is used.

    Attributes:
        works: whether it decodes them rightly, be it slowly.
        against_playing, against_seeking: why it is not used for that.
    """

    works: bool
    against_playing: str = ""
    against_seeking: str = ""


Command = Callable[[str, int, Path], Sequence[str]]
"""Returns what to run for a device, a video track and a file."""


def own_command(device: str, video_track: int, path: Path) -> Sequence[str]:
    """Return how this very program is started as the child."""
    return program_command(WORD, device, str(video_track), str(path.absolute()))


def try_device(
    device: str,
    path: Path,
    *,
    video_track: int = 0,
    cancel: CancelToken | None = None,
    command: Command = own_command,
    limit_s: float = LIMIT_S,
) -> Figures:
    """Let a child process decode with ``device``; waits for it, and ends it after ``limit_s`` seconds.

    Raises:
        DeviceMissingError: it is not there at all.
        HardwareError: it cannot be used; the sentence is a clause that says why.
        CancelledError: asked to stop; the child is gone.
    """
    try:
        reply = ask_child(command(device, video_track, path), MARK, limit_s=limit_s, cancel=cancel)
    except TrialFailedError as error:
        raise HardwareError(str(error)) from error
    return _figures(reply)


def judge(figures: Figures, rate: Fraction | None) -> Verdict:
    """Decide from what was measured; ``rate`` is how many pictures a second the film has."""
    ours, theirs = figures.hardware, figures.software
    fast = ours.picture_s <= theirs.picture_s
    in_time = rate is not None and ours.picture_s * float(rate) * _ENOUGH <= 1
    spares = ours.cpu_s <= theirs.cpu_s * _SPARED
    words = f"slower than software here ({_a_second(ours)} against {_a_second(theirs)} pictures/s)"
    seek_words = f"no gain in seeking ({_ms(ours)} ms, software {_ms(theirs)} ms)"
    if not fast and not (in_time and spares):
        return Verdict(True, words, words)
    return Verdict(True, "", "" if ours.seek_s <= theirs.seek_s * _SEEKING_GAIN else seek_words)


def _a_second(speed: Speed) -> str:
    return f"{1 / max(speed.picture_s, 1e-6):.0f}"


def _ms(speed: Speed) -> str:
    return f"{speed.seek_s * 1000:.0f}"


def _figures(reply: Mapping[str, Any]) -> Figures:
    try:
        if "reason" in reply:
            raise (DeviceMissingError if reply["missing"] else HardwareError)(str(reply["reason"]))
        return Figures(Speed(**reply["hardware"]), Speed(**reply["software"]))
    except (TypeError, KeyError) as error:
        raise HardwareError(NO_CLEAR_ANSWER) from error
