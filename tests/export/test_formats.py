"""The list of formats: what each needs, writes, and is called."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import ExportError, UsageError
from app.core.results import AnalysisResult, Segment, Transcript
from app.export.formats import FORMATS, ExportFormat, export_format
from app.export.json_document import dump
from app.export.subtitles import srt, vtt
from app.export.tables import detections_csv, transcript_csv
from tests.export import strategies
from tests.export.documents import FULL

SPOKEN = FULL.transcript.segments if FULL.transcript else ()


def test_what_each_format_writes() -> None:
    assert {name: each.render(FULL) for name, each in FORMATS.items()} == {
        "json": dump(FULL),
        "srt": srt(SPOKEN).encode(),
        "vtt": vtt(SPOKEN).encode(),
        "csv": detections_csv(FULL).encode(),
        "transcript-csv": transcript_csv(FULL).encode(),
    }


def test_names_and_suffixes() -> None:
    assert {name: each.suffix for name, each in FORMATS.items()} == {
        "json": ".json",
        "srt": ".srt",
        "vtt": ".vtt",
        "csv": ".csv",
        "transcript-csv": ".transcript.csv",
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
        "transcript-csv",
    ]


def test_a_transcript_in_which_nothing_is_said() -> None:
    quiet = replace(FULL, transcript=Transcript("en"))
    assert {name: FORMATS[name].render(quiet) for name in ("srt", "vtt", "transcript-csv")} == {
        "srt": b"",
        "vtt": b"WEBVTT\n",
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
        UsageError, match=r"no export format 'SRT': use json, srt, vtt, csv, transcript-csv\."
    ):
        export_format("SRT")
