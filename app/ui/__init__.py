"""The window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def start(files: Sequence[Path], *, alone: bool = False) -> int:
    """Open the window on some files and return the exit code; the toolkit is loaded only here.

    With ``alone`` the files are not given to a window that runs already.

    Raises:
        ImportError: a library of the window is missing here.
    """
    from app.ui.application import start as run

    return run(files, alone=alone)
