"""What a speech model is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BEAMS = 8
"""whisper.cpp has room for no more."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text as the model wrote it; ``data`` may hold a part of a UTF-8 character."""

    data: bytes
    probability: float


@dataclass(frozen=True, slots=True)
class RawSegment:
    """What the model takes for one sentence; seconds from the first sample; text tokens only."""

    start_s: float
    end_s: float
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """All that was heard in one piece of sound.

    Attributes:
        segments: in order.
        language: a code such as "en".
        language_probability: how sure the model was of it; None where it was told the language.
    """

    segments: tuple[RawSegment, ...]
    language: str
    language_probability: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechParams:
    """How a piece is recognised; the defaults are those of whisper.cpp's own program.

    Attributes:
        language: a code, or "auto" to let the model find out.
        prompt: text that is taken to come before.
        translate: write English whatever is spoken.
        beam_size: so many continuations are followed side by side, 1..MOST_BEAMS; 1 follows the best.
        temperature: 0..1; above 0 the text is drawn by lot. Where what was written looks wrong it is tried
            again with 0.2 more, up to 1.
    """

    language: str = "en"
    prompt: str = ""
    translate: bool = False
    beam_size: int = 5
    temperature: float = 0.0
