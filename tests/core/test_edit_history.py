"""Undo and redo, with lines that arrive in between: the plain way is to keep every state."""

from __future__ import annotations

import random
from bisect import bisect_right

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.edit_history import MOST_STEPS, EditHistory
from app.core.errors import EditError
from app.core.results import Segment, Transcript
from app.core.transcript_edits import Delete, Merge, SetText, SetTimes, Splice
from tests.core import transcripts

FEW = settings(max_examples=8, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def _edited(history: EditHistory, chance: random.Random, edits: int) -> list[EditHistory]:
    """Every state on the way through so many edits that change something."""
    states = [history]
    while len(states) <= edits:
        now = states[-1]
        try:
            new = now.applied(transcripts.edit(chance, now.transcript.segments))
        except EditError:
            continue
        transcripts.check(new.transcript.segments)
        if new is not now:
            states.append(new)
    return states


@FEW
@given(seeds)
def test_undo_and_redo_of_500_edits_return_to_the_same_document(seed: int) -> None:
    chance = random.Random(seed)
    begin = EditHistory(Transcript("en", transcripts.segments(chance, 12)))
    states = _edited(begin, chance, 500)
    history = states[-1]
    for state in reversed(states[:-1]):
        history = history.gone_back()
        assert history.transcript == state.transcript
    assert history.gone_back() is history
    for state in states[1:]:
        history = history.gone_forward()
        assert history.transcript == state.transcript
    assert history == states[-1]
    assert history.gone_forward() is history


@FEW
@given(seeds)
def test_undo_and_redo_at_will_end_where_the_same_steps_end(seed: int) -> None:
    chance = random.Random(seed)
    states = _edited(EditHistory(Transcript("en", transcripts.segments(chance, 8))), chance, 40)
    history, place = states[-1], len(states) - 1
    for _ in range(200):
        back = chance.random() < 0.5
        history = history.gone_back() if back else history.gone_forward()
        place = max(0, place - 1) if back else min(len(states) - 1, place + 1)
        assert history.transcript == states[place].transcript


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_lines_that_arrive_are_in_every_state_and_edits_survive_them(seed: int) -> None:
    chance = random.Random(seed)
    found = transcripts.segments(chance, 30)
    arrivals = [found[n] for n in sorted(chance.sample(range(30), 20))]
    chance.shuffle(arrivals)
    history = EditHistory(Transcript("en", tuple(each for each in found if each not in arrivals)))
    came: list[Segment] = []
    while arrivals:
        history = _edited(history, chance, chance.randint(0, 4))[-1]
        for _ in range(chance.randint(0, 3)):
            history = history.gone_back()
        before = history.transcript.segments
        came.append(arrivals.pop())
        history = history.with_arrivals(came[-1:])
        assert sorted(history.transcript.segments, key=str) == sorted((*before, came[-1]), key=str)
        transcripts.check(history.transcript.segments)
    forward = history
    while forward.redo_name:
        forward = forward.gone_forward()
        transcripts.check(forward.transcript.segments)
    while history.undo_name:
        history = history.gone_back()
        transcripts.check(history.transcript.segments)
    assert sorted(history.transcript.segments, key=str) == sorted(found, key=str)


def test_an_arrival_within_what_was_merged_comes_beside_it_and_stays_when_that_is_undone() -> None:
    one, two, three = (Segment(n, n + 0.5, str(n)) for n in (0.0, 2.0, 4.0))
    history = EditHistory(Transcript("en", (one, three))).applied(Merge(0, 1))
    late = history.with_arrivals([two])
    assert [each.text for each in late.transcript.segments] == ["0.0 4.0", "2.0"]
    assert late.gone_back().transcript.segments == (one, two, three)
    assert late.gone_back().gone_forward() == late


def test_names_of_steps_and_what_can_be_undone() -> None:
    history = EditHistory(Transcript("en", (Segment(0, 1, "one"), Segment(1, 2, "two"))))
    assert (history.undo_name, history.redo_name) == ("", "")
    history = history.applied(SetText(0, "won")).applied(Delete((1,)))
    assert (history.undo_name, history.redo_name) == ("delete", "")
    history = history.gone_back()
    assert (history.undo_name, history.redo_name) == ("edit text", "delete")
    history = history.applied(Splice(0, 1, (Segment(0, 1, "better"),), "run again"))
    assert (history.undo_name, history.redo_name) == ("run again", "")


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    history = EditHistory(Transcript("en", (Segment(0, 1, "one"),)))
    assert history.applied(SetText(0, " one ")) is history
    assert history.applied(SetTimes(0, 0, 1)) is history


def test_two_steps_can_become_one() -> None:
    begin = EditHistory(Transcript("en", (Segment(0, 1, "one"), Segment(3, 4, "two"))))
    twice = begin.applied(SetTimes(0, 0.5, 1)).applied(SetTimes(0, 0.6, 1))
    once = twice.with_last_two_as_one()
    assert once.transcript == twice.transcript
    assert once.gone_back() == EditHistory(begin.transcript, (), once.done)
    back = begin.applied(SetTimes(0, 0.5, 1)).applied(SetText(1, "too"))
    assert back.with_last_two_as_one().gone_back().transcript == begin.transcript


def test_the_oldest_steps_are_let_go() -> None:
    history = EditHistory(Transcript("en", (Segment(0, 1, "0"),)))
    for number in range(1, MOST_STEPS + 6):
        history = history.applied(SetText(0, str(number)))
    while history.undo_name:
        history = history.gone_back()
    assert history.transcript.segments[0].text == "5"


def test_the_language_is_part_of_the_transcript() -> None:
    history = EditHistory(Transcript("und", (Segment(0, 1, "un"),))).with_language("fr")
    assert history.transcript.language == "fr"
    assert history.with_language("de").transcript.language == "fr"
    other = history.applied(Splice(0, 1, (Segment(0, 1, "one"),)), head=Transcript("en", source="x.srt"))
    assert (other.transcript.language, other.gone_back().transcript.language) == ("en", "fr")


def test_places_of_arrivals_are_those_of_bisect() -> None:
    lines = tuple(Segment(n, n + 1, str(n)) for n in range(5))
    late = Segment(2, 3, "late")
    history = EditHistory(Transcript("en", lines)).with_arrivals([late])
    at = bisect_right([each.start_s for each in lines], 2)
    assert history.transcript.segments[at] == late


def test_marks_that_come_late_are_on_the_line_in_every_state_but_not_on_what_was_edited() -> None:
    one, two = Segment(0, 1, "one"), Segment(1, 2, "two")
    doubtful = Segment(0, 1, "one", marks=("repetition",))
    begin = EditHistory(Transcript("en", (one, two)))
    other = begin.applied(SetText(1, "too")).with_revision(one, doubtful)
    assert other.transcript.segments[0] == doubtful
    assert other.gone_back().transcript.segments == (doubtful, two)
    same = begin.applied(SetText(0, "won")).with_revision(one, doubtful)
    assert same.transcript.segments[0].marks == ()
    assert same.gone_back().transcript.segments == (doubtful, two)
    assert same.gone_back().with_revision(doubtful, one).gone_forward().transcript == same.transcript
