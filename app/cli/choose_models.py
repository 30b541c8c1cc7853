"""Which models a command line means."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.analysis.request import DetectRequest, EmbedRequest, SpeechRequest, terms_in
from app.core.errors import FileMissingError, UsageError
from app.inference.model_entry import ModelEntry
from app.inference.model_kind import ModelKind
from app.inference.model_licence import licence_word
from app.inference.model_store import ModelStore

if TYPE_CHECKING:
    from argparse import Namespace

_KNOWS = {
    ModelKind.DETECTOR: "it knows six drawn shapes",
    ModelKind.SPEECH: "it knows thirty spoken words",
}


def choose_detector(arguments: Namespace) -> DetectRequest | None:
    """Return what to detect with; None for ``--detect none``.

    Raises:
        UsageError: no such model.
    """
    entry = _choose(arguments.detect, ModelKind.DETECTOR)
    if entry is None:
        return None
    if not arguments.quiet and "AGPL" in (word := licence_word(entry.path)):
        print(f"reelscope: {word}", file=sys.stderr)
    labels = tuple(label.strip() for label in arguments.labels.split(",") if label.strip())
    return DetectRequest(entry.path, arguments.layout, arguments.confidence, arguments.iou, labels)


def choose_speech(arguments: Namespace) -> SpeechRequest | None:
    """Return what to listen with; None for ``--speech none``.

    Raises:
        UsageError: no such model.
    """
    entry = _choose(arguments.speech, ModelKind.SPEECH)
    if entry is None:
        return None
    return SpeechRequest(
        model=entry.path,
        language=arguments.language,
        use_vad=arguments.vad != "none",
        vad_model=_vad_model(arguments.vad),
        prompt=arguments.prompt,
        translate=arguments.translate,
        vocabulary=terms_in(arguments.vocabulary),
        beam_size=arguments.beam_size,
        temperature=arguments.temperature,
        threads=arguments.threads,
    )


def choose_encoder(arguments: Namespace) -> EmbedRequest | None:
    """Return what to embed pictures with; None for ``--embed none``.

    Raises:
        UsageError: no such model.
    """
    if arguments.embed == "none":
        return None
    return EmbedRequest(ModelStore().resolve(arguments.embed, ModelKind.ENCODER).path)


def _choose(wanted: str, kind: ModelKind) -> ModelEntry | None:
    if wanted == "none":
        return None
    store = ModelStore()
    if wanted != "auto":
        return store.resolve(wanted, kind)
    from app.models.preferred import preferred

    entry = preferred(store, kind)
    if entry is None:
        raise UsageError(f"There is no {kind.value} model: name one, or none.")
    if entry.is_sample:
        print(
            f"reelscope: no usable {kind.value} model is installed, so the sample's own is used "
            f"({_KNOWS[kind]}); "
            "'reelscope models pull' gets a real one, 'reelscope models add FILE' takes yours.",
            file=sys.stderr,
        )
    return entry


def _vad_model(wanted: str) -> Path | None:
    if wanted == "none":
        return None
    if wanted == "auto":
        from app.models.preferred import preferred

        entry = preferred(ModelStore(), ModelKind.VAD)
        return entry.path if entry else None
    from app.inference.silero import check_vad_file

    path = Path(wanted)
    if not path.is_file():
        raise FileMissingError(f"There is no file '{wanted}' for --vad.")
    check_vad_file(path)
    return path
