"""From decoded pictures to the tensors of a model: converted once, copied once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from app.core.geometry import Letterbox, Size
from app.inference.native_session import Array
from app.inference.preprocess import Preprocessor
from app.media.convert import Converter
from app.media.picture import Picture


class PictureModel(Protocol):
    """What is needed of a detector or an encoder."""

    @property
    def at_once(self) -> int:
        """How many pictures one run of it takes at best."""

    def placement(self, display: Size) -> Letterbox:
        """How a picture of ``display`` size lies on the model's canvas."""

    def preprocessor(self) -> Preprocessor:
        """Return a tensor's writer for one thread."""


class Desk:
    """Fills a tensor with pictures, again and again. Belongs to one thread.

    It has a scaler of its own, as one that changes between two sizes makes its tables anew each time: 2 ms
    for a picture of 1080p.
    """

    def __init__(self, model: PictureModel) -> None:
        self._model = model
        self._preprocessor = model.preprocessor()
        self._converter = Converter()

    def tensors(self, pictures: Sequence[Picture]) -> Iterator[tuple[Array, Letterbox, Sequence[Picture]]]:
        """Yield filled tensors, how the pictures lie in them, and which ones: as many as the model takes.

        Each tensor is good until the next is asked for.

        Raises:
            MediaError: no conversion from a picture's pixel format exists.
        """
        for display, alike in groupby(pictures, lambda picture: picture.display_size):
            same = list(alike)
            placement = self._model.placement(display)
            for begin in range(0, len(same), self._model.at_once):
                part = same[begin : begin + self._model.at_once]
                tensor = self._preprocessor.prepare(placement, len(part))
                for index, picture in enumerate(part):
                    self._preprocessor.write(index, self._converter.planes(picture, placement.inner))
                yield tensor, placement, part
