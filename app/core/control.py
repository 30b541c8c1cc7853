"""What may change while an analysis runs: it is paused, it goes on, somebody looks elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.cancel import CancelToken


@dataclass(slots=True)
class _Wishes:
    """What was asked for last; ``changed`` guards it and tells those who wait."""

    clock: Callable[[], float]
    changed: threading.Condition = field(default_factory=threading.Condition)
    paused: bool = False
    focus_s: float | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    paused_at: float = 0.0
    rested_s: float = 0.0


class Control:
    """Pauses and steers running work. Any thread may call anything.

    Attributes:
        cancel: ends the work, also while it is paused.

    Args:
        clock: seconds that only go up.
    """

    def __init__(self, cancel: CancelToken, clock: Callable[[], float] = time.perf_counter) -> None:
        self.cancel = cancel
        self._wishes = _Wishes(clock)
        self._wake_on_cancel()

    def obeying(self, cancel: CancelToken) -> Control:
        """Return one that pauses and looks as this one does, and ends with another token."""
        other = Control.__new__(Control)
        other.cancel = cancel
        other._wishes = self._wishes
        other._wake_on_cancel()
        return other

    def pause(self) -> None:
        """Let the work rest, from its next picture or piece of sound on."""
        self._set_paused(True)

    def resume(self) -> None:
        """Let the work go on."""
        self._set_paused(False)

    @property
    def paused(self) -> bool:
        """Whether the work is to rest."""
        return self._wishes.paused

    def working_s(self) -> float:
        """Seconds of a clock that stands while the work is paused: to measure how long work takes."""
        wishes = self._wishes
        with wishes.changed:
            return (wishes.paused_at if wishes.paused else wishes.clock()) - wishes.rested_s

    @property
    def focus_s(self) -> float | None:
        """Where somebody looks, in shown time: that part should be analysed first. None: nowhere."""
        return self._wishes.focus_s

    @focus_s.setter
    def focus_s(self, time_s: float | None) -> None:
        self._wishes.focus_s = time_s

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Run ``callback`` whenever the work is paused or resumed; call the result to take it back.

        It runs in the thread that asks for the change, and must be quick and not raise.
        """
        listeners = self._wishes.listeners
        with self._wishes.changed:
            listeners.append(callback)

        def forget() -> None:
            with self._wishes.changed:
                if callback in listeners:
                    listeners.remove(callback)

        return forget

    def wait_while_paused(self) -> None:
        """Return at once, or when the work is to go on.

        Raises:
            CancelledError: ``cancel`` is set.
        """
        wishes = self._wishes
        if wishes.paused:
            with wishes.changed:
                wishes.changed.wait_for(lambda: not wishes.paused or self.cancel.cancelled)
        self.cancel.raise_if_cancelled()

    def _set_paused(self, paused: bool) -> None:
        wishes = self._wishes
        with wishes.changed:
            changed = wishes.paused is not paused
            if changed and paused:
                wishes.paused_at = wishes.clock()
            elif changed:
                wishes.rested_s += wishes.clock() - wishes.paused_at
            wishes.paused = paused
            wishes.changed.notify_all()
            listeners = tuple(wishes.listeners) if changed else ()
        for callback in listeners:
            callback()

    def _wake_on_cancel(self) -> None:
        self.cancel.on_cancel(self._wake)

    def _wake(self) -> None:
        with self._wishes.changed:
            self._wishes.changed.notify_all()
