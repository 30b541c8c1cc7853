"""Asking for a file: one request after the other until no host redirects any more."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, urljoin

from app.core.cancel import CancelToken
from app.core.errors import DownloadError
from app.download.connecting import dial, hang_up
from app.download.hiccup import HiccupError
from app.download.rules import Rules

MOST_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)


class Answer:
    """What a host answers in the end.

    Attributes:
        host: the one that answers.
        status: as HTTP counts.
    """

    def __init__(self, host: str, response: HTTPResponse, cancel: CancelToken) -> None:
        self.host, self.status = host, response.status
        self._response, self._cancel = response, cancel

    def header(self, name: str) -> str:
        """Return a header; "" where there is none."""
        return (self._response.getheader(name) or "").strip()

    def read(self, most: int) -> bytes:
        """Return the next bytes as they come; none at the end.

        Raises:
            CancelledError: asked to stop.
            HiccupError: the connection broke, or nothing came for too long.
        """
        try:
            data = self._response.read1(most)
        except TimeoutError as error:
            self._cancel.raise_if_cancelled()
            raise HiccupError(f"{self.host} sends nothing any more") from error
        except (OSError, HTTPException, ValueError) as error:
            self._cancel.raise_if_cancelled()
            raise HiccupError(f"the connection to {self.host} broke") from error
        self._cancel.raise_if_cancelled()
        return data


@contextmanager
def asked(
    url: str,
    headers: Mapping[str, str],
    rules: Rules,
    cancel: CancelToken,
    *,
    timeout_s: float,
    tls: ssl.SSLContext | None,
) -> Iterator[Answer]:
    """Ask for an address and go where hosts redirect to, as far as the rules allow.

    Raises:
        CancelledError: asked to stop.
        HiccupError: nobody answers, or nonsense.
        DownloadError: the rules forbid it, or redirects have no end; the sentence is a clause.
    """
    seen: set[str] = set()
    sender = ""
    while True:
        parts = rules.check(url, sender)
        login = rules.login(parts)
        told = {**headers, "Authorization": login} if login else headers
        with _one_answer(parts, told, cancel, timeout_s, tls) as answer:
            if answer.status not in _REDIRECTS:
                yield answer
                return
            sender, location = answer.host, answer.header("Location")
        if not location:
            raise HiccupError(f"{sender} redirects to nowhere")
        seen.add(url)
        url = _joined(url, location)
        if url in seen or len(seen) > MOST_REDIRECTS:
            raise DownloadError(f"{sender} redirects in circles")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # the rules will say what is wrong with it
        return location


@contextmanager
def _one_answer(
    parts: SplitResult,
    headers: Mapping[str, str],
    cancel: CancelToken,
    timeout_s: float,
    tls: ssl.SSLContext | None,
) -> Iterator[Answer]:
    host = parts.hostname or ""
    sock = dial(parts, cancel, timeout_s, tls)
    forget = cancel.on_cancel(lambda: hang_up(sock))
    connection = HTTPConnection(host, parts.port)
    connection.sock = sock
    try:
        yield Answer(host, _response(connection, parts, headers, cancel), cancel)
    finally:
        forget()
        connection.close()
        sock.close()


def _response(
    connection: HTTPConnection, parts: SplitResult, headers: Mapping[str, str], cancel: CancelToken
) -> HTTPResponse:
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", place, headers={"Host": parts.netloc, **headers})
        return connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        cancel.raise_if_cancelled()
        raise HiccupError(f"{parts.hostname} gives no answer that makes sense") from error
