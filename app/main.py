"""The composition root: decides between the window and a headless command."""

from __future__ import annotations

import builtins
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from app.cli.ending import QuickEnd
from app.cli.exit_codes import INTERRUPTED
from app.cli.parser import COMMANDS
from app.core.cores import calm_linear_algebra

CHILDREN = {
    "--engine": "app.analysis.child.entry",
    "--hardware-trial": "app.media.hardware_trial",
    "--provider-trial": "app.analysis.provider_trial",
    "--speech-trial": "app.analysis.speech_trial",
    "--newer-release": "app.releases",
    "--model-kind": "app.inference.kind_trial",
}
"""What this program is as a child of itself: the first argument, and whose ``main`` gets the rest."""

NEW_WINDOW = "--new-window"
"""Asks for a window of its own, where one runs already."""


def program() -> int:
    """Be the whole of this process: as ``main``, and a headless command ends it without taking it down."""
    words = sys.argv[1:]
    if not _names_command(words):
        return main(words)
    end = QuickEnd()
    end.code = main(words)
    return end.code


def main(argv: Sequence[str] | None = None) -> int:
    """Run Reelscope with ``argv`` (the process's own where None) and return the exit code.

    Every branch imports what it needs and no more: a short command is over before the rest were loaded.
    """
    calm_linear_algebra()
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] in CHILDREN:
        return int(import_module(CHILDREN[words[0]]).main(words[1:]))
    try:
        if _names_command(words):
            from app.cli.run import run

            return run(words, window_check=check_window)
        return _open_window(words)
    except KeyboardInterrupt:
        return INTERRUPTED


def _names_command(words: Sequence[str]) -> bool:
    return bool(words) and (words[0] in COMMANDS or words[0] in ("-h", "--help", "--version"))


def _open_window(words: list[str]) -> int:
    from app.handover import hand_over

    alone = NEW_WINDOW in words
    words = [word for word in words if word != NEW_WINDOW]
    unknown = [word for word in words if word.startswith("-")]
    if unknown:
        print(f"reelscope: the window knows no option {unknown[0]}; see 'reelscope --help'.", file=sys.stderr)
        return 2
    files = [Path(word) for word in words]
    try:
        _check_display()
        # Before anything heavy is loaded: the window that runs shows the files sooner than a new one could.
        if not alone and hand_over(files):
            return 0
        check_window()
        _import_plainly()
    except ImportError as error:
        print(f"reelscope: the window cannot open: {error}.", file=sys.stderr)
        print("reelscope: 'reelscope analyze VIDEO' works without it.", file=sys.stderr)
        return 1
    # What is loaded now stays: looking for garbage in it costs a tenth of the start. The window takes over.
    gc.disable()
    import app.ui

    return app.ui.start(files, alone=alone)


def _check_display() -> None:
    """Qt ends the process where there is no display; a sentence is better.

    Raises:
        ImportError: there is none.
    """
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not named:
        raise ImportError("there is no display")


def _import_plainly() -> None:
    """Take PySide6 out of the way of imports.

    It replaces the import and reads the source of each module that comes after it, to know whether its names
    in snake_case may matter there. Nobody here asks for them, and reading costs a tenth of the start.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def check_window() -> str:
    """Load the window's libraries, paint one picture in memory and return the version found.

    Raises:
        ImportError: a library is missing here.
    """
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QColor, QImage
    from PySide6.QtWidgets import QApplication  # noqa: F401 - needs more system libraries than QtGui

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    if image.pixelColor(4, 4) != QColor(10, 20, 30):
        raise ImportError("Qt paints wrongly")
    return f"Qt {qVersion()}"
