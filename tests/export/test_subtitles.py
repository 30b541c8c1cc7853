"""SubRip, WebVTT and ASS, read back by other programs: srt, pysubs2, webvtt-py, ffmpeg, ffprobe."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pysubs2
import pytest
import srt as srt_reader
import webvtt
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.core.cue_style import USUAL
from app.core.results import Segment
from app.export.cues import Cue
from app.export.cues import cues as styled_cues
from app.export.subtitles import srt, vtt

TWINS = str.maketrans("<>{}\\", "\uff1c\uff1e\uff5b\uff5d\uff3c")

NASTY = (
    "00:00:01,000 --> 00:00:02,000",
    "<i>it</i> < b > 3 </font> <c.red> <v Roger> <00:00:01.000> <|endoftext|>",
    r"{\an8}up {b} {Y:i} {} {{ }} { \N \n \h c:\new",
    "& &amp; &lt; &#38; &nbsp; AT&T",
    "1\n\n2\n00:00:03,000 --> 00:00:04,000\n3",
    "WEBVTT", "NOTE this is said", "STYLE", "REGION", "1", "42", "- Who? - Me!", "* [music] (laughs) #",
    "\ufeffmark \x00\x07\x1b[31m\r\n\r\n\x0b\x0c\u2028\u2029\x85end",
    "\u05e9\u05dc\u05d5\u05dd \u202b\u05e2\u05d5\u05dc\u05dd\u202c", "e\u0301 \U0001f468\u200d\U0001f469",
    "日本語の字幕、「とても」長い文なので、二行に分かれるはずです。そうでしょう。",
    "word " * 60, "x" * 200,
)  # fmt: skip

AS_SPOKEN = USUAL.with_times_kept()


def cues(segments: Iterable[Segment]) -> tuple[Cue, ...]:
    return styled_cues(segments, AS_SPOKEN)


texts = st.text("ab1 <>{}&/\\i-N\n.é日\u0301", max_size=120) | st.text(max_size=40) | st.sampled_from(NASTY)
# pysubs2 knows two digits of hours.
times = st.floats(0, 359_000)
segments = st.lists(st.builds(Segment, times, times, texts), max_size=5)


def _lines(cue: Cue) -> list[str]:
    return [line.translate(TWINS) for line in cue.lines]


def _nasty_segments() -> list[Segment]:
    return [Segment(number * 2.0, number * 2.0 + 1.5, text) for number, text in enumerate(NASTY)]


@given(segments)
@example(_nasty_segments())
def test_srt_reads_back_in_srt(found: list[Segment]) -> None:
    read = list(srt_reader.parse(srt(cues(found))))
    assert [entry.index for entry in read] == list(range(1, len(read) + 1))
    milliseconds = [
        (round(e.start.total_seconds() * 1000), round(e.end.total_seconds() * 1000)) for e in read
    ]
    assert milliseconds == [(cue.start_ms, cue.end_ms) for cue in cues(found)]
    assert [entry.content.split("\n") for entry in read] == [_lines(cue) for cue in cues(found)]


def _pysubs2_reads(wanted: tuple[Cue, ...]) -> bool:
    """Whether pysubs2 can tell the text from what is around it.

    It takes any line with two clock times for a head, and a last line of digits at the end of a file for the
    number of a cue that follows.
    """
    clocks = sum(len(re.findall(r"\d:\d", line)) for cue in wanted for line in cue.lines)
    return clocks == 0 and not (wanted and re.fullmatch(r" *\d+ *", wanted[-1].lines[-1]))


@given(segments)
@example([segment for segment in _nasty_segments() if not re.search(r"\d:\d", segment.text)])
def test_srt_reads_back_in_pysubs2(found: list[Segment]) -> None:
    wanted = cues(found)
    assume(_pysubs2_reads(wanted))
    read = pysubs2.SSAFile.from_string(srt(cues(found)), format_="srt")
    assert [(event.start, event.end) for event in read] == [(cue.start_ms, cue.end_ms) for cue in wanted]
    assert [event.plaintext for event in read] == ["\n".join(_lines(cue)) for cue in wanted]


@given(segments)
@example(_nasty_segments())
def test_vtt_reads_back_in_webvtt(found: list[Segment]) -> None:
    read = webvtt.from_string(vtt(cues(found))).captions
    wanted = cues(found)
    assert [(caption.start, caption.end) for caption in read] == [
        (_clock(cue.start_ms), _clock(cue.end_ms)) for cue in wanted
    ]
    assert [html.unescape(caption.text).split("\n") for caption in read] == [
        list(cue.lines) for cue in wanted
    ]
    assert [caption.text for caption in read] == [caption.raw_text for caption in read], "taken for markup"


@given(segments)
def test_vtt_reads_back_in_pysubs2(found: list[Segment]) -> None:
    wanted = cues(found)
    assume(_pysubs2_reads(wanted))
    read = pysubs2.SSAFile.from_string(vtt(cues(found)), format_="vtt")
    assert [(event.start, event.end) for event in read] == [(cue.start_ms, cue.end_ms) for cue in wanted]
    # It drops {...} and reads \N as a new line, though neither is markup in WebVTT: compare its raw text.
    assert [html.unescape(event.text).replace(r"\N", "\n") for event in read] == [
        "\n".join(cue.lines).replace(r"\N", "\n") for cue in wanted
    ]


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


@pytest.mark.parametrize(("write", "name", "codec"), [(srt, "out.srt", "subrip"), (vtt, "out.vtt", "webvtt")])
def test_times_read_back_in_ffprobe(
    ffprobe: str, tmp_path: Path, write: Callable[[Iterable[Cue]], str], name: str, codec: str
) -> None:
    found = [
        *_nasty_segments(),
        Segment(359_999.9994, 360_000.0006, "a hundred hours"),
        Segment(1e6, 1e6, "more"),
    ]
    path = tmp_path / name
    path.write_bytes(write(cues(found)).encode())
    done = subprocess.run(
        [ffprobe, "-v", "error", "-show_streams", "-show_packets", "-of", "json", str(path)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert [stream["codec_name"] for stream in report["streams"]] == [codec]
    times_ms = [
        [float(packet[key]) * 1000 for key in ("pts_time", "duration_time")] for packet in report["packets"]
    ]
    assert [(round(start, 3), round(length, 3)) for start, length in times_ms] == [
        (cue.start_ms, cue.end_ms - cue.start_ms) for cue in cues(found)
    ]


def test_srt_byte_for_byte() -> None:
    found = [Segment(0.0005, 1.5, "Hello <b>\nworld & all"), Segment(360_000.0, 360_001.0, "late")]
    assert srt(cues(found)) == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello \uff1cb\uff1e world & all\n\n"
        "2\n100:00:00,000 --> 100:00:01,000\nlate\n\n"
    )


def test_vtt_byte_for_byte() -> None:
    found = [Segment(0, 1.5, "a --> b & <c>"), Segment(360_000.0, 360_001.0, "late")]
    assert vtt(cues(found)) == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:01.500\na --&gt; b &amp; &lt;c&gt;\n"
        "\n100:00:00.000 --> 100:00:01.000\nlate\n"
    )


def test_no_segments() -> None:
    assert srt([]) == ""
    assert len(webvtt.from_string(vtt([]))) == 0
    assert vtt(cues([Segment(0, 1, " ")])) == vtt([]) == "WEBVTT\n"
