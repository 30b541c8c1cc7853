"""``analyze --again``: a stretch of an earlier result is heard once more."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.analysis.request import AnalysisRequest, SpeechRequest
from app.cli.again import BETTER, NEW, OLD, Earlier
from app.core.results import ModelInfo, Segment, Transcript
from app.core.time import TimeSpan
from tests.cli.conftest import Reelscope
from tests.export.documents import FULL

ONE, THREE = Segment(0.5, 1.0, "one", 0.9), Segment(6.0, 7.0, "three", 0.9)
LOOP = Segment(2.0, 3.0, "two two", 0.4, (), ("low-confidence", "repetition"))
TWO = Segment(2.1, 2.9, "two", 0.9)
BEFORE = replace(FULL, transcript=Transcript("en", (ONE, LOOP, THREE), source="x.srt"), warnings=())
REQUEST = AnalysisRequest(Path("film.mp4"), speech=SpeechRequest(Path("base.bin")))


def _earlier(keep: str = BETTER) -> Earlier:
    return Earlier(BEFORE, TimeSpan(1.5, 4.0), keep)


def _found(*lines: Segment) -> Any:
    return replace(FULL, transcript=Transcript("en", lines))


@pytest.mark.parametrize(
    ("keep", "new", "texts"),
    [
        (BETTER, (TWO,), ["one", "two", "three"]),
        (BETTER, (), ["one", "two two", "three"]),
        (
            BETTER,
            (replace(TWO, marks=("low-confidence", "repetition", "rate")),),
            ["one", "two two", "three"],
        ),
        (OLD, (TWO,), ["one", "two two", "three"]),
        (NEW, (), ["one", "three"]),
        (NEW, (TWO, Segment(5.9, 6.9, "beyond", 0.9)), ["one", "two", "three"]),
    ],
)
def test_the_text_that_stays_is_the_better_one_or_the_one_that_was_asked_for(
    keep: str, new: tuple[Segment, ...], texts: list[str]
) -> None:
    result, sentences = _earlier(keep).heard(REQUEST, _found(*new))
    assert result.transcript is not None
    assert [each.text for each in result.transcript.segments] == texts
    changed = texts != ["one", "two two", "three"]
    assert (result == BEFORE) is not changed
    assert sentences[-1] == f"The {'new' if changed else 'old'} text stays."


def test_both_texts_are_told_with_what_is_known_of_them() -> None:
    result, sentences = _earlier().heard(REQUEST, _found(TWO))
    assert sentences == [
        '0:01.5 to 0:04.0, before: "two two" (uncertain, repetition; confidence 0.40)',
        '0:01.5 to 0:04.0, heard again: "two" (confidence 0.90)',
        "The new text stays.",
    ]
    how = "base, beam size 5, temperature 0"
    note = f"The speech from 0:01.5 to 0:04.0 was heard again ({how}), and the new text stands."
    assert result.warnings == (note,)
    assert replace(result, transcript=None, warnings=()) == replace(BEFORE, transcript=None)


def test_without_other_wishes_it_is_heard_in_another_way() -> None:
    known = replace(BEFORE, models=(ModelInfo("base", "0" * 64, "speech"),))
    earlier = Earlier(known, TimeSpan(1.5, 4.0), BETTER)
    asked = earlier.request(REQUEST)
    assert (asked.pictures, asked.speech and asked.speech.temperature) == (False, 0.4)
    other = replace(REQUEST, speech=SpeechRequest(Path("large.bin")))
    assert earlier.request(other).speech == other.speech
    chosen = replace(REQUEST, speech=SpeechRequest(Path("base.bin"), beam_size=2))
    assert earlier.request(chosen).speech == chosen.speech


def test_the_sample_is_mended_and_the_rest_of_its_document_stays(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    reelscope("analyze", sample_video, "--detect", "none", "--quiet", "--json", first)
    document = json.loads(first.read_bytes())
    lines = document["transcript"]["segments"]
    wrong = {**lines[1], "text": "go go go go go go go go", "confidence": 0.2, "words": []}
    wrong["marks"] = ["low-confidence", "repetition"]
    document["transcript"]["segments"] = [lines[0], wrong, *lines[2:]]
    first.write_text(json.dumps(document), encoding="utf-8")
    span = f"{wrong['start_s'] - 0.5}-{wrong['end_s'] + 0.5}"
    done = reelscope(
        "analyze", sample_video, "--range", span, "--again", first, "--beam-size", "8", "--json", second
    )
    assert done.code == 0
    assert "The new text stays." in done.err
    mended = json.loads(second.read_bytes())
    assert mended["transcript"]["segments"][1]["text"] != wrong["text"]
    assert mended["transcript"]["segments"][1]["marks"] == []
    assert mended["transcript"]["segments"][0] == lines[0]
    assert mended["transcript"]["segments"][2:] == lines[2:]
    assert len(mended["warnings"]) == 1
    for part in set(document) - {"transcript", "warnings"}:
        assert mended[part] == document[part]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "--again needs the --range that is to be heard once more."),
        (("--range", "1-2", "--speech", "none"), "--again hears speech once more, but --speech is none."),
        (("--range", "1-2"), "is the result of another file: a film.ts."),
    ],
)
def test_what_makes_no_sense_is_refused(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    from app.export.json_document import dump

    earlier = tmp_path / "earlier.json"
    earlier.write_bytes(dump(FULL))
    done = reelscope("analyze", sample_video, "--again", earlier, *options)
    assert done.code == 2
    assert sentence in done.err
