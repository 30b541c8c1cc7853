"""`probe --verify` over every file there is, many random times each."""

from __future__ import annotations

from app.core.errors import ReelscopeError
from app.media.verification import verify
from tests.cli.test_all_media import FILES
from tests.conftest import REPOSITORY, SHARED

_TIMES = 100
_SEED = 20


def run(short: bool) -> bool:
    """Print a line a file; whether seeking equalled linear decoding in all."""
    sample = REPOSITORY / "resources" / "sample" / "sample.mp4"
    files = [sample] if short else [sample, *(SHARED / "media" / file for file in FILES)]
    right = True
    for path in files:
        try:
            found = verify(path, times=5 if short else _TIMES, seed=_SEED)
        except ReelscopeError as error:
            print(f"exact: {path.name}: {error}")
            continue
        print(f"exact: {path.name}: {len(found.differences)} of {found.compared} differ", flush=True)
        right = right and not found.differences
    return right
