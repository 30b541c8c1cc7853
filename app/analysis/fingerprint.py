"""The hash of a media file, by which another person knows that it is the same one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.core.cancel import CancelToken

_CHUNK = 1 << 20


def sha256_of(path: Path, cancel: CancelToken) -> str:
    """Return the SHA-256 of the whole file, in hexadecimal; reads all of it, a megabyte at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            cancel.raise_if_cancelled()
            digest.update(chunk)
    return digest.hexdigest()
