"""What speech costs is said before it begins: as measured on this machine, or that it was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.inference.speech_pace import PaceBook, SpeechPace
from tests.cli.conftest import Reelscope

RANGE = ("--range", "0-1", "--detect", "none")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing was measured yet."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("app.inference.speech_pace.cache_folder", lambda: folder)
    return folder


def test_nothing_is_invented_and_nothing_written(
    reelscope: Reelscope, sample_video: Path, cache: Path
) -> None:
    ran = reelscope("analyze", sample_video, *RANGE, "--json", "-")
    words = "Speech by digits-q5_0: 3.6 MB, not measured on this machine yet; 'reelscope devices' measures."
    assert f"reelscope: {sample_video.name}: {words}" in ran.err.splitlines()
    assert not cache.exists()


def test_what_was_measured_is_said_of_the_range(
    reelscope: Reelscope, sample_video: Path, sample_dir: Path
) -> None:
    PaceBook.of_user().note(sample_dir / "digits-q5_0.bin", SpeechPace(7.0, 0.4))
    ran = reelscope("analyze", sample_video, *RANGE, "--json", "-")
    words = "Speech by digits-q5_0: 3.6 MB, up to about 7 s."
    assert f"reelscope: {sample_video.name}: {words}" in ran.err.splitlines()


@pytest.mark.parametrize("words", [("--quiet",), ("--speech", "none")])
def test_who_wants_no_words_or_no_speech_reads_none(
    reelscope: Reelscope, sample_video: Path, words: tuple[str, ...]
) -> None:
    assert "Speech by" not in reelscope("analyze", sample_video, *RANGE, "--json", "-", *words).err
