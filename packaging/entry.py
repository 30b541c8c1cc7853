"""Where the frozen program begins."""

from __future__ import annotations

import multiprocessing
import sys

if __name__ == "__main__":
    # A child process of the frozen program is this program again: before anything else is loaded, this call
    # turns it into the child that it is meant to be.
    multiprocessing.freeze_support()

    from app.main import main

    sys.exit(main())
