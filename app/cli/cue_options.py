"""The options that shape subtitles: the same for ``analyze`` and ``export``."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from app.core.cue_style import USUAL, CueStyle

if TYPE_CHECKING:
    from argparse import Namespace

_NUMBERS = (
    ("--line-length", "line_columns", int, "COLUMNS", "longest line; a wide character takes two columns"),
    ("--lines", "lines", int, "N", "lines of a cue, at most"),
    ("--reading-speed", "reading_speed", float, "N", "columns a second that can be read; 0: no such rule"),
    ("--shortest", "shortest_s", float, "S", "seconds a cue is shown at least, where there is room"),
    ("--longest", "longest_s", float, "S", "seconds a cue is shown at most; 0: no such rule"),
    ("--min-gap", "gap_s", float, "S", "seconds between two cues"),
    ("--close-gaps", "close_below_s", float, "S", "shorter gaps become the shortest one; 0: no such rule"),
)


def add_cue_options(parser: argparse.ArgumentParser) -> None:
    """Add them as a group of their own."""
    group = parser.add_argument_group("subtitles (SRT, VTT, ASS)")
    for flag, name, kind, metavar, purpose in _NUMBERS:
        usual = getattr(USUAL, name)
        group.add_argument(
            flag,
            dest=name,
            type=_whole if kind is int else _decimal,
            metavar=metavar,
            help=f"{purpose}; default {usual:g}",
        )
    group.add_argument(
        "--keep-times", action="store_true", help="show each cue exactly as long as it is said"
    )
    group.add_argument("--no-speakers", action="store_true", help="do not write who speaks")


def cue_style(arguments: Namespace, usual: CueStyle = USUAL) -> CueStyle:
    """Return the style that was asked for; ``usual`` where nothing was.

    Raises:
        UsageError: its numbers make no sense.
    """
    style = usual.with_times_kept() if arguments.keep_times else usual
    named = {name: getattr(arguments, name) for _, name, *_ in _NUMBERS}
    given = {name: value for name, value in named.items() if value is not None}
    return replace(style, speakers=not arguments.no_speakers, **given)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number")
    return int(text)


def _decimal(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 0 on")
    return value
