"""Several downloads at once: none waits for another's failure, each can be cancelled alone."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.cancel import CancelToken
from app.core.errors import DownloadError
from app.core.sizes import size_words
from app.download.fetching import Fetcher
from app.download.pace import Pace
from app.download.partial import part_of
from app.download.pulls import Pulls, PullStage, PullState
from app.download.space import check_room
from app.download.wanted import Stage, Told, Wanted
from tests.download.server import CONTENT, LOOPBACK, SHA256, serving, well


def _wanted(name: str, size: int = 10) -> Wanted:
    return Wanted(f"https://example.org/{name}", Path(name), size, "0" * 64)


def _stages(pulls: Pulls) -> dict[str, PullStage]:
    return {state.name: state.stage for state in pulls.changes()}


def _last(pulls: Pulls) -> dict[str, PullState]:
    return {state.name: state for state in pulls.changes()}


class _Gate:
    """A fetch that waits until it may end, or is cancelled; some fail."""

    def __init__(self, failing: tuple[str, ...] = ()) -> None:
        self.open, self.failing = threading.Event(), failing
        self.begun = threading.Semaphore(0)
        self.most = self.now = 0
        self._lock = threading.Lock()

    def __call__(self, wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        told(Stage.FETCHING, 5)
        self.begun.release()
        forget = cancel.on_cancel(self.open.set)
        self.open.wait()
        forget()
        with self._lock:
            self.now -= 1
        cancel.raise_if_cancelled()
        if wanted.target.name in self.failing:
            raise DownloadError(f"{wanted.target.name} was not fetched: so there.")


def test_all_come_at_most_some_at_once() -> None:
    gate = _Gate()
    pulls = Pulls(gate, at_once=2)
    for name in "abcde":
        assert pulls.begin(name, _wanted(name))
    assert gate.begun.acquire(timeout=60)
    assert gate.begun.acquire(timeout=60)
    gate.open.set()
    assert _stages(pulls) == dict.fromkeys("abcde", PullStage.DONE)
    assert gate.most == 2
    assert not pulls.busy


def test_one_failure_is_no_other_ones() -> None:
    gate = _Gate(failing=("b",))
    gate.open.set()
    pulls = Pulls(gate)
    for name in "abc":
        pulls.begin(name, _wanted(name))
    last = _last(pulls)
    assert [last[name].stage for name in "abc"] == [PullStage.DONE, PullStage.FAILED, PullStage.DONE]
    assert last["b"].sentence == "b was not fetched: so there."


def test_what_runs_and_what_waits_can_be_cancelled() -> None:
    gate = _Gate()
    pulls = Pulls(gate, at_once=1)
    pulls.begin("runs", _wanted("runs"))
    pulls.begin("waits", _wanted("waits"))
    assert gate.begun.acquire(timeout=60)
    pulls.cancel("waits")
    pulls.cancel("runs")
    pulls.cancel("nobody")
    assert {state.stage for state in _last(pulls).values()} == {PullStage.CANCELLED}


def test_the_same_is_begun_once_and_again_when_it_ended() -> None:
    gate = _Gate()
    pulls = Pulls(gate)
    assert pulls.begin("a", _wanted("a"))
    assert not pulls.begin("a", _wanted("a"))
    gate.open.set()
    _last(pulls)
    assert pulls.begin("a", _wanted("a"))
    assert _last(pulls)["a"].stage is PullStage.DONE


def test_nothing_begins_after_the_end() -> None:
    gate = _Gate()
    pulls = Pulls(gate, at_once=1)
    for name in "ab":
        pulls.begin(name, _wanted(name))
    assert gate.begun.acquire(timeout=60)
    pulls.stop()
    assert not pulls.begin("c", _wanted("c"))
    assert _stages(pulls) == dict.fromkeys("ab", PullStage.CANCELLED)


@pytest.mark.expect_log("Fetching a met something unexpected")
def test_a_fault_of_ours_is_one_sentence() -> None:
    def broken(wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        raise ZeroDivisionError

    pulls = Pulls(broken)
    pulls.begin("a", _wanted("a"))
    assert "ran into a fault" in _last(pulls)["a"].sentence


def test_a_rest_before_another_try_is_told_with_its_reason() -> None:
    def rests(wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        told(Stage.RESTING, 5, "the line is dead")
        seen.extend(pulls._news.values())

    seen: list[PullState] = []
    pulls = Pulls(rests)
    pulls.begin("a", _wanted("a"))
    assert _last(pulls)["a"].sentence == ""
    assert [state.sentence for state in seen if state.stage is PullStage.RESTING] == ["the line is dead"]


def test_real_files_side_by_side(tmp_path: Path) -> None:
    with serving(well) as server:
        pulls = Pulls(Fetcher(LOOPBACK).fetch)
        for name in "abcd":
            pulls.begin(name, Wanted(server.url, tmp_path / name, len(CONTENT), SHA256))
        last = _last(pulls)
    assert {state.stage for state in last.values()} == {PullStage.DONE}
    assert {path.name: path.read_bytes() == CONTENT for path in tmp_path.iterdir()} == dict.fromkeys(
        "abcd", True
    )


def test_time_left_is_told_from_what_came() -> None:
    seconds = iter(range(100))

    def steady(wanted: Wanted, told: Told, cancel: CancelToken) -> None:
        for done in range(0, 501, 100):
            told(Stage.FETCHING, done)
            seen.extend(pulls._news.values())

    seen: list[PullState] = []
    pulls = Pulls(steady, clock=lambda: next(seconds))
    pulls.begin("a", _wanted("a", 1000))
    _last(pulls)
    fetching = [state for state in seen if state.stage is PullStage.FETCHING]
    assert [(state.done, state.left_s) for state in fetching][-1] == (500, 5.0)


@given(st.integers(1, 1000), st.integers(2, 100), st.integers(0, 10**6))
def test_a_steady_pace_is_told_exactly(rate: int, seconds: int, rest: int) -> None:
    pace = Pace()
    for second in range(seconds):
        pace.note(second, second * rate)
    assert pace.rate == pytest.approx(rate)
    assert pace.left_s((seconds - 1) * rate + rest) == pytest.approx(rest / rate)


def test_a_pace_that_nobody_can_tell() -> None:
    pace = Pace()
    assert pace.rate is None
    pace.note(0.0, 0)
    pace.note(0.5, 10**6)
    assert pace.left_s(10**9) is None


def test_a_pace_forgets_what_was_long_ago_and_what_began_anew() -> None:
    pace = Pace()
    for second in range(100):
        pace.note(second, second * (1 if second < 50 else 100))
    assert pace.rate == pytest.approx(100)
    pace.note(100, 0)
    assert pace.rate is None


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (885_098, "885 kB"),
        (77_691_713, "78 MB"),
        (3_095_033_483, "3.1 GB"),
    ],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert size_words(count) == words


def test_what_does_not_fit_beside_what_comes_already_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would fit alone."""
    sizes = {"a": 1000 << 20, "b": 700 << 20, "c": 300 << 20}
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=(64 + 1400) << 20))
    gate = _Gate()
    pulls = Pulls(gate)
    for name, size in sizes.items():
        pulls.begin(name, replace(_wanted(name, size), target=tmp_path / name))
        if name != "b":
            assert gate.begun.acquire(timeout=60)
    gate.open.set()
    last = _last(pulls)
    assert [last[name].stage for name in "abc"] == [PullStage.DONE, PullStage.FAILED, PullStage.DONE]
    assert last["b"].sentence == (
        f"b was not fetched: it takes 734 MB, and 315 MB too little are free in {tmp_path}, "
        "as others are being fetched."
    )


def test_what_does_not_fit_takes_no_room_from_what_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that does not fit is still being looked at when the next one comes."""
    sizes, both = {"a": 1000 << 20, "b": 700 << 20, "c": 300 << 20}, threading.Barrier(2)
    gate = _Gate()
    pulls = Pulls(gate)

    def usage(folder: Path) -> SimpleNamespace:
        if gate.most:
            with suppress(threading.BrokenBarrierError):
                both.wait(0.3)
        return SimpleNamespace(free=(64 + 1400) << 20)

    monkeypatch.setattr("shutil.disk_usage", usage)
    for name, size in sizes.items():
        pulls.begin(name, replace(_wanted(name, size), target=tmp_path / name))
        if name == "a":
            assert gate.begun.acquire(timeout=60)
    begun = gate.begun.acquire(timeout=5)
    gate.open.set()
    last = _last(pulls)
    assert begun
    assert [last[name].stage for name in "abc"] == [PullStage.DONE, PullStage.FAILED, PullStage.DONE]


def test_what_has_come_needs_no_room_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = (64 << 20) + 30
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free))
    part = replace(_wanted("part", 100), target=tmp_path / "part")
    part_of(part.target).write_bytes(bytes(80))
    whole = replace(_wanted("whole", 500), target=tmp_path / "whole")
    whole.target.write_bytes(bytes(500))
    elsewhere = replace(_wanted("else", 999), target=tmp_path / "other" / "else")
    check_room(whole, [part])
    check_room(part, [whole, elsewhere])
    check_room(replace(_wanted("c", 10), target=tmp_path / "c"), [part, whole])
    with pytest.raises(DownloadError, match="1 bytes too little are free"):
        check_room(replace(_wanted("c", 11), target=tmp_path / "c"), [part, whole])
