"""What models are for."""

from __future__ import annotations

import enum


class ModelKind(enum.Enum):
    """What a model is for.

    An encoder makes vectors of pictures, a text encoder of words, which a tokenizer has cut before.
    """

    DETECTOR = "detector"
    SPEECH = "speech"
    VAD = "vad"
    ENCODER = "encoder"
    TEXT_ENCODER = "text-encoder"
    TOKENIZER = "tokenizer"
