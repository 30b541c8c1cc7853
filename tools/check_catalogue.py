"""Check resources/catalogue.json against what its hosts say today.

    python -m tools.check_catalogue [NAME ...] [--all] [--offline] [--download]

Says which entries a person with a network should check again, because only one source gives their size or
hash, and does it: the size by a HEAD request; the hash where the host tells it (Hugging Face does, in
X-Linked-ETag), else, with --download, by reading the whole file. Names choose entries; --all takes every one.
Exit code: 0 nothing contradicts, 1 something does, 2 wrong usage, 3 something could not be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from app.core.errors import UsageError  # noqa: E402
from app.inference.catalogue import CatalogueEntry, catalogue  # noqa: E402

_TIMEOUT_S = 30.0
_READ_BYTES = 1 << 20
_DIFFERS, _UNCHECKED = 1, 3


@dataclass(frozen=True, slots=True)
class Told:
    """What a host says of a file; None where it does not."""

    bytes: int | None
    sha256: str | None


Ask = Callable[[str], Told]


class _LinkedFacts(urllib.request.HTTPRedirectHandler):
    """Follows redirects over https alone, and keeps what the first answer tells of the file behind it."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse to leave https."""
        if urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError(f"it redirects to {newurl}")
        self.headers |= {
            name.lower(): value for name, value in headers.items() if name.lower()[:8] == "x-linked"
        }
        followed = super().redirect_request(req, fp, code, msg, headers, newurl)
        if followed is not None:
            followed.method = req.get_method()
        return followed


def ask_head(url: str) -> Told:
    """Ask a host for size and hash without fetching the file.

    Raises:
        OSError, HTTPException: it does not answer.
    """
    linked = _LinkedFacts()
    request = urllib.request.Request(url, method="HEAD", headers={"Accept-Encoding": "identity"})
    with urllib.request.build_opener(linked).open(request, timeout=_TIMEOUT_S) as answer:
        told = {name.lower(): value for name, value in answer.headers.items()} | linked.headers
    return read_facts(told)


def ask_download(url: str) -> Told:
    """Read a whole file and compute what it is.

    Raises:
        OSError, HTTPException: it does not come.
    """
    hashed, count = hashlib.sha256(), 0
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    with urllib.request.build_opener(_LinkedFacts()).open(request, timeout=_TIMEOUT_S) as answer:
        while chunk := answer.read(_READ_BYTES):
            hashed.update(chunk)
            count += len(chunk)
    return Told(count, hashed.hexdigest())


def read_facts(headers: Mapping[str, str]) -> Told:
    """Take size and hash out of an answer's headers, whose names are in small letters."""
    size = headers.get("x-linked-size") or headers.get("content-length") or ""
    tag = headers.get("x-linked-etag", "").removeprefix("W/").strip('"').lower()
    is_hash = len(tag) == 64 and all(digit in "0123456789abcdef" for digit in tag)
    return Told(int(size) if size.isdecimal() else None, tag if is_hash else None)


def compare(entry: CatalogueEntry, told: Told) -> tuple[list[str], list[str]]:
    """Return what contradicts the catalogue, and what was not told."""
    wrong, open_ = [], []
    pairs: Iterable[tuple[str, object, object]] = (
        ("bytes", entry.bytes, told.bytes),
        ("sha256", entry.sha256, told.sha256),
    )
    for name, ours, theirs in pairs:
        if theirs is None:
            open_.append(name)
        elif ours != theirs:
            wrong.append(f"{name} {theirs}, the catalogue says {ours}")
    return wrong, open_


def check(entries: Iterable[CatalogueEntry], ask: Ask) -> int:
    """Compare the entries with what their hosts say, a line for each; return the exit code."""
    code = 0
    for entry in entries:
        try:
            wrong, open_ = compare(entry, ask(entry.url))
        except (OSError, HTTPException) as error:
            print(f"?     {entry.name}: no answer from {urlsplit(entry.url).hostname} ({error})")
            code = code or _UNCHECKED
            continue
        if wrong:
            print(f"WRONG {entry.name}: {'; '.join(wrong)}")
            code = _DIFFERS
        elif open_:
            print(f"?     {entry.name}: the host does not tell {' and '.join(open_)}; --download finds out")
            code = code or _UNCHECKED
        else:
            print(f"ok    {entry.name}")
    return code


def main(argv: Sequence[str] | None = None, ask: Ask | None = None) -> int:
    """Run the tool; ``ask`` in place of the network."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every entry, not only those with a single source")
    parser.add_argument("--offline", action="store_true", help="only say which entries to check")
    parser.add_argument("--download", action="store_true", help="read whole files and compute their hashes")
    arguments = parser.parse_args(argv)
    try:
        named = [catalogue().entry(name) for name in arguments.names]
    except UsageError as error:
        parser.error(str(error))
    listed = [entry for entry in catalogue().models if arguments.all or entry.to_recheck]
    chosen = named or listed
    for entry in chosen:
        why = f"only one source gives {' and '.join(entry.to_recheck)}" if entry.to_recheck else "asked for"
        print(f"check {entry.name}: {why} ({entry.source})")
    if arguments.offline:
        return 0
    return check(chosen, ask or (ask_download if arguments.download else ask_head))


if __name__ == "__main__":
    sys.exit(main())
