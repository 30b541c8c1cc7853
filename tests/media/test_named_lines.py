"""Names that stand in the lines of subtitles become speakers, and what only looks like one does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cue_style import USUAL
from app.core.results import Segment, Word
from app.export.cues import cues
from app.export.subtitles import srt
from app.media.named_lines import with_named_speakers
from app.media.subtitle_reading import read_file

NAMES = ("Ann", "Zoe & Co", "Dr. Wu", "SPEAKER 2", "\u0410\u043d\u043d\u0430", "\u674e")


def _lines(*texts: str) -> list[Segment]:
    return [Segment(number, number + 0.9, text) for number, text in enumerate(texts)]


def _told(segments: tuple[Segment, ...]) -> list[tuple[str, str]]:
    return [(each.speaker or "", each.text) for each in segments]


@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_our_own_srt_brings_speakers_back(tmp_path_factory: pytest.TempPathFactory, more: list[str]) -> None:
    # Each comes again, and is silent in between.
    order = [*dict.fromkeys([NAMES[0], NAMES[1], *more])] * 2 + more
    long = "of which there is so much to tell that no two lines on the screen can ever hold all of it at once"
    said = [
        Segment(
            number * 9.0,
            number * 9.0 + 6,
            f"number {number} {long if number % 3 == 1 else ''}".strip(),
            speaker=name,
        )
        for number, name in enumerate(order)
    ]
    path = tmp_path_factory.mktemp("named", numbered=True) / "a.srt"
    path.write_text(srt(cues(said, USUAL, names_in_lines=True)), encoding="utf-8")
    read = read_file(path).transcript.segments
    wanted = [(cue.speaker, " ".join(cue.lines)) for cue in cues(said, USUAL)]
    assert {speaker for speaker, _ in _told(read)} == set(order)
    assert " ".join(text for _, text in _told(read)) == " ".join(text for _, text in wanted)
    for segment in read:
        (name,) = {each.speaker for each in said if each.start_s <= segment.start_s < each.end_s + 1}
        assert segment.speaker == name


def test_names_in_every_cue(tmp_path: Path) -> None:
    path = tmp_path / "meeting.vtt"
    path.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nSpeaker 1: Hello.\n\n"
        "00:02.000 --> 00:03.000\nSpeaker 2: Note: it is late.\n",
        encoding="utf-8",
    )
    assert _told(read_file(path).transcript.segments) == [
        ("Speaker 1", "Hello."),
        ("Speaker 2", "Note: it is late."),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("Note: bring water.",),
        ("Note: bring water.", "It will be hot."),
        ("We go now.", "Note: bring water.", "Yes.", "Tip: a hat.", "Note: no dogs.", "Tip: a stick."),
        ("Note: bring water.", "Yes.", "Tip: a hat."),
        ("Note: bring water.", "Yes.", "Note: no dogs."),
        ("It is 5:30 now.", "See http://a.b/c."),
        ("I tell you one last time: go!", "He said nothing at all but this: no!"),
        ("Really?: yes", "So, so: no"),
    ],
)
def test_what_may_be_no_name_stays_text(texts: tuple[str, ...]) -> None:
    assert _told(with_named_speakers(_lines(*texts))) == [("", text) for text in texts]


def test_who_is_named_again_does_not_speak_in_between() -> None:
    # Captions for the deaf name whoever is out of sight, and others not at all.
    found = with_named_speakers(
        _lines("MAN: Hey.", "What?", "MAN: You.", "ANN: He is here.", "Go.", "ANN: Now.")
    )
    assert [each.speaker for each in found] == ["MAN", None, "MAN", "ANN", None, "ANN"]


def test_a_label_that_comes_once_stays_and_nobody_goes_on_behind_it() -> None:
    found = with_named_speakers(
        _lines("A: One.", "two.", "B: Three.", "A: Four.", "Note: five.", "six.", "B: Seven.")
    )
    assert _told(found) == [
        ("A", "One."), ("A", "two."), ("B", "Three."), ("A", "Four."), ("", "Note: five."), ("", "six."),
        ("B", "Seven."),
    ]  # fmt: skip


def test_the_times_of_other_words_stay() -> None:
    words = tuple(
        Word(number, number + 1, text, 1.0) for number, text in enumerate(("Ann", "Lee:", "Hi", "you"))
    )
    lines = [Segment(0, 4, "Ann Lee: Hi you", words=words), Segment(5, 6, "Bo: Yes")]
    assert with_named_speakers(lines)[0].words == words[2:]


def test_a_file_that_tells_speakers_otherwise_is_left_alone() -> None:
    lines = [Segment(0, 1, "Note: this", speaker="Ann"), Segment(1, 2, "Note: that")]
    assert with_named_speakers(lines) == tuple(lines)
