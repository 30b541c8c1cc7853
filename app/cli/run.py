"""Runs one headless command: errors become a sentence and an exit code."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from app.cli.exit_codes import DONE, FAILED, INTERRUPTED, USAGE
from app.cli.parser import build_parser
from app.cli.stdout import flush_stdout, forget_stdout
from app.core.errors import CancelledError, ReelscopeError, UsageError

if TYPE_CHECKING:
    import argparse

    from app.cli.selftest import WindowCheck

Command = Callable[["argparse.Namespace"], int]

_log = logging.getLogger(__name__)

_PLACES = {"probe": "inspect", "frame": "inspect", "report": "problem"}
"""The modules of commands that stand in none of their own name."""


def run(argv: Sequence[str], *, window_check: WindowCheck | None = None) -> int:
    """Run the command line ``argv`` (without the program's name) and return the exit code.

    Args:
        argv: the command and its arguments.
        window_check: tries the window's libraries and returns what it found; for ``selftest``.
    """
    _write_whatever_can_be_shown()
    try:
        arguments = build_parser(argv[0] if argv else "").parse_args(_as_argparse_reads_it(argv))
    except SystemExit as stop:  # argparse has said what is wrong, or printed the help
        return stop.code if isinstance(stop.code, int) else USAGE
    return _guarded(partial(_carry_out, window_check=window_check), arguments)


def _as_argparse_reads_it(argv: Sequence[str]) -> list[str]:
    """Join ``--range -1:30`` to one word: argparse would take what begins with a dash for an option.

    And give ``--verify`` its number: argparse would take the next word, the video, for it.
    """
    words: list[str] = []
    for word in argv:
        if words and words[-1] == "--range" and word[:1] == "-" and word[1:2].isdigit():
            words[-1] = f"--range={word}"
        elif word == "--verify":
            from app.media.verification import RANDOM_TIMES

            words.append(f"--verify={RANDOM_TIMES}")
        else:
            words.append(word)
    return words


def _write_whatever_can_be_shown() -> None:
    """Let a name that the terminal's encoding lacks appear escaped, not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _guarded(command: Command, arguments: argparse.Namespace) -> int:
    try:
        code = command(arguments)
        flush_stdout()
    except UsageError as error:
        return _fail(str(error), USAGE, debug=arguments.debug)
    except (KeyboardInterrupt, CancelledError):
        return _interrupted()
    except ReelscopeError as error:
        return _fail(str(error), FAILED, debug=arguments.debug)
    except BrokenPipeError:
        forget_stdout()
        return DONE
    except OSError as error:
        forget_stdout()  # what could not be written would be tried again at exit
        return _fail(f"The output cannot be written: {error.strerror}.", FAILED, debug=arguments.debug)
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user
        return _fail(f"Something unexpected went wrong: {error!r}", FAILED, debug=arguments.debug)
    return code


def _interrupted() -> int:
    """Say so; a native call that cannot be stopped must not keep the terminal waiting."""
    code = _fail("Interrupted.", INTERRUPTED)
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    if any(not thread.daemon for thread in others):
        flush_stdout()
        sys.stderr.flush()
        os._exit(code)
    return code


def _fail(sentence: str, code: int, *, debug: bool = False) -> int:
    if debug:
        _log.exception("the command failed")
    print(f"reelscope: {sentence}", file=sys.stderr)
    return code


def _carry_out(arguments: argparse.Namespace, window_check: WindowCheck | None) -> int:
    """Run the command that ``arguments`` name; what the others need is not imported."""
    name: str = arguments.command
    command = getattr(import_module(f"app.cli.{_PLACES.get(name, name)}"), name)
    if name == "selftest":
        command = partial(command, window_check=window_check)
    code: int = command(arguments)
    return code
