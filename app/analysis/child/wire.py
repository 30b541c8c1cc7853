"""Messages as bytes, and back: typed, of bounded size, never code.

The child reads hostile files with native code, so what it sends is taken for foreign: only the named types
with fields of the right types are let through. A message is four bytes of length (little endian), one byte
that says whether strings are escaped, and MessagePack of the type's name and its value.
"""

from __future__ import annotations

import functools
import os
import re
import struct
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, get_args

import msgspec

from app.analysis.child.messages import Order, Said
from app.core.events import Cancelled, Done, Failed

LONGEST = 32 * 2**20
"""Bytes of one message: what is told at once takes far less."""

_HEAD = struct.Struct("<IB")
_PLAIN, _ESCAPED = 0, 1
_ESCAPE = "\U0010ffff"
"""A code point without a meaning: put before a lone surrogate's hexadecimal digits, doubled for itself."""

_OUTCOMES = (Done, Failed, Cancelled)


class WireError(Exception):
    """What came is no message; the text says why, for the log."""


def encode(message: Order | Said) -> bytes:
    """Return the bytes of a message."""
    try:
        body, form = _encoder().encode((type(message).__name__, message)), _PLAIN
    except UnicodeEncodeError:  # a file name that is not UTF-8
        body, form = (
            _encoder().encode((type(message).__name__, _mapped(_builtins(message), _escape))),
            _ESCAPED,
        )
    return _HEAD.pack(len(body), form) + body


def read_order(pipe: IO[bytes]) -> Order | None:
    """Wait for the next order; None where the other side has closed.

    Raises:
        WireError: it is none.
    """
    return _read(pipe, _orders())  # type: ignore[no-any-return]


def read_said(pipe: IO[bytes]) -> Said | None:
    """Wait for what the child says next; None where it has closed, be it in the middle of a message.

    Raises:
        WireError: it is nothing that a child says.
    """
    return _read(pipe, _sayings())  # type: ignore[no-any-return]


def _read(pipe: IO[bytes], kinds: dict[str, type]) -> Any:
    head = pipe.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        return None  # it ended in the middle of a word
    length, form = _HEAD.unpack(head)
    if length > LONGEST or form not in (_PLAIN, _ESCAPED):
        raise WireError(f"a message of {length} bytes in form {form}")
    body = pipe.read(length)
    return None if len(body) < length else _decode(body, form, kinds)


def _decode(body: bytes, form: int, kinds: dict[str, type]) -> Any:
    try:
        name, value = _envelope().decode(body)
        if form == _PLAIN:
            return _decoder(kinds[name]).decode(value)
        plain = _mapped(msgspec.msgpack.decode(value), _unescape)
        return msgspec.convert(plain, kinds[name], dec_hook=_from_wire, builtin_types=(bytes,))
    except KeyError as error:
        raise WireError(f"a message of the unknown kind {error}") from error
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise WireError(str(error)) from error


@functools.cache
def _encoder() -> msgspec.msgpack.Encoder:
    return msgspec.msgpack.Encoder(enc_hook=_to_wire)


@functools.cache
def _envelope() -> msgspec.msgpack.Decoder[tuple[str, msgspec.Raw]]:
    return msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])


@functools.cache
def _decoder(kind: type) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind, dec_hook=_from_wire)


@functools.cache
def _orders() -> dict[str, type]:
    return _by_name(get_args(Order))


@functools.cache
def _sayings() -> dict[str, type]:
    return _by_name(kind for kind in get_args(Said) if kind not in _OUTCOMES)


def _by_name(kinds: Iterable[type]) -> dict[str, type]:
    return {kind.__name__: kind for kind in kinds}


def _to_wire(value: Any) -> Any:
    """What MessagePack does not know by itself."""
    if isinstance(value, Path):
        return os.fsencode(value)
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"{type(value)} is not sent")


def _from_wire(kind: type, value: Any) -> Any:
    if issubclass(kind, Path) and isinstance(value, bytes):
        return Path(os.fsdecode(value))
    if kind is Fraction and isinstance(value, str):
        return Fraction(value)
    raise ValueError(f"a {type(value).__name__} is no {kind.__name__}")


def _builtins(message: Any) -> Any:
    return msgspec.to_builtins(message, enc_hook=_to_wire, builtin_types=(bytes,))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return the same lists and dictionaries with every string changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_mapped(key, change): _mapped(item, change) for key, item in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list | tuple) else value


def _escape(text: str) -> str:
    doubled = text.replace(_ESCAPE, _ESCAPE * 2)
    return "".join(f"{_ESCAPE}{ord(c):04x}" if 0xD800 <= ord(c) < 0xE000 else c for c in doubled)


def _unescape(text: str) -> str:
    return _ESCAPED_PART.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPE, text)


_ESCAPED_PART = re.compile(f"{_ESCAPE}(?:{_ESCAPE}|([0-9a-f]{{4}}))")
