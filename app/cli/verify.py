"""``reelscope probe --verify``: sought pictures against linear decoding, told to a person and as JSON."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.cli.progress import ProgressLine
from app.core.events import Progress, Stage
from app.media.linear_sample import Seen
from app.media.names import shown_name
from app.media.verification import Asked, Difference, Verification, verify

_SEEDS = 2**32


def verify_seeking(video: Path, times: int, seed: int | None) -> Verification:
    """Compare, showing progress on standard error; without a ``seed`` one is drawn."""
    line = ProgressLine(shown_name(video), (Stage.PICTURES,), quiet=False)
    try:
        return verify(
            video,
            times=times,
            seed=random.randrange(_SEEDS) if seed is None else seed,
            progress=lambda share: line.take(Progress(Stage.PICTURES, share, 1.0)),
        )
    finally:
        line.clear()


def complain(video: Path, found: Verification) -> None:
    """Say on standard error what was survived, and each difference in a line."""
    for sentence in (*found.warnings, *(_sentence(difference) for difference in found.differences)):
        print(f"reelscope: {shown_name(video)}: {sentence}", file=sys.stderr)


def summary_lines(found: Verification) -> Iterator[str]:
    """Yield what a person wants to read."""
    yield (
        f"  verified   {found.times} random times with their neighbours (seed {found.seed}), "
        f"{found.keyframes} keyframes, the first and the last of {found.pictures} pictures"
    )
    if found.differences:
        yield f"  DIFFERENT  {len(found.differences)} of {found.compared} from linear decoding"
    else:
        yield f"  the same   all {found.compared} as in linear decoding"


def as_json(found: Verification) -> dict[str, Any]:
    """Return the ``verify`` object."""
    return {
        "ok": not found.differences,
        "seed": found.seed,
        "times": found.times,
        "keyframes": found.keyframes,
        "pictures": found.pictures,
        "compared": found.compared,
        "differences": [
            {
                "asked": difference.asked.value,
                "time_s": difference.time_s,
                "expected": _entry(difference.expected),
                "got": _entry(difference.got),
            }
            for difference in found.differences
        ],
    }


def _entry(seen: Seen | None) -> dict[str, Any] | None:
    return None if seen is None else {"pts": seen.pts, "time_s": seen.time_s, "crc": f"0x{seen.crc:08x}"}


def _sentence(difference: Difference) -> str:
    if difference.asked is Asked.KEYFRAME and difference.expected is None:
        expected = "linear decoding has no picture there"
    else:
        expected = f"linear decoding gives {_words(difference.expected)}"
    return f"{difference.asked.value} {difference.time_s!r} s: {expected}, seeking {_words(difference.got)}."


def _words(seen: Seen | None) -> str:
    return "nothing" if seen is None else f"pts {seen.pts} (0x{seen.crc:08x})"
