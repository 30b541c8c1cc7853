"""Pieces side by side: which one takes which lane, and that everything else stays as it is."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE, AudioBlock, Samples
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, ModelError
from app.core.events import Event, PieceHeard, SegmentFound
from app.inference import speech_model
from app.inference.recognition import Recognised, SpeechParams
from app.inference.speech import SpeechOptions, transcribe
from app.inference.speech_call import Call
from app.inference.speech_model import SpeechModel, usual_lanes
from tests.inference.hearing import FakeModel, blocks_of, bursts, read_wav, segments_in

DIGITS = Path(__file__).resolve().parents[2] / "resources" / "sample" / "digits-q5_0.bin"
TALK = [(float(start), start + 1.5) for start in range(0, 148, 2)]
"""As many seconds without a long pause as fill six pieces."""
ENGLISH = SpeechOptions(language="en")


@dataclass
class TwoLanes(FakeModel):
    """Notes which lane each piece took, and whether with its share of the threads; in ``broken`` it fails.

    The first lane waits until the second has taken ``ahead`` pieces.
    """

    lanes: int = 2
    broken: int | None = None
    taken: list[tuple[str, int, bool]] = field(default_factory=list)
    running: set[int] = field(default_factory=set)
    both: threading.Event = field(default_factory=threading.Event)
    ahead: int = 0
    reached: threading.Event = field(default_factory=threading.Event)

    def recognise(
        self,
        sound: Samples,
        params: SpeechParams,
        cancel: CancelToken | None = None,
        *,
        lane: int = 0,
        shared: bool = False,
    ) -> Recognised:
        assert lane not in self.running, "a lane was given away twice"
        self.running.add(lane)
        self.taken.append((params.language, lane, shared))
        if len(self.shares(1)) >= self.ahead:
            self.reached.set()
        try:
            assert lane == 1 or self.reached.wait(60), "one lane waited for the other"
            if len(self.running) == 2:
                self.both.set()
            if lane == self.broken:
                raise ModelError("broken")
            return super().recognise(sound, params, cancel, lane=lane, shared=shared)
        finally:
            self.running.discard(lane)

    def shares(self, lane: int) -> list[bool]:
        """Which of a lane's pieces took its share of the threads alone."""
        return [shared for _, taken, shared in self.taken if taken == lane]


def told(events: list[Event]) -> list[Event]:
    """All but what the clock says."""
    return [event for event in events if not isinstance(event, PieceHeard)]


def run(model: FakeModel, sound: Samples, options: SpeechOptions = ENGLISH) -> list[Event]:
    return list(transcribe(model, blocks_of(sound), options, CancelToken()))


def test_two_lanes_tell_the_same_in_the_same_order() -> None:
    sound = bursts(148.0, TALK)
    assert told(run(TwoLanes(), sound)) == told(run(FakeModel(), sound))


def test_lanes_take_turns_and_the_last_piece_gets_all_threads() -> None:
    even, odd = TwoLanes(), TwoLanes()
    run(even, bursts(112.0, TALK[:56]))
    run(odd, bursts(140.0, TALK[:70]))
    assert (even.shares(0), even.shares(1)) == ([True, True], [True, False])
    assert (odd.shares(0), odd.shares(1)) == ([True, True, False], [True, True])


def test_a_lane_that_is_slower_does_not_hold_up_the_other() -> None:
    model = TwoLanes(ahead=2)
    assert told(run(model, bursts(148.0, TALK))) == told(run(FakeModel(), bursts(148.0, TALK)))


def test_two_pieces_are_really_recognised_at_the_same_time() -> None:
    model = TwoLanes()
    model.before = lambda: None if model.both.wait(60) else pytest.fail("the other lane was never used")
    run(model, bursts(56.0, TALK[:28]))


def test_lonely_pieces_get_all_threads() -> None:
    far_apart = [(1.0 + 200.0 * each, 2.0 + 200.0 * each) for each in range(3)]
    model = TwoLanes()
    run(model, bursts(420.0, far_apart))
    assert model.taken == [("en", 0, False)] * 3


def test_one_after_the_other_until_the_language_is_known() -> None:
    model = TwoLanes(language="sv", probabilities=[("sv", 0.3), ("sv", 0.9)])
    run(model, bursts(140.0, TALK[:70]), SpeechOptions())
    assert model.taken[:2] == [("auto", 0, False)] * 2
    assert {language for language, *_ in model.taken[2:]} == {"sv"}
    assert sorted(model.taken[2:4]) == [("sv", 0, True), ("sv", 1, True)]


def test_an_error_comes_after_the_text_before_it() -> None:
    events: list[Event] = []
    talk = blocks_of(bursts(56.0, TALK[:28]))
    with pytest.raises(ModelError, match="broken"):
        events.extend(transcribe(TwoLanes(broken=1), talk, ENGLISH, CancelToken()))
    assert segments_in(events)


def test_leaving_early_ends_both_lanes() -> None:
    model = TwoLanes()
    events = transcribe(model, blocks_of(bursts(148.0, TALK)), ENGLISH, CancelToken())
    next(event for event in events if isinstance(event, SegmentFound))
    events.close()
    assert not model.running
    assert not [each for each in threading.enumerate() if each.name.startswith("reelscope-")]


def test_cancelling_ends_both_lanes() -> None:
    cancel, model = CancelToken(), TwoLanes()

    def stop() -> None:
        assert model.both.wait(60)
        cancel.cancel()

    model.before = stop
    with pytest.raises(CancelledError):
        list(transcribe(model, blocks_of(bursts(148.0, TALK)), ENGLISH, cancel))
    assert model.heard == []


def test_sound_that_breaks_off_ends_everything_after_what_came_before() -> None:
    def broken() -> Iterator[AudioBlock]:
        yield from blocks_of(bursts(148.0, TALK))
        raise OSError("unplugged")

    events: list[Event] = []
    with pytest.raises(OSError, match="unplugged"):
        events.extend(transcribe(TwoLanes(), broken(), ENGLISH, CancelToken()))
    assert segments_in(events)


def test_pieces_under_way_are_told_before_the_sound_breaks_off() -> None:
    sound, gone, events = bursts(84.0, TALK[:42]), threading.Event(), list[Event]()

    def broken() -> Iterator[AudioBlock]:
        yield from blocks_of(sound)
        gone.set()
        raise OSError("unplugged")

    model = TwoLanes()
    model.before = lambda: None if gone.wait(60) else pytest.fail("nothing was read ahead")
    with pytest.raises(OSError, match="unplugged"):
        events.extend(transcribe(model, broken(), ENGLISH, CancelToken()))
    found = segments_in(events)
    assert len(model.heard) == 2
    assert len(found) > 20
    assert found == segments_in(run(FakeModel(), sound))[: len(found)]


@pytest.fixture(scope="module")
def digits() -> Iterator[SpeechModel]:
    with SpeechModel(DIGITS, threads=2) as model:
        yield model


def test_both_lanes_of_a_real_model_hear_the_same(digits: SpeechModel, shared: Path) -> None:
    sound = read_wav(shared / "sample" / "speech" / "test_speech.wav")[: 10 * SAMPLE_RATE]
    assert digits.lanes == 2
    with SpeechModel(DIGITS, threads=1) as alone:
        expected = alone.recognise(sound, SpeechParams())
    assert digits.recognise(sound, SpeechParams(), lane=1, shared=True) == expected
    assert digits.recognise(sound, SpeechParams(), lane=0, shared=True) == expected


@pytest.mark.parametrize(
    "short",
    [ModelError("There is no room."), MemoryError(), RuntimeError("can't start new thread")],
    ids=repr,
)
def test_one_copy_serves_both_lanes_where_there_is_no_room_for_two(
    short: Exception, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = read_wav(shared / "sample" / "speech" / "test_speech.wav")[: 5 * SAMPLE_RATE]
    with SpeechModel(DIGITS, threads=2) as model:
        expected = model.recognise(sound, SpeechParams(), lane=0)

        def no_room(*_: object) -> None:
            raise short

        monkeypatch.setattr(speech_model, "Context", no_room)
        heard: list[Recognised] = []
        lanes = [
            threading.Thread(
                target=lambda lane=lane: heard.append(model.recognise(sound, SpeechParams(), lane=lane))
            )
            for lane in (0, 1)
        ]
        for each in lanes:
            each.start()
        for each in lanes:
            each.join()
    assert heard == [expected, expected]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priority of their own")
def test_the_first_piece_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others stand five steps lower, whichever lane they take."""
    standing: list[int] = []
    collect = Call._collect

    def noted(call: Call, probability: float | None) -> Recognised:
        standing.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return collect(call, probability)

    monkeypatch.setattr(Call, "_collect", noted)
    with SpeechModel(DIGITS, threads=2) as model:
        for lane in (1, 0, 1, 0):
            model.recognise(np.zeros(SAMPLE_RATE, np.float32), SpeechParams(), lane=lane)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    lower = min(19, own + 5)
    assert standing == [lower, own, lower, lower]


def test_lanes_are_opened_where_threads_and_memory_allow_it(
    digits: SpeechModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech_model, "platform", type("Linux", (), {"system": lambda: "Linux"}))
    size = DIGITS.stat().st_size
    monkeypatch.setattr(speech_model, "total_memory", lambda: 16 * size)
    assert [usual_lanes(DIGITS, threads) for threads in (1, 2, 3, 4, 8)] == [1, 2, 1, 2, 2]
    monkeypatch.setattr(speech_model, "total_memory", lambda: 16 * size - 1)
    assert usual_lanes(DIGITS, 2) == 1
    monkeypatch.setattr(speech_model, "total_memory", lambda: None)
    assert usual_lanes(DIGITS, 2) == 1


def test_a_piece_too_long_for_a_lane_is_refused(digits: SpeechModel) -> None:
    with pytest.raises(ValueError, match="at most 30 s"):
        digits.recognise(np.zeros(31 * SAMPLE_RATE, np.float32), SpeechParams(), lane=1)
