"""Several decoders share the keyframes of a file: one for each core, each with one thread.

Every keyframe can be decoded by itself, so any decoder may take any of them. One reader hands the packets
out, each decoder works in a thread of its own, and the pictures are taken back in the order in which they
were handed out: in order of pts, and never more of them than a few for each decoder.

Threads inside one decoder do less. FFmpeg's frame threads hand pictures out in turn, so that some wait while
an earlier one is slow: of two cores a twentieth stood idle. Its VP9 decoder reads the symbols of all pictures
one by one, as one may change the probabilities of the next; between keyframes nothing is carried over. The
threads of dav1d (AV1) are as good.

Where something is made of each picture, the thread that decoded it does that, too: then no more threads run
than there are cores, and a picture is looked at while the core that decoded it still has it in its cache.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeAlias, TypeVar

from app.core.cores import usable_cores
from app.core.errors import is_out_of_memory
from app.core.mailbox import BoundedMailbox, MailboxClosedError
from app.media.picture import Picture

if TYPE_CHECKING:
    from app.media.key_decoder import KeyframeDecoder
    from app.media.key_packets import KeyAccess

T = TypeVar("T")

Opening = Callable[[], AbstractContextManager["KeyframeDecoder"]]

_MOST_DECODERS = 16

_MOST_INDEXED = 5_000_000
"""Samples that all decoders together may hold a list of: about 60 bytes each."""

_WAITING = 2
"""How many keyframes there are for each decoder: while one is decoded, the next is there."""

_Given: TypeAlias = "BoundedMailbox[tuple[KeyAccess, Future[T | None]]]"
"""What waits to be decoded, and where to leave what becomes of it."""


def decoders_here(indexed: int) -> int:
    """Return how many decoders are to share keyframes.

    Args:
        indexed: how many samples the index of the file lists: each decoder opens the file, too, and holds it.
    """
    return max(1, min(usable_cores(), _MOST_DECODERS, _MOST_INDEXED // max(1, indexed)))


def decode_shared(
    accesses: Iterable[KeyAccess], open_decoder: Opening, count: int, use: Callable[[Picture], T]
) -> Iterator[T | None]:
    """Decode with ``count`` decoders; yields what becomes of each access, None where no picture comes out.

    Args:
        accesses: read in the calling thread.
        open_decoder: makes a decoder; called, entered and left in the decoder's thread.
        count: of decoders; as many as open files and memory allow, where there are too few for all.
        use: makes something of a picture, in the decoder's thread.

    Raises: what reading, decoding and using raise, and what opening does where not one decoder can be opened.
    """
    given: _Given[T] = BoundedMailbox(_WAITING * count)
    crew = _Crew(count)
    with ExitStack() as stack:
        for _ in range(count):
            try:
                stack.enter_context(_DecoderThread(open_decoder, use, given, crew))
            except RuntimeError as error:
                if not (is_out_of_memory(error) and crew.can_spare_one()):
                    raise
        turn: deque[Future[T | None]] = deque()
        for access in accesses:
            if len(turn) == _WAITING * count:
                yield turn.popleft().result()
            answer: Future[T | None] = Future()
            given.put((access, answer))
            turn.append(answer)
        while turn:
            yield turn.popleft().result()


class _Crew:
    """How many decoders work, or may come to. Any thread may call anything."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()

    def can_spare_one(self) -> bool:
        """Let one go, unless it is the last."""
        with self._lock:
            spared = self._count > 1
            self._count -= spared
            return spared


class _DecoderThread(Generic[T]):
    """One decoder and its thread, which takes the next access that no other has taken, until there are none.

    Whichever is done first goes on, as keyframes differ in what they cost. One that cannot be opened leaves
    its part to the others. What breaks a decoder is its answer to all that it takes from then on, and so is
    what kept the last of them from being opened.
    """

    def __init__(
        self, open_decoder: Opening, use: Callable[[Picture], T], given: _Given[T], crew: _Crew
    ) -> None:
        self._open_decoder, self._use, self._given, self._crew = open_decoder, use, given, crew
        self._thread = threading.Thread(target=self._run, name="reelscope-keyframes")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given.close(discard=True)
        self._thread.join()

    def _run(self) -> None:
        opened = False
        with suppress(MailboxClosedError):
            try:
                with self._open_decoder() as decoder:
                    opened = True
                    while work := self._given.take():
                        self._answer(decoder, *work)
            except MailboxClosedError:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the pictures are taken
                if not opened and self._crew.can_spare_one():
                    return
                while work := self._given.take():
                    work[1].set_exception(error)

    def _answer(self, decoder: KeyframeDecoder, access: KeyAccess, answer: Future[T | None]) -> None:
        try:
            picture = decoder.answer(access)
            answer.set_result(None if picture is None else self._use(picture))
        except BaseException as error:
            answer.set_exception(error)
            raise
