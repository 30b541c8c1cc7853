"""What stands out and is given nothing by the voice activity network is heard by it once more, anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE, Samples
from app.inference import second_opinion
from app.inference.regions import Probabilities, RegionRule, find_regions
from app.inference.second_opinion import reconsidered
from app.inference.silero import SILERO_FRAME, SileroVad
from app.inference.silero_network import SileroNetwork
from tests.inference.hearing import bursts
from tests.speech.hearing import SILERO
from tests.speech.noises import pink
from tests.speech.recordings import Plan, made

FRAME = 512
RULE = RegionRule()


class Network:
    """Gives each frame what it is told to, in turn by call; keeps what it was asked about."""

    def __init__(self, *answers: float) -> None:
        self.answers = list(answers)
        self.asked: list[Samples] = []

    def __call__(self, sound: Samples) -> Probabilities:
        self.asked.append(sound)
        answer = self.answers[(len(self.asked) - 1) % len(self.answers)]
        return np.full(-(-len(sound) // FRAME), answer, np.float32)


def regions_s(
    sound: Samples, network: Network, speech: tuple[tuple[float, float], ...] = (), known: int = 0
) -> list[tuple[float, float]]:
    values = np.zeros(-(-len(sound) // FRAME), np.float32)
    for start, end in speech:
        values[round(start * SAMPLE_RATE / FRAME) : round(end * SAMPLE_RATE / FRAME)] = 1.0
    found = reconsidered(sound, values, known, FRAME, RULE, network)
    return [
        (start / SAMPLE_RATE, end / SAMPLE_RATE)
        for start, end in find_regions(found, FRAME, len(sound), RULE)
    ]


def test_a_missed_word_is_found() -> None:
    sound = bursts(20.0, [(2.0, 4.0), (9.0, 9.6)])
    network = Network(0.9)
    first, second = regions_s(sound, network, ((2.0, 4.0),))
    assert first == pytest.approx((2.0, 4.0), abs=0.05)
    assert second == pytest.approx((9.0, 9.6), abs=0.15)
    assert [len(each) / SAMPLE_RATE for each in network.asked] == pytest.approx([1.4, 1.9], abs=0.2)


def test_both_answers_must_say_so() -> None:
    assert regions_s(bursts(20.0, [(9.0, 9.6)]), Network(0.9, 0.3)) == []
    assert regions_s(bursts(20.0, [(9.0, 9.6)]), Network(0.3, 0.9)) == []


@pytest.mark.parametrize(
    ("spans", "speech"),
    [
        ([], ()),
        ([(5.0, 9.0)], ()),  # lasts longer than a word
        ([(5.0, 5.05)], ()),  # a click
        ([(5.0, 5.6), (5.9, 6.5)], ((5.0, 5.6),)),  # heard together with speech
    ],
)
def test_only_what_may_be_a_word_alone_is_asked_about(
    spans: list[tuple[float, float]], speech: tuple[tuple[float, float], ...]
) -> None:
    network = Network(1.0)
    found = regions_s(bursts(20.0, spans), network, speech)
    assert network.asked == []
    assert len(found) == len(speech)


def test_what_was_reconsidered_long_ago_is_not_asked_about_again() -> None:
    network = Network(0.0)
    regions_s(bursts(60.0, [(9.0, 9.6), (50.0, 50.6)]), network, known=40 * SAMPLE_RATE // FRAME)
    assert len(network.asked) == 2


def test_the_network_hears_the_word_that_its_memory_hid(models_dir: Path) -> None:
    """After two minutes it gives one of 27 phrases 0.03; begun anew, 0.97."""
    recording = made(Plan(15, seconds=126.0, pauses_s=(0.8, 6.0), noise=pink, snr_db=20.0))
    sound = recording.sound
    network = SileroNetwork(models_dir / SILERO)
    silero, fresh = SileroVad(network), SileroVad(network)
    values = silero.probabilities(sound)
    found = reconsidered(sound, values, 0, SILERO_FRAME, RULE, fresh.probabilities)
    regions = find_regions(found, SILERO_FRAME, len(sound), RULE)
    assert len(regions) == len(recording.said)
    for region, said in zip(regions, recording.said, strict=True):
        assert region.start / SAMPLE_RATE == pytest.approx(said.start_s, abs=0.6)


def test_talk_without_a_pause_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def values(sound: Samples) -> Probabilities:
        looked.append(len(sound))
        return np.zeros(-(-len(sound) // 320), np.float32)

    monkeypatch.setattr(second_opinion, "gate_values", values)
    sound = bursts(20.0, [(0.2, 10.0), (10.7, 19.9)])
    assert len(regions_s(sound, Network(1.0), ((0.2, 10.0), (10.7, 19.9)))) == 2
    assert looked == []
    regions_s(sound, Network(1.0), ((0.2, 10.0), (10.9, 19.9)))
    assert looked == [len(sound)]
