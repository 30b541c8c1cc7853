from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, MediaError
from app.core.subtitles import CueTable, StyledText
from app.media import subtitle_files, subtitle_track
from app.media.ass_text import read_text
from app.media.subtitle_files import subtitles_beside
from app.media.subtitle_track import file_cues, track_cues
from app.media.text_encoding import decode_text
from tests.media.subtitle_samples import SRT, TIMES, WORDS, with_subtitles


@pytest.fixture(scope="module")
def film(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("subtitles") / "film.mkv"
    return with_subtitles(ffmpeg, path, "srt", "ass", "webvtt")


@pytest.mark.parametrize("track", range(3))
def test_the_cues_of_each_text_format_come_with_their_times_and_words(film: Path, track: int) -> None:
    cues = list(track_cues(film, track))
    assert [(each.start_s, each.end_s) for each in cues] == [pytest.approx(times) for times in TIMES]
    assert tuple(each.text for each in cues) == WORDS
    assert [part.text for part in cues[0].parts if part.italic] == ["Hello"]
    assert [part.text for part in cues[0].parts if part.bold] == ["there"]


def test_cues_of_an_mp4(ffmpeg: str, tmp_path: Path) -> None:
    cues = list(track_cues(with_subtitles(ffmpeg, tmp_path / "film.mp4", "mov_text"), 0))
    assert [(each.start_s, each.end_s) for each in cues] == [pytest.approx(times) for times in TIMES]
    assert tuple(each.text for each in cues) == WORDS


def test_times_count_from_the_start_of_the_file(media_dir: Path, ffprobe: str) -> None:
    path = media_dir / "am_sample_with_overlapping_srt.mkv"
    command = [ffprobe, "-v", "error", "-select_streams", "s:0", "-show_entries"]
    command += ["packet=pts_time,duration_time:format=start_time", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    start = float(said["format"]["start_time"])
    assert start > 0
    begins = [float(packet["pts_time"]) - start for packet in said["packets"]]
    ends = [
        each + float(packet["duration_time"]) for each, packet in zip(begins, said["packets"], strict=True)
    ]
    cues = list(track_cues(path, 0))
    assert [each.start_s for each in cues] == pytest.approx(begins)
    assert [each.end_s for each in cues] == pytest.approx(ends)


@pytest.mark.parametrize("near_s", [0.0, 2.0, 40.0, 75.0, 1000.0])
def test_reading_from_any_place_gives_all_cues_in_the_end(
    ffmpeg: str, tmp_path_factory: pytest.TempPathFactory, near_s: float
) -> None:
    folder = tmp_path_factory.mktemp("long")
    text = "".join(
        f"{n + 1}\n00:{n // 30:02}:{n % 30 * 2:02},000 --> "
        f"00:{n // 30:02}:{n % 30 * 2 + 1:02},000\ncue {n}\n\n"
        for n in range(60)
    )
    (folder / "text.srt").write_text(text, encoding="utf-8")
    source = "testsrc2=size=64x36:rate=5:duration=120"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", source, "-i", str(folder / "text.srt")]
    command += ["-c:v", "libx264", "-g", "25", "-c:s", "srt", str(folder / "long.mkv")]
    subprocess.run(command, check=True, timeout=60)
    cues = list(track_cues(folder / "long.mkv", 0, near_s=near_s))
    assert [each.text for each in CueTable.of(cues).cues] == [f"cue {n}" for n in range(60)]
    first = min(max(0.0, near_s - 45), 100.0)
    assert cues[0].start_s >= first


def test_reading_is_given_up_when_asked(film: Path) -> None:
    token = CancelToken()
    cues = track_cues(film, 0, cancel=token)
    next(cues)
    token.cancel()
    with pytest.raises(CancelledError):
        next(cues)


def test_a_track_that_is_not_there_is_told(film: Path) -> None:
    with pytest.raises(MediaError, match="has no text subtitles number 9"):
        list(track_cues(film, 8))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
    ],
)
def test_a_file_in_any_unicode_is_read(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(mark + SRT.replace("\n", "\r\n").encode(encoding))
    cues = list(file_cues(path))
    assert tuple(each.text for each in cues) == WORDS
    assert [(each.start_s, each.end_s) for each in cues] == list(TIMES)
    assert [each.at_top for each in cues] == [False, True, False]


def test_an_old_western_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_bytes(
        "1\n00:00:01,000 --> 00:00:02,000\nÄrger für \u201ealle\u201c, 5 \u20ac\n".encode("cp1252")
    )
    assert [each.text for each in file_cues(path)] == ["Ärger für \u201ealle\u201c, 5 \u20ac"]


def test_webvtt_and_ass_files_are_read(tmp_path: Path, ffmpeg: str) -> None:
    (tmp_path / "a.srt").write_text(SRT, encoding="utf-8")
    for name in ("a.vtt", "a.ass", "a.ssa"):
        form = ["-f", "ass"] if name.endswith("a") else []
        command = [ffmpeg, "-v", "error", "-i", str(tmp_path / "a.srt"), *form, str(tmp_path / name)]
        subprocess.run(command, check=True, timeout=60)
        assert tuple(each.text for each in file_cues(tmp_path / name)) == WORDS


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no text|no subtitles"),
        (b"nothing that looks like subtitles\n" * 5, "no subtitles"),
        (b"1\n00:00:01,000 -->", "no subtitles"),
        (b"#EXTM3U\nhttp://127.0.0.1:9/x\n", "no subtitles"),
    ],
)
def test_what_holds_no_subtitles_is_told_in_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    for suffix in (".srt", ".vtt", ".ass"):
        path = tmp_path / f"film{suffix}"
        path.write_bytes(data)
        with pytest.raises(MediaError, match=sentence) as caught:
            list(file_cues(path))
        assert str(caught.value).count("\n") == 0


@given(data=st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.srt"
    path.write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\n" + data)
    try:
        cues = list(file_cues(path))
    except MediaError:
        return
    assert all(each.end_s > each.start_s and each.text.strip() for each in cues)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtitle_files, "MAX_BYTES", 100)
    (tmp_path / "a.srt").write_text(SRT, encoding="utf-8")
    with pytest.raises(MediaError, match="too large"):
        list(file_cues(tmp_path / "a.srt"))


def test_a_flood_of_cues_is_cut(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtitle_track, "MOST_CUES", 2)
    assert len(list(track_cues(film, 0))) == 2


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        list(file_cues(tmp_path / "none.srt"))


def test_files_beside_are_found_by_name(tmp_path: Path) -> None:
    names = (
        "film.srt",
        "film.en.srt",
        "film.de.forced.VTT",
        "film.ass",
        "film2.srt",
        "film.txt",
        "other.srt",
    )
    for name in names:
        (tmp_path / name).write_text(SRT, encoding="utf-8")
    (tmp_path / "film.dir.srt").mkdir()
    found = [path.name for path in subtitles_beside(tmp_path / "film.mkv")]
    assert found == ["film.ass", "film.srt", "film.en.srt", "film.de.forced.VTT"]
    assert subtitles_beside(tmp_path / "nowhere" / "film.mkv") == ()


@pytest.mark.parametrize(
    ("text", "parts", "at_top"),
    [
        ("plain", (StyledText("plain"),), False),
        (r"{\i1}a{\i0}b", (StyledText("a", italic=True), StyledText("b")), False),
        (r"{\b700\fs30}a{\rOther}b", (StyledText("a", bold=True), StyledText("b")), False),
        (r"{\an8}up\Ntwo\hwords", (StyledText("up\ntwo\u00a0words"),), True),
        (r"{\a6}up", (StyledText("up"),), True),
        (r"{\be1\bord2\iclip(1,2,3,4)}soft", (StyledText("soft"),), False),
        (r"{\p1}m 0 0 l 10 10{\p0}after", (StyledText("after"),), False),
        (r"{a comment}word", (StyledText("word"),), False),
        (r"  \N lots of room \N\N", (StyledText("lots of room"),), False),
        ("bell\x07 and \x1b[31mescape", (StyledText("bell and [31mescape"),), False),
        (r"{\i1}{\i0}", (), False),
        ("{open", (StyledText("{open"),), False),
    ],
)
def test_ass_text(text: str, parts: tuple[StyledText, ...], at_top: bool) -> None:
    assert read_text(text) == (parts, at_top)


@given(st.text(max_size=60))
def test_any_text_is_readable_and_never_blank(text: str) -> None:
    parts, _ = read_text(text)
    whole = "".join(part.text for part in parts)
    assert whole == whole.strip()
    assert all(part.text for part in parts)


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=3, max_size=50)
)
def test_text_in_utf8_is_read_as_it_is(text: str) -> None:
    if "\ufeff" not in text and "\ufffd" not in text:
        assert decode_text(text.encode("utf-8")) == text
