"""Where models lie, which one a name means, and whether they are whole. Files only: nothing is ever
fetched."""

from __future__ import annotations

import enum
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from app.core.errors import FileMissingError, ModelError, ReelscopeError, UsageError
from app.inference.file_hash import sha256_of
from app.inference.model_kind import ModelKind
from app.inference.onnx_file import check_onnx_file
from app.inference.speech_file import GgmlKind, peek_ggml, read_ggml
from app.inference.speech_model import check_speech_file
from app.resources import resource_path

ENVIRONMENT_VARIABLE = "REELSCOPE_MODELS"
_DETECTOR_SUFFIX = ".onnx"
_GGML_SUFFIXES = (".bin", ".gguf")
_HASH_SUFFIX = ".sha256"
_COPY_BYTES = 1 << 20
_WHISPER_PREFIXES = ("ggml-", "ggml_")


class ModelSource(enum.Enum):
    """Where a model was found; the order is the order of preference."""

    ENVIRONMENT = "environment"
    USER = "user"
    SAMPLE = "sample"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model file; ``name`` is its file name without the suffix."""

    name: str
    kind: ModelKind
    path: Path
    source: ModelSource

    @property
    def is_sample(self) -> bool:
        """Whether it came with the program, for its sample alone."""
        return self.source is ModelSource.SAMPLE


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a model file is whole, in one sentence."""

    entry: ModelEntry
    ok: bool
    sentence: str


class ModelStore:
    """The models of this machine: those in $REELSCOPE_MODELS, the user's own, the sample's.

    Nothing is kept: each call looks at the folders as they are. Any thread may call it.
    """

    def __init__(
        self,
        folders: Sequence[Path] | None = None,
        user_folder: Path | None = None,
        sample_folder: Path | None = None,
    ) -> None:
        """Look into the given folders; None stands for the usual ones. None is created before ``add``."""
        self._folders = _environment_folders() if folders is None else tuple(folders)
        self.user_folder = user_folder or _user_folder()
        self._sample_folder = sample_folder or resource_path("sample")

    def entries(self) -> list[ModelEntry]:
        """Return all models, in order of preference; what is no model by its first bytes is left out."""
        found: list[ModelEntry] = []
        for folder in self._folders:
            found += _scan(folder, ModelSource.ENVIRONMENT)
        found += _scan(self.user_folder, ModelSource.USER)
        found += _scan(self._sample_folder, ModelSource.SAMPLE)
        unique = {os.path.realpath(entry.path): entry for entry in reversed(found)}
        return [entry for entry in found if unique[os.path.realpath(entry.path)] is entry]

    def resolve(self, name_or_path: str | Path, kind: ModelKind) -> ModelEntry:
        """Return the model a user means: by name, by file name, by a whisper name such as "tiny", or by path.

        Raises:
            FileMissingError: a path where there is no file.
            UsageError: no model of that name; the sentence lists those that are there.
            ModelError: the file is no usable model of that kind.
        """
        text = os.fspath(name_or_path)
        path = Path(text)
        looks_like_path = isinstance(name_or_path, Path) or path.name != text or bool(_kind_by_suffix(path))
        if looks_like_path and path.is_file():
            return self._of_file(path, kind)
        listed = ModelKind.DETECTOR if kind is ModelKind.ENCODER else kind
        of_kind = [replace(entry, kind=kind) for entry in self.entries() if entry.kind is listed]
        for entry in of_kind:
            if text.casefold() in _names(entry.path):
                return entry
        if path.is_file():
            return self._of_file(path, kind)
        if looks_like_path:
            raise FileMissingError(f"There is no model file '{text}'.")
        known = ", ".join(dict.fromkeys(entry.name for entry in of_kind)) or "none"
        raise UsageError(f"There is no {kind.value} model '{text}'; installed here: {known}.")

    def default(self, kind: ModelKind) -> ModelEntry | None:
        """Return the first usable model of a kind: an installed one before the sample's own."""
        for entry in self.entries():
            if entry.kind is kind and _fault(entry) is None:
                return entry
        return None

    def add(self, file: Path) -> ModelEntry:
        """Copy a model into the user's folder, with its checksum beside it; the copy appears whole or not at
        all.

        Raises:
            FileMissingError: no such file.
            ModelError: it is no usable model, or it cannot be copied.
            UsageError: another model of that name is installed.
        """
        kind = _checked_kind(file)
        target = self.user_folder / _installed_name(file, kind)
        entry = ModelEntry(target.stem, kind, target, ModelSource.USER)
        try:
            if target.exists():
                return self._already_there(file, entry)
            self.user_folder.mkdir(parents=True, exist_ok=True)
            digest = _copy_whole(file, target)
            _write_whole(_hash_file(target), f"{digest}  {target.name}\n".encode())
        except OSError as error:
            reason = error.strerror or error
            raise ModelError(f"{file.name} cannot be copied to {self.user_folder}: {reason}.") from error
        return entry

    def verify(self) -> Iterator[Verification]:
        """Read every model to its end and compare it with the checksum noted when it was added, where there
        is one."""
        for entry in self.entries():
            yield _verify(entry)

    def _of_file(self, path: Path, kind: ModelKind) -> ModelEntry:
        found = _checked_kind(path, kind)
        if kind is ModelKind.ENCODER and found is ModelKind.DETECTOR:
            return ModelEntry(path.stem, kind, path, ModelSource.FILE)
        if found is not kind:
            raise ModelError(f"{path.name} is a {found.value} model; a {kind.value} model is needed here.")
        for entry in self.entries():
            if entry.kind is kind and entry.path.samefile(path):
                return entry
        return ModelEntry(path.stem, kind, path, ModelSource.FILE)

    def _already_there(self, file: Path, entry: ModelEntry) -> ModelEntry:
        if file.samefile(entry.path) or sha256_of(file) == sha256_of(entry.path):
            return entry
        raise UsageError(
            f"Another model named {entry.name} is installed: rename the file, or remove {entry.path}."
        )


def _environment_folders() -> tuple[Path, ...]:
    listed = os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep)
    return tuple(Path(folder).expanduser() for folder in listed if folder.strip())


def _user_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("reelscope", appauthor=False) / "models"


def _scan(folder: Path, source: ModelSource) -> list[ModelEntry]:
    try:
        paths = sorted(path for path in folder.iterdir() if _kind_by_suffix(path) and path.is_file())
    except OSError:
        return []
    entries = []
    for path in paths:
        kind = _kind(path)
        if kind is not None:
            entries.append(ModelEntry(path.stem, kind, path, source))
    return entries


def _kind_by_suffix(path: Path) -> bool:
    return path.suffix.lower() in (_DETECTOR_SUFFIX, *_GGML_SUFFIXES)


def _kind(path: Path) -> ModelKind | None:
    """The kind by suffix and first bytes; an installed file whose first bytes were lost still counts as a
    model."""
    if path.suffix.lower() == _DETECTOR_SUFFIX:
        return ModelKind.DETECTOR
    ggml = peek_ggml(path)
    if ggml is None:
        return ModelKind.SPEECH if _hash_file(path).is_file() else None
    return ModelKind.VAD if ggml is GgmlKind.VAD else ModelKind.SPEECH


def _checked_kind(path: Path, wanted: ModelKind | None = None) -> ModelKind:
    """Check a file of any kind and tell the kind; one that is no model is judged as what was ``wanted``.

    Raises:
        FileMissingError: no such file.
        ModelError: it is no usable model.
    """
    if not path.exists():
        raise FileMissingError(f"There is no model file '{path}'.")
    ggml = peek_ggml(path)
    if ggml is GgmlKind.VAD:
        read_ggml(path)
        return ModelKind.VAD
    is_speech = path.suffix.lower() in _GGML_SUFFIXES or wanted in (ModelKind.SPEECH, ModelKind.VAD)
    if ggml is GgmlKind.SPEECH or (is_speech and path.suffix.lower() != _DETECTOR_SUFFIX):
        check_speech_file(path)
        return ModelKind.SPEECH
    check_onnx_file(path)
    return ModelKind.DETECTOR


def _names(path: Path) -> set[str]:
    """All names a file answers to, folded."""
    names = {path.name.casefold(), path.stem.casefold()}
    stem = path.stem.casefold()
    names |= {stem[len(prefix) :] for prefix in _WHISPER_PREFIXES if stem.startswith(prefix)}
    return names


def _installed_name(file: Path, kind: ModelKind) -> str:
    """Its own name; with the suffix it will be found by."""
    suffixes = (_DETECTOR_SUFFIX,) if kind is ModelKind.DETECTOR else _GGML_SUFFIXES
    return file.name if file.suffix.lower() in suffixes else file.name + suffixes[0]


def _hash_file(path: Path) -> Path:
    return path.with_name(path.name + _HASH_SUFFIX)


def _fault(entry: ModelEntry) -> str | None:
    """Return what is wrong with a model by its structure, or None."""
    try:
        kind = _checked_kind(entry.path, entry.kind)
    except ReelscopeError as error:
        return str(error)
    if kind is not entry.kind:
        return f"{entry.path.name} is a {kind.value} model, not a {entry.kind.value} model."
    return None


def _verify(entry: ModelEntry) -> Verification:
    try:
        digest = sha256_of(entry.path)
        noted = _noted_digest(entry.path)
    except OSError as error:
        return Verification(entry, False, f"{entry.path} cannot be read: {error.strerror or error}.")
    if noted is not None and noted != digest:
        sentence = "the file has changed since it was added: remove it and add it again."
        return Verification(entry, False, sentence)
    fault = _fault(entry)
    if fault is not None:
        return Verification(entry, False, fault)
    since = "as when it was added" if noted else "no checksum was noted for it"
    return Verification(entry, True, f"whole, sha256 {digest} ({since}).")


def _noted_digest(path: Path) -> str | None:
    try:
        return _hash_file(path).read_text(encoding="utf-8").split()[0].lower()
    except FileNotFoundError:
        return None
    except (IndexError, UnicodeDecodeError):
        return "unreadable"


def _copy_whole(source: Path, target: Path) -> str:
    """Copy a file beside its final name, rename it, and return its SHA-256."""
    hashed = hashlib.sha256()
    with source.open("rb") as file, _appearing(target) as copy:
        while chunk := file.read(_COPY_BYTES):
            hashed.update(chunk)
            copy.write(chunk)
    return hashed.hexdigest()


def _write_whole(target: Path, data: bytes) -> None:
    with _appearing(target) as file:
        file.write(data)


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    """Write a file under a passing name in the same folder; it takes its name once it is safely on disk."""
    descriptor, passing = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(passing).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(passing).unlink()
        raise
