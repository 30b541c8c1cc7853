"""Several decoders share the keyframes of a file: for codecs that one decoder does not spread over all cores.

Every keyframe can be decoded by itself, so any decoder may take any of them. One reader hands the packets
out, each decoder works in a thread of its own, and the pictures are taken back in the order in which they
were handed out: in order of pts, and never more of them than a few for each decoder.

FFmpeg's VP9 decoder works on several pictures at once only after it read the symbols of each of them one by
one, as a picture may change the probabilities of the next. Between keyframes nothing is carried over. And a
decoder that is flushed between keyframes (``bitstream.resets``) has only one at a time.

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
from app.core.mailbox import BoundedMailbox, MailboxClosedError
from app.media.picture import Picture

if TYPE_CHECKING:
    from app.media.key_decoder import KeyframeDecoder
    from app.media.key_packets import KeyAccess

T = TypeVar("T")

Opening = Callable[[], AbstractContextManager["KeyframeDecoder"]]

_SHARED = ("vp9",)

_MOST_DECODERS = 16

_WAITING = 2
"""How many keyframes there are for each decoder: while one is decoded, the next is there."""

_Given: TypeAlias = "BoundedMailbox[tuple[KeyAccess, Future[T | None]]]"
"""What waits to be decoded, and where to leave what becomes of it."""


def decoders_for(codec: str, *, flushed: bool = False, used: bool = False) -> int:
    """Return how many decoders are to share keyframes of FFmpeg's codec ``codec``; 1 where one is enough.

    Args:
        flushed: a decoder has to be flushed between keyframes, so that it has only one at a time.
        used: the decoders' threads make something of the pictures.
    """
    return min(usable_cores(), _MOST_DECODERS) if flushed or used or codec in _SHARED else 1


def decode_shared(
    accesses: Iterable[KeyAccess], open_decoder: Opening, count: int, use: Callable[[Picture], T]
) -> Iterator[T | None]:
    """Decode with ``count`` decoders; yields what becomes of each access, None where no picture comes out.

    Args:
        accesses: read in the calling thread.
        open_decoder: makes a decoder that answers at once; called, entered and left in the decoder's thread.
        count: of decoders.
        use: makes something of a picture, in the decoder's thread.
    """
    given: _Given[T] = BoundedMailbox(_WAITING * count)
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(_DecoderThread(open_decoder, use, given))
        turn: deque[Future[T | None]] = deque()
        for access in accesses:
            if len(turn) == _WAITING * count:
                yield turn.popleft().result()
            answer: Future[T | None] = Future()
            given.put((access, answer))
            turn.append(answer)
        while turn:
            yield turn.popleft().result()


class _DecoderThread(Generic[T]):
    """One decoder and its thread, which takes the next access that no other has taken, until there are none.

    Whichever is done first goes on, as keyframes differ in what they cost. What breaks a decoder is its
    answer to all that it takes from then on.
    """

    def __init__(self, open_decoder: Opening, use: Callable[[Picture], T], given: _Given[T]) -> None:
        self._open_decoder, self._use, self._given = open_decoder, use, given
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
        with suppress(MailboxClosedError):
            try:
                with self._open_decoder() as decoder:
                    while work := self._given.take():
                        self._answer(decoder, *work)
            except MailboxClosedError:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the pictures are taken
                while work := self._given.take():
                    work[1].set_exception(error)

    def _answer(self, decoder: KeyframeDecoder, access: KeyAccess, answer: Future[T | None]) -> None:
        try:
            picture = decoder.answer(access)
            answer.set_result(None if picture is None else self._use(picture))
        except BaseException as error:
            answer.set_exception(error)
            raise
