"""Tries a device in a child process, and says in words what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import app
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, DeviceMissingError, HardwareError
from app.media.hardware_trial import MARK, WORD, Figures, Speed

LIMIT_S = 15.0
"""How long a trial may take. Loading a driver takes a second or two, decoding at most four."""

_ENOUGH = 2
"""A device that decodes this much faster than the film runs may be slower than software ..."""

_SPARED = 0.5
"""... where it spares this share of the processor's work."""

_SEEKING_GAIN = 0.8
"""Seeking changes over to a device only where it clearly is faster: a hand feels less than that hardly."""

_FIRST_WINDOWS_FAULT = 1 << 30
_MOST_SAID = 1 << 16


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
    """Return how this very program is started as the child; ``-P``: the folder we are in brings no code."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "app"]
    return [*program, WORD, device, str(video_track), str(path.absolute())]


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
        child = subprocess.Popen(
            command(device, video_track, path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise HardwareError(f"it could not be tried: {error.strerror}") from error
    forget = cancel.on_cancel(child.kill) if cancel is not None else lambda: None
    try:
        said, _ = child.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired as error:
        raise HardwareError(f"it gave no answer within {limit_s:g} s") from error
    finally:
        forget()
        with child:
            child.kill()
    if cancel is not None and cancel.cancelled:
        raise CancelledError
    if child.returncode:
        raise HardwareError(_ending(child.returncode))
    return _read(said)


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


def _environment() -> dict[str, str]:
    """Ours, and where this program's own code lies."""
    home = str(Path(app.__file__).parent.parent)
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, others] if others else [home])}


def _ending(code: int) -> str:
    """How a child ended that should have said something."""
    if code < 0:
        return f"it crashed when it was tried ({_signal_name(-code)})"
    if code >= _FIRST_WINDOWS_FAULT:
        return f"it crashed when it was tried (0x{code:08X})"
    return f"it failed when it was tried (exit code {code})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(said: bytes) -> Figures:
    """Drivers may print before and after: only the marked line counts."""
    lines = [line for line in said[-_MOST_SAID:].splitlines() if line.startswith(MARK.encode())]
    try:
        reply = json.loads(lines[-1][len(MARK) :])
        if "reason" in reply:
            raise (DeviceMissingError if reply["missing"] else HardwareError)(str(reply["reason"]))
        return Figures(Speed(**reply["hardware"]), Speed(**reply["software"]))
    except (IndexError, ValueError, TypeError, KeyError) as error:
        raise HardwareError("its trial gave no clear answer") from error
