"""The checksum by which model files are known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.core.cancel import CancelToken

_READ_BYTES = 1 << 20


def sha256_of(path: Path, cancel: CancelToken | None = None) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits; reads all of it.

    Raises:
        OSError: it cannot be read.
        CancelledError: ``cancel`` was set.
    """
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_READ_BYTES):
            if cancel is not None:
                cancel.raise_if_cancelled()
            hashed.update(data)
    return hashed.hexdigest()
