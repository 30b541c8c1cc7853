"""What may go better at another try."""

from __future__ import annotations


class HiccupError(Exception):
    """A try went wrong in a way that may pass; ``str(error)`` is a clause.

    Attributes:
        wait_s: how long the host asks to wait; 0: it does not say.
    """

    def __init__(self, clause: str, wait_s: float = 0.0) -> None:
        super().__init__(clause)
        self.wait_s = wait_s
