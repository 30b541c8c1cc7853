from __future__ import annotations

from pathlib import Path

from app.cli.outputs import names_without_clash


def test_a_name_is_the_videos_stem() -> None:
    assert names_without_clash([Path("a/talk.mp4"), Path("b/film.part.mkv")]) == ["talk", "film.part"]


def test_a_second_name_becomes_name_2() -> None:
    videos = [Path("a/x.mp4"), Path("b/x.mkv"), Path("c/x.avi")]
    assert names_without_clash(videos) == ["x", "x-2", "x-3"]


def test_a_given_name_2_is_not_taken_twice() -> None:
    assert names_without_clash([Path("x-2.mp4"), Path("a/x.mp4"), Path("b/x.mp4")]) == ["x-2", "x", "x-3"]


def test_names_that_differ_in_case_only_count_as_the_same() -> None:
    assert names_without_clash([Path("A.mp4"), Path("b/a.mp4")]) == ["A", "a-2"]
