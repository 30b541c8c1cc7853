"""``reelscope probe``, ``keyframes`` and ``frame`` against ffmpeg."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Reelscope

EXACT = "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int"
"""Without these flags ffmpeg 5.1 comes out 1.1 levels too dark on average."""


def framecrc(ffmpeg: str, video: Path) -> dict[int, str]:
    """Return the checksum of each picture by its pts, as ffmpeg's framecrc muxer prints it."""
    told = subprocess.run(
        [ffmpeg, "-v", "error", "-noautorotate", "-i", video, "-map", "0:v:0", "-fps_mode", "passthrough",
         "-copyts", "-enc_time_base", "-1", "-f", "framecrc", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [line.split(",") for line in told.stdout.splitlines() if not line.startswith("#")]
    return {int(row[2]): row[5].strip() for row in rows}


def test_probe_tells_the_facts_as_json(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("probe", sample_video, "--json")
    assert done.code == 0
    document = json.loads(done.out)
    video = document["media"]["video"]
    assert (video["codec"], video["width"], video["height"], video["average_rate"]) == (
        "h264",
        960,
        540,
        "30/1",
    )
    assert document["media"]["audio"][0]["sample_rate"] == 44100
    assert document["media"]["bytes"] == sample_video.stat().st_size
    assert document["keyframe_count"] == len(json.loads(reelscope("keyframes", sample_video, "--json").out))
    assert isinstance(document["notes"], list)


def test_probe_tells_a_person_too(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("probe", sample_video)
    assert done.code == 0
    assert "960 x 540" in done.out
    assert "00:00:24.000" in done.out


def test_keyframes_carry_ffmpegs_checksums(reelscope: Reelscope, sample_video: Path, ffmpeg: str) -> None:
    done = reelscope("keyframes", sample_video, "--json", "--hash")
    found = json.loads(done.out)
    checksums = framecrc(ffmpeg, sample_video)
    assert len(found) > 10
    assert [entry["crc"] for entry in found] == [checksums[entry["pts"]] for entry in found]


def test_only_keyframes_that_decode_are_listed_where_asked_for(
    reelscope: Reelscope, sample_video: Path, media_dir: Path
) -> None:
    whole = reelscope("keyframes", sample_video, "--json", "--decode")
    assert (whole.code, whole.out) == (0, reelscope("keyframes", sample_video, "--json").out)
    cut = reelscope("keyframes", media_dir / "derived" / "trunc60_car-detection.mp4", "--json", "--decode")
    assert len(json.loads(cut.out)) == 4
    assert "cut off" in cut.err


@pytest.mark.parametrize("words", [(), ("--decode",), ("--hash",)])
def test_listing_keyframes_loads_little(
    words: tuple[str, ...], fresh_python: Callable[..., str], sample_video: Path
) -> None:
    """A short file is done in less time than numpy and the engine take to load."""
    code = "import sys; from app.main import main; main(sys.argv[1:]); print(*sorted(sys.modules))"
    loaded = fresh_python(code, "keyframes", str(sample_video), *words).splitlines()[-1].split()
    assert "av" in loaded
    assert not {"numpy", "msgspec", "multiprocessing", "app.analysis", "app.inference"} & set(loaded)


def test_keyframes_become_pictures(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path, ffprobe: str
) -> None:
    found = json.loads(reelscope("keyframes", sample_video, "--json", "--images", tmp_path).out)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"sample-{entry['pts']}.png" for entry in found
    )
    told = subprocess.run(
        [ffprobe, "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0",
         tmp_path / f"sample-{found[0]['pts']}.png"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "png,960,540"


@pytest.mark.parametrize("at", ["0", "0.01", "1:40/60", "7.9999", "0:00:23.966", "1000"])
def test_a_frame_is_the_one_shown_then(
    reelscope: Reelscope, sample_video: Path, ffmpeg: str, at: str
) -> None:
    if "/" in at:
        assert reelscope("frame", sample_video, "--at", at).code == 2
        return
    done = reelscope("frame", sample_video, "--at", at, "--hash")
    found = json.loads(done.out)
    seconds = sum(float(part) * 60**power for power, part in enumerate(reversed(at.split(":"))))
    checksums = framecrc(ffmpeg, sample_video)
    expected = max(pts for pts in checksums if pts <= seconds * 15360)
    assert (found["pts"], found["crc"]) == (expected, checksums[expected])


def test_a_frame_is_written_with_the_right_colours(
    reelscope: Reelscope, sample_video: Path, tmp_path: Path, ffmpeg: str
) -> None:
    import numpy as np

    picture = tmp_path / "frame.png"
    assert reelscope("frame", sample_video, "--at", "2", "-o", picture).code == 0
    ours, theirs = (
        np.frombuffer(
            subprocess.run(
                [ffmpeg, "-v", "error", *words, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                capture_output=True, check=True,
            ).stdout, np.uint8,
        ).astype(int)
        for words in (
            ["-i", str(picture)],
            ["-ss", "2", "-i", str(sample_video), "-vf", EXACT],
        )
    )  # fmt: skip
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).mean() < 1.0


@pytest.mark.parametrize("command", [("probe",), ("keyframes",), ("frame", "--at", "1")])
def test_a_missing_file_is_wrong_usage(
    reelscope: Reelscope, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = reelscope(command[0], tmp_path / "nothing.mp4", *command[1:])
    assert done.code == 2
    assert done.err.startswith("reelscope: There is no file nothing.mp4")


@pytest.mark.parametrize("command", [("probe",), ("keyframes",), ("frame", "--at", "1")])
def test_a_broken_file_is_told_in_one_line(
    reelscope: Reelscope, tmp_path: Path, command: tuple[str, ...]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"text, not a video" * 60)
    done = reelscope(command[0], broken, *command[1:])
    assert done.code == 1
    assert done.out == ""
    assert len(done.err.strip().splitlines()) == 1
    assert "broken.mp4" in done.err
