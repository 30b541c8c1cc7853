"""A file that is cut short, emptied, replaced or removed while it is analysed: a clear end, nothing lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.analysis.engine import analyse
from app.analysis.request import AnalysisRequest, FramePolicy
from app.core.events import Done, Failed, KeyframesFound, Progress, Stage
from tests.media.truth import remux

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be changed there")


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"something else" * 1000)
    other.replace(path)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xa5" * (path.stat().st_size // 2))


CHANGES: dict[Callable[[Path], None], str] = {
    half: "The file was cut short",
    empty: "The file was cut short",
    replace: "The file was written anew",
    overwrite: "The file was written anew",
    Path.unlink: "The file was removed",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize(("kind", "frames"), [("mp4", "keyframes"), ("mkv", "keyframes"), ("ts", "every:30")])
def test_what_was_found_is_kept_and_the_end_is_clear(
    sample_video: Path, tmp_path: Path, ffmpeg: str, kind: str, change: Callable[[Path], None], frames: str
) -> None:
    path = remux(ffmpeg, sample_video, tmp_path / f"film.{kind}")
    told, outcome = changed_half_way(path, change, frames)
    result = outcome.result
    assert result is not None
    assert len(told) >= 2
    assert {keyframe.pts for keyframe in result.keyframes} >= told
    assert [sentence for sentence in result.warnings if sentence.startswith(CHANGES[change])]
    for sentence in (*result.warnings, *([outcome.sentence] if isinstance(outcome, Failed) else [])):
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_a_file_that_grows_is_told(sample_video: Path, tmp_path: Path, ffmpeg: str) -> None:
    path = remux(ffmpeg, sample_video, tmp_path / "film.ts")

    def grow(path: Path) -> None:
        with path.open("ab") as file:
            file.write(b"\x47" + bytes(187))

    _, outcome = changed_half_way(path, grow, "keyframes")
    assert isinstance(outcome, Done)
    assert "The file grew while it was analysed: what came later may be missing." in outcome.result.warnings


def test_a_file_that_stays_is_not(sample_video: Path) -> None:
    _, outcome = changed_half_way(sample_video, lambda _: None, "keyframes")
    assert isinstance(outcome, Done)
    assert outcome.result.warnings == ()


def changed_half_way(
    path: Path, change: Callable[[Path], None], frames: str
) -> tuple[set[int], Done | Failed]:
    """Change the file once pictures come; return the keyframes told until then, and the outcome."""
    told: set[int] = set()
    changed, last = False, None
    for event in analyse(AnalysisRequest(path, frames=FramePolicy.parse(frames), thumbnails=True)):
        if isinstance(event, KeyframesFound) and not changed:
            told |= {keyframe.pts for keyframe in event.keyframes}
        if (
            isinstance(event, Progress)
            and event.stage is Stage.PICTURES
            and event.done_s >= 3
            and not changed
        ):
            change(path)
            changed = True
        last = event
    assert changed
    assert isinstance(last, Done | Failed)
    return told, last
