"""``python -m app`` is ``reelscope``."""

from __future__ import annotations

import sys

from app.main import program

if __name__ == "__main__":
    sys.exit(program())
