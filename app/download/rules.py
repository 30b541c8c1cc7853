"""Whom a download may speak to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from app.core.errors import DownloadError, UsageError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Rules:
    """Hosts, and the way there.

    Attributes:
        hosts: names that are allowed, redirects included; ``*.`` stands for any name below.
        mirror: what takes the place of ``https://host`` in each address that is asked first; "" for nothing.
        plain_loopback: lets unencrypted connections to this machine pass. A seam for tests: no setting,
            variable or argument of the program reaches it.
    """

    hosts: tuple[str, ...]
    mirror: str = ""
    plain_loopback: bool = False

    def mirrored(self, url: str) -> str:
        """Return where a file is asked for first."""
        if not self.mirror:
            return url
        parts = urlsplit(url)
        return self.mirror.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")

    def check(self, url: str, sender: str = "") -> SplitResult:
        """Return the parts of an address that may be asked; ``sender`` is the host that redirects to it.

        Raises:
            DownloadError: it may not; the sentence is a clause.
        """
        said = f"{sender} redirects to " if sender else ""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise DownloadError(f"{said}{url!r}, which is no address") from error
        if host is None or parts.username is not None:
            raise DownloadError(f"{said}{url!r}, which is no address of a file")
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

    Raises:
        UsageError: it is no encrypted address.
    """
    mirror = mirror.strip()
    if not mirror:
        return rules
    try:
        parts = urlsplit(mirror)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    plain = parts.scheme == "http" and rules.plain_loopback and host in _LOOPBACK
    if not host or (parts.scheme != "https" and not plain) or parts.query or parts.fragment:
        raise UsageError(f"The mirror '{mirror}' is no address that begins with https://.")
    return replace(rules, mirror=mirror, hosts=(*rules.hosts, host, f"*.{host}"))


def _matches(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
