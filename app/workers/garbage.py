"""Cyclic garbage is collected in the GUI thread alone.

Python collects wherever the allocation happens that tips the scale. In a worker that would destroy QObjects,
widgets among them, in a thread that is not theirs. So automatic collection is off while the window lives, and
a timer of the GUI thread does it instead. What is not part of a cycle, pictures above all, is freed at once
as ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_PERIOD_MS = 500
_OLDEST = 2


class GarbageCollector(QObject):
    """Takes over from the automatic collector between ``start`` and ``stop``; lives in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self.collect_due)
        self._settled = False

    def start(self) -> None:
        """Switch the automatic collector off, and collect on a timer."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give back to the automatic collector; repeated calls do nothing."""
        if self._timer.isActive():
            self._timer.stop()
            gc.unfreeze()
            gc.enable()

    def collect_due(self) -> None:
        """Collect the oldest generation that has reached its threshold, as the automatic collector would.

        After the first collection of everything, what is left (libraries and the window itself) is not looked
        at again: going through it takes longer than a picture is shown.
        """
        due = [
            generation
            for generation, (count, threshold) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if threshold and count > threshold
        ]
        if due:
            gc.collect(due[-1])
            if due[-1] == _OLDEST and not self._settled:
                gc.freeze()
                self._settled = True
