"""The peer of the player's rows: mpv without a window, spoken to over its JSON socket."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE_S = 30.0
_OPTIONS = (
    "--no-config", "--vo=null", "--no-audio", "--pause", "--keep-open=yes", "--really-quiet", "--idle=yes",
)  # fmt: skip


def mpv_is_there() -> bool:
    """Whether there is a peer to compare with."""
    return shutil.which("mpv") is not None


class Mpv:
    """One mpv, paused on one file. A context manager."""

    def __init__(self, path: Path) -> None:
        self._folder = tempfile.TemporaryDirectory()
        address = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(["mpv", *_OPTIONS, f"--input-ipc-server={address}"])
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_PATIENCE_S)
        self._unread = b""
        self._connect(address)
        self._send("loadfile", str(path))
        self._wait("playback-restart")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._send("quit")
        self._process.wait(_PATIENCE_S)
        self._socket.close()
        self._folder.cleanup()

    def seek_ms(self, time_s: float, *, exact: bool) -> float:
        """Milliseconds from the command until mpv says that the picture is there."""
        began = time.perf_counter()
        self._send("seek", time_s, "absolute+exact" if exact else "absolute+keyframes")
        self._wait("playback-restart")
        return (time.perf_counter() - began) * 1000

    def step_ms(self, *, forward: bool) -> float:
        """Milliseconds for one frame step."""
        began = time.perf_counter()
        before = self._ask("get_property", "estimated-frame-number")
        self._send("frame-step" if forward else "frame-back-step")
        if not forward:
            self._wait("playback-restart")
        else:
            while self._ask("get_property", "estimated-frame-number") == before:
                if time.perf_counter() - began > _PATIENCE_S:
                    raise TimeoutError("mpv did not step")
        return (time.perf_counter() - began) * 1000

    def _connect(self, address: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                self._socket.connect(address)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def _send(self, *words: object) -> None:
        self._socket.sendall(json.dumps({"command": words}).encode() + b"\n")

    def _ask(self, *words: object) -> Any:
        self._socket.sendall(json.dumps({"command": words, "request_id": 1}).encode() + b"\n")
        while (said := self._read()).get("request_id") != 1:
            pass
        return said.get("data")

    def _wait(self, event: str) -> None:
        while self._read().get("event") != event:
            pass

    def _read(self) -> dict[str, Any]:
        while b"\n" not in self._unread:
            got = self._socket.recv(65536)
            if not got:
                raise ConnectionError("mpv has gone")
            self._unread += got
        line, self._unread = self._unread.split(b"\n", 1)
        said: dict[str, Any] = json.loads(line)
        return said
