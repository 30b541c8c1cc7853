"""Findings as CSV tables: RFC 4180, UTF-8 without a mark, lines ending in CR LF, a head line first.

Values are written as they are: a text that begins with ``=`` stays that text. Guarding spreadsheets against
formulas would change the data for every other reader; who opens a table in one imports the column as text.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable

from app.core.errors import ExportError
from app.core.results import AnalysisResult
from app.export.text import encodable

_Cell = str | int | float | None

DETECTION_COLUMNS = ("time_s", "pts", "label", "confidence", "x1", "y1", "x2", "y2", "track_id")
TRANSCRIPT_COLUMNS = ("start_s", "end_s", "text")


def detections_csv(result: AnalysisResult) -> str:
    """Return a line for each detection; ``track_id`` is empty where there is none.

    Raises:
        ExportError: a number is not finite.
    """
    rows = (
        (found.time_s, found.pts, found.label, found.confidence, *found.box, found.track_id)
        for found in result.detections
    )
    return _table(DETECTION_COLUMNS, rows)


def transcript_csv(result: AnalysisResult) -> str:
    """Return a line for each segment of the transcript; only the head line where there is no transcript.

    Where a speaker is known, a column ``speaker`` follows.

    Raises:
        ExportError: a time is not finite.
    """
    segments = result.transcript.segments if result.transcript else ()
    if not any(part.speaker for part in segments):
        return _table(TRANSCRIPT_COLUMNS, ((part.start_s, part.end_s, part.text) for part in segments))
    rows = ((part.start_s, part.end_s, part.text, part.speaker) for part in segments)
    return _table((*TRANSCRIPT_COLUMNS, "speaker"), rows)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[_Cell, ...]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def _cell(value: _Cell) -> _Cell:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExportError("The table cannot be written: a number in the result is not finite.")
    return value
