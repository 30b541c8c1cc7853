"""What the wheel does while Alt or Shift is held: pictures and keyframes, over the picture and the strip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

NOTCH = 120
"""What one notch of a mouse wheel reports; touchpads and fine wheels report parts of it."""

_ALT, _SHIFT, _CONTROL = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def is_step(event: QWheelEvent) -> bool:
    """Whether Alt or Shift alone is held."""
    held = event.modifiers() & (_ALT | _SHIFT | _CONTROL)
    return held in (_ALT, _SHIFT)


def is_keyframe_step(event: QWheelEvent) -> bool:
    """Whether the step is one of keyframes."""
    return bool(event.modifiers() & _SHIFT)


def turned(event: QWheelEvent) -> int:
    """How far the wheel was turned, away from the hand positive.

    With Alt or Shift held some systems report an upright wheel as a flat one.
    """
    delta = event.angleDelta()
    return delta.y() if abs(delta.y()) >= abs(delta.x()) else delta.x()


class Notches:
    """Adds up parts of notches; turning round begins anew."""

    def __init__(self) -> None:
        self._rest = 0

    def add(self, delta: int) -> int:
        """Return how many whole notches this makes: towards the hand, which is on in time, positive."""
        if delta * self._rest > 0:
            self._rest = 0
        self._rest -= delta
        whole = int(self._rest / NOTCH)
        self._rest -= whole * NOTCH
        return whole
