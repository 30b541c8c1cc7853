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
    def prompt_room(self) -> int:
        """Tokens of a prompt that the model reads."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is."""

    def knows(self, language: str) -> bool:
        """Whether the language can be asked for."""

    def recognise(
        self,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        """Recognise one piece of sound in one of the lanes, with its share of the threads or with all."""


_PER_LANE = 2
"""So many pieces are given to each lane: one that is slower for a moment does not hold up the other."""


@dataclass(slots=True, eq=False)
class _Pending:
    """A piece that is being recognised, or waits for its lane."""

    ready: ReadyPiece
    heard: Future[tuple[Recognised, float]]
    announced: bool = False


class SpeechRun:
    """One transcription. Its events are made in the caller's thread; each lane has a thread of its own.

    Pieces are recognised side by side where the model has two lanes, each with its share of the threads:
    threads that share the steps of one wait for each other at every step. Lanes take turns, and which piece
    gets which share depends on the pieces alone, never on what is done first: what whisper writes depends a
    little on the number of threads, and on what it heard before. So the same sound gives the same text.
    All threads take a piece where

    - no other is known to follow: the other lane has no more to do, or soon will have no more,
    - the language is not known yet: the piece before has to tell, so nothing runs beside it.
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
        self._lanes = [ThreadPoolExecutor(1, f"reelscope-lane-{number}") for number in range(model.lanes)]
        self._pending: deque[_Pending | Reached] = deque()
        self._turn = 0

    def close(self) -> None:
        """Wait for the threads."""
        for lane in self._lanes:
            lane.shutdown(wait=False, cancel_futures=True)
        for lane in self._lanes:
            lane.shutdown()

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
        """Whether what comes can be begun with."""
        if head.exception() is not None:
            # What was read before is told first.
            return not self._pending
        if not isinstance(head.result(), ReadyPiece):
            return True
        begun = len(self._under_way())
        return begun < _PER_LANE * len(self._lanes) if self._language.known else not begun

    def _begin(self, item: ReadyPiece | Reached | None) -> bool:
        """Begin with an item; false behind the last one."""
        if item is None:
            return False
        if isinstance(item, Reached):
            self._pending.append(item)
            return True
        lane, shared = self._turn, item.followed and self._language.known
        if shared:
            self._turn = (lane + 1) % len(self._lanes)
        params = replace(self._params, language=self._language.to_ask_for)
        heard = self._lanes[lane].submit(self._recognise, item.sound, params, lane, shared=shared)
        self._pending.append(_Pending(item, heard))
        return True

    def _recognise(
        self, sound: Samples, params: SpeechParams, lane: int, *, shared: bool
    ) -> tuple[Recognised, float]:
        """Run the model, on one of the threads; returns seconds of this machine, too."""
        began = time.monotonic()
        heard = self._model.recognise(sound, params, self._cancel, lane=lane, shared=shared)
        return heard, (time.monotonic() - began) / (len(self._lanes) if shared else 1)

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
