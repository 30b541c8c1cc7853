"""Whether there is a newer Reelscope: one question to the page of releases, and only when somebody asks.

The question goes out in a child process (`--newer-release`), so that closing the window never waits for a
network. It names nothing but the project; the answer is a number, from which the page's address is made here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.cancel import CancelToken
from app.core.errors import ReelscopeError, TrialFailedError
from app.core.own_program import own_command
from app.core.trial import answer, ask_child, live_briefly
from app.resources import resource_path

if TYPE_CHECKING:
    import urllib.request

CHILD = "--newer-release"
HOST = "api.github.com"

_MARK = "reelscope-release:"
_TIMEOUT_S = 10
_LONGEST_LIFE_S = 30
_MOST_BYTES = 1 << 20
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_VERSION = re.compile(
    r"v?(?P<numbers>\d+(?:\.\d+)*)(?P<before>[-._]?(?:a|b|c|rc|alpha|beta|pre|preview|dev)[-._]?\d*(?![a-z]))?",
    re.IGNORECASE,
)
"""The numbers, and what makes them a prerelease's (PEP 440 and Semantic Versioning); "post" does not."""
_TAG = re.compile(r"v?(\d{1,6}(?:\.\d{1,6}){1,3})")


class ReleaseUnknownError(ReelscopeError):
    """It cannot be told whether there is a newer release; ``str(error)`` is the sentence."""


@dataclass(frozen=True, slots=True)
class Release:
    """The newest release: its number, and the page a person can open."""

    version: str
    page: str

    def is_newer_than(self, version: str) -> bool:
        """Whether it comes after a version; the release of a number comes after its prereleases."""
        return _order(self.version) > _order(version)


def repository() -> str:
    """Return "owner/name" of where this copy was released.

    Raises:
        ReleaseUnknownError: the copy came from elsewhere, such as a source tree.
    """
    try:
        named = json.loads(resource_path("origin.json").read_bytes())["repository"]
    except (OSError, ValueError, KeyError, TypeError):
        named = ""
    if not isinstance(named, str) or not _REPOSITORY.fullmatch(named):
        raise ReleaseUnknownError("This copy was not made by a release, so it cannot look for a newer one.")
    return named


def newest_release(named: str, opener: urllib.request.OpenerDirector | None = None) -> Release:
    """Ask for the newest release of a repository.

    Args:
        named: "owner/name".
        opener: makes the connection; None: one that speaks https alone and follows no redirect.

    Raises:
        ReleaseUnknownError: no answer, or none that makes sense.
    """
    import urllib.error
    import urllib.request

    url = f"https://{HOST}/repos/{named}/releases/latest"
    request = urllib.request.Request(url, headers={"User-Agent": "reelscope", "Accept": "application/json"})
    try:
        with (opener or https_opener()).open(request, timeout=_TIMEOUT_S) as reply:
            said = reply.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise ReleaseUnknownError(_refused(error.code)) from error
    except (OSError, ValueError) as error:
        reason = _why(error)
        raise ReleaseUnknownError(f"The page of releases cannot be reached: {reason}.") from error
    tag = _TAG.fullmatch(_tag_in(said))
    if tag is None:
        raise ReleaseUnknownError("The page of releases gave no clear answer.")
    return Release(tag[1], f"https://github.com/{named}/releases/tag/{tag[0]}")


def https_opener(https: urllib.request.HTTPSHandler | None = None) -> urllib.request.OpenerDirector:
    """Return what speaks https (by ``https``, if given), through the system's proxy, and nothing else."""
    import urllib.request

    from app.core.secure import tls_context

    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        https or urllib.request.HTTPSHandler(context=tls_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def look_for_newer(cancel: CancelToken) -> Release:
    """Let a child process ask, and return the newest release.

    Raises:
        ReleaseUnknownError: this copy knows no page, or it gave no answer.
        CancelledError: asked to stop; the child is gone.
    """
    repository()
    try:
        reply = ask_child(own_command(CHILD), _MARK, limit_s=_LONGEST_LIFE_S, cancel=cancel)
    except TrialFailedError as error:
        raise ReleaseUnknownError(f"The page of releases was not asked: {error}.") from error
    if "fault" in reply:
        raise ReleaseUnknownError(str(reply["fault"]))
    return Release(str(reply.get("version", "")), str(reply.get("page", "")))


def main(_arguments: Sequence[str]) -> int:
    """Be the child: ask, and print what came of it."""
    live_briefly(_LONGEST_LIFE_S)
    try:
        found = newest_release(repository())
    except ReelscopeError as error:
        answer(_MARK, {"fault": str(error)})
    else:
        answer(_MARK, {"version": found.version, "page": found.page})
    return 0


def _tag_in(said: bytes) -> str:
    try:
        document = json.loads(said)
    except (ValueError, RecursionError):
        return ""
    tag = document.get("tag_name") if isinstance(document, dict) else None
    return tag if isinstance(tag, str) else ""


def _refused(code: int) -> str:
    if code == 404:
        return "There is no release yet."
    return f"The page of releases refused to answer ({code})."


def _why(error: Exception) -> str:
    """The system's word for it alone: libraries repeat the address of the proxy, with its password."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, OSError) and (reason.strerror or isinstance(reason, TimeoutError)):
        return reason.strerror or "no answer"
    return "the way there, such as a proxy, makes no sense or refuses"


def _order(version: str) -> tuple[tuple[int, ...], bool]:
    """Where a version stands among others: its numbers, then whether it is a release ("1.0" is "1.0.0")."""
    found = _VERSION.match(version)
    if found is None:
        return (), False
    numbers = [int(part) for part in found["numbers"].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), found["before"] is None
