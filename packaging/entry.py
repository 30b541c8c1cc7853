"""Where the frozen program begins."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    # A child process of the frozen program is this program again, told by its first argument: see CHILDREN in
    # app/main.py. Nothing forks or spawns through multiprocessing, whose import would cost every start time.
    from app.main import program

    sys.exit(program())
