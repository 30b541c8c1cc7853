"""CSV: RFC 4180, read back exactly, the data left as it is."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import pytest
from hypothesis import given

from app.core.errors import ExportError
from app.core.results import AnalysisResult, Segment, Transcript
from app.export.tables import detections_csv, transcript_csv
from tests.export import strategies
from tests.export.documents import FULL


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@strategies.fewer
@given(strategies.results)
def test_detections_read_back_exactly(result: AnalysisResult) -> None:
    head, *rows = _rows(detections_csv(result))
    assert head == ["time_s", "pts", "label", "confidence", "x1", "y1", "x2", "y2", "track_id"]
    read = [(float(r[0]), int(r[1]), r[2], *map(float, r[3:8]), int(r[8]) if r[8] else None) for r in rows]
    assert read == [
        (found.time_s, found.pts, found.label, found.confidence, *found.box, found.track_id)
        for found in result.detections
    ]


@strategies.fewer
@given(strategies.results)
def test_the_transcript_reads_back_exactly(result: AnalysisResult) -> None:
    head, *rows = _rows(transcript_csv(result))
    assert head[:3] == ["start_s", "end_s", "text"]
    segments = result.transcript.segments if result.transcript else ()
    assert [(float(r[0]), float(r[1]), r[2]) for r in rows] == [
        (s.start_s, s.end_s, s.text) for s in segments
    ]


@strategies.fewer
@given(strategies.results)
def test_speakers_read_back_exactly(result: AnalysisResult) -> None:
    segments = result.transcript.segments if result.transcript else ()
    head, *rows = _rows(transcript_csv(result))
    if any(segment.speaker for segment in segments):
        assert head == ["start_s", "end_s", "text", "speaker"]
        assert [row[3] for row in rows] == [segment.speaker or "" for segment in segments]
    else:
        assert len(head) == 3


def test_byte_for_byte() -> None:
    label = 'a "big", red\r\nbus'
    result = replace(
        FULL, detections=(*FULL.detections, replace(FULL.detections[0], label=label, track_id=None))
    )
    assert detections_csv(result) == (
        "time_s,pts,label,confidence,x1,y1,x2,y2,track_id\r\n"
        "0.0,126000,person,0.875,10.5,20.0,100.25,200.0,7\r\n"
        '0.0,126000,"a ""big"", red\r\nbus",0.875,10.5,20.0,100.25,200.0,\r\n'
    )
    assert transcript_csv(result) == "start_s,end_s,text,speaker\r\n0.5,1.5,Hello.,Ada\r\n"
    unnamed = replace(FULL, transcript=Transcript("en", (Segment(0.5, 1.5, "Hello."),)))
    assert transcript_csv(unnamed) == "start_s,end_s,text\r\n0.5,1.5,Hello.\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " = ", "'=1"])
def test_what_looks_like_a_formula_stays_the_text_it_is(text: str) -> None:
    result = replace(FULL, transcript=Transcript("en", (Segment(0, 1, text),)))
    assert _rows(transcript_csv(result))[1][2] == text


def test_nothing_found_is_a_head_line() -> None:
    empty = replace(FULL, detections=(), transcript=None)
    assert detections_csv(empty) == "time_s,pts,label,confidence,x1,y1,x2,y2,track_id\r\n"
    assert transcript_csv(empty) == "start_s,end_s,text\r\n"


def test_bytes_that_are_not_utf8_are_spelled_out() -> None:
    result = replace(FULL, detections=(replace(FULL.detections[0], label="caf\udce9"),))
    assert _rows(detections_csv(result))[1][2] == "caf\\udce9"


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    with pytest.raises(ExportError, match="not finite"):
        detections_csv(replace(FULL, detections=(replace(FULL.detections[0], time_s=number),)))
