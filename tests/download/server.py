"""A server on this machine that answers as a test tells it to: well, or in one of many wrong ways."""

from __future__ import annotations

import hashlib
import random
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.cancel import CancelToken
from app.download.fetching import Fetcher, Patience
from app.download.rules import Rules
from app.download.wanted import Stage, Wanted

CONTENT = random.Random(7).randbytes(1_200_000)
HALF = len(CONTENT) // 2
LOOPBACK = Rules(("127.0.0.1",), plain_loopback=True)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass(frozen=True)
class Request:
    """What a client asked; ``headers`` by names in small letters."""

    path: str
    headers: dict[str, str]

    @property
    def offset(self) -> int:
        """From where on it wants the file; 0 for all of it."""
        return int(self.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))


Send = Callable[[bytes], None]
Behaviour = Callable[[Request, Send], None]


def head(status: str, **headers: object) -> bytes:
    """The beginning of an answer; `_` in names stands for `-`."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def partial(offset: int, content: bytes = CONTENT, etag: str = '"one"') -> bytes:
    """A right answer to a request for a part."""
    rest = content[offset:]
    span = f"bytes {offset}-{len(content) - 1}/{len(content)}"
    return head("206 Partial", Content_Range=span, Content_Length=len(rest), ETag=etag) + rest


def whole(content: bytes = CONTENT, etag: str = '"one"') -> bytes:
    """A right answer to a request for the whole file."""
    return head("200 OK", Content_Length=len(content), ETag=etag) + content


def well(request: Request, send: Send) -> None:
    """Answer as servers should."""
    send(partial(request.offset) if request.offset else whole())


def redirect(to: str) -> Behaviour:
    """Answer that the file lies elsewhere."""
    return lambda request, send: send(head("302 Found", Location=to, Content_Length=0))


def status(line: str, **headers: object) -> Behaviour:
    """Answer with a status and nothing else."""
    return lambda request, send: send(head(line, Content_Length=0, **headers))


@dataclass
class Server:
    """Answers the first request by the first behaviour, and so on; the last one stays.

    Attributes:
        requests: what came.
        release: for behaviours that wait; set when the server ends.
    """

    behaviours: list[Behaviour]
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        """Of the file."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/models/file.bin"

    def handle(self, connection: Any) -> None:
        """Answer one connection."""
        with suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            request = _read(connection)
            if request is None:
                return
            number = len(self.requests)
            self.requests.append(request)
            self.behaviours[min(number, len(self.behaviours) - 1)](request, connection.sendall)
            connection.close()


def _read(connection: Any) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more or (data + more)[:1] == b"\x16":  # a hello of TLS
            return None
        data += more
    first, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return Request(first.split()[1], {name.lower(): value for name, value in pairs})


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(list(behaviours), tls)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            server.handle(self.request)

    with _Listener(("127.0.0.1", 0), Handler) as listener:
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.release.set()
            listener.shutdown()
            thread.join()


@dataclass
class Client:
    """Fetches the server's file into a folder; rests take no time and are noted.

    Attributes:
        rests: seconds it would have waited.
        seen: what it was told.
    """

    folder: Path
    rules: Rules = LOOPBACK
    silence_s: float = 20.0
    clock: Callable[[], float] = lambda: 0.0
    tls: ssl.SSLContext | None = None
    rests: list[float] = field(default_factory=list)
    seen: list[tuple[Stage, int]] = field(default_factory=list)
    cancel: CancelToken = field(default_factory=CancelToken)

    @property
    def target(self) -> Path:
        """Where the file will stand."""
        return self.folder / "file.bin"

    @property
    def part(self) -> Path:
        """Where its part lies."""
        return self.folder / "file.bin.part"

    def fetch(self, url: str, size: int = len(CONTENT), sha256: str = SHA256) -> None:
        """Fetch it."""
        patience = Patience(rest=self._rest, silence_s=self.silence_s, clock=self.clock)
        fetcher = Fetcher(self.rules, patience, self.tls)
        fetcher.fetch(Wanted(url, self.target, size, sha256), self._told, self.cancel)

    def names(self) -> set[str]:
        """What lies in the folder."""
        return {path.name for path in self.folder.iterdir()}

    def leave_part(self, content: bytes, etag: str = '"one"') -> None:
        """Let some of the file lie there from an earlier time."""
        self.part.write_bytes(content)
        self.part.with_name("file.bin.part.etag").write_text(etag)

    def _rest(self, seconds: float, cancel: CancelToken) -> None:
        self.rests.append(seconds)
        cancel.raise_if_cancelled()

    def _told(self, stage: Stage, done: int, why: str = "") -> None:
        self.seen.append((stage, done))
