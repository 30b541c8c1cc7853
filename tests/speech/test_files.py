"""Speech in files: whatever the container does to the sound, the text comes at its time in the file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from app.core.audio import SAMPLE_RATE, Samples
from app.media.audio import audio_blocks
from app.media.probe import probe
from tests.speech.hearing import heard
from tests.speech.recordings import Plan, Recording, made, phrases
from tests.speech.scoring import score
from tools.speech.record_whisper_cli import write_wav

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=8")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def spoken() -> Recording:
    """Four phrases in nine seconds."""
    plan = Plan(2, seconds=9.0, pauses_s=(0.9, 1.1), lead_s=0.6)
    easy = [
        phrase for phrase in phrases() if len(phrase.words) <= 3 and len(phrase.sound) < 1.4 * SAMPLE_RATE
    ]
    return made(plan, easy)


@pytest.fixture(scope="module")
def wav(spoken: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    write_wav(path, spoken.sound)
    return path


def ffmpeg(program: str, *arguments: str | Path) -> None:
    command = [program, "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def check(path: Path, spoken: Recording, shift_s: float = 0.0, track: int = 0) -> None:
    found = score(spoken, heard(audio_blocks(path, audio_track=track), None, beam_size=1), shift_s)
    assert (found.errors, found.segments) == (0, found.utterances), str(found)
    assert max(found.edges_off_s) <= 0.15, str(found)
    assert found.starts_right >= 0.9, str(found)


KINDS: dict[str, tuple[str, Sequence[str]]] = {
    "44.1 kHz stereo": ("a.mp4", ("-ar", "44100", "-ac", "2", "-c:a", "aac", "-b:a", "128k")),
    "mp3": ("a.mp3", ("-ar", "44100", "-c:a", "libmp3lame")),
    "opus": ("a.webm", ("-ar", "48000", "-c:a", "libopus")),
    "22 kHz": ("a.wav", ("-ar", "22050", "-c:a", "adpcm_ms")),
    "right channel only": ("a.flac", ("-af", "pan=stereo|c1=c0", "-c:a", "flac")),
    "middle of 5.1": ("a.mkv", ("-af", "pan=5.1|FC=c0", "-ar", "48000", "-c:a", "ac3", "-b:a", "384k")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_form_of_sound(kind: str, wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path) -> None:
    name, options = KINDS[kind]
    ffmpeg(ffmpeg_9, "-i", wav, *options, tmp_path / name)
    check(tmp_path / name, spoken)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_sound_that_begins_after_the_picture(
    suffix: str, wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path
) -> None:
    path = tmp_path / f"late.{suffix}"
    ffmpeg(ffmpeg_9, *PICTURE, "-itsoffset", "3.2", "-i", wav, *X264, "-c:a", "aac", "-ar", "48000", path)
    check(path, spoken, shift_s=3.2)


def test_sound_shorter_and_longer_than_the_picture(
    wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path
) -> None:
    for seconds in (1, 20):
        path = tmp_path / f"{seconds}.mp4"
        picture = ("-f", "lavfi", "-i", f"testsrc2=size=64x48:rate=10:duration={seconds}")
        ffmpeg(ffmpeg_9, *picture, "-i", wav, *X264, "-c:a", "aac", "-ar", "48000", path)
        check(path, spoken)


def test_a_gap_between_time_stamps(wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path) -> None:
    """Packets that are not there at all: two pieces of sound, the second moved by 2.5 s."""
    middle = (spoken.said[1].end_s + spoken.said[2].start_s) / 2
    moved = f"aresample=48000,asetpts='if(gte(T,{middle:.3f}),PTS+2.5*SR,PTS)'"
    ffmpeg(ffmpeg_9, "-i", wav, "-af", moved, "-c:a", "pcm_s16le", tmp_path / "gap.mkv")
    found = heard(audio_blocks(tmp_path / "gap.mkv"), None, beam_size=1)
    shifts = [0.0 if said.end_s < middle else 2.5 for said in spoken.said]
    assert [segment.text for segment in found] == [said.text for said in spoken.said]
    for segment, said, shift in zip(found, spoken.said, shifts, strict=True):
        assert segment.start_s == pytest.approx(said.start_s + shift, abs=0.15)
        assert segment.end_s == pytest.approx(said.end_s + shift, abs=0.15)


def test_damaged_sound_costs_only_what_is_damaged(
    wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.ts"
    ffmpeg(ffmpeg_9, "-i", wav, "-c:a", "aac", "-ar", "48000", path)
    data = bytearray(path.read_bytes())
    first = int(len(data) * (spoken.said[1].start_s + 0.1) / 9.0)
    last = int(len(data) * (spoken.said[1].end_s - 0.1) / 9.0)
    data[first:last] = np.random.default_rng(1).integers(0, 256, last - first, np.uint8).tobytes()
    path.write_bytes(data)
    warnings: list[str] = []
    found = heard(audio_blocks(path, warn=warnings.append), None, beam_size=1)
    # Right behind the noise of the damage whisper-cli 1.8.5 hears "stop" where "up" is said.
    also = {spoken.said[2].text: spoken.said[2].text.replace("up", "stop")}
    for said in (spoken.said[0], *spoken.said[2:]):
        (segment,) = [each for each in found if abs(each.start_s - said.start_s) < 0.15]
        assert segment.text in (said.text, also.get(said.text))
    assert warnings


def test_each_track_is_heard_by_its_number(
    wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path
) -> None:
    other = made(Plan(4, seconds=6.0), [each for each in phrases() if len(each.words) == 1])
    write_wav(tmp_path / "other.wav", other.sound)
    path = tmp_path / "two.mkv"
    inputs = ("-i", wav, "-i", tmp_path / "other.wav")
    ffmpeg(ffmpeg_9, *inputs, "-map", "0", "-map", "1", "-c:a", "flac", path)
    assert len(probe(path).media.audio) == 2
    check(path, spoken, track=0)
    check(path, other, track=1)


def test_the_command_line_takes_the_track_that_is_named(
    wav: Path, spoken: Recording, ffmpeg_9: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.cli.run import run

    path = tmp_path / "two.mkv"
    silence = ("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=9")
    ffmpeg(ffmpeg_9, *silence, "-i", wav, "-map", "0", "-map", "1", "-c:a", "flac", path)
    texts = []
    for track in ("0", "1"):
        words = ["--audio-track", track, "--beam-size", "1", "--vad", "auto", "--json", "-", "--quiet"]
        assert run(["analyze", str(path), "--speech", "digits-q5_0", "--detect", "none", *words]) == 0
        document = json.loads(capsys.readouterr().out)
        texts.append([each["text"] for each in document["transcript"]["segments"]])
    assert texts == [[], [said.text for said in spoken.said]]


@pytest.fixture(scope="session")
def ffmpeg_9() -> str:
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


def test_the_writer_of_recordings_writes_what_is_read(tmp_path: Path) -> None:
    sound: Samples = np.array([0.0, 0.5, -1.0, 1.0], np.float32)
    write_wav(tmp_path / "a.wav", sound)
    (block,) = audio_blocks(tmp_path / "a.wav")
    np.testing.assert_allclose(block.samples, sound, atol=1e-4)
