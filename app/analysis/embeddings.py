"""Vectors of the looked-at pictures: made by an encoder, kept in memory, searched by a dot product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from app.analysis.desk import Desk
from app.analysis.request import AnalysisRequest
from app.analysis.stage import ModelUsed, StageContext
from app.core.cancel import CancelToken
from app.core.cores import usable_cores
from app.core.events import PictureEmbedded
from app.inference.embedder import Embedder
from app.inference.pace import Pace
from app.media.picture import Picture

_FIRST_ROOM = 256

Vectors = npt.NDArray[np.float32]


def load_embedder(request: AnalysisRequest, context: StageContext) -> Embedder:
    """Load the encoder that ``request`` names.

    Raises:
        ModelError: the file cannot be used.
        UsageError: it is not there, or there is no such device.
    """
    assert request.embed is not None
    embedder = Embedder.load(
        request.embed.model,
        device=request.device,
        threads=Pace.of(usable_cores()).threads,
        stepped_down=partial(context.stepped_down, "encoder"),
    )
    context.emit(ModelUsed(embedder.info, embedder.device.name))
    return embedder


class EmbeddingDesk:
    """One thread's way to an encoder that all share."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._desk = Desk(embedder)

    def look(self, pictures: Sequence[Picture], cancel: CancelToken) -> list[PictureEmbedded]:
        """Embed each of ``pictures``."""
        made: list[PictureEmbedded] = []
        for tensor, _, part in self._desk.tensors(pictures):
            vectors = self._embedder.embed(tensor, cancel)
            made += [
                PictureEmbedded(picture.pts, picture.time_s, vector.tobytes())
                for picture, vector in zip(part, vectors, strict=True)
            ]
        return made


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A picture that is like another: ``similarity`` is the cosine of their vectors, -1 to 1."""

    pts: int
    time_s: float
    similarity: float


class Embeddings:
    """The vectors of one analysis, in one array that doubles when it is full; for one thread.

    100,000 vectors of 512 numbers take 205 MB, and a search in them some milliseconds.
    """

    def __init__(self) -> None:
        self._vectors: Vectors = np.empty((0, 0), np.float32)
        self._times: list[tuple[int, float]] = []

    def __len__(self) -> int:
        return len(self._times)

    @property
    def vectors(self) -> Vectors:
        """All of them, (pictures, numbers), in the order they came; a view until the next comes."""
        return self._vectors[: len(self)]

    @property
    def times(self) -> Sequence[tuple[int, float]]:
        """Pts and shown time of each."""
        return self._times

    def take(self, event: PictureEmbedded) -> None:
        """Keep one more.

        Raises:
            ValueError: a vector of another size than those before.
        """
        vector = np.frombuffer(event.vector, np.float32)
        if not self._times:
            self._vectors = np.empty((_FIRST_ROOM, vector.size), np.float32)
        elif len(self) == len(self._vectors):
            self._vectors = np.concatenate((self._vectors, np.empty_like(self._vectors)))
        self._vectors[len(self)] = vector
        self._times.append((event.pts, event.time_s))

    def nearest(self, query: npt.ArrayLike, count: int) -> list[Neighbour]:
        """Return the ``count`` pictures most like ``query``, a vector of any length; the most alike first.

        Those that are equally like it come in the order of time.
        """
        wanted = np.asarray(query, np.float32)
        length = float(np.linalg.norm(wanted))
        if not len(self) or count < 1 or not length:
            return []
        likeness = self.vectors @ (wanted / length)
        rows = np.arange(len(self))
        if count < len(self):
            # Those on the border are all taken, so that among equals the time decides.
            border = np.partition(likeness, len(self) - count)[len(self) - count]
            rows = np.flatnonzero(likeness >= border)
        found = [Neighbour(*self._times[row], float(likeness[row])) for row in rows.tolist()]
        return sorted(found, key=lambda each: (-each.similarity, each.time_s))[:count]
