"""A picture encoder: pictures in, one vector of length 1 for each out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.core.cancel import CancelToken
from app.core.errors import ModelError
from app.core.geometry import Letterbox, Size
from app.core.results import ModelInfo
from app.inference.batches import pictures_at_once
from app.inference.devices import Device
from app.inference.encoders import EncoderGraph, read_encoder
from app.inference.file_hash import sha256_of
from app.inference.native_session import Array
from app.inference.preprocess import Preprocessor
from app.inference.session import OnnxSession, Told
from app.inference.shared_session import SharedSession

Vectors = npt.NDArray[np.float32]


class Embedder:
    """A loaded encoder; any thread may call anything.

    Attributes:
        info: name and checksum, for the result document.
        size: numbers of a vector.
        at_once: how many pictures one run of it takes at best.
    """

    def __init__(self, session: OnnxSession, graph: EncoderGraph, info: ModelInfo) -> None:
        """Use ``load``."""
        self.info = info
        self.size = graph.size
        self._session, self._shared, self._graph = session, SharedSession(session), graph
        self.at_once = pictures_at_once(
            session, graph.input, lambda tensor, _: graph.trial(tensor), graph.spec.size
        )

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        device: str = "auto",
        threads: int | None = None,
        stepped_down: Told | None = None,
    ) -> Embedder:
        """Load an encoder from an ONNX file; ``stepped_down`` is told where its device gives up.

        Raises:
            FileMissingError: there is no such file.
            UsageError: no such device.
            ModelError: no usable model, or no picture encoder.
        """
        session = OnnxSession(path, device=device, threads=threads, stepped_down=stepped_down)
        graph = read_encoder(path.name, session.inputs, session.outputs, session.metadata, session.run)
        return cls(session, graph, ModelInfo(path.stem, sha256_of(path), "encoder"))

    @property
    def device(self) -> Device:
        """Where it runs now, and why there."""
        return self._session.device

    def placement(self, display: Size) -> Letterbox:
        """How a picture of ``display`` size lies on the canvas."""
        return Letterbox.fit(display, self._graph.spec.size, self._graph.spec.fit)

    def preprocessor(self) -> Preprocessor:
        """Return what writes tensors for ``embed``: each thread needs one of its own."""
        graph = self._graph
        return Preprocessor(graph.spec, graph.input.element, channels_last=graph.channels_last)

    def embed(self, tensor: Array, cancel: CancelToken | None = None) -> Vectors:
        """Return the vectors of the pictures in a tensor that a ``preprocessor`` filled: (pictures, size).

        Each has the length 1, so that the dot product of two is their cosine; a vector of zeros stays so.

        Raises:
            CancelledError: ``cancel`` was set.
            ModelError: the model failed, or gave no numbers.
        """
        vectors = self._graph.vectors(self._shared.run(self._graph.feeds(tensor), cancel))
        if vectors.shape != (len(tensor), self.size) or not np.isfinite(vectors).all():
            raise ModelError(f"The model '{self.info.name}' gave no usable vectors.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return unit
