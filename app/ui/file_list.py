"""The files to go through, and which of them is open: a plain value with a place in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

MOST_FILES = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """One file; ``failure`` says why it could not be opened, "" where it could or was not tried."""

    path: Path
    failure: str = ""


class FileList:
    """Files in the order they came, each once.

    Attributes:
        files: all of them.
        current: the place of the open one; -1 where none of them is open.
    """

    def __init__(self) -> None:
        self.files: tuple[Listed, ...] = ()
        self.current = -1

    def replace(self, paths: Iterable[Path]) -> None:
        """Have other files, the first of them open."""
        self.files = ()
        self.current = 0 if self.queue(paths) else -1

    def queue(self, paths: Iterable[Path]) -> int:
        """Put files behind the others, those not there yet; return how many that were."""
        known = {each.path for each in self.files}
        new = [path for path in dict.fromkeys(paths) if path not in known]
        new = new[: MOST_FILES - len(self.files)]
        self.files += tuple(Listed(path) for path in new)
        return len(new)

    def settle(self, path: Path) -> None:
        """A file was opened: go to its place; one that is not listed is a list of its own."""
        for place, each in enumerate(self.files):
            if each.path == path:
                self.current = place
                return
        self.replace((path,))

    def at(self, step: int) -> Path | None:
        """Return the file so many places further; None beyond the ends."""
        place = self.current + step
        return self.files[place].path if self.files and 0 <= place < len(self.files) else None

    def note(self, path: Path, failure: str) -> None:
        """Remember why a file could not be opened, or that it could."""
        self.files = tuple(
            replace(each, failure=failure) if each.path == path else each for each in self.files
        )
