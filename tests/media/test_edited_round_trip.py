"""Edits survive: a transcript edited by chance goes out and comes back with its text and its times."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.cue_style import CueStyle
from app.core.edit_history import EditHistory
from app.core.errors import EditError
from app.core.results import Segment, Transcript
from app.export.formats import FORMATS
from app.export.json_document import dump, load
from app.media.subtitle_reading import read_file
from tests.core import transcripts
from tests.export.documents import FULL

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONE_EACH = CueStyle(line_columns=500, lines=8).with_times_kept()
"""A cue for each line, shown as long as it is said."""

seeds = st.integers(0, 2**32 - 1)


def _edited(seed: int) -> Transcript:
    """A transcript after forty edits, some of them undone."""
    chance = random.Random(seed)
    history = EditHistory(Transcript("en", transcripts.segments(chance, 10)))
    done = 0
    while done < 40:
        try:
            history = history.applied(transcripts.edit(chance, history.transcript.segments))
        except EditError:
            continue
        done += 1
        if chance.random() < 0.2:
            history = history.gone_back()
    return history.transcript


@FEW
@given(seeds)
def test_the_document_brings_all_of_it_back(seed: int) -> None:
    edited = _edited(seed)
    back = load(dump(replace(FULL, transcript=edited))).transcript
    assert back == edited


@pytest.mark.parametrize("name", ["srt", "vtt"])
@FEW
@given(seed=seeds)
def test_subtitles_bring_text_and_milliseconds_back(tmp_path: Path, name: str, seed: int) -> None:
    edited = _edited(seed)
    path = tmp_path / f"a.{name}"
    path.write_bytes(
        FORMATS[name].render(replace(FULL, transcript=edited), replace(ONE_EACH, speakers=False))
    )
    back = read_file(path).transcript.segments
    wanted, found = sorted(map(_shown, edited.segments)), sorted(map(_shown, back))
    assert [text for *_, text in wanted] == [text for *_, text in found]
    for (start_ms, end_ms, _), (back_start_ms, back_end_ms, _) in zip(wanted, found, strict=True):
        assert abs(start_ms - back_start_ms) <= 1
        assert abs(max(end_ms, start_ms + 1) - back_end_ms) <= 1


def _shown(line: Segment) -> tuple[int, int, str]:
    return round(line.start_s * 1000), round(line.end_s * 1000), " ".join(line.text.split())
