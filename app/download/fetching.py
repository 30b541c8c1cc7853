"""Fetching one file: resumed, retried, checked as a whole, and only then under its name."""

from __future__ import annotations

import hashlib
import random
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app import __version__
from app.core.cancel import CancelToken
from app.core.errors import DownloadError
from app.download.answer import Answer, asked
from app.download.hiccup import HiccupError
from app.download.partial import PartialFile, locked
from app.download.rules import Rules
from app.download.space import DISK_FULL, check_room
from app.download.wanted import Stage, Told, Wanted

_READ_BYTES = 1 << 16
_HASH_BYTES = 1 << 20
_WORTH_BYTES = 1 << 18
"""A try that brought less counts as one that brought nothing."""
_MOST_RESTARTS = 3
_HEADERS = {
    "Accept-Encoding": "identity",
    "User-Agent": f"reelscope/{__version__}",
    "Connection": "close",
}
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def rest(seconds: float, cancel: CancelToken) -> None:
    """Wait, or until somebody asks to stop."""
    woken = threading.Event()
    forget = cancel.on_cancel(woken.set)
    woken.wait(seconds)
    forget()
    cancel.raise_if_cancelled()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try.

    Attributes:
        tries: that bring nothing, one after the other.
        tries_unanswered: the same while nobody has answered at all: most often there is no network.
        first_rest_s, longest_rest_s: between tries; each rest is twice the one before.
        silence_s: without an answer or a byte, after which a try has failed.
        slowest: bytes a second, over ``silence_s``; a connection that drips has failed too.
        rest, clock: waiting and telling the time, both in seconds.
    """

    tries: int = 5
    tries_unanswered: int = 3
    first_rest_s: float = 1.0
    longest_rest_s: float = 30.0
    silence_s: float = 30.0
    slowest: float = 512.0
    rest: Callable[[float, CancelToken], None] = rest
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class _Course:
    """How a download goes."""

    failures: int = 0
    restarts: int = 0
    resumed: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches files by some rules; any thread may call it, several at once.

    Attributes:
        tls: checks certificates; None for what the system trusts.
    """

    rules: Rules
    patience: Patience = field(default_factory=Patience)
    tls: ssl.SSLContext | None = None

    def fetch(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        """Bring a file to its place; one that is there and whole is left as it is.

        What has come when somebody cancels or the network fails stays beside it as NAME.part, and the next
        call goes on behind it.

        Raises:
            CancelledError: asked to stop.
            DownloadError: it did not come; the sentence says why, and nothing stands under its name that
                was not there before.
        """
        try:
            wanted.target.parent.mkdir(parents=True, exist_ok=True)
            with locked(wanted.target):
                if not _is_whole(wanted.target, wanted, told, cancel):
                    _Download(self, wanted, told, cancel).run()
        except DownloadError as error:
            raise DownloadError(f"{wanted.target.name} was not fetched: {error}.") from error
        except OSError as error:
            folder = wanted.target.parent
            clause = f"{folder} cannot be written to ({error.strerror or error})"
            raise DownloadError(f"{wanted.target.name} was not fetched: {clause}.") from error


class _Download:
    """One call of ``fetch``."""

    def __init__(self, fetcher: Fetcher, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        self._rules, self._patience = fetcher.rules, fetcher.patience
        self._tls = fetcher.tls
        self._wanted, self._told, self._cancel = wanted, told, cancel
        self._part = PartialFile(wanted.target)
        self._course = _Course()

    def run(self) -> None:
        """Fetch until it is whole."""
        try:
            self._fetch_whole()
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            self._part.discard()
            folder = self._wanted.target.parent
            raise DownloadError(f"the disk of {folder} is full; what had come was removed again") from error
        finally:
            self._close()

    def _close(self) -> None:
        try:
            self._part.close()
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise

    def _fetch_whole(self) -> None:
        check_room(self._wanted)
        while True:
            self._fetch_rest()
            if _is_whole(self._part.path, self._wanted, self._told, self._cancel):
                self._part.become_whole()
                return
            resumed = self._course.resumed
            self._part.discard()
            self._course.resumed = False
            if not resumed:
                raise DownloadError("what came is not the file: its checksum is another, so it was removed")
            self._restart("the pieces that came do not make the file")

    def _fetch_rest(self) -> None:
        if self._part.size > self._wanted.bytes:
            self._part.discard()
        while self._part.size < self._wanted.bytes:
            before = self._part.size
            try:
                self._try_once()
                self._part.close()
            except HiccupError as hiccup:
                self._part.close()
                gained = self._part.size - before
                self._course.failures = 0 if gained >= _WORTH_BYTES else self._course.failures + 1
                self._rest_after(hiccup)

    def _rest_after(self, hiccup: HiccupError) -> None:
        patience, failures = self._patience, self._course.failures
        if failures >= (patience.tries if self._course.answered else patience.tries_unanswered):
            kept = "; what came is kept for the next time" if self._part.size else ""
            raise DownloadError(f"{hiccup}{kept}") from hiccup
        doubled = patience.first_rest_s * 2 ** max(0, failures - 1)
        wait_s = max(hiccup.wait_s, doubled * random.uniform(0.75, 1.25))  # not everybody at the same moment
        self._told(Stage.RESTING, self._part.size, str(hiccup))
        patience.rest(min(wait_s, patience.longest_rest_s), self._cancel)

    def _try_once(self) -> None:
        headers = dict(_HEADERS)
        if self._part.size:
            headers["Range"] = f"bytes={self._part.size}-"
            if self._part.etag.startswith('"'):  # a weak one says nothing about bytes
                headers["If-Range"] = self._part.etag
        url = self._rules.mirrored(self._wanted.url)
        patience = self._patience
        with asked(
            url, headers, self._rules, self._cancel, timeout_s=patience.silence_s, tls=self._tls
        ) as answer:
            if self._begin(answer):
                self._take(answer)

    def _begin(self, answer: Answer) -> bool:
        """Judge an answer and make the part ready for it; False: it brings nothing, and nothing is amiss."""
        self._course.answered = True
        if answer.status == 416:
            self._part.discard()
            self._restart(f"{answer.host} knows no such part of it")
            return False
        if answer.status not in (200, 206):
            raise _refused(answer)
        encoding = answer.header("Content-Encoding").lower()
        if encoding not in ("", "identity"):
            raise DownloadError(f"{answer.host} sends it packed ({encoding}), which was not asked for")
        etag = answer.header("ETag")
        if answer.status == 200:
            self._check_size(answer, answer.header("Content-Length"))
            if self._part.size:
                self._restart(f"{answer.host} begins anew each time")
            self._part.begin(0, etag)
            return True
        return self._begin_range(answer, etag)

    def _begin_range(self, answer: Answer, etag: str) -> bool:
        known = self._part.etag
        span = _RANGE.fullmatch(answer.header("Content-Range"))
        changed = bool(known and etag and etag != known)
        if span is None or int(span[1]) != self._part.size or changed:
            self._part.discard()
            self._restart(f"{answer.host} sends parts of another file")
            return False
        if span[3] != "*":
            self._check_size(answer, span[3])
        self._course.resumed = True
        self._part.begin(self._part.size, etag or known)
        return True

    def _check_size(self, answer: Answer, said: str) -> None:
        if said and said != str(self._wanted.bytes):
            self._part.discard()
            raise DownloadError(f"{answer.host} offers {said} bytes, and it has {self._wanted.bytes}")

    def _restart(self, clause: str) -> None:
        """Count a beginning from nothing; a host may not make us begin for ever."""
        self._course.restarts += 1
        if self._course.restarts > _MOST_RESTARTS:
            raise DownloadError(clause)

    def _take(self, answer: Answer) -> None:
        drip = _Drip(self._patience)
        self._told(Stage.FETCHING, self._part.size)
        while rest_bytes := self._wanted.bytes - self._part.size:
            data = answer.read(min(_READ_BYTES, rest_bytes))  # what a host sends beyond that is none of it
            if not data:
                raise HiccupError(f"{answer.host} sent {self._part.size} of {self._wanted.bytes} bytes")
            self._part.append(data)
            self._told(Stage.FETCHING, self._part.size)
            drip.check(len(data), answer.host)


class _Drip:
    """Tells a connection that only drips."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since_s, self._bytes = patience.clock(), 0

    def check(self, count: int, host: str) -> None:
        """Note bytes that came.

        Raises:
            HiccupError: too few came over too long.
        """
        self._bytes += count
        passed_s = self._patience.clock() - self._since_s
        if passed_s < self._patience.silence_s:
            return
        if self._bytes < self._patience.slowest * passed_s:
            raise HiccupError(f"{host} sends next to nothing any more")
        self._since_s, self._bytes = self._since_s + passed_s, 0


def _refused(answer: Answer) -> Exception:
    if answer.status in _PASSING:
        seconds = answer.header("Retry-After")
        wait_s = float(seconds) if seconds.isdecimal() else 0.0
        return HiccupError(f"{answer.host} is not able to send it now ({answer.status})", wait_s)
    if answer.status in (404, 410):
        return DownloadError(f"{answer.host} does not have it any more ({answer.status})")
    return DownloadError(f"{answer.host} refuses to send it ({answer.status})")


def _is_whole(path: Path, wanted: Wanted, told: Told, cancel: CancelToken) -> bool:
    """Whether a file is what it must be; reads all of it where its size is right."""
    hashed, done = hashlib.sha256(), 0
    try:
        if path.stat().st_size != wanted.bytes:
            return False
        with path.open("rb") as file:
            while data := file.read(_HASH_BYTES):
                cancel.raise_if_cancelled()
                hashed.update(data)
                done += len(data)
                told(Stage.CHECKING, done)
    except FileNotFoundError:
        return False
    return hashed.hexdigest() == wanted.sha256
