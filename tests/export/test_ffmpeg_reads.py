"""What goes out as subtitles, ffmpeg reads: random cues of every kind of text, many of them in each run."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import srt as srt_reader
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.cue_style import USUAL
from app.core.results import Segment, Word
from app.export.cues import Cue, cues
from app.export.subtitles import ass, srt, vtt, vtt_words
from tests.export.strategies import karaoke
from tests.export.test_subtitles import NASTY, TWINS, texts

few = settings(max_examples=4)
"""Each example holds some forty cues."""

many_texts = st.lists(texts, min_size=30, max_size=50)
Read = list[tuple[int, int, str]]


def _programs() -> list[str]:
    from imageio_ffmpeg import get_ffmpeg_exe

    return [*filter(None, [shutil.which("ffmpeg")]), str(get_ffmpeg_exe())]


@pytest.fixture(scope="module", params=range(2), ids=["system", "imageio"])
def program(request: pytest.FixtureRequest) -> str:
    """Two ffmpeg programs of different years, where there are two."""
    found = _programs()
    if request.param >= len(found):
        pytest.skip("there is one ffmpeg only")
    return str(found[request.param])


def _cues(said: Iterable[str]) -> tuple[Cue, ...]:
    """One cue at least: ffmpeg takes a file without any for no subtitles."""
    texts = [*said, "the end"]
    return cues([Segment(number * 3.0, number * 3.0 + 1.5, text) for number, text in enumerate(texts)])


def _converted(program: str, text: str, suffix: str, *to: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"out{suffix}")
        path.write_bytes(text.encode())
        done = subprocess.run(
            [program, "-v", "error", "-i", str(path), *to, "-"],
            capture_output=True, check=True, text=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
    assert done.stderr == ""
    return str(done.stdout)


def _read(program: str, text: str, suffix: str) -> Read:
    """Decode subtitles with ffmpeg and have it write them as SubRip, which the srt package reads."""
    return [
        (round(entry.start.total_seconds() * 1000), round(entry.end.total_seconds() * 1000), entry.content)
        for entry in srt_reader.parse(_converted(program, text, suffix, "-c:s", "text", "-f", "srt"))
    ]


def _wanted(found: tuple[Cue, ...], written: Callable[[str], str], unit_ms: int = 1) -> Read:
    return [
        (
            round(cue.start_ms / unit_ms) * unit_ms,
            round(cue.end_ms / unit_ms) * unit_ms,
            "\n".join(map(written, cue.lines)),
        )
        for cue in found
    ]


def _twins(line: str) -> str:
    return line.translate(TWINS)


@few
@given(many_texts)
@example(list(NASTY))
def test_srt(program: str, said: list[str]) -> None:
    found = _cues(said)
    assert _read(program, srt(found), ".srt") == _wanted(found, _twins)


@few
@given(many_texts)
@example(list(NASTY))
def test_ass(program: str, said: list[str]) -> None:
    found = _cues(said)
    read = _read(program, ass(found), ".ass")
    plain = str.maketrans("{}\\", "\uff5b\uff5d\uff3c")
    assert read == _wanted(found, lambda line: line.translate(plain), 10)


@few
@given(many_texts)
@example(list(NASTY))
def test_vtt_decoded(program: str, said: list[str]) -> None:
    # ffmpeg makes ASS of WebVTT inside, where braces and backslashes are markup: they change on its way out.
    found = _cues(re.sub(r"[{}\\]", "x", text) for text in said)
    read = [(start, end, html.unescape(text)) for start, end, text in _read(program, vtt(found), ".vtt")]
    assert read == [(start, end, html.unescape(text)) for start, end, text in _wanted(found, str)]


_BLOCK = re.compile(r"\n(?P<start>[\d:.]+) --> (?P<end>[\d:.]+)\n(?P<text>.*?)\n(?=\n|\Z)", re.DOTALL)


def _blocks(text: str) -> list[tuple[str, str, str]]:
    return [found.groups() for found in _BLOCK.finditer(text)]  # type: ignore[misc]


@few
@given(many_texts)
@example(list(NASTY))
def test_vtt_cue_by_cue(program: str, said: list[str]) -> None:
    """Copied by ffmpeg without decoding: it finds the same cues, times and bytes of text in the file."""
    found = _cues(said)
    copied = _blocks(_converted(program, vtt(found), ".vtt", "-c", "copy", "-f", "webvtt"))
    ours = _blocks(vtt(found))
    assert copied == [(start.removeprefix("00:"), end.removeprefix("00:"), text) for start, end, text in ours]
    assert [html.unescape(text) for *_, text in copied] == ["\n".join(cue.lines) for cue in found]


@few
@given(many_texts, st.sampled_from(["Ann", "Bob & <Co>", "a, b"]))
def test_speakers_and_the_times_of_words_are_no_text(program: str, said: list[str], name: str) -> None:
    segments = []
    for number, text in enumerate([*said, "the end"]):
        start = number * 3.0
        parts = re.sub(r"[{}\\]", "x", text).split()
        words = tuple(
            Word(start + place / 50, start + place / 50, part, 1.0) for place, part in enumerate(parts)
        )
        segments.append(Segment(start, start + 1.5, " ".join(parts), None, words, speaker=name))
    found = cues(segments)
    wanted = [html.unescape(text) for *_, text in _wanted(found, str)]
    assert [html.unescape(text) for *_, text in _read(program, vtt_words(found), ".vtt")] == wanted
    assert [html.unescape(text) for *_, text in _read(program, ass(found), ".ass")] == wanted


@given(karaoke())
def test_words_with_their_times(segments: tuple[Segment, ...]) -> None:
    """WebVTT asks for times within the cue, each later than the one before."""
    found = cues(segments, USUAL.with_times_kept())
    written = _blocks(vtt_words(found))
    assert [re.sub(r"<[\d:.]+>", "", text) for *_, text in written] == [
        text for *_, text in _blocks(vtt(found))
    ]
    starts = {_clock(round(word.start_s * 1000)) for each in segments for word in each.words}
    for start, end, text in written:
        times = re.findall(r"<([\d:.]+)>", text)
        assert starts.issuperset(times)
        assert [start, *times, end] == sorted({start, *times, end})


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def test_ass_times_do_not_overlap() -> None:
    row = [Segment(0.1 + n * 0.011, 0.1 + (n + 1) * 0.011, str(n)) for n in range(50)]
    written = ass(cues(row, USUAL.with_times_kept()))
    times = re.findall(r"Dialogue: 0,([\d:.]+),([\d:.]+),", written)
    flat = [each for pair in times for each in pair]
    assert flat == sorted(flat)
    assert all(start < end for start, end in times)
