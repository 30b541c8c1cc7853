"""Trials in a child process, which a driver may crash or hang without taking anything else down.

The child prints one line, a mark and a JSON object; drivers may print before and after it. One that cannot
be used is no error of the child: its answer then holds a reason.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, TrialFailedError
from app.core.own_program import NO_CONSOLE, fail_quietly, fault_of, own_environment

NO_CLEAR_ANSWER = "its trial gave no clear answer"

_MOST_SAID = 1 << 16


def ask_child(
    command: Sequence[str], mark: str, *, limit_s: float, cancel: CancelToken | None = None
) -> dict[str, Any]:
    """Run ``command``, wait for its marked line and return what it says; ends it after ``limit_s`` seconds.

    Raises:
        TrialFailedError: it crashed, hung, or said nothing clear; the sentence is a clause.
        CancelledError: asked to stop; the child is gone.
    """
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own_environment(),
            creationflags=NO_CONSOLE,
        )
    except OSError as error:
        raise TrialFailedError(f"it could not be tried: {error.strerror}") from error
    forget = cancel.on_cancel(child.kill) if cancel is not None else lambda: None
    try:
        said, _ = child.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired as error:
        raise TrialFailedError(f"it gave no answer within {limit_s:g} s") from error
    finally:
        forget()
        with child:
            child.kill()
    if cancel is not None and cancel.cancelled:
        raise CancelledError
    if child.returncode:
        raise TrialFailedError(_ending(child.returncode))
    return _read(said, mark)


def answer(mark: str, reply: Mapping[str, object]) -> None:
    """Be the child: say what came of it."""
    # A windowed program on Windows has no sys.stdout, but it has the pipe.
    os.write(1, f"\n{mark}{json.dumps(reply)}\n".encode())


def live_briefly(longest_life_s: int) -> None:
    """Be the child: a crash leaves nothing behind, nor does a program that was killed meanwhile."""
    fail_quietly()
    if sys.platform != "win32":
        signal.alarm(longest_life_s)


def _ending(code: int) -> str:
    """How a child ended that should have said something."""
    fault = fault_of(code)
    return (
        f"it crashed when it was tried ({fault})"
        if fault
        else f"it failed when it was tried (exit code {code})"
    )


def _read(said: bytes, mark: str) -> dict[str, Any]:
    lines = [line for line in said[-_MOST_SAID:].splitlines() if line.startswith(mark.encode())]
    try:
        reply = json.loads(lines[-1][len(mark) :])
    except (IndexError, ValueError) as error:
        raise TrialFailedError(NO_CLEAR_ANSWER) from error
    if not isinstance(reply, dict):
        raise TrialFailedError(NO_CLEAR_ANSWER)
    return reply
