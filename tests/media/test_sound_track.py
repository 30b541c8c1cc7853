"""What is played, against what the ffmpeg program decodes from the start and against signals we made."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import Samples
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError
from app.core.time import TimeSpan
from app.media.sound_track import played_sound, sound_from

RATE = 48_000
SECONDS = 8

ENCODINGS = {
    "wav": ["-c:a", "pcm_s16le"],
    "mp4": ["-c:a", "aac", "-b:a", "192k"],
    "m4a": ["-c:a", "aac", "-ar", "44100", "-b:a", "192k"],
    "mkv": ["-c:a", "libopus", "-b:a", "192k"],
    "ts": ["-c:a", "aac", "-b:a", "192k"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "192k"],
    "flac": [],
}


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """A folder of one noise, in which each place is like no other, in all encodings."""
    folder = tmp_path_factory.mktemp("noise")
    rng = np.random.default_rng(7)
    slow = np.repeat(rng.uniform(-0.5, 0.5, (SECONDS * RATE // 8, 2)), 8, axis=0)
    with wave.open(str(folder / "source.wav"), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes((slow * 32767).astype("<i2").tobytes())
    for suffix, options in ENCODINGS.items():
        command = [ffmpeg, "-v", "error", "-i", str(folder / "source.wav"), *options]
        subprocess.run([*command, str(folder / f"noise.{suffix}")], check=True, timeout=60)
    return folder


def by_ffmpeg(ffmpeg: str, path: Path) -> Samples:
    command = [ffmpeg, "-v", "quiet", "-i", str(path), "-ac", "2", "-ar", str(RATE), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


def heard(path: Path, start_s: float, seconds: float, *, speed: float = 1.0, track: int = 0) -> Samples:
    parts: list[Samples] = []
    length = 0
    sound = played_sound(path, audio_track=track, start_s=start_s, speed=speed, rate=RATE, channels=2)
    for samples in sound:
        parts.append(samples)
        length += len(samples)
        if length >= seconds * RATE:
            break
    return np.concatenate(parts)[: round(seconds * RATE)] if parts else np.zeros((0, 2), np.float32)


def place_of(part: Samples, whole: Samples, near: int) -> int:
    """Where in ``whole`` ``part`` fits best, within 0.1 s of ``near``."""
    reach = RATE // 10
    begin = max(0, near - reach)
    found = np.correlate(whole[begin : near + reach + len(part), 0], part[:, 0], "valid")
    return begin + int(found.argmax())


@pytest.mark.parametrize("start_s", [0.0, 0.731, 3.0, 5.5071])
@pytest.mark.parametrize("suffix", ENCODINGS)
def test_the_first_sample_heard_belongs_to_the_time_asked_for(
    noise: Path, ffmpeg: str, suffix: str, start_s: float
) -> None:
    path = noise / f"noise.{suffix}"
    near = round(start_s * RATE)
    found = place_of(heard(path, start_s, 0.4), by_ffmpeg(ffmpeg, path), near)
    assert abs(found - near) <= 0.001 * RATE


@pytest.mark.parametrize("suffix", ["mp3", "mp4"])
def test_packets_long_before_the_place_change_nothing(noise: Path, suffix: str) -> None:
    path = noise / f"noise.{suffix}"
    late, whole = heard(path, 5.0, 1.0), heard(path, 0.0, 6.0)
    place = place_of(late[: RATE // 2], whole, 5 * RATE)
    assert abs(place - 5 * RATE) <= 1
    same = np.corrcoef(late[: RATE // 2, 0], whole[place : place + RATE // 2, 0])[0, 1]
    # Encoders of AAC replace some noise by random numbers.
    assert same > 0.99


def test_a_track_that_begins_later_begins_with_silence(noise: Path, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "late.mkv"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:d=8"]
    command += ["-itsoffset", "0.7", "-i", str(noise / "noise.flac"), "-map", "0", "-map", "1"]
    subprocess.run([*command, "-c:a", "copy", "-c:v", "mjpeg", str(path)], check=True, timeout=60)
    begin = heard(path, 0.0, 1.0)
    assert not begin[: round(0.695 * RATE)].any()
    assert begin[round(0.705 * RATE) :].any()
    near = round(1.3 * RATE)
    found = place_of(heard(path, 2.0, 0.3), by_ffmpeg(ffmpeg, noise / "noise.flac"), near)
    assert abs(found - near) <= 0.002 * RATE


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_pictures_that_begin_before_the_sound_are_silent(noise: Path, ffmpeg: str, speed: float) -> None:
    whole, early = (
        heard(noise / "noise.wav", 0.0, 2.0, speed=speed),
        heard(noise / "noise.wav", -0.4, 2.0 + 0.4 / speed, speed=speed),
    )
    begins = round(0.4 / speed * RATE)
    assert not early[: begins - RATE // 10].any()
    found = place_of(whole[RATE // 2 : RATE], early, begins + RATE // 2)
    assert abs(found - begins - RATE // 2) <= 0.01 * RATE


def test_gaps_are_silent_and_keep_their_length(noise: Path, ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "gap.mkv"
    cut = "aselect='lt(t,2)+gte(t,4)'"
    command = [ffmpeg, "-v", "error", "-i", str(noise / "noise.wav"), "-af", cut, "-c:a", "pcm_s16le"]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    sound = heard(path, 1.0, 6.0)
    assert not sound[round(1.1 * RATE) : round(2.9 * RATE)].any()
    near = round(5.0 * RATE)
    found = place_of(sound[4 * RATE : 4 * RATE + RATE // 2], by_ffmpeg(ffmpeg, noise / "noise.wav"), near)
    assert abs(found - near) <= 0.002 * RATE


@pytest.mark.parametrize("start_s", [1.0, 3.0])
def test_gaps_are_told_before_their_silence_comes(
    noise: Path, ffmpeg: str, tmp_path: Path, start_s: float
) -> None:
    path = tmp_path / "gap.mkv"
    cut = "aselect='lt(t,2)+gte(t,4)'"
    command = [ffmpeg, "-v", "error", "-i", str(noise / "noise.wav"), "-af", cut, "-c:a", "pcm_s16le"]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    told: list[TimeSpan] = []
    given = 0
    sound = sound_from(path, audio_track=0, start_s=start_s, rate=RATE, channels=2, tell_gap=told.append)
    for samples in sound:
        assert samples.any() or told
        given += len(samples)
    ((begin_s, end_s),) = [(gap.start_s, gap.end_s) for gap in told]
    # Frames of 1024 samples are cut out whole.
    assert begin_s == pytest.approx(max(start_s, 2.0), abs=0.03)
    assert end_s == pytest.approx(4.0, abs=0.03)
    assert given == pytest.approx((SECONDS - start_s) * RATE, abs=0.001 * RATE)


def test_a_start_after_the_end_is_empty(noise: Path) -> None:
    assert len(heard(noise / "noise.mp4", 20.0, 1.0)) == 0
    assert len(heard(noise / "noise.mp3", 20.0, 1.0)) == 0


def test_more_channels_are_mixed_down(ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "surround.wav"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", "sine=440:d=1", "-af", "pan=5.1|FC=c0"]
    subprocess.run([*command, str(path)], check=True, timeout=60)
    sound = heard(path, 0.0, 1.0)
    assert sound.shape == (RATE, 2)
    assert np.abs(sound[:, 0]).max() > 0.01
    assert sound[:, 0] == pytest.approx(sound[:, 1], abs=1e-4)


@pytest.fixture
def two_tones(ffmpeg: str, tmp_path: Path) -> Path:
    path = tmp_path / "tones.mkv"
    command = [
        ffmpeg,
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "sine=440:d=8",
        "-f",
        "lavfi",
        "-i",
        "sine=1500:d=8",
    ]
    subprocess.run(
        [*command, "-map", "0", "-map", "1", "-c:a", "pcm_s16le", str(path)], check=True, timeout=60
    )
    return path


def pitch(samples: Samples) -> float:
    """The strongest frequency, to 0.5 Hz."""
    weight = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples)), 2 * RATE))
    return float(weight.argmax()) / 2


def test_each_track_is_its_own(two_tones: Path) -> None:
    assert pitch(heard(two_tones, 1.0, 1.0, track=0)) == pytest.approx(440, abs=1)
    assert pitch(heard(two_tones, 1.0, 1.0, track=1)) == pytest.approx(1500, abs=1)
    with pytest.raises(MediaError):
        heard(two_tones, 0.0, 1.0, track=2)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.75, 1.5, 2.0, 4.0])
def test_the_pitch_stays_and_the_length_scales(two_tones: Path, speed: float) -> None:
    sound = heard(two_tones, 0.0, 100.0, speed=speed)
    assert len(sound) == pytest.approx(8 * RATE / speed, rel=0.02)
    middle = len(sound) // 2
    assert pitch(sound[middle - RATE // 2 : middle + RATE // 2]) == pytest.approx(440, rel=0.01)


@pytest.mark.parametrize("start_s", [0.0, 2.0])
@pytest.mark.parametrize("speed", [0.25, 0.5, 1.25, 2.0, 3.0, 4.0])
def test_at_any_speed_each_sound_comes_at_its_time(tmp_path: Path, speed: float, start_s: float) -> None:
    """Short tones at known times; where their energy lies tells when they are heard."""
    times = np.arange(0.6, 7.5, 0.97)
    signal = np.zeros(SECONDS * RATE)
    length = RATE // 50
    for time_s in times:
        begin = round(time_s * RATE) - length // 2
        signal[begin : begin + length] = np.sin(np.arange(length) / 10) * np.hanning(length)
    path = tmp_path / "clicks.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((signal * 20000).astype("<i2").tobytes())
    loud = heard(path, start_s, 100.0, speed=speed)[:, 0].astype(float) ** 2
    off = []
    for time_s in times[times > start_s + 0.3]:
        middle = (time_s - start_s) / speed * RATE
        reach = round(0.3 / speed * RATE)
        begin = max(0, round(middle) - reach)
        part = loud[begin : round(middle) + reach]
        at = begin + (part * np.arange(len(part))).sum() / part.sum()
        off.append((at - middle) / RATE * speed)
    assert abs(np.mean(off)) <= 0.008 * max(1, speed)
    assert np.abs(off).max() <= 0.015 * max(1, speed)


def test_a_cancelled_start_lets_go(noise: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    sound = sound_from(noise / "noise.mp4", audio_track=0, start_s=3.0, rate=RATE, channels=2, cancel=cancel)
    with pytest.raises(CancelledError):
        next(sound)
