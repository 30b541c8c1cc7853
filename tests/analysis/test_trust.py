"""Reasons for doubt: planted ones are found, every one; clean text carries none."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.trust import TrustMarker, mark_all, mark_silence, with_trust_marks
from app.core.events import Event, LanguageFound, SegmentFound, SegmentMarked, SpeechRegionsFound
from app.core.marks import Mark, differs_in_marks_only, with_marks
from app.core.results import Segment
from app.core.time import TimeSpan
from app.resources import resource_path
from tests.analysis.trust_cases import (
    COMMON,
    SPOKEN_IN_THE_SAMPLE,
    Spoken,
    clean,
    legitimate,
    line,
    moved,
    squeezed,
    with_confidence,
)

EVERYWHERE = (TimeSpan(0.0, 1e9),)


def marked_as(lines: tuple[Segment, ...], mark: Mark) -> set[int]:
    return {number for number, each in enumerate(lines) if mark in each.marks}


def planted(spoken: Spoken, faults: list[Segment], *, heard: bool) -> tuple[Spoken, set[int]]:
    """Put a fault between every two lines, each in 60 s of its own; tell their numbers."""
    lines: list[Segment] = []
    regions: list[TimeSpan] = []
    where: set[int] = set()
    for number, (good, region, fault) in enumerate(zip(spoken.lines, spoken.regions, faults, strict=True)):
        begins_s = number * 60.0
        by_s = begins_s - good.start_s + 1.0
        lines.append(moved(good, by_s))
        regions.append(TimeSpan(region.start_s + by_s, region.end_s + by_s))
        where.add(len(lines))
        lines.append(moved(fault, begins_s + 30.0 - fault.start_s))
        if heard:
            regions.append(TimeSpan(lines[-1].start_s, lines[-1].end_s))
    return Spoken(tuple(lines), tuple(regions)), where


# --- clean text


@pytest.mark.parametrize(("vocabulary", "seed"), [(COMMON, 1), (SPOKEN_IN_THE_SAMPLE, 2)])
def test_of_1000_clean_lines_none_is_marked(vocabulary: tuple[str, ...], seed: int) -> None:
    spoken = clean(1000, seed, vocabulary)
    marked = mark_all(spoken.lines, spoken.regions)
    assert [each for each in marked if each.marks] == []
    assert marked == spoken.lines


def test_the_truth_of_the_sample_carries_no_mark() -> None:
    truth = json.loads(Path(resource_path("sample", "truth.json")).read_text(encoding="utf-8"))
    lines = tuple(Segment(each["start_s"], each["end_s"], each["text"]) for each in truth["utterances"])
    assert len(lines) == 6
    assert mark_all(lines, [TimeSpan(each.start_s, each.end_s) for each in lines]) == lines


@pytest.mark.parametrize("said", list(legitimate()), ids=lambda said: said[0])
def test_people_repeat_themselves_too(said: tuple[str, ...]) -> None:
    lines = tuple(line(4.0 * number, text.split()) for number, text in enumerate(said))
    assert mark_all(lines, EVERYWHERE) == lines


def test_subtitles_that_stay_longer_than_the_voice_carry_no_mark() -> None:
    spoken = clean(500, 3)
    cues = tuple(Segment(each.start_s - 0.3, each.end_s + 0.5, each.text) for each in spoken.lines)
    assert mark_all(cues, spoken.regions) == cues
    assert mark_all(cues, None) == cues


# --- planted faults: 200 each


def _loop(chance: random.Random) -> Segment:
    phrase = [chance.choice(COMMON) for _ in range(chance.randint(1, 9))]
    before = [chance.choice(COMMON) for _ in range(chance.randint(0, 6))]
    return line(0.0, before + phrase * chance.randint(7, 20))


def test_of_200_loops_within_a_line_200_are_marked_and_nothing_else() -> None:
    chance = random.Random(4)
    spoken, where = planted(clean(200, 5), [_loop(chance) for _ in range(200)], heard=True)
    marked = mark_all(spoken.lines, spoken.regions)
    assert len(where) == 200
    assert marked_as(marked, Mark.REPETITION) == where
    assert {number for number, each in enumerate(marked) if each.marks} == where


def test_of_200_loops_over_several_lines_all_lines_are_marked_and_nothing_else() -> None:
    chance = random.Random(6)
    lines: list[Segment] = []
    where: set[int] = set()
    at_s = 0.0
    for good in clean(200, 7).lines:
        lines.append(moved(good, at_s - good.start_s))
        at_s = lines[-1].end_s + 1.0
        group = [
            [chance.choice(COMMON) for _ in range(chance.randint(1, 7))] for _ in range(chance.randint(1, 3))
        ]
        for words in group * chance.randint(7, 12):
            where.add(len(lines))
            lines.append(line(at_s, words))
            at_s = lines[-1].end_s + 0.02
        at_s += 1.0
    marked = mark_all(lines, EVERYWHERE)
    assert marked_as(marked, Mark.REPETITION) == where
    assert {number for number, each in enumerate(marked) if each.marks} == where


def test_a_loop_with_small_changes_is_marked() -> None:
    said = " ".join(
        f"and then we go to the {place}" for place in ("sea", "lake", "sea", "road", "sea", "lake", "inn")
    )
    (marked,) = mark_all([line(0.0, said.split())], EVERYWHERE)
    assert marked.marks == (Mark.REPETITION,)


@pytest.mark.parametrize("text", ["はい" * 8, "ナ" * 12, "谢谢观看" * 6, "na" * 12, "a" * 40])
def test_loops_without_spaces_are_marked(text: str) -> None:
    (marked,) = mark_all([Segment(0.0, 11.0, text)], EVERYWHERE)
    assert marked.marks == (Mark.REPETITION,)


def test_of_200_texts_over_silence_200_are_marked_and_nothing_else() -> None:
    chance = random.Random(8)
    faults = [line(0.0, [chance.choice(COMMON) for _ in range(chance.randint(1, 12))]) for _ in range(200)]
    spoken, where = planted(clean(200, 9), faults, heard=False)
    marked = mark_all(spoken.lines, spoken.regions)
    assert marked_as(marked, Mark.OVER_SILENCE) == where
    assert {number for number, each in enumerate(marked) if each.marks} == where


def test_text_that_hardly_touches_speech_is_over_silence() -> None:
    said = line(10.0, ["eight", "words", "that", "nobody", "has", "said", "at", "all"])
    assert mark_all([said], [TimeSpan(8.0, 10.4)])[0].marks == (Mark.OVER_SILENCE,)
    assert mark_all([said], [TimeSpan(8.0, 13.0)])[0].marks == ()
    assert mark_all([said], [])[0].marks == (Mark.OVER_SILENCE,)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thanks for watching!",
        "ご視聴ありがとうございました",
        "you",
        "Untertitel der Amara.org-Community",
    ],
)
def test_what_models_like_to_invent_needs_more_speech_or_confidence(text: str) -> None:
    said = Segment(10.0, 12.0, text, 0.9)
    assert mark_all([said], [TimeSpan(10.0, 12.0)])[0].marks == ()
    assert Mark.OVER_SILENCE in mark_all([said], [TimeSpan(11.95, 14.0)])[0].marks
    unsure = Segment(10.0, 12.0, text, 0.55)
    assert mark_all([unsure], [TimeSpan(10.0, 12.0)])[0].marks == (Mark.OVER_SILENCE,)


def test_where_nobody_looked_for_speech_nothing_is_over_silence() -> None:
    assert mark_all([line(10.0, ["anything", "at", "all"])], None)[0].marks == ()


@pytest.mark.parametrize(("factor", "words"), [(1 / 4, 6), (1 / 10, 2), (12.0, 3), (40.0, 2)])
def test_of_200_texts_of_a_wrong_speed_200_are_marked_and_nothing_else(factor: float, words: int) -> None:
    chance = random.Random(10)
    faults = [
        squeezed(
            line(0.0, [chance.choice(COMMON[30:]) + "s" for _ in range(words + chance.randint(0, 1))]), factor
        )
        for _ in range(200)
    ]
    spoken, where = planted(clean(200, 11), faults, heard=True)
    marked = mark_all(spoken.lines, spoken.regions)
    assert marked_as(marked, Mark.RATE) == where
    assert {number for number, each in enumerate(marked) if each.marks} == where


@pytest.mark.parametrize(
    ("lasts_s", "text"),
    [
        (0.5, "You've got to be kidding me, man."),
        (0.6, "Get out of here right now!"),
        (1.5, "I told you never to come back to this place again, didn't I?"),
        (0.2, "What?! - Nothing."),
        (0.4, "どういうことですか"),
    ],
)
def test_a_cue_that_ends_before_the_voice_is_no_impossible_rate(lasts_s: float, text: str) -> None:
    cue = Segment(10.0, 10.0 + lasts_s, text)
    assert mark_all([cue], None)[0].marks == ()
    assert mark_all([replace(cue, text=" ".join([text, *COMMON[:40]]))], None)[0].marks == (Mark.RATE,)


@pytest.mark.parametrize("length", [1, 4, 12, 40])
def test_the_fastest_talkers_are_believed(length: int) -> None:
    """Auctioneers and debaters say some 350 words a minute, five letters each."""
    said = line(3.0, [COMMON[60 + n % 60] for n in range(length)], letters_a_second=35.0)
    assert mark_all([said], EVERYWHERE)[0].marks == ()


def test_one_word_for_many_seconds_is_an_impossible_rate() -> None:
    said = line(0.0, ["what", "is", "this"])
    last = said.words[-1]
    assert mark_all([said], EVERYWHERE)[0].marks == ()
    held = Segment(0.0, 7.0, said.text, 0.9, (*said.words[:-1], type(last)(last.start_s, 7.0, "this", 0.9)))
    assert mark_all([held], EVERYWHERE)[0].marks == (Mark.RATE,)


def test_of_200_unsure_lines_200_are_marked_and_nothing_else() -> None:
    chance = random.Random(12)
    faults = []
    for _ in range(200):
        said = line(0.0, [chance.choice(COMMON) for _ in range(chance.randint(1, 9))])
        for place in chance.sample(range(len(said.words)), -(-len(said.words) // 3)):
            said = with_confidence(said, place, round(chance.uniform(0.05, 0.45), 3))
        faults.append(said)
    spoken, where = planted(clean(200, 13), faults, heard=True)
    marked = mark_all(spoken.lines, spoken.regions)
    assert marked_as(marked, Mark.LOW_CONFIDENCE) == where
    assert {number for number, each in enumerate(marked) if each.marks} == where


# --- while lines come


WORDS = st.lists(st.sampled_from(["la", "no", "so it goes", "はい", "well", ""]), max_size=6).map(" ".join)
LINES = st.lists(st.tuples(WORDS, st.floats(0.0, 40.0), st.floats(0.0, 9.0)), max_size=40)


def _lines(parts: list[tuple[str, float, float]]) -> tuple[Segment, ...]:
    at_s, lines = 0.0, []
    for text, gap_s, lasts_s in parts:
        lines.append(Segment(at_s + gap_s, at_s + gap_s + lasts_s, text))
        at_s += gap_s + lasts_s
    return tuple(lines)


@settings(max_examples=60, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_what_is_told_line_by_line_is_what_the_whole_text_gives(
    parts: list[tuple[str, float, float]], chance: random.Random
) -> None:
    lines = _lines(parts)
    regions = [TimeSpan(each.start_s, each.end_s) for each in lines if chance.random() < 0.7]
    events: list[Event] = []
    for each in lines:
        events += [SpeechRegionsFound((region,)) for region in regions if region.start_s == each.start_s]
        events.append(SegmentFound(each))
    shown: list[Segment] = []
    for event in with_trust_marks(events):
        if isinstance(event, SegmentFound):
            shown.append(event.segment)
        elif isinstance(event, SegmentMarked):
            later = event.segment
            meant = [n for n, each in enumerate(shown) if differs_in_marks_only(each, later)]
            (place,) = [n for n in meant if set(shown[n].marks) < set(later.marks)][-1:]
            shown[place] = later
    assert tuple(shown) == mark_all(lines, regions)


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_marking_changes_marks_only_and_twice_is_as_once(parts: list[tuple[str, float, float]]) -> None:
    lines = _lines(parts)
    once = mark_all(lines, EVERYWHERE)
    assert [with_marks(each, marked_as_list(after)) for each, after in zip(lines, once, strict=True)] == list(
        once
    )
    assert mark_all(once, EVERYWHERE) == once


def marked_as_list(segment: Segment) -> list[Mark]:
    return [Mark(mark) for mark in segment.marks]


def test_other_events_pass_untouched_and_keep_their_order() -> None:
    events: list[Event] = [
        SpeechRegionsFound((TimeSpan(0.0, 2.0),)),
        LanguageFound("en"),
        SegmentFound(line(0.0, ["hello", "world"])),
    ]
    assert list(with_trust_marks(events)) == events


def test_a_loop_is_told_of_its_first_lines_when_it_is_known() -> None:
    marker = TrustMarker(EVERYWHERE)
    told = [marker.take(line(2.0 * number, ["this", "is", "said", "again", "now"])) for number in range(5)]
    assert [bool(each.marks) for each, _ in told] == [False, False, False, True, True]
    assert [[place for place, _ in earlier] for _, earlier in told] == [[], [], [], [0, 1, 2], []]


def test_lines_far_apart_make_no_loop() -> None:
    lines = tuple(line(60.0 * number, ["this", "is", "said", "again", "now"]) for number in range(9))
    assert mark_all(lines, EVERYWHERE) == lines


def test_what_a_person_wrote_is_not_doubted() -> None:
    loop = [line(2.0 * number, ["this", "is", "said", "again", "now"]) for number in range(7)]
    loop[3] = replace(loop[3], edited=True)
    assert mark_all(loop, EVERYWHERE) == tuple(loop)
    written = replace(squeezed(loop[0], 0.1), edited=True, confidence=0.1)
    assert mark_all([written], []) == mark_silence([written], []) == (written,)


def test_silence_alone_can_be_marked_later() -> None:
    lines = (line(0.0, ["somebody", "says", "this"]), line(10.0, ["nobody", "says", "this"]))
    marked = mark_silence(lines, [TimeSpan(0.0, 2.0)])
    assert [each.marks for each in marked] == [(), (Mark.OVER_SILENCE,)]
    assert mark_silence(marked, [TimeSpan(0.0, 2.0)]) == marked
