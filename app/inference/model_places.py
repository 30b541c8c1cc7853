"""Models that stay where they are: files and folders that a person named, and nothing was copied of."""

from __future__ import annotations

import json
from pathlib import Path

from app.inference.model_files import write_whole

_FILE_NAME = "places.json"
_VERSION = 1


class ModelPlaces:
    """The list of them, in the user's model folder. Any thread may call it; nothing is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE_NAME

    def read(self) -> tuple[Path, ...]:
        """Return the files and folders; none where there is no list, or it cannot be read."""
        try:
            document = json.loads(self._file.read_bytes())
            if document["version"] != _VERSION:
                return ()
            return tuple(Path(place) for place in document["places"] if isinstance(place, str))
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def add(self, place: Path) -> None:
        """Put a file or folder on the list.

        Raises:
            OSError: the list cannot be written.
        """
        places = self.read()
        if place not in places:
            self._write((*places, place))

    def forget(self, place: Path) -> None:
        """Take one off the list; the file or folder itself stays as it is.

        Raises:
            OSError: the list cannot be written.
        """
        self._write(tuple(each for each in self.read() if each != place))

    def _write(self, places: tuple[Path, ...]) -> None:
        if not places:
            self._file.unlink(missing_ok=True)
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        document = {"version": _VERSION, "places": [str(place) for place in places]}
        write_whole(self._file, json.dumps(document, indent=1).encode())
