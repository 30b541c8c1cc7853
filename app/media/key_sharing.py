"""Several decoders share the keyframes of a file: for codecs that one decoder does not spread over all cores.

Every keyframe can be decoded by itself, so any decoder may take any of them. One reader deals the packets out
in turn, each decoder works in a thread of its own, and the pictures are taken back in the same turn: in order
of pts, and never more of them than a few for each decoder.

FFmpeg's VP9 decoder works on several pictures at once only after it read the symbols of each of them one by
one, as a picture may change the probabilities of the next. Between keyframes nothing is carried over. And a
decoder that is flushed between keyframes (``bitstream.resets``) has only one at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.core.cores import usable_cores
from app.core.mailbox import BoundedMailbox, MailboxClosedError
from app.media.picture import Picture

if TYPE_CHECKING:
    from app.media.key_decoder import KeyframeDecoder
    from app.media.key_packets import KeyAccess

Opening = Callable[[], AbstractContextManager["KeyframeDecoder"]]

_SHARED = ("vp9",)

_MOST_DECODERS = 16

_WAITING = 2
"""How many keyframes each decoder has before and behind it: while one is decoded, the next is there."""


def decoders_for(codec: str, *, flushed: bool = False) -> int:
    """Return how many decoders are to share keyframes of FFmpeg's codec ``codec``; 1 where one is enough.

    Args:
        flushed: a decoder has to be flushed between keyframes, so that it has only one at a time.
    """
    return min(usable_cores(), _MOST_DECODERS) if flushed or codec in _SHARED else 1


def decode_shared(
    accesses: Iterable[KeyAccess], open_decoder: Opening, count: int
) -> Iterator[Picture | None]:
    """Decode with ``count`` decoders; yields a picture for each access, None where none comes out.

    Args:
        accesses: read in the calling thread.
        open_decoder: makes a decoder that answers at once; called, entered and left in the decoder's thread.
        count: of decoders.
    """
    with ExitStack() as stack:
        decoders = [stack.enter_context(_DecoderThread(open_decoder)) for _ in range(count)]
        turn: deque[_DecoderThread] = deque()
        for number, access in enumerate(accesses):
            if len(turn) == _WAITING * count:
                yield turn.popleft().take()
            decoder = decoders[number % count]
            decoder.give(access)
            turn.append(decoder)
        while turn:
            yield turn.popleft().take()


@dataclass(frozen=True, slots=True)
class _Broken:
    error: BaseException


class _DecoderThread:
    """One decoder and its thread; ``give`` never waits where no more than _WAITING were not taken back."""

    def __init__(self, open_decoder: Opening) -> None:
        self._open_decoder = open_decoder
        self._given: BoundedMailbox[KeyAccess] = BoundedMailbox(_WAITING)
        self._done: BoundedMailbox[Picture | _Broken | None] = BoundedMailbox(_WAITING + 1)
        self._thread = threading.Thread(target=self._run, name="reelscope-keyframes")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given.close(discard=True)
        self._done.close(discard=True)
        self._thread.join()

    def give(self, access: KeyAccess) -> None:
        """Leave an access to be decoded; a broken decoder takes no more, which ``take`` tells."""
        with suppress(MailboxClosedError):
            self._given.put(access)

    def take(self) -> Picture | None:
        """Wait for the answer to the oldest access that has none yet; raises what broke the decoder."""
        answer = self._done.take()
        if isinstance(answer, _Broken):
            raise answer.error
        return answer

    def _run(self) -> None:
        try:
            with self._open_decoder() as decoder:
                while access := self._given.take():
                    self._done.put(decoder.answer(access))
        except MailboxClosedError:
            return
        except BaseException as error:  # noqa: BLE001 - raised again where the pictures are taken
            self._break(error)

    def _break(self, error: BaseException) -> None:
        with suppress(MailboxClosedError):
            self._done.put(_Broken(error))
        self._given.close(discard=True)
