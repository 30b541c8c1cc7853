"""Small records under keys in one file of JSON: what was measured once and may be measured again."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_MOST = 500
"""Records that are kept, the newest."""

_MOST_BYTES = 4 << 20

_writing = threading.Lock()


class RecordFile:
    """Any thread may use it, and several programs: each write replaces the file as a whole.

    What cannot be read counts as empty: all of it can be measured again.

    Attributes:
        path: the file; nothing is created before ``put``.
    """

    def __init__(self, path: Path, version: int) -> None:
        """Keep records in ``path``; those of another ``version`` count as none."""
        self.path = path
        self._version = version

    def read(self) -> dict[str, Any]:
        """Return all records by key, the oldest first."""
        try:
            if self.path.stat().st_size > _MOST_BYTES:
                return {}
            stored = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(stored, dict) or stored.get("version") != self._version:
            return {}
        records = stored.get("records")
        return records if isinstance(records, dict) else {}

    def put(self, records: Mapping[str, Mapping[str, object]]) -> None:
        """Add records, or replace those of the same key.

        Raises:
            OSError: the folder cannot be written to.
        """
        with _writing:
            kept = {key: record for key, record in self.read().items() if key not in records} | dict(records)
            newest = dict(list(kept.items())[-_MOST:])
            self._write(json.dumps({"version": self._version, "records": newest}, indent=1).encode())

    def clear(self) -> None:
        """Forget all.

        Raises:
            OSError: the file cannot be removed.
        """
        with _writing:
            self.path.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, passing = tempfile.mkstemp(prefix=self.path.name + ".", dir=self.path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(passing).replace(self.path)
        except BaseException:
            with suppress(OSError):
                Path(passing).unlink()
            raise
