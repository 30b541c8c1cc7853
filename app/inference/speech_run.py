"""One transcription under way: which piece is recognised when, and what is told of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.core.events import Event, PieceHeard, Progress, SegmentFound, SpeechRegionsFound, Stage
from app.core.upcoming import Upcoming
from app.inference.recognition import Recognised, SpeechParams
from app.inference.shortening import back_in_time
from app.inference.speech_language import SpokenLanguage
from app.inference.speech_pieces import Reached, ReadyPiece
from app.inference.speech_segments import SNAP_S, settle


class Recogniser(Protocol):
    """What is needed of a SpeechModel."""

    multilingual: bool

    @property
    def lanes(self) -> int:
        """How many pieces it recognises side by side, 1 or 2."""

    @property
    def whole_lanes(self) -> bool:
        """Whether each lane has all threads, beside the other one too."""

    @property
    def prompt_room(self) -> int:
        """Tokens of a prompt that the model reads."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is."""

    def knows(self, language: str) -> bool:
        """Whether the language can be asked for."""

    def recognise(
        self, sound: Samples, params: SpeechParams, cancel: CancelToken | None = None, lane: int | None = None
    ) -> Recognised:
        """Recognise one piece of sound, in one of the lanes or with all threads."""


@dataclass(slots=True, eq=False)
class _Pending:
    """A piece that is being recognised; ``lane`` None: with all threads."""

    ready: ReadyPiece
    lane: int | None
    heard: Future[tuple[Recognised, float]]
    announced: bool = False


class SpeechRun:
    """One transcription. Its events are made in the caller's thread; each lane has a thread of its own.

    Two pieces at a time are recognised side by side where the model has two lanes: threads that share each
    step of one wait for each other, and meanwhile the other goes on. Which lane a piece takes depends on the
    pieces alone, never on what is done first: what whisper writes depends a little on the number of threads,
    and on what it heard before. So the same sound gives the same text. All threads take a piece where

    - no other is known to follow,
    - the language is not known yet: the piece before has to tell.

    Such a piece has the first lane's copy of the model. So where each lane has all threads anyway, it waits
    for that alone.
    """

    def __init__(
        self, model: Recogniser, params: SpeechParams, cancel: CancelToken, *, finds_edges: bool
    ) -> None:
        """Begin; ``cancel`` must be set before the run is closed while a piece is still under way."""
        self._model = model
        self._params = params
        self._cancel = cancel
        self._snap_s = SNAP_S if finds_edges else 0.0
        self._language = SpokenLanguage(params.language)
        self._pool = ThreadPoolExecutor(model.lanes, "reelscope-lane")
        self._pending: deque[_Pending | Reached] = deque()
        self._partner = False

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(cancel_futures=True)

    def events(self, upcoming: Upcoming[ReadyPiece | Reached]) -> Iterator[Event]:
        """Recognise what comes; yields what is found in order of time."""
        ended = False
        while self._pending or not ended:
            self._cancel.raise_if_cancelled()
            if self._first_is_done():
                yield from self._told(self._pending.popleft())
            elif not ended and upcoming.head.done() and self._has_room(upcoming.head):
                ended = not self._begin(upcoming.take())
                yield from self._announced()
            else:
                self._wait(None if ended else upcoming.head)

    def _wait(self, head: Future[ReadyPiece | Reached | None] | None) -> None:
        """Wait for the next result, or for something more to do."""
        awaited: list[Future[Any]] = [each.heard for each in self._under_way()[:1]]
        if head is not None and not head.done():
            awaited.append(head)
        wait(awaited, return_when=FIRST_COMPLETED)

    def _first_is_done(self) -> bool:
        if not self._pending:
            return False
        first = self._pending[0]
        return isinstance(first, Reached) or first.heard.done()

    def _under_way(self) -> list[_Pending]:
        return [each for each in self._pending if isinstance(each, _Pending)]

    def _has_room(self, head: Future[ReadyPiece | Reached | None]) -> bool:
        """Whether what comes can be begun with: of a piece, its lane or all threads are free."""
        if head.exception() is not None:
            # What was read before is told first.
            return not self._pending
        item = head.result()
        if not isinstance(item, ReadyPiece):
            return True
        running = self._under_way()
        if self._lane_of(item) is None:
            return not running or (self._model.whole_lanes and all(each.lane == 1 for each in running))
        return len(running) < self._model.lanes and all(each.lane is not None for each in running)

    def _lane_of(self, item: ReadyPiece) -> int | None:
        """Return where a piece belongs; the second of a pair beside the first, whatever follows it."""
        if self._partner:
            return 1
        return 0 if self._model.lanes > 1 and item.followed and self._language.known else None

    def _begin(self, item: ReadyPiece | Reached | None) -> bool:
        """Begin with an item; false behind the last one."""
        if item is None:
            return False
        if isinstance(item, Reached):
            self._pending.append(item)
            return True
        lane = self._lane_of(item)
        self._partner = lane == 0
        params = replace(self._params, language=self._language.to_ask_for)
        heard = self._pool.submit(self._recognise, item.sound, params, lane)
        self._pending.append(_Pending(item, lane, heard))
        return True

    def _recognise(self, sound: Samples, params: SpeechParams, lane: int | None) -> tuple[Recognised, float]:
        """Run the model, on one of the threads; returns seconds of this machine, too."""
        began = time.monotonic()
        heard = self._model.recognise(sound, params, self._cancel, lane)
        beside = 1 if lane is None else self._model.lanes
        return heard, (time.monotonic() - began) / beside

    def _announced(self) -> Iterator[Event]:
        """Tell where the speech of the next piece lies, before its text comes."""
        first = self._pending[0] if self._pending else None
        if isinstance(first, _Pending) and not first.announced:
            first.announced = True
            yield SpeechRegionsFound(first.ready.told)

    def _told(self, item: _Pending | Reached) -> Iterator[Event]:
        if isinstance(item, Reached):
            yield Progress(Stage.SPEECH, item.time_s, None)
        else:
            if not item.announced:
                yield SpeechRegionsFound(item.ready.told)
            heard, took_s = item.heard.result()
            yield PieceHeard(took_s)
            yield from self._found(item.ready, heard)
            yield Progress(Stage.SPEECH, item.ready.end_s, None)
        yield from self._announced()

    def _found(self, ready: ReadyPiece, heard: Recognised) -> Iterator[Event]:
        raw = [back_in_time(segment, ready.piece) for segment in heard.segments]
        segments = settle(raw, ready.speech, ready.levels, ready.start_s, snap_s=self._snap_s)
        if segments:
            found = self._language.heard(heard.language, heard.language_probability)
            if found is not None:
                yield found
        for segment in segments:
            yield SegmentFound(segment)
