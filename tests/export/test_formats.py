"""The list of formats: what each needs, writes, and is called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cue_style import USUAL
from app.core.errors import ExportError, UsageError
from app.core.geometry import Size
from app.core.results import AnalysisResult, Segment, Transcript
from app.export.cues import cues
from app.export.formats import FORMATS, ExportFormat, export_format
from app.export.json_document import dump, dump_transcript
from app.export.plain_text import plain, timed
from app.export.subtitles import ass, srt, vtt, vtt_words
from app.export.tables import detections_csv, transcript_csv
from tests.export import strategies
from tests.export.documents import FULL

SPOKEN = FULL.transcript.segments if FULL.transcript else ()
SHOWN = cues(SPOKEN, language="en")


def test_what_each_format_writes() -> None:
    assert {name: each.render(FULL) for name, each in FORMATS.items()} == {
        "json": dump(FULL),
        "srt": srt(cues(SPOKEN, language="en", names_in_lines=True)).encode(),
        "vtt": vtt(SHOWN).encode(),
        "vtt-words": vtt_words(SHOWN).encode(),
        "ass": ass(SHOWN, Size(1920, 1080)).encode(),
        "txt": plain(SPOKEN).encode(),
        "txt-times": timed(SPOKEN).encode(),
        "csv": detections_csv(FULL).encode(),
        "transcript-csv": transcript_csv(FULL).encode(),
        "transcript-json": dump_transcript(FULL),
    }


def test_names_and_suffixes() -> None:
    assert {name: each.suffix for name, each in FORMATS.items()} == {
        "json": ".json",
        "srt": ".srt",
        "vtt": ".vtt",
        "vtt-words": ".words.vtt",
        "ass": ".ass",
        "txt": ".txt",
        "txt-times": ".times.txt",
        "csv": ".csv",
        "transcript-csv": ".transcript.csv",
        "transcript-json": ".transcript.json",
    }
    assert all(each.name == name and each.title for name, each in FORMATS.items())


@pytest.mark.parametrize("wanted", FORMATS.values(), ids=FORMATS)
def test_a_result_without_a_transcript(wanted: ExportFormat) -> None:
    silent = replace(FULL, transcript=None)
    if wanted.needs_transcript:
        with pytest.raises(
            ExportError, match=r"^There is no transcript .* 'a film\.ts' with a speech model\.$"
        ):
            wanted.render(silent)
    else:
        assert wanted.render(silent)


def test_which_formats_need_a_transcript() -> None:
    assert [name for name, each in FORMATS.items() if each.needs_transcript] == [
        "srt",
        "vtt",
        "vtt-words",
        "ass",
        "txt",
        "txt-times",
        "transcript-csv",
        "transcript-json",
    ]


def test_a_transcript_in_which_nothing_is_said() -> None:
    quiet = replace(FULL, transcript=Transcript("en"))
    assert {name: FORMATS[name].render(quiet) for name in ("srt", "vtt", "txt", "transcript-csv")} == {
        "srt": b"",
        "vtt": b"WEBVTT\n",
        "txt": b"",
        "transcript-csv": b"start_s,end_s,text\r\n",
    }


@strategies.fewer
@given(strategies.results, st.lists(strategies.spoken, max_size=4))
def test_every_format_writes_utf8_without_a_mark(result: AnalysisResult, said: list[Segment]) -> None:
    heard = replace(result, transcript=Transcript("en", tuple(said)))
    for each in FORMATS.values():
        assert not each.render(heard).decode("utf-8").startswith("\ufeff")


def test_by_name() -> None:
    assert export_format("srt") is FORMATS["srt"]
    with pytest.raises(
        UsageError, match=r"no export format 'SRT': use json, srt, vtt, vtt-words, ass, txt, txt-times, csv, "
    ):
        export_format("SRT")


def test_where_speakers_are_named() -> None:
    said = (Segment(0, 2, "Hello.", speaker="Ann"), Segment(3, 5, "Yes.", speaker="Zoe & Co"))
    heard = replace(FULL, transcript=Transcript("en", said))
    unnamed = replace(USUAL, speakers=False)
    for name, named in {
        "srt": "Zoe & Co: Yes.", "txt": "Zoe & Co: Yes.", "txt-times": "Zoe & Co: Yes.",
        "vtt": "<v Zoe \uff06 Co>Yes.", "vtt-words": "<v Zoe \uff06 Co>Yes.",
        "ass": "Default,Zoe & Co,0,0,0,,Yes.",
    }.items():  # fmt: skip
        assert named in FORMATS[name].render(heard).decode()
        assert "Zoe" not in FORMATS[name].render(heard, unnamed).decode()
        assert FORMATS[name].names_speakers
    assert FORMATS["transcript-csv"].render(heard).endswith(b"3,5,Yes.,Zoe & Co\r\n")


def test_the_style_shapes_cues() -> None:
    said = (Segment(0, 4, "One two three four five six seven eight nine ten."), Segment(4, 4.1, "Yes."))
    heard = replace(FULL, transcript=Transcript("en", said))
    style = replace(USUAL, line_columns=20, lines=1)
    assert FORMATS["srt"].render(heard, style).decode().split("\n\n")[-3:] == [
        "3\n00:00:02,700 --> 00:00:03,917\neight nine ten.",
        "4\n00:00:04,000 --> 00:00:04,833\nYes.",
        "",
    ]


def test_text() -> None:
    said = (
        Segment(1, 2.5, " One\n two ", speaker="Ann"),
        Segment(3, 4, "more", speaker="Ann"),
        Segment(5, 6, " "),
    )
    assert plain(said) == "Ann: One two\nmore\n"
    assert (
        timed(said) == "[00:00:01.000 --> 00:00:02.500] Ann: One two\n[00:00:03.000 --> 00:00:04.000] more\n"
    )
    with pytest.raises(ExportError, match="out of all bounds"):
        timed([Segment(0, float("inf"), "x")])
