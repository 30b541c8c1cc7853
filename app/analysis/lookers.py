"""Who looks at pictures, and with which models.

With what it imports it takes as long to load as a dozen keyframes to decode: ``looking`` imports it while
decoding has begun, and it imports only what serves the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.look import Look
from app.analysis.stage import StageContext
from app.core.cancel import CancelToken
from app.core.events import PictureAnalysed, PictureEmbedded
from app.core.frame import PixelFormat
from app.core.geometry import Size
from app.inference.devices import CPU
from app.media.convert import Converter
from app.media.picture import Picture

if TYPE_CHECKING:
    from app.analysis.embeddings import EmbeddingDesk
    from app.analysis.objects import ObjectDesk, ObjectFinder
    from app.inference.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Models:
    """The models that look at pictures."""

    objects: ObjectFinder | None
    embedder: Embedder | None

    @classmethod
    def load(cls, context: StageContext) -> Models:
        """Load what the request names.

        Raises:
            ModelError, UsageError: one cannot be used.
        """
        request = context.request
        objects, embedder = None, None
        # Half of what there is to import serves them alone, and much talk is heard without either.
        if request.detect:
            from app.analysis.objects import ObjectFinder

            objects = ObjectFinder.load(request, context)
        if request.embed:
            from app.analysis.embeddings import load_embedder

            embedder = load_embedder(request, context)
        return cls(objects, embedder)

    @property
    def at_once(self) -> int:
        """How many pictures they like to be given together."""
        wishes = (self.objects and self.objects.detector.at_once, self.embedder and self.embedder.at_once)
        return max(wish or 1 for wish in wishes)

    @property
    def on_cpu(self) -> bool:
        """Whether each of them computes in the thread that asks."""
        detector = None if self.objects is None else self.objects.detector
        return all(model is None or model.device.name == CPU for model in (detector, self.embedder))


class Looker:
    """One thread's scalers and tensors."""

    def __init__(self, cancel: CancelToken, models: Models, small: Size) -> None:
        self._cancel, self._small = cancel, small
        self._thumbnails = Converter()
        self._objects: ObjectDesk | None = None
        self._embeddings: EmbeddingDesk | None = None
        if models.objects is not None:
            from app.analysis.objects import ObjectDesk

            self._objects = ObjectDesk(models.objects)
        if models.embedder is not None:
            from app.analysis.embeddings import EmbeddingDesk

            self._embeddings = EmbeddingDesk(models.embedder)

    def look(self, pictures: Sequence[Picture]) -> list[Look]:
        """Bring each picture to everybody who wants it."""
        thumbnails = [self._thumbnails.convert(each, self._small, PixelFormat.RGB) for each in pictures]
        objects: Sequence[PictureAnalysed | None] = [None] * len(pictures)
        if self._objects is not None:
            objects = self._objects.look(pictures, self._cancel)
        embeddings: Sequence[PictureEmbedded | None] = [None] * len(pictures)
        if self._embeddings is not None:
            embeddings = self._embeddings.look(pictures, self._cancel)
        return [
            Look(picture.time, picture.time_s, picture.duration, thumbnail, found, embedding)
            for picture, thumbnail, found, embedding in zip(
                pictures, thumbnails, objects, embeddings, strict=True
            )
        ]
