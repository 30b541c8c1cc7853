"""Whom a download may speak to."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit

from app.core.errors import DownloadError, UsageError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Rules:
    """Hosts, and the way there.

    Attributes:
        hosts: names that are allowed, redirects included; ``*.`` stands for any name below.
        mirror: what takes the place of ``https://host`` in each address that is asked first; "" for nothing.
            Names no user and no password.
        mirror_login: what proves to the mirror, and to nobody else, who asks (a value of Authorization).
        plain_loopback: lets unencrypted connections to this machine pass. A seam for tests: no setting,
            variable or argument of the program reaches it.
    """

    hosts: tuple[str, ...]
    mirror: str = ""
    mirror_login: str = field(default="", repr=False)
    plain_loopback: bool = False

    def mirrored(self, url: str) -> str:
        """Return where a file is asked for first."""
        if not self.mirror:
            return url
        parts = urlsplit(url)
        return self.mirror.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")

    def login(self, parts: SplitResult) -> str:
        """Return what an address is told of who asks; "" for all but the mirror itself."""
        mirror = urlsplit(self.mirror)
        is_mirror = (parts.scheme, parts.netloc) == (mirror.scheme, mirror.netloc)
        return self.mirror_login if is_mirror else ""

    def check(self, url: str, sender: str = "") -> SplitResult:
        """Return the parts of an address that may be asked; ``sender`` is the host that redirects to it.

        Raises:
            DownloadError: it may not; the sentence is a clause. It repeats no more than a host's name:
                what else stands in an address may be a secret.
        """
        said = f"{sender} redirects to " if sender else ""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise DownloadError(f"{said}something that is no address") from None
        if host is None:
            raise DownloadError(f"{said}something that is no address of a file")
        if parts.username is not None:
            raise DownloadError(f"{said}{host} with a name or a password")
        plain = parts.scheme == "http" and self.plain_loopback and host in _LOOPBACK
        if parts.scheme != "https" and not plain:
            raise DownloadError(f"{said}{parts.scheme}://{host}, which is not encrypted")
        if not self._knows(host):
            raise DownloadError(f"{said}{host}, which is not on the list of hosts")
        return parts

    def _knows(self, host: str) -> bool:
        return any(_matches(pattern, host.rstrip(".")) for pattern in self.hosts)


def with_mirror(rules: Rules, mirror: str) -> Rules:
    """Return rules with a mirror, which may redirect to itself and to names below it.

    Args:
        rules: without a mirror.
        mirror: its address; ``name:password@`` before the host lets it know who asks. "" for none.

    Raises:
        UsageError: it is no encrypted address. The sentence does not repeat it: it may hold a password.
    """
    mirror = mirror.strip()
    if not mirror:
        return rules
    try:
        parts = urlsplit(mirror)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = parts.scheme == "http" and rules.plain_loopback and host in _LOOPBACK
    if not host or (parts.scheme != "https" and not plain) or parts.query or parts.fragment:
        raise UsageError("The mirror of the models is no address that begins with https://.")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    hosts = (*rules.hosts, host, f"*.{host}")
    return replace(rules, mirror=bare, mirror_login=_login(parts), hosts=hosts)


def _login(parts: SplitResult) -> str:
    """The value of Authorization that says the same as ``name:password@`` (RFC 7617); "" for neither."""
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _matches(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
