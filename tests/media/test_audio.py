"""Sound as 16 kHz mono, against what ffmpeg writes: -ac 1 -ar 16000 -f f32le."""

from __future__ import annotations

import subprocess
import wave
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.audio import SAMPLE_RATE, AudioBlock
from app.core.cancel import CancelToken
from app.core.errors import CancelledError, MediaError, ReelscopeError
from app.core.time import TimeSpan
from app.media.audio import audio_blocks
from app.media.resampling import Piece


def samples_of(blocks: list[AudioBlock]) -> np.ndarray:
    return np.concatenate([block.samples for block in blocks])


ONE_PACKET = 372
"""1024 samples of 44.1 kHz AAC at 16 kHz: versions of ffmpeg differ in how they trim the last packet."""

TAIL = 32
"""The last samples before a trimmed end know of another end."""


def by_ffmpeg(ffmpeg: str, path: Path, track: int = 0) -> np.ndarray:
    command = [ffmpeg, "-v", "quiet", "-i", f"file:{path}", "-map", f"0:a:{track}"]
    command += ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    return np.clip(np.frombuffer(done.stdout, np.float32), -1, 1)


def gaps_of(blocks: list[AudioBlock]) -> list[tuple[float, float]]:
    return [
        (float(before.end), after.start_s) for before, after in pairwise(blocks) if before.end != after.start
    ]


@pytest.fixture(scope="module")
def newest_ffmpeg() -> str:
    """Older versions leave the encoder delay of Matroska's AAC in."""
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


REAL = [
    ("am_8k24fps_300ms.mp4", 0), ("am_bear_with_picture.flac", 0), ("am_dolbyVision-hdr.MOV", 0),
    ("am_internal_emulator_transformer_output_270_rotated.mp4", 0), ("am_sample.avi", 0),
    ("am_sample.flv", 0),
    ("am_sample_audio_only.mp4", 0), ("am_sample_fragmented.mp4", 0), ("am_sample_with_chapters.mkv", 0),
    ("am_sample_with_dts.mkv", 0), ("am_sample_with_srt.mkv", 0), ("am_sowt-with-video.mov", 0),
    ("ft_fixture-mjpeg.mov", 0), ("ft_fixture-raw.mts", 0), ("ft_fixture.3gp", 0), ("mb_hevc.ts", 0),
    ("mb_missing-keyframe-labels.ts", 0), ("mb_rotate-buck-bunny.mp4", 0), ("mb_vorbis-eos.ogg", 0),
    ("mdn_flower.webm", 0), ("mdn_voices-around-a-fire.mp3", 0), ("tc_nasa_13013.mp4", 0),
    ("tc_nasa_13013.mp4", 1), ("wc_jfk.mp3", 0), ("wc_jfk.wav", 0), ("derived/trunc60_car-detection.mp4", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "track"), REAL)
def test_sample_for_sample_as_ffmpeg(name: str, track: int, media_dir: Path, newest_ffmpeg: str) -> None:
    blocks = list(audio_blocks(media_dir / name, audio_track=track))
    ours, theirs = samples_of(blocks), by_ffmpeg(newest_ffmpeg, media_dir / name, track)
    common = min(len(ours), len(theirs)) - TAIL
    assert abs(len(ours) - len(theirs)) <= ONE_PACKET
    assert common > 1000
    assert np.abs(ours[:common] - theirs[:common]).max() < 1e-5
    assert gaps_of(blocks) == []


@pytest.mark.parametrize("name", ["mb_hevc.ts", "wc_jfk.wav", "mdn_flower.webm"])
def test_shape_of_blocks(name: str, media_dir: Path) -> None:
    blocks = list(audio_blocks(media_dir / name, block_s=0.25))
    assert {len(block.samples) for block in blocks[:-1]} == {4000}
    assert 0 < len(blocks[-1].samples) <= 4000
    for block in blocks:
        assert block.samples.dtype == np.float32
        assert block.samples.flags.c_contiguous
        assert np.abs(block.samples).max() <= 1


@pytest.mark.parametrize(
    ("name", "start_s"),
    [
        ("am_sample_with_metadata.mp4", 0.0672), ("am_sample_with_srt.mkv", 0.062),
        ("mb_missing-keyframe-labels.ts", 0.0232), ("wc_jfk.mp3", 0.0), ("am_sample.flv", 0.068),
        ("mdn_flower.mp4", 0.0),
    ],
)  # fmt: skip
def test_starts(name: str, start_s: float, media_dir: Path) -> None:
    first = next(audio_blocks(media_dir / name))
    assert first.start_s == pytest.approx(start_s, abs=0.0005)


def test_a_gap_stays_a_gap(media_dir: Path, ffmpeg: str) -> None:
    path = media_dir / "am_bbb_2500ms.ts"
    blocks = list(audio_blocks(path))
    ((begin, end),) = gaps_of(blocks)
    assert (begin, end) == pytest.approx((0.0522, 0.136), abs=0.001)
    # The last time stamp of the file agrees: nothing was shifted by closing the gap.
    assert float(blocks[-1].end) == pytest.approx(2.5127, abs=0.005)
    assert len(samples_of(blocks)) == len(by_ffmpeg(ffmpeg, path))


def beeps(path: Path, seconds: float, rate: int = 16000, channels: int = 1) -> Path:
    """A beep of 20 ms at the beginning of every second, one pitch a channel."""
    times = np.arange(int(seconds * rate)) / rate
    tones = [np.sin(2 * np.pi * 500 * (channel + 1) * times) for channel in range(channels)]
    loud = np.stack(tones, axis=1) * 0.5 * (times % 1 < 0.02)[:, None]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((loud * 32767).astype("<i2").tobytes())
    return path


def encoded(ffmpeg: str, source: Path, path: Path, *options: str) -> Path:
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", str(source), *options, str(path)], check=True)
    return path


def onsets_s(blocks: list[AudioBlock]) -> list[float]:
    """Shown times at which it gets loud after 0.3 s of quiet."""
    found: list[float] = []
    last = float("-inf")
    for block in blocks:
        for index in np.flatnonzero(np.abs(block.samples) > 0.1):
            time = float(block.start) + int(index) / SAMPLE_RATE
            if time - last > 0.3:
                found.append(time)
            last = time
    return found


CODECS = {
    "beeps.m4a": ("-c:a", "aac"),
    "beeps.mp3": ("-c:a", "libmp3lame"),
    "beeps.ogg": ("-c:a", "libvorbis"),
    "beeps.opus.ogg": ("-c:a", "libopus"),
    "beeps.flac": ("-c:a", "flac"),
    "beeps.mkv": ("-c:a", "ac3"),
    "beeps.webm": ("-c:a", "libopus"),
    "beeps.mov": ("-c:a", "pcm_s24be"),
    "beeps.aac": ("-c:a", "aac"),
    "beeps.ts": ("-c:a", "aac"),
    "beeps.wma": ("-c:a", "wmav2"),
}
LEAVES_PRIMING_IN = {"beeps.aac": 1024 / 44100, "beeps.ts": 1024 / 44100, "beeps.wma": 0.05}
"""These formats do not tell how much an encoder put in front."""
ROUNDING_S = 0.002
"""After a seek times count from a time stamp in milliseconds in some formats, and the grid of 16 kHz samples
begins elsewhere."""


@pytest.fixture(scope="module")
def beeping(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beeps")
    source = beeps(folder / "beeps.wav", 12, rate=44100, channels=2)
    for name, options in CODECS.items():
        encoded(ffmpeg, source, folder / name, *options)
    return folder


@pytest.mark.parametrize("name", [*CODECS, "beeps.wav"])
def test_beeps_are_where_they_were_put(name: str, beeping: Path) -> None:
    onsets = onsets_s(list(audio_blocks(beeping / name)))
    late = LEAVES_PRIMING_IN.get(name, 0)
    assert len(onsets) >= 11
    assert all(-0.012 < onset - round(onset) < late + 0.012 for onset in onsets)
    # FFmpeg's WMA decoder drops its first packet, and the first beep with it.
    assert [round(onset) for onset in onsets] == list(range(name == "beeps.wma", 12))


@pytest.mark.parametrize("name", [*CODECS, "beeps.wav"])
@pytest.mark.parametrize("span", [(0, 2.5), (5.25, 7.5), (7.75, float("inf")), (3.01, 3.011)])
def test_a_span_is_a_cut_of_the_whole(name: str, span: tuple[float, float], beeping: Path) -> None:
    whole = list(audio_blocks(beeping / name))
    blocks = list(audio_blocks(beeping / name, span=TimeSpan(*span)))
    assert gaps_of(blocks) == []
    assert blocks[0].start_s == pytest.approx(max(span[0], whole[0].start_s), abs=ROUNDING_S)
    assert float(blocks[-1].end) == pytest.approx(min(span[1], float(whole[-1].end)), abs=ROUNDING_S)
    assert span[0] <= 0 or blocks[0].start_s >= span[0]
    assert blocks[-1].end <= whole[-1].end + Fraction(ROUNDING_S)
    if span[1] > 4:
        inside = [onset for onset in onsets_s(whole) if span[0] <= onset < span[1]]
        assert len(inside) >= 2
        assert onsets_s(blocks) == pytest.approx(inside, abs=ROUNDING_S)


@pytest.mark.parametrize("name", ["beeps.m4a", "beeps.mp3", "beeps.webm"])
def test_a_span_after_the_end_is_empty(name: str, beeping: Path) -> None:
    assert list(audio_blocks(beeping / name, span=TimeSpan(100, 110))) == []


def test_a_late_start_is_kept(beeping: Path, ffmpeg: str, tmp_path: Path) -> None:
    """Sound that begins 1.5 s after the picture."""
    path = tmp_path / "late.mkv"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=5"]
    command += [
        "-itsoffset",
        "1.5",
        "-i",
        str(beeping / "beeps.flac"),
        "-c:v",
        "mpeg4",
        "-c:a",
        "copy",
        "-shortest",
    ]
    subprocess.run([*command, str(path)], check=True)
    blocks = list(audio_blocks(path))
    assert blocks[0].start_s == pytest.approx(1.5, abs=0.002)
    assert onsets_s(blocks)[:3] == pytest.approx([1.5, 2.5, 3.5], abs=0.005)


def test_a_hole_in_the_middle(beeping: Path, ffmpeg: str, tmp_path: Path) -> None:
    """What is between 4.2 and 6.7 s is left out: the beep at 7 s stays at 7 s."""
    dropping = ("-af", "aselect='not(between(t,4.2,6.7))'", "-c:a", "pcm_s16le")
    path = encoded(ffmpeg, beeping / "beeps.flac", tmp_path / "hole.mkv", *dropping)
    blocks = list(audio_blocks(path))
    ((begin, end),) = gaps_of(blocks)
    assert (begin, end) == pytest.approx((4.2, 6.7), abs=0.12)
    assert onsets_s(blocks) == pytest.approx([0, 1, 2, 3, 4, 7, 8, 9, 10, 11], abs=0.005)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 7, 8])
def test_any_number_of_channels(channels: int, tmp_path: Path, newest_ffmpeg: str) -> None:
    path = beeps(tmp_path / "many.wav", 1.5, rate=22050, channels=channels)
    ours, theirs = samples_of(list(audio_blocks(path))), by_ffmpeg(newest_ffmpeg, path)
    assert len(ours) == len(theirs)
    assert np.abs(ours - theirs).max() < 1e-5
    assert np.abs(ours).max() > 0.05


def test_a_change_of_rate_in_the_middle(ffmpeg: str, tmp_path: Path) -> None:
    """Two recordings glued together byte by byte: 44.1 kHz stereo, then 22.05 kHz mono."""
    parts = []
    for number, (rate, channels) in enumerate([(44100, 2), (22050, 1)]):
        source = beeps(tmp_path / f"{number}.wav", 3, rate=rate, channels=channels)
        parts.append(
            encoded(ffmpeg, source, tmp_path / f"{number}.mp3", "-write_xing", "0", "-id3v2_version", "0")
        )
    path = tmp_path / "glued.mp3"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    onsets = onsets_s(list(audio_blocks(path)))
    assert len(onsets) == 6
    assert all(0.9 < after - before < 1.25 for before, after in pairwise(onsets))


def test_errors_are_survived_and_told(media_dir: Path) -> None:
    warnings: list[str] = []
    blocks = list(audio_blocks(media_dir / "mb_vorbis-eos.ogg", warn=warnings.append))
    assert float(blocks[-1].end) == pytest.approx(5.396, abs=0.01)
    assert warnings == ["Some of the sound could not be decoded: its data is damaged."]


def test_what_cannot_be_heard_says_so(media_dir: Path) -> None:
    def complaint(name: str, track: int = 0) -> str:
        with pytest.raises(ReelscopeError) as caught:
            list(audio_blocks(media_dir / name, audio_track=track))
        return f"{type(caught.value).__name__}: {caught.value}"

    assert complaint("am_sample_missing_stsd.mp4") == (
        "DecodeError: There is no decoder here for the sound of am_sample_missing_stsd.mp4 (track 0)."
    )
    assert (
        complaint("ft_fixture.ogm", 1)
        == "DecodeError: Nothing of the sound in ft_fixture.ogm can be decoded."
    )
    assert complaint("am_large_stbl_truncated_after_moov.m4b").startswith("DecodeError: Nothing of the sound")
    assert complaint("psd_counter.mp4") == "MediaError: psd_counter.mp4 has no sound."
    assert complaint("wc_jfk.wav", 1) == "MediaError: wc_jfk.wav has no sound track 1."


def test_every_file_works_or_says_why_not(media_dir: Path) -> None:
    refused: list[str] = []
    files = [path for path in sorted(media_dir.rglob("*")) if path.is_file() and "images" not in path.parts]
    for path in files:
        try:
            end = max((block.end for block in audio_blocks(path, span=TimeSpan(0, 4))), default=Fraction(0))
        except MediaError as error:
            refused.append(str(error))
            continue
        assert 0 < end <= 4 + Fraction(1, SAMPLE_RATE), path.name
    assert len(files) - len(refused) == 45
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)


def test_cancelling(media_dir: Path) -> None:
    token = CancelToken()
    blocks = audio_blocks(media_dir / "mdn_voices-around-a-fire.mp3", cancel=token)
    assert next(blocks).start_s == pytest.approx(0, abs=1e-6)
    token.cancel()
    with pytest.raises(CancelledError):
        list(blocks)


@given(
    st.integers(0, 500),
    st.fractions(-10, 10, max_denominator=90000),
    st.fractions(-10, 10, max_denominator=90000),
)
def test_cutting_a_piece(length: int, start: Fraction, at: Fraction) -> None:
    piece = Piece(np.arange(length, dtype=np.float32), start)
    early, late = piece.before(at), piece.after(at)
    assert len(early.samples) + len(late.samples) == length
    assert all(start + Fraction(int(value), SAMPLE_RATE) < at for value in early.samples[-1:])
    assert all(start + Fraction(int(value), SAMPLE_RATE) >= at for value in late.samples[:1])
    if len(late.samples):
        assert late.start == start + Fraction(int(late.samples[0]), SAMPLE_RATE)
