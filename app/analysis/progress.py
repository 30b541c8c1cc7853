"""How far an analysis is and how long it will take: measured, never invented."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.results import MediaInfo

if TYPE_CHECKING:
    from app.core.events import Event, Stage

_ENOUGH_S = 1.0
_ENOUGH_SHARE = 0.03
_RATE_WINDOW_S = 2.0


@dataclass(slots=True)
class _StageMeter:
    """One stage: how far, and since when."""

    began: float
    began_at_s: float
    done_s: float
    total_s: float | None
    finished: bool = False

    def share(self) -> float | None:
        if self.finished:
            return 1.0
        if not self.total_s:
            return None
        return min(1.0, self.done_s / self.total_s)

    def left_s(self, now: float) -> float | None:
        """Seconds to go at the speed so far; None while too little is known to say."""
        share = self.share()
        if self.finished:
            return 0.0
        if share is None or self.total_s is None:
            return None
        elapsed, did = now - self.began, self.done_s - self.began_at_s
        if elapsed < _ENOUGH_S or did / self.total_s < _ENOUGH_SHARE:
            return None
        return (self.total_s - self.done_s) * elapsed / did


class ProgressMeter:
    """Turns the events of one analysis into a share, a time left and a speed.

    Args:
        stages: those that the analysis was asked for; they run side by side.
        clock: seconds that only go up.
    """

    def __init__(self, stages: tuple[Stage, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expected = stages
        self._meters: dict[Stage, _StageMeter] = {}
        self._seen: deque[float] = deque()
        self._pictures = 0
        self._paused_at: float | None = None
        self._paused_s = 0.0

    def pause(self) -> None:
        """Let no time pass: the work rests."""
        if self._paused_at is None:
            self._paused_at = self._clock()

    def resume(self) -> None:
        """Let time pass again."""
        if self._paused_at is not None:
            self._paused_s += self._clock() - self._paused_at
            self._paused_at = None

    def _now(self) -> float:
        """Seconds in which the work did not rest."""
        return (self._clock() if self._paused_at is None else self._paused_at) - self._paused_s

    @property
    def pictures(self) -> int:
        """How many pictures were looked at."""
        return self._pictures

    @property
    def active(self) -> tuple[Stage, ...]:
        """The stages that are under way."""
        return tuple(stage for stage, meter in self._meters.items() if not meter.finished)

    def take(self, event: Event) -> None:
        """Note an event."""
        from app.core.events import MediaOpened, PictureAnalysed, Progress, StageFinished

        now = self._now()
        match event:
            case MediaOpened(info):
                self._expect_only_what_is_there(info)
            case Progress():
                meter = self._meters.get(event.stage)
                if meter is None:
                    self._meters[event.stage] = _StageMeter(now, event.done_s, event.done_s, event.total_s)
                else:
                    meter.done_s, meter.total_s = max(meter.done_s, event.done_s), event.total_s
            case StageFinished():
                meter = self._meters.setdefault(event.stage, _StageMeter(now, 0.0, 0.0, None))
                meter.finished = True
            case PictureAnalysed():
                self._pictures += 1
                self._seen.append(now)
            case _:
                pass

    def _expect_only_what_is_there(self, info: MediaInfo) -> None:
        from app.core.events import Stage

        missing = {Stage.PICTURES} if info.video is None else set()
        missing |= set() if info.audio else {Stage.SPEECH}
        self._expected = tuple(stage for stage in self._expected if stage not in missing)

    def share(self) -> float | None:
        """How much of all the work is done, 0..1; None while nothing is known."""
        shares = [self._meters[each].share() if each in self._meters else 0.0 for each in self._expected]
        known = [each for each in shares if each is not None]
        if not known or len(known) < len(shares) or not self._meters:
            return None
        return sum(known) / len(known)

    def left_s(self) -> float | None:
        """Seconds until the slowest stage is through, from the speed so far; None while it cannot be told."""
        now = self._now()
        left = [self._meters[each].left_s(now) if each in self._meters else None for each in self._expected]
        known = [each for each in left if each is not None]
        return max(known) if known and len(known) == len(left) else None

    def pictures_per_s(self) -> float | None:
        """Speed of the detector over the last two seconds; None until it looked at enough for long enough.

        Pictures come by the handful: the time between those of one handful says nothing.
        """
        now = self._now()
        while self._seen and self._seen[0] < now - _RATE_WINDOW_S:
            self._seen.popleft()
        if len(self._seen) < 3:
            return None
        over = self._seen[-1] - self._seen[0]
        return (len(self._seen) - 1) / over if over >= _ENOUGH_S else None
