"""What is inside a ggml file, read without the native library: it trusts a file, we do not.

The layout is the one whisper.cpp's loaders read (src/whisper.cpp, v1.8.5): a magic number, hyper-parameters,
for a speech model the mel filters and the vocabulary, then tensors up to the end of the file. All numbers are
little-endian.
"""

from __future__ import annotations

import enum
import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import FileMissingError, ModelError

_MAGIC = b"lmgg"
_GGUF_MAGIC = b"GGUF"
_MULTILINGUAL_VOCABULARY = 51_865
_SMALLEST_VOCABULARY = 50_000
_LONGEST_TYPE_NAME = 64
_MOST_WORD_BYTES = 1 << 16
_VOCABULARY_AT_ONCE = 1 << 20
_LENGTH = struct.Struct("<i")
_SILERO_WINDOW = 512

# Elements and bytes of one block of each ggml tensor type that whisper.cpp's tools write (ggml.h).
_BLOCKS = {
    0: (1, 4),  # f32
    1: (1, 2),  # f16
    2: (32, 18),  # q4_0
    3: (32, 20),  # q4_1
    6: (32, 22),  # q5_0
    7: (32, 24),  # q5_1
    8: (32, 34),  # q8_0
    10: (256, 84),  # q2_K
    11: (256, 110),  # q3_K
    12: (256, 144),  # q4_K
    13: (256, 176),  # q5_K
    14: (256, 210),  # q6_K
    30: (1, 2),  # bf16
}


class GgmlKind(enum.Enum):
    """What a ggml file is for."""

    SPEECH = "speech"
    VAD = "vad"


@dataclass(frozen=True, slots=True)
class GgmlFile:
    """The outline of a file that was read to its end.

    Attributes:
        kind: speech model or voice activity model.
        layout: its size class by encoder layers ("tiny", "base", ...), or the voice model's own type name.
        multilingual: whether a speech model knows other languages than English.
        text_layers: decoder layers of a speech model; 0 for a voice model.
        tensors: tensors with all their bytes in the file; 0 in whisper.cpp's weightless test files.
    """

    kind: GgmlKind
    layout: str
    multilingual: bool
    text_layers: int
    tensors: int


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where the values of a tensor lie in a file.

    Attributes:
        name: as in the file; empty where it is no text.
        shape: extents, the one that varies fastest last.
        kind: ggml's number of the type.
        offset: of the first byte.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


class _CutShortError(Exception):
    """The file ends, or stops making sense, inside something it announced."""


def read_ggml(path: Path) -> GgmlFile:
    """Read the outline of a speech or voice activity model and check that the file is whole.

    Raises:
        FileMissingError: there is no such file.
        ModelError: it is neither kind of model, or it is cut short.
    """
    return _outline(path)[0]


def voice_tensors(path: Path) -> list[TensorPlace]:
    """Return the tensors of a voice activity model.

    Raises:
        FileMissingError: there is no such file.
        ModelError: it is something else, or it is cut short.
    """
    file, tensors = _outline(path)
    if file.kind is not GgmlKind.VAD:
        raise ModelError(f"{path.name} is a speech model; a voice activity model (silero) is needed here.")
    return tensors


def _outline(path: Path) -> tuple[GgmlFile, list[TensorPlace]]:
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except FileNotFoundError as error:
        raise FileMissingError(f"There is no model file at {path}.") from error
    except IsADirectoryError as error:
        raise ModelError(f"{path} is a folder, not a model file.") from error
    except OSError as error:
        raise ModelError(f"The model file {path.name} cannot be read: {error.strerror or error}.") from error
    except (_CutShortError, struct.error) as error:
        raise ModelError(
            f"The model file {path.name} is damaged or was not copied to its end: get it again."
        ) from error


def _read(file: BinaryIO, path: Path) -> tuple[GgmlFile, list[TensorPlace]]:
    magic = file.read(4)
    if magic == _GGUF_MAGIC:
        raise ModelError(
            f"{path.name} is a GGUF file, which whisper.cpp does not read: use a ggml .bin file."
        )
    if magic != _MAGIC:
        raise ModelError(f"{path.name} is not a ggml model file: whisper.cpp's models begin otherwise.")
    (first,) = _integers(file, 1)
    if _SMALLEST_VOCABULARY <= first < 1 << 20:
        return _read_speech(file, first)
    if 0 < first <= _LONGEST_TYPE_NAME:
        return _read_voice(file, first, path)
    raise ModelError(f"{path.name} is a ggml file, but neither a speech model nor a voice activity model.")


def _read_speech(file: BinaryIO, vocabulary: int) -> tuple[GgmlFile, list[TensorPlace]]:
    numbers = _integers(file, 10)
    audio_layers, text_layers = numbers[3], numbers[7]
    mels, bins = _integers(file, 2)
    if not (0 < mels <= 1024 and 0 < bins <= 4096 and 0 < audio_layers <= 256 and 0 < text_layers <= 256):
        raise _CutShortError
    _skip(file, mels * bins * 4)
    (words,) = _integers(file, 1)
    if not 0 <= words <= vocabulary:
        raise _CutShortError
    _skip_words(file, words)
    size = {4: "tiny", 6: "base", 12: "small", 24: "medium", 32: "large"}.get(audio_layers, "whisper")
    multilingual, tensors = vocabulary >= _MULTILINGUAL_VOCABULARY, _tensors(file)
    return GgmlFile(GgmlKind.SPEECH, size, multilingual, text_layers, len(tensors)), tensors


def _skip_words(file: BinaryIO, words: int) -> None:
    """Walk over the vocabulary in memory: read by read, fifty thousand words take three times as long."""
    base, data, at = file.tell(), b"", 0
    for _ in range(words):
        if at + _LENGTH.size > len(data):
            base, at = base + at, 0
            file.seek(base)
            data = file.read(_VOCABULARY_AT_ONCE)
        (length,) = _LENGTH.unpack_from(data, at)
        if not 0 <= length < _MOST_WORD_BYTES:
            raise _CutShortError
        at += _LENGTH.size + length
    file.seek(base + at)


def _read_voice(file: BinaryIO, name_length: int, path: Path) -> tuple[GgmlFile, list[TensorPlace]]:
    name = _bytes(file, name_length)
    if not name.startswith(b"silero") or not name.isascii():
        raise ModelError(
            f"{path.name} is a ggml file, but neither a speech model nor a voice activity model."
        )
    window = _integers(file, 5)[3]
    (layers,) = _integers(file, 1)
    if window != _SILERO_WINDOW or not 0 < layers <= 16:
        raise _CutShortError
    _integers(file, 3 * layers + 4)
    tensors = _tensors(file)
    if not tensors:
        raise _CutShortError
    return GgmlFile(GgmlKind.VAD, name.decode("ascii"), False, 0, len(tensors)), tensors


def _tensors(file: BinaryIO) -> list[TensorPlace]:
    """Walk over the tensors; the last must end where the file ends."""
    here = file.tell()
    end = file.seek(0, io.SEEK_END)
    if here > end:
        raise _CutShortError
    file.seek(here)
    found: list[TensorPlace] = []
    while file.tell() < end:
        dimensions, name_length, kind = _integers(file, 3)
        if not (0 <= dimensions <= 4 and 0 < name_length <= 256) or kind not in _BLOCKS:
            raise _CutShortError
        shape = _integers(file, dimensions)
        if any(extent <= 0 for extent in shape):
            raise _CutShortError
        name = _bytes(file, name_length).decode("ascii", errors="ignore")
        found.append(TensorPlace(name, shape[::-1], kind, file.tell()))
        elements = 1
        for extent in shape:
            elements *= extent
        per_block, block_bytes = _BLOCKS[kind]
        _skip(file, elements // per_block * block_bytes)
        if file.tell() > end:
            raise _CutShortError
    return found


def _bytes(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise _CutShortError
    return data


def _integers(file: BinaryIO, count: int) -> tuple[int, ...]:
    return struct.unpack(f"<{count}i", _bytes(file, 4 * count))


def _skip(file: BinaryIO, count: int) -> None:
    file.seek(count, io.SEEK_CUR)


def is_multilingual(path: Path) -> bool:
    """Tell from its first bytes whether a speech model knows other languages than English; yes where they
    cannot be read: what is wrong is said when the model is loaded."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return True
    return len(head) < 8 or struct.unpack_from("<i", head, 4)[0] >= _MULTILINGUAL_VOCABULARY


def peek_ggml(path: Path) -> GgmlKind | None:
    """Tell from the first bytes what a ggml file is for; None for anything else, unreadable files
    included."""
    try:
        with path.open("rb") as file:
            head = file.read(14)
    except OSError:
        return None
    if len(head) < 14 or not head.startswith(_MAGIC):
        return None
    (first,) = struct.unpack_from("<i", head, 4)
    if first >= _SMALLEST_VOCABULARY:
        return GgmlKind.SPEECH
    return GgmlKind.VAD if head[8:] == b"silero" else None
