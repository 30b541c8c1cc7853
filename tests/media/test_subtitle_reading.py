"""Subtitles become a transcript: ours read back, ffmpeg's tracks and files, broken ones."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.cue_style import USUAL
from app.core.errors import CancelledError, FileMissingError, MediaError
from app.core.results import Segment
from app.export.cues import Cue, cues
from app.export.subtitles import ass, srt, vtt, vtt_words
from app.media.subtitle_reading import read_file, read_track
from tests.export.strategies import karaoke
from tests.export.test_ffmpeg_reads import many_texts
from tests.export.test_subtitles import NASTY, TWINS
from tests.media.subtitle_samples import SRT, TIMES, WORDS, with_subtitles

ASS_TWINS = str.maketrans("{}\\", "\uff5b\uff5d\uff3c")
Read = list[tuple[int, int, str, str]]


def _read(path: Path) -> Read:
    return [
        (round(each.start_s * 1000), round(each.end_s * 1000), each.text, each.speaker or "")
        for each in read_file(path).transcript.segments
    ]


def _shown(found: tuple[Cue, ...], table: dict[int, int] | None = None, unit_ms: int = 1) -> Read:
    """One segment for each cue; lines join as they were divided: between wide characters without a space."""
    return [
        (
            round(cue.start_ms / unit_ms) * unit_ms,
            round(cue.end_ms / unit_ms) * unit_ms,
            "".join(cue.lines).replace(" ", "").translate(table or {}),
            cue.speaker,
        )
        for cue in found
    ]


def _solid(read: Read) -> Read:
    return [(start, end, text.replace(" ", ""), speaker) for start, end, text, speaker in read]


@settings(max_examples=15)
@given(many_texts)
@example(list(NASTY))
def test_our_own_export_reads_back(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> None:
    folder = tmp_path_factory.mktemp("subtitles", numbered=True)
    names = ("", "Ann", "Bo \u05d0")
    segments = [
        Segment(number * 3.0, number * 3.0 + 1.5, text, speaker=names[number % 3])
        for number, text in enumerate([*said, "the end"])
    ]
    found = cues(segments)
    for suffix, text, wanted in (
        (".vtt", vtt(found), _shown(found)),
        (".words.vtt", vtt_words(found), _shown(found)),
        (".ass", ass(found), _shown(found, ASS_TWINS, 10)),
        (".srt", srt(found), [(*each[:3], "") for each in _shown(found, TWINS)]),
    ):
        path = folder / f"out{suffix}"
        path.write_bytes(text.encode())
        assert _solid(_read(path)) == wanted
        assert read_file(path).note == ""


@given(karaoke())
def test_words_come_back_with_their_times(
    tmp_path_factory: pytest.TempPathFactory, segments: tuple[Segment, ...]
) -> None:
    path = tmp_path_factory.mktemp("words", numbered=True) / "out.vtt"
    found = cues(segments, USUAL.with_times_kept())
    path.write_bytes(vtt_words(found).encode())
    if not found:
        return
    for cue, back in zip(found, read_file(path).transcript.segments, strict=True):
        starts = {beat.start_ms for beat in cue.beats if cue.start_ms < beat.start_ms < cue.end_ms}
        if back.words:
            assert "".join(word.text for word in back.words) == back.text.replace(" ", "")
            assert starts.intersection(round(word.start_s * 1000) for word in back.words)
        assert all(back.start_s <= word.start_s <= word.end_s <= back.end_s for word in back.words)


def test_the_words_of_karaoke(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<c>One</c> <00:00:01.500><c>two &amp;</c> <00:00:02.000>three\n",
        encoding="utf-8",
    )
    (line,) = read_file(tmp_path / "a.vtt").transcript.segments
    assert line.text == "One two & three"
    assert [(word.text, word.start_s, word.end_s) for word in line.words] == [
        ("One", 1.0, 1.5), ("two", 1.5, 1.875), ("&", 1.875, 2.0), ("three", 2.0, 3.0),
    ]  # fmt: skip
    (tmp_path / "a.ass").write_text(
        "[Script Info]\n[Events]\n"
        "Dialogue: 0,0:00:01.00,0:00:03.00,Default,Ann,0,0,0,,{\\k50\\i1}One {a note}{\\kf20}t{\\k30}wo\\N"
        "{\\k0}{\\p1}m 0 0 l 1 1{\\p0}{\\k100}three\n",
        encoding="utf-8",
    )
    (line,) = read_file(tmp_path / "a.ass").transcript.segments
    assert (line.text, line.speaker) == ("One two three", "Ann")
    assert [(word.text, word.start_s, word.end_s) for word in line.words] == [
        ("One", 1.0, 1.5), ("two", 1.5, 2.0), ("three", 2.0, 3.0),
    ]  # fmt: skip


def test_voices_become_speakers(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_text(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<v.loud Ann Lee>Who <b>is</b> it?</v>\n<v Bo &amp; Co>Me.\n",
        encoding="utf-8",
    )
    lines = read_file(path).transcript.segments
    assert [(each.start_s, each.end_s, each.text, each.speaker) for each in lines] == [
        (1.0, 3.0, "Who is it?", "Ann Lee"),
        (1.0, 3.0, "Me.", "Bo & Co"),
    ]


ROLLED_UP = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
~
so<00:00:00.500><c> this</c><00:00:01.000><c> is</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
so this is
~

00:00:02.010 --> 00:00:04.000 align:start position:0%
so this is
what<00:00:03.000><c> I</c><00:00:03.500><c> said</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
what I said
~

00:00:04.010 --> 00:00:06.000 align:start position:0%
what I said
what<00:00:05.000><c> I</c><00:00:05.500><c> said</c>
"""


def test_captions_that_roll_up_are_said_once(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(ROLLED_UP.replace("~", " "), encoding="utf-8")
    lines = read_file(tmp_path / "a.vtt").transcript.segments
    assert [(each.start_s, each.text) for each in lines] == [
        (0.0, "so this is"), (2.01, "what I said"), (4.01, "what I said"),
    ]  # fmt: skip
    assert [word.start_s for word in lines[1].words] == [2.01, 3.0, 3.5]


def test_what_is_said_twice_stays(tmp_path: Path) -> None:
    cue = "00:0{}.000 --> 00:0{}.000\n{}\n\n"
    said = "".join(cue.format(n, n + 1, "No." if n < 2 else n) for n in range(9))
    (tmp_path / "a.vtt").write_text(f"WEBVTT\n\n{said}", encoding="utf-8")
    lines = read_file(tmp_path / "a.vtt").transcript.segments
    assert [each.text for each in lines][:3] == ["No.", "No.", "2"]


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (
            "<i>Hi</i> <font color='red'>a</font> < b > 3 <unknown> I <3 you",
            "Hi a < b > 3 <unknown> I <3 you",
        ),
        (r"{\an8}up {b} {Y:i}it {}", "up {b} it {}"),
        ("one<br>two<br/>three\nfour", "one two three four"),
        ("日本\n語です\nand", "日本語です and"),
        ("AT&T &amp; <b>R&D</b>", "AT&T &amp; R&D"),
    ],
)
def test_text_that_is_no_markup_stays(tmp_path: Path, payload: str, text: str) -> None:
    path = tmp_path / "a.srt"
    path.write_text(f"1\n00:00:01,000 --> 00:00:02,000\n{payload}\n", encoding="utf-8")
    assert [each.text for each in read_file(path).transcript.segments] == [text]


@pytest.mark.parametrize(
    ("codec", "name"), [("srt", "f.mkv"), ("ass", "f.mkv"), ("webvtt", "f.mkv"), ("mov_text", "f.mp4")]
)
def test_tracks_in_videos(ffmpeg: str, tmp_path: Path, codec: str, name: str) -> None:
    film = with_subtitles(ffmpeg, tmp_path / name, codec, options=("-metadata:s:s:0", "language=ger"))
    read = read_track(film, 0).transcript
    assert (read.language, read.source) == ("de", f"subtitle track 1 of {name}")
    assert [(each.start_s, each.end_s) for each in read.segments] == list(TIMES)
    assert [each.text for each in read.segments] == [text.replace("\n", " ") for text in WORDS]
    with pytest.raises(MediaError, match="no text subtitles number 2"):
        read_track(film, 1)


def test_times_count_from_the_start_of_the_file(media_dir: Path, ffprobe: str) -> None:
    path = media_dir / "am_sample_with_overlapping_srt.mkv"
    command = [ffprobe, "-v", "error", "-select_streams", "s:0", "-show_entries"]
    command += ["packet=pts_time:format=start_time", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    start = float(said["format"]["start_time"])
    begins = [round(float(packet["pts_time"]) - start, 3) for packet in said["packets"]]
    assert [each.start_s for each in read_track(path, 0).transcript.segments] == sorted(begins)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("film.srt", "und"), ("film.en.srt", "en"), ("film.eng.srt", "en"), ("film.pt-BR.srt", "pt"),
        ("film.de.forced.srt", "de"), ("film.1080p.srt", "und"), ("en.srt", "und"),
    ],
)  # fmt: skip
def test_language_and_source_are_told_by_the_name(tmp_path: Path, name: str, language: str) -> None:
    (tmp_path / name).write_text(SRT, encoding="utf-8")
    read = read_file(tmp_path / name).transcript
    assert (read.language, read.source) == (language, name)


BROKEN_VTT = """WEBVTT - title

STYLE
::cue { color: red }

NOTE a --> b

first
00:00:01,000 --> 00:00:02,000 align:start
one

00:00:xx.000 --> 00:00:03.000
lost

00:03.000 --> 00:04.000
two


00:05.000 --> 00:06.000
three
"""


def test_what_can_be_read_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    for text in (
        BROKEN_VTT,
        BROKEN_VTT.replace("\n", "\r\n"),
        "\ufeff" + BROKEN_VTT.replace("WEBVTT - title", ""),
    ):
        path.write_bytes(text.encode())
        read = read_file(path)
        assert [(each.start_s, each.text) for each in read.transcript.segments] == [
            (1, "one"),
            (3, "two"),
            (5, "three"),
        ]
        assert read.note == "1 cue of a.vtt could not be read and was left out."
    path = tmp_path / "a.ass"
    path.write_text(
        "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,one\n"
        "Dialogue: 0,soon,later,D,,0,0,0,,two\n"
        "Dialogue: nonsense\nDialogue: 0,0:00:03.00,0:00:04.00,D,,0,0,0,,three\n",
        encoding="utf-8",
    )
    read = read_file(path)
    assert [each.text for each in read.transcript.segments] == ["one", "three"]
    assert read.note == "2 cues of a.ass could not be read and were left out."


def test_a_file_is_what_it_holds_not_what_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi\n", encoding="utf-8")
    (line,) = read_file(tmp_path / "a.srt").transcript.segments
    assert (line.text, line.speaker) == ("Hi", "Ann")
    (tmp_path / "a.vtt").write_text(SRT, encoding="utf-8")
    assert len(read_file(tmp_path / "a.vtt").transcript.segments) == 3


def test_what_holds_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        read_file(tmp_path / "none.srt")
    for data in (b"nothing\n", b"WEBVTT\n", b"1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n"):
        (tmp_path / "a.srt").write_bytes(data)
        with pytest.raises(MediaError, match=r"^a\.srt holds no subtitles that can be read\.$"):
            read_file(tmp_path / "a.srt")


def test_reading_ends_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(SRT, encoding="utf-8")
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        read_file(tmp_path / "a.srt", cancel=token)


LETTERS = "<>/{}\\\\&;:.,- vcibkKpNnh019abc\u65e5\u05d0\n\r\t\0\ufeff"
ODD = (
    "<v >x", "<00:00:01.000>", "&#xD800;&#0;", "{\\k99999999999}a{\\k1}b", "-->", "<v A><v B>c</v>d",
)  # fmt: skip
markup = st.text(st.sampled_from(LETTERS) | st.characters(exclude_categories=["Cs"]), max_size=80)


@given(st.lists(markup | st.sampled_from(ODD), min_size=1, max_size=6))
def test_no_markup_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, payloads: list[str]) -> None:
    """Whatever stands in cues: lines come out that can be exported, within the times of their cues."""
    folder = tmp_path_factory.mktemp("markup", numbered=True)
    blocks = [f"00:00:0{n}.000 --> 00:00:0{n}.900\n{text}\n\n" for n, text in enumerate(payloads)]
    events = [f"Dialogue: 0,0:00:0{n}.00,0:00:0{n}.90,D,,0,0,0,,{text}\n" for n, text in enumerate(payloads)]
    for suffix, text in (
        (".vtt", "WEBVTT\n\n" + "".join(blocks)),
        (".srt", "".join(f"{n}\n{block}" for n, block in enumerate(blocks)).replace(".", ",")),
        (".ass", "[Script Info]\n[Events]\n" + "".join(events)),
    ):
        path = folder / f"a{suffix}"
        path.write_bytes(text.encode())
        try:
            lines = read_file(path).transcript.segments
        except MediaError:
            continue
        for line in lines:
            assert line.text == " ".join(line.text.split())
            assert all(line.start_s <= word.start_s <= word.end_s <= line.end_s for word in line.words)
            if line.words:
                assert "".join(word.text for word in line.words) == line.text.replace(" ", "")
        assert cues(lines)
