"""What a model file is for: by its name and first bytes, by its outline, or by loading it."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import FileMissingError, ModelError
from app.inference.model_files import read_note
from app.inference.model_kind import ModelKind
from app.inference.onnx_file import check_onnx_file
from app.inference.onnx_outline import read_outline
from app.inference.speech_file import GgmlKind, peek_ggml, read_ggml

ONNX_SUFFIX = ".onnx"
GGML_SUFFIXES = (".bin", ".gguf")
TOKENIZER_ENDING = "tokenizer.json"

ONNX_KINDS = (ModelKind.DETECTOR, ModelKind.ENCODER, ModelKind.TEXT_ENCODER)


def may_be_model(path: Path) -> bool:
    """Whether a file is one by its name alone."""
    name = path.name.lower()
    return path.suffix.lower() in (ONNX_SUFFIX, *GGML_SUFFIXES) or name.endswith(TOKENIZER_ENDING)


def is_model(path: Path) -> bool:
    """Whether a file is one by its name, and by its first bytes where many other files are called like it."""
    return may_be_model(path) and (path.suffix.lower() != ".bin" or peek_ggml(path) is not None)


def models_in(folder: Path) -> tuple[Path, ...]:
    """Return the model files of a folder, by name; none of one that cannot be read."""
    try:
        return tuple(sorted(path for path in folder.iterdir() if is_model(path) and path.is_file()))
    except OSError:
        return ()


def kind_of_file(path: Path) -> ModelKind | None:
    """Return the kind by what was noted, the name and the first bytes; None: it is no model.

    An installed file whose first bytes were lost still counts as a model. An ONNX file that does not tell
    counts as a detector.
    """
    if path.name.lower().endswith(TOKENIZER_ENDING):
        return ModelKind.TOKENIZER
    note = read_note(path)
    if path.suffix.lower() == ONNX_SUFFIX:
        return note.kind if note is not None and note.kind is not None else _onnx_kind(path)
    ggml = peek_ggml(path)
    if ggml is None:
        return ModelKind.SPEECH if note is not None else None
    return ModelKind.VAD if ggml is GgmlKind.VAD else ModelKind.SPEECH


def checked_kind(path: Path, wanted: ModelKind | None = None) -> ModelKind:
    """Check the structure of a file of any kind and tell the kind.

    One that is no model is judged as what was ``wanted``.

    Raises:
        FileMissingError: no such file.
        ModelError: it is no usable model.
    """
    if not path.exists():
        raise FileMissingError(f"There is no model file '{path}'.")
    if path.name.lower().endswith(TOKENIZER_ENDING):
        _check_tokenizer(path)
        return ModelKind.TOKENIZER
    ggml = peek_ggml(path)
    if ggml is GgmlKind.VAD:
        read_ggml(path)
        return ModelKind.VAD
    is_speech = path.suffix.lower() in GGML_SUFFIXES or wanted in (ModelKind.SPEECH, ModelKind.VAD)
    if ggml is GgmlKind.SPEECH or (is_speech and path.suffix.lower() != ONNX_SUFFIX):
        from app.inference.speech_model import check_speech_file

        check_speech_file(path)
        return ModelKind.SPEECH
    check_onnx_file(path)
    note = read_note(path)
    return note.kind if note is not None and note.kind is not None else _onnx_kind(path)


def loaded_kind(path: Path) -> ModelKind:
    """Return the kind of a file after trying what it would be used for.

    Raises:
        FileMissingError: no such file.
        ModelError: it is of no use here.
    """
    from app.inference.detector import Detector
    from app.inference.embedder import Embedder

    kind = checked_kind(path)
    if kind not in (ModelKind.DETECTOR, ModelKind.ENCODER):
        return kind
    if kind is ModelKind.ENCODER:
        Embedder.load(path, device="cpu")
        return kind
    try:
        Detector.load(path, device="cpu")
    except ModelError as no_detector:
        try:
            Embedder.load(path, device="cpu")
        except ModelError:
            raise no_detector from None
        return ModelKind.ENCODER
    return kind


def _onnx_kind(path: Path) -> ModelKind:
    outline = read_outline(path)
    if outline.reads_words:
        return ModelKind.TEXT_ENCODER
    return ModelKind.ENCODER if outline.gives_vectors_alone else ModelKind.DETECTOR


def _check_tokenizer(path: Path) -> None:
    import json

    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"The tokenizer '{path.name}' cannot be read: {reason}.") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"'{path.name}' is no tokenizer: it is not JSON.") from error
    if not isinstance(document, dict) or "model" not in document:
        raise ModelError(f"'{path.name}' is no tokenizer of the kind that Hugging Face's library writes.")
