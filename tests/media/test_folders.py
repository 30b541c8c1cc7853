from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import FileMissingError, MediaError
from app.media.file_status import FileChange, change_of, status_of
from app.media.folders import media_in, natural_key


def test_a_folder_gives_what_can_be_opened_in_natural_order(tmp_path: Path, sample_video: Path) -> None:
    for name in ("clip10.mp4", "Clip 2.MKV", "clip2.mp4", ".hidden.mp4", "notes.txt", "film.srt", "é.webm"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "inner.mp4").mkdir()
    (tmp_path / "inner.mp4" / "deep.mp4").write_bytes(b"x")
    (tmp_path / "nosuffix").write_bytes(sample_video.read_bytes())
    (tmp_path / "README").write_bytes(b"words")
    found = [path.name for path in media_in(tmp_path)]
    assert found == ["Clip 2.MKV", "clip2.mp4", "clip10.mp4", "nosuffix", "é.webm"]


@given(st.lists(st.text(max_size=12) | st.text("1x.\u0663\u0967\u00b2", max_size=4), max_size=8))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural_key, reverse=True), key=natural_key) is not None


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        media_in(tmp_path / "none")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(MediaError, match="The folder file cannot be read"):
        media_in(tmp_path / "file")


def test_what_became_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"1234")
    before = status_of(path)
    assert before is not None
    assert change_of(path, before) is FileChange.SAME
    with path.open("ab") as file:
        file.write(b"5")
    assert change_of(path, before) is FileChange.GROWN
    os.truncate(path, 2)
    assert change_of(path, before) is FileChange.SHRUNK
    path.rename(tmp_path / "old")
    assert change_of(path, before) is FileChange.GONE
    path.write_bytes(b"1234")
    assert change_of(path, before) is FileChange.REPLACED
    assert status_of(tmp_path / "none") is None
