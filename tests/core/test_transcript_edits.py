"""Edits one by one: texts, times, words, doubt and speakers afterwards."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import EditError
from app.core.results import Segment, Word
from app.core.transcript_edits import (
    Delete,
    Edit,
    Insert,
    Merge,
    RenameSpeaker,
    ReplaceTexts,
    SetSpeaker,
    SetText,
    SetTimes,
    Splice,
    SplitAtCharacter,
    SplitAtTime,
    SplitBeforeWord,
    room,
    speakers,
)
from tests.core import transcripts

WORDS = (Word(1.0, 1.4, "one", 0.5), Word(1.5, 1.9, "two", 0.9), Word(2.5, 3.0, "three", 0.7))
LINE = Segment(1.0, 3.0, "one two three", 0.7, WORDS, ("low-confidence",))
BEFORE, AFTER = Segment(0.0, 0.8, "zero"), Segment(4.0, 5.0, "four")
LINES = (BEFORE, LINE, AFTER)


def _times(segment: Segment) -> list[tuple[str, float, float]]:
    return [(each.text, each.start_s, each.end_s) for each in segment.words]


def _edited(text: str) -> Segment:
    return SetText(1, text).apply(LINES)[1]


# --- text


def test_words_that_stay_keep_their_times_and_a_corrected_one_takes_its_own() -> None:
    line = _edited("one too three")
    assert _times(line) == [("one", 1.0, 1.4), ("too", 1.5, 1.9), ("three", 2.5, 3.0)]
    assert [each.confidence for each in line.words] == [0.5, 1.0, 0.7]
    assert line.confidence == pytest.approx((0.5 + 1.0 + 0.7) / 3)


def test_new_words_share_the_pause_between_their_neighbours() -> None:
    line = _edited("one two and three")
    assert _times(line)[2] == ("and", 1.9, 2.5)
    line = _edited("one two and so three")
    (_, start, until), (_, begin, end) = _times(line)[2:4]
    assert (start, until, end) == (1.9, begin, 2.5)
    assert until - start > end - begin  # the longer word takes longer


def test_where_there_is_no_pause_a_neighbour_makes_room_and_keeps_its_start() -> None:
    line = _edited("one two three four")
    assert _times(line)[2][1] == 2.5
    assert _times(line)[2][2] == _times(line)[3][1] < 3.0
    assert line.words[2].confidence == 0.7
    line = _edited("oh one two three")
    assert _times(line)[0][1] == 1.0
    assert _times(line)[0][2] == _times(line)[1][1] < _times(line)[1][2] == 1.4


def test_taking_words_away_leaves_the_others_where_they_are() -> None:
    assert _times(_edited("one three")) == [("one", 1.0, 1.4), ("three", 2.5, 3.0)]


def test_several_words_in_place_of_others_share_their_time() -> None:
    line = _edited("one twenty-two and a half three")
    assert _times(line)[1][1] == 1.5
    assert _times(line)[4][2] == 1.9
    assert _times(line)[5] == ("three", 2.5, 3.0)


def test_a_line_a_person_wrote_is_not_doubted_any_more() -> None:
    line = _edited("one two, three")
    assert line.edited
    assert line.marks == ()
    same = SetText(1, "  one two three ").apply(LINES)
    assert same == LINES


def test_a_line_without_words_gets_none() -> None:
    line = SetText(0, "nil").apply(LINES)[0]
    assert (line.text, line.words, line.confidence, line.edited) == ("nil", (), None, True)


def test_a_line_without_text_is_deleted() -> None:
    assert SetText(1, "  ").apply(LINES) == (BEFORE, AFTER)
    assert ReplaceTexts(((0, ""), (2, "for"))).apply(LINES)[1].text == "for"


def test_text_without_spaces_is_divided_as_it_was() -> None:
    words = (Word(0, 1, "我们", 0.9), Word(1, 2, "去", 0.9), Word(2, 3, "北京。", 0.9))
    line = Segment(0, 3, "我们去北京。", 0.9, words)
    changed = SetText(0, "我们不去北京。").apply((line,))[0]
    assert [each.text for each in changed.words] == ["我们", "不", "去", "北京。"]
    assert changed.words[0].start_s == 0
    assert changed.words[2:] == words[1:]


def test_a_word_that_was_two_words_of_the_model_stays_two() -> None:
    words = (Word(0, 1, "well", 0.9), Word(1, 2, "-known", 0.9), Word(2, 3, "fact", 0.9))
    line = Segment(0, 3, "well-known fact", 0.9, words)
    changed = SetText(0, "a well-known fact").apply((line,))[0]
    assert [each.text for each in changed.words] == ["a", "well", "-known", "fact"]
    assert changed.words[2:] == words[1:]


# --- times


def test_times_are_held_between_the_neighbours() -> None:
    line = SetTimes(1, 0.1, 9.0).apply(LINES)[1]
    assert (line.start_s, line.end_s) == (0.8, 4.0)
    assert room(LINES, 1) == (0.8, 4.0)
    assert room(LINES, 0) == (0.0, 1.0)
    assert room(LINES, 2) == (3.0, float("inf"))


def test_lines_that_overlap_may_stay_but_not_reach_further() -> None:
    lines = (Segment(0, 2, "one"), Segment(1, 3, "two"))
    assert room(lines, 0) == (0.0, 2.0)
    assert room(lines, 1) == (1.0, float("inf"))
    assert SetTimes(1, 0.5, 3).apply(lines) == lines


@pytest.mark.parametrize("times", [(2.0, 2.0), (3.0, 1.0)])
def test_a_line_must_end_after_it_begins(times: tuple[float, float]) -> None:
    with pytest.raises(EditError, match=r"^A line must end after it begins\.$"):
        SetTimes(1, *times).apply(LINES)


def test_where_other_lines_are_it_says_what_is_free() -> None:
    with pytest.raises(EditError, match=r"can lie between 0:00\.80 and 0:04\.00\.$"):
        SetTimes(1, 4.5, 6.0).apply(LINES)
    with pytest.raises(EditError, match=r"can begin at 0:03\.00\.$"):
        SetTimes(2, 1.0, 2.0).apply(LINES)


def test_words_go_with_a_line_that_is_moved_stay_in_one_that_grows_and_are_squeezed_in_one_that_shrinks() -> (
    None
):
    moved = SetTimes(1, 1.5, 3.5).apply(LINES)[1]
    assert [each.start_s for each in moved.words] == [1.5, 2.0, 3.0]
    grown = SetTimes(1, 0.9, 3.5).apply(LINES)[1]
    assert grown.words == WORDS
    shrunk = SetTimes(1, 2.0, 3.0).apply(LINES)[1]
    assert _times(shrunk) == [("one", 2.0, 2.2), ("two", 2.25, 2.45), ("three", 2.75, 3.0)]
    assert shrunk.edited
    assert shrunk.marks == ()


# --- split and merge


def test_a_split_divides_words_and_leaves_their_pause_out() -> None:
    _, first, second, _ = SplitAtCharacter(1, 8).apply(LINES)
    assert (first.text, first.start_s, first.end_s, first.words) == ("one two", 1.0, 1.9, WORDS[:2])
    assert (second.text, second.start_s, second.end_s, second.words) == ("three", 2.5, 3.0, WORDS[2:])
    assert (first.confidence, second.confidence) == (0.7, 0.7)
    assert first.marks == second.marks == LINE.marks
    assert not first.edited
    assert SplitBeforeWord(1, 2).apply(LINES) == SplitAtCharacter(1, 8).apply(LINES)
    assert Merge(1, 2).apply((BEFORE, first, second, AFTER)) == LINES


def test_a_split_inside_a_word_divides_it_too() -> None:
    first, second = SplitAtCharacter(0, 10).apply((LINE,))
    assert (first.text, second.text) == ("one two th", "ree")
    assert first.end_s == second.start_s == pytest.approx(2.7)
    assert (first.words[-1].text, second.words[0].text) == ("th", "ree")


def test_without_words_time_is_divided_as_the_text_is() -> None:
    first, second = SplitAtCharacter(0, 4).apply((Segment(0, 4, "one three"),))
    assert first.end_s == second.start_s == 1.5


def test_a_split_at_a_time_goes_between_the_words_said_before_and_after() -> None:
    first, second = SplitAtTime(0, 2.2).apply((LINE,))
    assert (first.text, first.end_s, second.start_s, second.text) == ("one two", 2.2, 2.2, "three")
    first, second = SplitAtTime(0, 1.6).apply((LINE,))
    assert (first.text, second.text) == ("one", "two three")
    assert second.words[0] == Word(1.6, 1.9, "two", 0.9)
    first, second = SplitAtTime(0, 3.0).apply((Segment(0, 4, "one two three four"),))
    assert (first.text, second.text) == ("one two three", "four")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (SplitAtCharacter(1, 0), "A line is divided within its text"),
        (SplitAtCharacter(1, 99), "A line is divided within its text"),
        (SplitBeforeWord(1, 3), "between two of its words"),
        (SplitAtTime(1, 3.5), "The playhead is not within this line"),
        (SplitAtTime(0, 0.4), "one word only"),
        (Merge(2, 3), "no next line"),
        (SetText(3, "x"), "not there any more"),
        (Delete((0, 7)), "not there any more"),
        (Insert(Segment(1, 1, "x")), "needs text"),
        (Insert(Segment(1, 2, " ")), "needs text"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(edit: Edit, sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        edit.apply(LINES)


def test_merging_joins_texts_words_marks_and_takes_the_speaker_that_is_named() -> None:
    other = Segment(3.5, 3.8, "four", 0.5, (Word(3.5, 3.8, "four", 0.5),), ("rate",), "Ada", True)
    one = Merge(0, 1).apply((LINE, other))[0]
    assert (one.start_s, one.end_s, one.text) == (1.0, 3.8, "one two three four")
    assert one.words == WORDS + other.words
    assert one.marks == ("low-confidence", "rate")
    assert (one.speaker, one.edited) == ("Ada", True)
    assert Merge(0, 1).apply((BEFORE, LINE))[0].words == ()
    joined = Merge(0, 1).apply((Segment(0, 1, "我们"), Segment(1, 2, "去")))
    assert joined[0].text == "我们去"


# --- the rest


def test_deleting_inserting_and_replacing_a_stretch() -> None:
    assert Delete((0, 2)).apply(LINES) == (LINE,)
    new = Segment(3.2, 3.8, "new")
    assert [each.text for each in Insert(new).apply(LINES)] == ["zero", "one two three", "new", "four"]
    assert Insert(new).apply(LINES)[2].edited
    better = (Segment(1.0, 2.0, "better"), Segment(2.0, 3.0, "best"))
    assert Splice(0.9, 3.5, better).apply(LINES) == (BEFORE, *better, AFTER)
    assert Splice(0.9, 1.9, ()).apply(LINES) == LINES  # its middle lies outside


def test_speakers_by_hand() -> None:
    named = SetSpeaker((0, 2), " Ada  Lovelace ").apply(LINES)
    assert [each.speaker for each in named] == ["Ada Lovelace", None, "Ada Lovelace"]
    assert not named[0].edited
    assert speakers(named) == ("Ada Lovelace",)
    renamed = RenameSpeaker("Ada Lovelace", "Ada").apply(named)
    assert speakers(renamed) == ("Ada",)
    assert RenameSpeaker("Ada", " ").apply(renamed) == LINES


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_splitting_and_merging_again_gives_text_and_words_back(seed: int) -> None:
    chance = random.Random(seed)
    line = transcripts.segment(chance, 1.0, 1.0 + chance.uniform(0.1, 9))
    for place in range(1, len(line.words)):
        parts = SplitBeforeWord(0, place).apply((line,))
        transcripts.check(parts)
        again = Merge(0, 1).apply(parts)[0]
        assert (again.start_s, again.end_s, again.words) == (line.start_s, line.end_s, line.words)
        assert again.text == line.text
