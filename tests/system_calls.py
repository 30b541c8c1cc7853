"""What a program does to files and the network, seen from outside by strace."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

_OPENED = re.compile(r'\b(?:open|openat|creat)\((?:AT_FDCWD|\d+)?,? ?"([^"]*)", ([A-Z_|0-9]+)')
_CHANGED = re.compile(r'\b(mkdir|mkdirat|rename|renameat2?|unlink|unlinkat|link|symlink)\(.*?"([^"]*)"')
_CONNECTED = re.compile(r"\b(?:connect|sendto|bind)\(\d+, .*sa_family=(AF_INET6?|AF_NETLINK)")
_HARMLESS = ("/dev/", "/proc/")


class SystemCalls:
    """The calls of one run that touch files or the network, those of its threads and children included."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def watched(self, command: list[str]) -> list[str]:
        """Return what runs ``command`` and writes its calls down; skips the test where nothing can."""
        strace = shutil.which("strace")
        if strace is None:
            pytest.skip("strace is not installed; `python3 dev.py test` installs it where it may")
        watch = [strace, "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network,creat", "-o", str(self._log)]
        return [*watch, *command]

    @property
    def text(self) -> str:
        """All of them, a line each."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def written_files(self) -> list[str]:
        """The names that were opened for writing, made, renamed or removed, devices left out."""
        return [name for name in self._written() if not name.startswith(_HARMLESS)]

    def connections(self) -> list[str]:
        """The families of the addresses that were spoken to."""
        return _CONNECTED.findall(self.text)

    def qt_files(self) -> list[str]:
        """The calls that opened something of Qt."""
        return [line for line in self.text.splitlines() if "PySide6" in line and "= 3" in line]

    def _written(self) -> Iterator[str]:
        for line in self.text.splitlines():
            opened = _OPENED.search(line)
            if opened and {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"} & set(opened[2].split("|")):
                yield opened[1]
            changed = _CHANGED.search(line)
            if changed and " = 0" in line:
                yield changed[2]
