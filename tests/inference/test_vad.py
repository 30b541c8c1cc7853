"""Finding speech: by the silero network and by loudness."""

from __future__ import annotations

from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.audio import SAMPLE_RATE, Samples
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, FileMissingError, ModelError
from app.inference.loudness_gate import GATE_FRAME, GATE_RULE, band_levels, gate_values, percentile
from app.inference.regions import Probabilities, Region, RegionRule, find_regions
from app.inference.silero import SILERO_FRAME, SileroVad
from app.inference.silero_network import SileroNetwork
from tests.inference.hearing import bursts, read_wav, utterances
from tests.inference.native_silero import whisper_cpp_silero

TEN_SECONDS = 10 * SAMPLE_RATE
TIME_S = np.arange(TEN_SECONDS) / SAMPLE_RATE
GENERATOR = np.random.default_rng(7)


def pink() -> Samples:
    spectrum = np.fft.rfft(GENERATOR.normal(0.0, 1.0, TEN_SECONDS)) / np.sqrt(
        np.arange(1, TEN_SECONDS // 2 + 2)
    )
    noise = np.fft.irfft(spectrum, TEN_SECONDS)
    return np.asarray(0.3 * noise / np.abs(noise).max(), np.float32)


STEADY: dict[str, Samples] = {
    "silence": np.zeros(TEN_SECONDS, np.float32),
    "hiss": GENERATOR.normal(0.0, 0.1, TEN_SECONDS).astype(np.float32),
    "faint hiss": GENERATOR.normal(0.0, 0.001, TEN_SECONDS).astype(np.float32),
    "pink noise": pink(),
    "hum": (0.2 * np.sin(2 * np.pi * 50 * TIME_S) + 0.1 * np.sin(2 * np.pi * 150 * TIME_S)).astype(
        np.float32
    ),
    "tone": (0.3 * np.sin(2 * np.pi * 440 * TIME_S)).astype(np.float32),
    "noise after silence": np.where(TIME_S < 5, 0.0, GENERATOR.normal(0.0, 0.1, TEN_SECONDS)).astype(
        np.float32
    ),
}


def gated(sound: Samples) -> list[Region]:
    return find_regions(gate_values(sound), GATE_FRAME, len(sound), GATE_RULE)


@pytest.fixture(scope="module")
def silero_file(models_dir: Path) -> Path:
    return models_dir / "for-tests-silero-v6.2.0-ggml.bin"


@pytest.fixture(scope="module")
def silero(silero_file: Path) -> SileroNetwork:
    return SileroNetwork(silero_file)


@pytest.mark.parametrize("name", STEADY)
def test_the_gate_hears_nothing_in_steady_sound(name: str) -> None:
    assert gated(STEADY[name]) == []


@pytest.mark.parametrize("loudness", [1.0, 0.1, 0.02])
def test_the_gate_finds_bursts_however_loud_the_recording(loudness: float) -> None:
    spans = [(1.0, 2.2), (4.0, 4.5), (7.0, 9.0)]
    found = gated(bursts(10.0, spans) * np.float32(loudness))
    assert len(found) == len(spans)
    for region, (start, end) in zip(found, spans, strict=True):
        assert region.start / SAMPLE_RATE == pytest.approx(start, abs=0.15)
        assert region.end / SAMPLE_RATE == pytest.approx(end, abs=0.15)


def test_the_gate_finds_bursts_over_noise() -> None:
    spans = [(2.0, 3.0), (6.0, 7.5)]
    noise = GENERATOR.normal(0.0, 0.01, TEN_SECONDS).astype(np.float32)
    assert len(gated(bursts(10.0, spans) + noise)) == len(spans)


def test_levels_are_those_of_a_full_scale_sine() -> None:
    sine = np.sin(2 * np.pi * 1000 * TIME_S).astype(np.float32)
    assert band_levels(sine)[10:-10] == pytest.approx(-3.01, abs=0.1)


def test_rumble_and_hiss_outside_the_voice_count_little() -> None:
    inside, below, above = (
        band_levels(np.sin(2 * np.pi * hertz * TIME_S).astype(np.float32))[100] for hertz in (1000, 25, 7000)
    )
    assert inside - below > 25
    assert inside - above > 25


def test_no_sound_has_no_values() -> None:
    nothing = np.zeros(0, np.float32)
    assert len(gate_values(nothing)) == 0
    assert len(band_levels(nothing)) == 0
    assert len(gate_values(np.zeros(1, np.float32))) == 1


@pytest.mark.parametrize("recording", ["test_speech", "test_speech_long"])
@pytest.mark.parametrize("how", ["silero", "gate"])
def test_utterances_are_found_with_their_edges(
    shared: Path, silero: SileroNetwork, recording: str, how: str
) -> None:
    folder = shared / "sample" / "speech"
    sound = read_wav(folder / f"{recording}.wav")
    truth = utterances(folder / f"{recording}.json")
    if how == "gate":
        found = gated(sound)
    else:
        values = SileroVad(silero).probabilities(sound)
        found = find_regions(values, SILERO_FRAME, len(sound), RegionRule())
    assert len(found) == len(truth)
    for region, utterance in zip(found, truth, strict=True):
        assert region.start / SAMPLE_RATE == pytest.approx(utterance.start_s, abs=0.2)
        assert region.end / SAMPLE_RATE == pytest.approx(utterance.end_s, abs=0.2)


def test_silero_finds_what_whisper_cpp_finds(media_dir: Path, silero: SileroNetwork) -> None:
    """The regions of jfk.wav as whisper.cpp's own voice activity detection reports them."""
    sound = read_wav(media_dir / "wc_jfk.wav")
    rule = RegionRule(hangover_s=0.2, shortest_s=0.25, padding_s=0.03)
    found = find_regions(SileroVad(silero).probabilities(sound), SILERO_FRAME, len(sound), rule)
    edges = [edge / SAMPLE_RATE for region in found for edge in region]
    assert edges == pytest.approx([0.32, 2.27, 3.27, 4.41, 5.38, 7.68, 8.16, 10.62], abs=0.05)


@pytest.mark.parametrize("name", STEADY)
def test_silero_hears_nothing_in_steady_sound(silero: SileroNetwork, name: str) -> None:
    values = SileroVad(silero).probabilities(STEADY[name])
    assert find_regions(values, SILERO_FRAME, TEN_SECONDS, RegionRule()) == []


def test_silero_forgets_from_call_to_call(silero: SileroNetwork) -> None:
    sound = bursts(3.0, [(0.5, 2.0)])
    vad = SileroVad(silero)
    first = vad.probabilities(sound)
    vad.probabilities(STEADY["tone"])
    np.testing.assert_array_equal(vad.probabilities(sound), first)
    assert len(vad.probabilities(sound[:0])) == 0
    assert len(vad.probabilities(sound[:513])) == 2


@pytest.mark.parametrize("name", ["speech", *STEADY])
def test_the_network_gives_what_whisper_cpp_makes_of_it(
    media_dir: Path, silero: SileroNetwork, silero_file: Path, name: str
) -> None:
    """Its own function, which rounds to 16 bits between layers, over all of a sound."""
    sound = read_wav(media_dir / "wc_jfk.wav") if name == "speech" else STEADY[name][: 4 * SAMPLE_RATE + 77]
    expected = whisper_cpp_silero(silero_file, sound)
    np.testing.assert_allclose(SileroVad(silero).probabilities(sound), expected, atol=0.01)


def test_silero_goes_on_behind_what_it_knows(silero: SileroNetwork) -> None:
    """Also where the beginning was dropped in between: its frames are not looked at again."""
    sound = bursts(12.0, [(0.5, 2.0), (5.0, 11.0)])
    whole = SileroVad(silero).probabilities(sound)
    vad = SileroVad(silero)
    first = vad.probabilities(sound[: 100 * SILERO_FRAME])
    second = vad.probabilities(sound[40 * SILERO_FRAME : 200 * SILERO_FRAME], first[40:])
    third = vad.probabilities(sound[200 * SILERO_FRAME - SILERO_FRAME :], second[-1:])
    joined = np.concatenate([first, second[60:], third[1:]])
    # A matrix product rounds otherwise with other neighbours.
    np.testing.assert_allclose(joined, whole, atol=1e-5)


def test_silero_stops_when_cancelled(silero: SileroNetwork) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        SileroVad(silero).probabilities(STEADY["hiss"], cancel=cancel)


def test_silero_refuses_other_files(silero_file: Path, sample_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a voice activity model \\(silero\\) is needed"):
        SileroNetwork(sample_dir / "digits-q5_0.bin")
    with pytest.raises(FileMissingError):
        SileroNetwork(tmp_path / "none.bin")
    cut = tmp_path / "cut.bin"
    cut.write_bytes(silero_file.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="damaged or was not copied to its end"):
        SileroNetwork(cut)
    strange = tmp_path / "strange.bin"
    strange.write_bytes(
        silero_file.read_bytes().replace(b"_model.decoder.rnn.bias_hh", b"_model.decoder.rnn.bias_oh")
    )
    with pytest.raises(ModelError, match="built otherwise than those known here"):
        SileroNetwork(strange)


@given(
    hnp.arrays(np.float32, st.integers(1, 300), elements=st.floats(-120, 0, width=32)),
    st.floats(0.0, 100.0),
)
def test_percentiles_are_those_of_numpy(levels: Probabilities, percent: float) -> None:
    found = percentile(levels, percent)
    assert found == pytest.approx(float(np.percentile(levels.astype(np.float64), percent)), abs=1e-4)
