from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from app.core.errors import FileMissingError
from app.core.tracks import TrackInfo, TrackKind
from app.media.tracks import contents_of
from tests.media.subtitle_samples import with_subtitles

_OGG = (
    "-c:v", "libtheora", "-metadata:s:v:0", "CHAPTER001=00:00:00.000",
    "-metadata:s:v:0", "CHAPTER001NAME=First \u540d",
    "-metadata:s:v:0", "CHAPTER002=00:00:02.000", "-metadata:s:v:0", "CHAPTER002NAME=Second",
)  # fmt: skip
"""What the ogg writer of ffmpeg leaves out: chapters as comments of the track."""


def chapters_by_ffprobe(ffprobe: str, path: Path) -> list[tuple[float, str]]:
    command = [ffprobe, "-v", "error", "-show_chapters", "-show_entries", "format=start_time", "-of", "json"]
    said = json.loads(
        subprocess.run([*command, str(path)], capture_output=True, check=True, timeout=60).stdout
    )
    start = max(0.0, float(said["format"]["start_time"]))  # older versions count the delay of the encoder
    return [
        (
            max(0.0, float(each["start_time"]) - start),
            each.get("tags", {}).get("title") or f"Chapter {number}",
        )
        for number, each in enumerate(said["chapters"], start=1)
    ]


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ogg"])
def test_chapters_are_those_that_were_written(ffmpeg: str, ffprobe: str, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film.{suffix}"
    with_subtitles(ffmpeg, path, options=_OGG if suffix == "ogg" else ())
    chapters = contents_of(path).chapters
    assert [(each.start_s, each.title) for each in chapters] == [(0.0, "First \u540d"), (2.0, "Second")]
    assert [(each.start_s, each.title) for each in chapters] == chapters_by_ffprobe(ffprobe, path)


@pytest.mark.parametrize("name", ["am_sample_with_chapters.mkv", "am_sample_with_chapters.mp4"])
def test_chapters_of_real_files(media_dir: Path, ffprobe: str, name: str) -> None:
    found = [(each.start_s, each.title) for each in contents_of(media_dir / name).chapters]
    expected = chapters_by_ffprobe(ffprobe, media_dir / name)
    assert [title for _, title in found] == [title for _, title in expected]
    assert [start for start, _ in found] == pytest.approx([start for start, _ in expected], abs=2e-6)


def test_tracks_are_named_as_the_file_names_them(ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    options = (
        "-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=deu",
        "-metadata:s:s:1", "title=F\u00fcr alle", "-disposition:s:1", "forced",
    )  # fmt: skip
    with_subtitles(ffmpeg, path, "srt", "ass", options=options)
    (tmp_path / "film.fr.srt").write_text("x", encoding="utf-8")
    contents = contents_of(path)
    assert contents.video == (TrackInfo(TrackKind.VIDEO, 0, "h264", detail="160 \u00d7 90"),)
    assert [each.name for each in contents.subtitles] == [
        "1: eng, subrip",
        "2: deu, F\u00fcr alle, ass, forced",
    ]
    assert [each.forced for each in contents.subtitles] == [False, True]
    assert contents.beside == (tmp_path / "film.fr.srt",)


def test_cover_art_is_no_video_track(media_dir: Path) -> None:
    contents = contents_of(media_dir / "am_bear_with_picture.flac")
    assert contents.video == ()
    assert [each.name for each in contents.audio] == ["1: flac, stereo"]


def test_all_real_files_tell_their_contents(media_dir: Path) -> None:
    from app.core.errors import MediaError

    read = 0
    for path in sorted(media_dir.iterdir()):
        try:
            contents = contents_of(path)
        except MediaError:
            continue
        read += 1
        for track in contents.video + contents.audio + contents.subtitles:
            assert "\n" not in track.name
    assert read > 40


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        contents_of(tmp_path / "none.mkv")
