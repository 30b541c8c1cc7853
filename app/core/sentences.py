"""What is told to the user and recognised again elsewhere."""

from __future__ import annotations

CUT_OFF = "The file is cut off"
"""How the warning begins that tells of a file which ends before its contents do."""
