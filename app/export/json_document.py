"""The result document: UTF-8 JSON, schema ``reelscope/1``, described by docs/reelscope-1.schema.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from app.core.errors import ExportError, FileMissingError
from app.core.results import SCHEMA, AnalysisResult, Transcript
from app.export.files import write_atomic
from app.export.text import encodable

T = TypeVar("T")

_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def dump(result: AnalysisResult) -> bytes:
    r"""Return the document, ending in a newline; the same result always gives the same bytes.

    Objects are indented and items of lists stand on a line each. Keys keep the order of the dataclasses,
    those of ``settings`` and ``run.device`` are sorted. Floats are the shortest that read back
    exactly. A lone surrogate (of a file name that is not UTF-8) becomes the six characters ``\udcff``.

    Raises:
        ExportError: a number is not finite, or ``settings`` holds what JSON cannot say.
    """
    values = _builtins(result)
    del values["schema"]
    return _encoded({"schema": SCHEMA, **values})


def dump_transcript(result: AnalysisResult) -> bytes:
    """Return the ``transcript`` of the document alone, laid out the same; ``null`` where there is none.

    Raises:
        ExportError: as ``dump``.
    """
    return _encoded(_builtins(result.transcript))


def _builtins(value: object) -> Any:
    try:
        return msgspec.to_builtins(value, order="deterministic")
    except (TypeError, RecursionError) as error:
        raise ExportError(f"The result cannot be written as JSON: {error}.") from error


def _encoded(value: Any) -> bytes:
    # Only strings can hold surrogates, so a backslash as JSON writes it is right wherever one is met.
    return (encodable(_laid_out(value, "", "$"), backslash="\\\\") + "\n").encode()


def _laid_out(value: Any, indent: str, where: str) -> str:
    """Return JSON of ``value`` with objects opened at ``indent`` and one line for each item of a list."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        rows = [
            f"{_line(key, where)}: {_laid_out(item, inner, f'{where}.{key}')}" for key, item in value.items()
        ]
        return _bracketed("{", rows, "}", indent)
    if isinstance(value, list | tuple) and value:
        rows = [_line(item, f"{where}[{number}]") for number, item in enumerate(value)]
        return _bracketed("[", rows, "]", indent)
    return _line(value, where)


def _bracketed(opening: str, rows: list[str], closing: str, indent: str) -> str:
    inner = indent + "  "
    return f"{opening}\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}{closing}"


def _line(value: Any, where: str) -> str:
    try:
        return _LINE.encode(value)
    except (ValueError, TypeError, RecursionError) as error:
        sentence = f"The result cannot be written as JSON: `{where}` holds what JSON cannot say."
        raise ExportError(sentence) from error


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before UTF-8."""


def load(data: bytes) -> AnalysisResult:
    """Read a document back; ``load(dump(result)) == result``.

    Keys that this version does not know are passed over: a later one may add some without a new schema.

    Raises:
        ExportError: broken JSON, another schema, a key that is missing or of a wrong type.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        parts = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        _check_schema(parts)
        return msgspec.json.decode(data, type=AnalysisResult)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"This is no result document of Reelscope: {_reason(error)}.") from error


def _check_schema(parts: dict[str, msgspec.Raw]) -> None:
    schema = msgspec.json.decode(parts["schema"]) if "schema" in parts else None
    if schema != SCHEMA:
        told = f"its schema is {json.dumps(schema)}" if schema is not None else "it names no schema"
        raise ExportError(f"This is no result document of Reelscope: {told}, not {json.dumps(SCHEMA)}.")
    missing = [part.name for part in fields(AnalysisResult) if part.name not in parts]
    if missing:
        raise ExportError(f"This result document is not complete: '{missing[0]}' is missing.")


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def save_json(result: AnalysisResult, path: Path) -> None:
    """Write the document to ``path``, whole or not at all.

    Raises:
        ExportError: it cannot be written.
    """
    write_atomic(path, dump(result))


def load_json(path: Path) -> AnalysisResult:
    """Read the document in the file ``path``.

    Raises:
        FileMissingError: no such file.
        ExportError: it cannot be read, or is no result document.
    """
    return _from_file(path, load)


def load_transcript(path: Path) -> Transcript | None:
    """Read the transcript in the file ``path``: of a document, or written by ``dump_transcript``.

    Raises:
        FileMissingError: no such file.
        ExportError: it cannot be read, or is neither.
    """
    return _from_file(path, _transcript)


def _transcript(data: bytes) -> Transcript | None:
    data = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        parts = msgspec.json.decode(data, type=dict[str, msgspec.Raw] | None)
        if parts is None or "segments" in parts:
            return msgspec.json.decode(data, type=Transcript | None)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"This is no transcript of Reelscope: {_reason(error)}.") from error
    return load(data).transcript


def _from_file(path: Path, read: Callable[[bytes], T]) -> T:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise FileMissingError(f"'{path}' is not there.") from error
    except OSError as error:
        raise ExportError(f"'{path}' cannot be read: {error.strerror}.") from error
    try:
        return read(data)
    except ExportError as error:
        raise ExportError(f"'{path}': {error}") from error
