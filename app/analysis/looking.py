"""Looking at pictures: in several threads, each with scalers and tensors of its own.

A thread takes a decoded picture, or as many as the models like at once, and brings it to all who want it:
the strip, the detector, the encoder. Decoded pictures are let go with that; what was found comes back in
order. Where several threads decode, each looks at its pictures itself; else others do, beside the one that
decodes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from app.analysis.ahead import ahead
from app.analysis.look import Look
from app.core.cores import usable_cores
from app.core.errors import ReelscopeError
from app.inference.pace import Pace
from app.media.picture import Picture

if TYPE_CHECKING:
    from app.analysis.lookers import Looker, Models
    from app.analysis.stage import StageContext
    from app.core.geometry import Size

_HELD_BYTES = 256 * 2**20
"""What the decoded pictures that wait to be looked at may take, where models like several at once."""


LookNow = Callable[[Picture], "Picture | Look"]
Source = Callable[["LookNow | None"], Iterable["Picture | Look"]]
"""Gives the pictures to look at. One that decodes in several threads calls what it is given there, with each
picture, and yields what that returns; None where there are more cores than runs of a model beside each
other."""


def look_at_all(context: StageContext, source: Source, small: Size) -> Generator[Look, None, None]:
    """Look at every picture of ``source``, which is called and used in a thread of its own; in its order.

    The models are loaded while decoding begins. As many pictures are under way as there are threads, and two
    more wait, so memory stays bounded.

    Raises: what decoding, loading and looking raise.
    """
    cores = usable_cores()
    beside = Pace.of(cores).beside
    with ThreadPoolExecutor(beside, "reelscope-look") as pool:
        models = pool.submit(_load, context)
        lookers = _Lookers(context, models, small)

        def begun() -> Iterator[Look | Future[list[Look]]]:
            pictures = source(lookers.look_now if beside == cores else None)
            for group in _groups(pictures, models, _HELD_BYTES // (beside + 2)):
                yield group if isinstance(group, Look) else pool.submit(lookers.look, group)

        with closing(ahead(begun, beside, "reelscope-decode")) as looks:
            try:
                for look in looks:
                    yield from (look,) if isinstance(look, Look) else look.result()
                models.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _load(context: StageContext) -> Models:
    """Load the models, and before that the libraries that look: numpy, ONNX Runtime, the heads."""
    from app.analysis.lookers import Models

    return Models.load(context)


def _groups(
    pictures: Iterable[Picture | Look], models: Future[Models], most_bytes: int
) -> Iterator[Look | tuple[Picture, ...]]:
    """As many pictures together as the models like and memory allows; one by one until they are loaded."""
    waiting: tuple[Picture, ...] = ()
    try:
        for picture in pictures:
            if isinstance(picture, Look):
                if waiting:
                    yield waiting
                    waiting = ()
                yield picture
                continue
            waiting = (*waiting, picture)
            if len(waiting) >= _most_together(picture, models, most_bytes):
                yield waiting
                waiting = ()
    except ReelscopeError:
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def _most_together(picture: Picture, models: Future[Models], most_bytes: int) -> int:
    if not models.done() or models.exception() is not None:
        return 1
    width, height = picture.source_size
    return max(1, min(models.result().at_once, most_bytes // (3 * width * height)))


class _Lookers:
    """One ``Looker`` for each thread, made when it looks first."""

    def __init__(self, context: StageContext, models: Future[Models], small: Size) -> None:
        self._context, self._models, self._small = context, models, small
        self._own = threading.local()

    def look_now(self, picture: Picture) -> Picture | Look:
        """Look at a picture in the thread that decoded it.

        Returns it as it is until the models are loaded, as decoding goes on meanwhile, and where they compute
        on a device, which likes several pictures at once.
        """
        if self._models.done() and self._models.result().on_cpu:
            return self.look((picture,))[0]
        return picture

    def look(self, pictures: Sequence[Picture]) -> list[Look]:
        """Look at some pictures in the calling thread; waits until the models are loaded."""
        self._context.cancel.raise_if_cancelled()
        if not hasattr(self._own, "looker"):
            from app.analysis.lookers import Looker

            self._own.looker = Looker(self._context.cancel, self._models.result(), self._small)
        looker: Looker = self._own.looker
        return looker.look(pictures)
