"""J, K and L as editors know them: each further press of the same key goes faster."""

from __future__ import annotations

_STEPS = (1.0, 2.0, 4.0)


def shuttled(speed: float, *, playing: bool, forward: bool) -> float:
    """Return the speed after a press of L (``forward``) or J; below zero is back.

    Standing still, or from the other direction, it begins at 1.
    """
    if not playing or (speed > 0) != forward:
        return 1.0 if forward else -1.0
    faster = next((step for step in _STEPS if step > abs(speed)), _STEPS[-1])
    return faster if forward else -faster
