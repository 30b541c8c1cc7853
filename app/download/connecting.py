"""Sockets that let go when a download is cancelled: looking up, connecting, proxies, encryption."""

from __future__ import annotations

import base64
import errno
import os
import selectors
import socket
import ssl
import threading
import time
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from app.core.cancel import CancelToken
from app.core.errors import DownloadError
from app.core.mailbox import BoundedMailbox, MailboxClosedError
from app.core.secure import tls_context
from app.download.hiccup import HiccupError

_SLICE_S = 0.2
_PORTS = {"https": 443, "http": 80}
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK))

_Address = tuple[Any, Any, int, str, tuple[Any, ...]]


def dial(
    parts: SplitResult, cancel: CancelToken, timeout_s: float, tls: ssl.SSLContext | None
) -> socket.socket:
    """Return a connection to the host of an address, through the system's proxy where there is one.

    ``tls`` checks certificates; None: by those that the system trusts.

    Raises:
        CancelledError: asked to stop; within a fraction of a second.
        HiccupError: nobody answers; another try may do.
        DownloadError: the host is not who it says it is, or the proxy refuses; the sentence is a clause.
    """
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    proxy = proxy_of(parts.scheme, host)
    sock = _reach(proxy.hostname or "", proxy.port or 8080, cancel, timeout_s) if proxy else None
    try:
        if sock is not None and proxy is not None:
            _tunnel(sock, host, port, proxy, cancel)
        else:
            sock = _reach(host, port, cancel, timeout_s)
        return _encrypted(sock, host, cancel, tls or tls_context()) if parts.scheme == "https" else sock
    except BaseException:
        if sock is not None:
            sock.close()
        raise


def hang_up(sock: socket.socket) -> None:
    """Wake whoever reads from or writes to a connection; any thread may call it."""
    with suppress(OSError):
        socket.socket.shutdown(
            sock, socket.SHUT_RDWR
        )  # not TLS's own, which would touch what the reader uses


def proxy_of(scheme: str, host: str) -> SplitResult | None:
    """Return the proxy that the system or the environment names for a host; None for a direct way.

    Raises:
        DownloadError: it is of a kind that is not spoken here.
    """
    from urllib.request import getproxies, proxy_bypass

    named = getproxies().get(scheme) or getproxies().get("all")
    if not named or proxy_bypass(host):
        return None
    try:
        proxy = urlsplit(named if "://" in named else f"http://{named}")
        host_of_proxy, _ = proxy.hostname, proxy.port
    except ValueError:  # whose words repeat parts of the address, and those may be of a password
        raise DownloadError("the address of the proxy makes no sense") from None
    if not host_of_proxy:
        raise DownloadError("the address of the proxy names no host")
    if proxy.scheme != "http":
        raise DownloadError(f"the proxy {host_of_proxy} is of a kind that is not known here")
    return proxy


def _reach(host: str, port: int, cancel: CancelToken, timeout_s: float) -> socket.socket:
    last = OSError(f"{host} has no address")
    for address in _look_up(host, port, cancel):
        try:
            return _connect(address, cancel, timeout_s)
        except OSError as error:
            last = error
    raise HiccupError(f"{host} cannot be reached ({last.strerror or last})") from last


def _look_up(host: str, port: int, cancel: CancelToken) -> list[_Address]:
    """Ask for a name's addresses in a thread of its own: nothing can break off a look-up."""
    answers: BoundedMailbox[list[_Address] | OSError] = BoundedMailbox(1)

    def ask() -> None:
        found: list[_Address] | OSError
        try:
            found = list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found = error
        except UnicodeError:
            found = OSError("no name of a host")
        with suppress(MailboxClosedError):
            answers.put(found)

    threading.Thread(target=ask, name=f"look-up of {host}").start()
    forget = cancel.on_cancel(answers.close)
    try:
        found = answers.take()
    except MailboxClosedError:
        found = None
    finally:
        forget()
    cancel.raise_if_cancelled()
    if isinstance(found, OSError):
        raise HiccupError(f"{host} is not found ({found.strerror or found})") from found
    return found or []


def _connect(address: _Address, cancel: CancelToken, timeout_s: float) -> socket.socket:
    family, kind, protocol, _, place = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        _begin_connection(sock, place)
        _await_connection(sock, cancel, time.monotonic() + timeout_s)
        sock.settimeout(timeout_s)
    except BaseException:
        sock.close()
        raise
    return sock


def _begin_connection(sock: socket.socket, place: tuple[Any, ...]) -> None:
    code = sock.connect_ex(place)
    if code not in _UNDER_WAY:
        raise OSError(code, os.strerror(code))


def _await_connection(sock: socket.socket, cancel: CancelToken, until_s: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        while not selector.select(_SLICE_S):
            cancel.raise_if_cancelled()
            if time.monotonic() > until_s:
                raise TimeoutError(errno.ETIMEDOUT, "no answer")
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def _tunnel(sock: socket.socket, host: str, port: int, proxy: SplitResult, cancel: CancelToken) -> None:
    """Ask a proxy to hand on to the host whatever is said from now on."""
    lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
    if proxy.username is not None:
        secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(secret).decode()}")
    forget = cancel.on_cancel(lambda: hang_up(sock))
    try:
        sock.sendall("\r\n".join((*lines, "", "")).encode("latin-1"))
        answer = HTTPResponse(sock, method="CONNECT")
        answer.begin()
        answer.close()
    except Exception as error:
        cancel.raise_if_cancelled()
        raise HiccupError(f"the proxy {proxy.hostname} gives no answer") from error
    finally:
        forget()
    if answer.status != 200:
        raise DownloadError(f"the proxy {proxy.hostname} refuses ({answer.status} {answer.reason})")


def _encrypted(sock: socket.socket, host: str, cancel: CancelToken, tls: ssl.SSLContext) -> socket.socket:
    forget = cancel.on_cancel(lambda: hang_up(sock))
    try:
        return tls.wrap_socket(sock, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise DownloadError(f"the certificate of {host} is not trusted ({error.verify_message})") from error
    except (OSError, ValueError) as error:
        cancel.raise_if_cancelled()
        raise HiccupError(f"no encrypted connection to {host} came about") from error
    finally:
        forget()
