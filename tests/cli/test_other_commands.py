"""``reelscope models``, ``export``, ``selftest`` and what is no command."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.parser import RESULTS
from app.core.results import Segment, Transcript
from app.export.formats import FORMATS
from app.export.json_document import dump
from app.media.hardware import known_devices
from tests.cli.conftest import Reelscope
from tests.export.documents import FULL
from tests.media.subtitle_samples import with_subtitles


def test_models_lists_the_samples_own_and_how_to_get_real_ones(reelscope: Reelscope) -> None:
    done = reelscope("models")
    assert done.code == 0
    assert "shapes" in done.out
    assert "digits-q5_0" in done.out
    assert "models add" in done.out


def test_an_added_model_is_listed_used_and_verified(
    reelscope: Reelscope, sample_dir: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "my shapes.onnx"
    mine.write_bytes((sample_dir / "shapes.onnx").read_bytes())
    assert reelscope("models", "add", mine).code == 0
    assert "my shapes" in reelscope("models", "list").out
    verified = reelscope("models", "verify")
    assert verified.code == 0
    assert "my shapes" in verified.out


def test_a_damaged_model_fails_verification(reelscope: Reelscope, sample_dir: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.onnx"
    mine.write_bytes((sample_dir / "shapes.onnx").read_bytes())
    added = reelscope("models", "add", mine)
    stored = Path(added.out.strip().rsplit(": ", 1)[1])
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")
    done = reelscope("models", "verify")
    assert done.code == 1
    assert "BAD" in done.out


def test_what_is_no_model_is_not_added(reelscope: Reelscope, tmp_path: Path) -> None:
    other = tmp_path / "notes.onnx"
    other.write_bytes(b"shopping list")
    done = reelscope("models", "add", other)
    assert done.code == 1
    assert "notes.onnx" in done.err


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_document_becomes_another_format(reelscope: Reelscope, tmp_path: Path, wanted: str) -> None:
    document = tmp_path / "result.json"
    document.write_bytes(dump(FULL))
    out = tmp_path / "out"
    printed = reelscope("export", document, "--to", wanted)
    assert printed.code == 0
    assert reelscope("export", document, "--to", wanted, "-o", out).code == 0
    assert printed.out.encode() == out.read_bytes() != b""


def test_the_shape_of_subtitles_can_be_chosen(reelscope: Reelscope, tmp_path: Path) -> None:
    said = (Segment(0.0, 4.0, "One two three four five six.", speaker="Ann"), Segment(4.0, 4.2, "Seven."))
    document = tmp_path / "result.json"
    document.write_bytes(dump(replace(FULL, transcript=Transcript("en", said))))

    def lines(*options: object) -> list[str]:
        done = reelscope("export", document, "--to", "srt", *options)
        assert done.code == 0
        return [line for line in done.out.splitlines() if line]

    assert lines()[1::3] == ["00:00:00,000 --> 00:00:03,917", "00:00:04,000 --> 00:00:04,833"]
    assert lines("--keep-times")[1::3] == ["00:00:00,000 --> 00:00:04,000", "00:00:04,000 --> 00:00:04,200"]
    assert lines("--keep-times", "--min-gap", 0.5)[1] == "00:00:00,000 --> 00:00:03,500"
    assert lines("--shortest", 0, "--reading-speed", 0)[-2] == "00:00:04,000 --> 00:00:04,200"
    assert lines()[2] == "Ann: One two three four five six."
    assert lines("--line-length", 20, "--no-speakers")[2:4] == ["One two three", "four five six."]
    assert "three" not in lines("--line-length", 8, "--lines", 1, "--no-speakers")[2]


@pytest.mark.parametrize(
    "options",
    [("--lines", 0), ("--lines", "x"), ("--line-length", 3), ("--min-gap", -1), ("--longest", "nan")],
)
def test_a_shape_that_makes_no_sense_is_wrong_usage(
    reelscope: Reelscope, tmp_path: Path, options: tuple[object, ...]
) -> None:
    document = tmp_path / "result.json"
    document.write_bytes(dump(FULL))
    assert reelscope("export", document, "--to", "srt", *options).code == 2


def test_subtitles_become_another_format(reelscope: Reelscope, tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:01.200\n<v Ann>Hello <00:01.100>there\n"
    (tmp_path / "a.en.vtt").write_text(text, encoding="utf-8")
    done = reelscope("export", tmp_path / "a.en.vtt", "--to", "srt")
    assert (done.code, done.err) == (0, "")
    assert done.out == "1\n00:00:01,000 --> 00:00:01,200\nAnn: Hello there\n\n"
    assert (
        "00:00:01,833" in reelscope("export", tmp_path / "a.en.vtt", "--to", "srt", "--shortest", 0.833).out
    )
    document, back = tmp_path / "a.json", tmp_path / "a.transcript.json"
    assert reelscope("export", tmp_path / "a.en.vtt", "--to", "json", "-o", document).code == 0
    assert reelscope("export", document, "--to", "transcript-json", "-o", back).code == 0
    said = json.loads(back.read_bytes())
    assert (said["language"], said["source"], said["segments"][0]["speaker"]) == ("en", "a.en.vtt", "Ann")
    for each in (document, back):
        assert reelscope("export", each, "--to", "txt").out == "Ann: Hello there\n"


def test_subtitles_in_a_video_become_a_file(reelscope: Reelscope, tmp_path: Path, ffmpeg: str) -> None:
    film = with_subtitles(ffmpeg, tmp_path / "film.mkv", "srt", "ass")
    done = reelscope("export", film, "--to", "srt", "--keep-times")
    assert "00:00:01,500 --> 00:00:03,000\non top" in done.out
    assert reelscope("export", film, "--to", "srt", "--track", 1).out == done.out
    missing = reelscope("export", film, "--to", "srt", "--track", 2)
    assert (missing.code, missing.err) == (1, "reelscope: film.mkv has no text subtitles number 3.\n")


def test_what_can_be_read_of_broken_subtitles_is_kept(reelscope: Reelscope, tmp_path: Path) -> None:
    broken = tmp_path / "a.vtt"
    text = "WEBVTT\n\n00:xx.000 --> 1\nlost\n\n00:01.000 --> 00:02.000\nkept\n"
    broken.write_text(text, encoding="utf-8")
    done = reelscope("export", broken, "--to", "txt")
    assert (done.code, done.out) == (0, "kept\n")
    assert done.err == "reelscope: 1 cue of a.vtt could not be read and was left out.\n"
    broken.write_bytes(b"\0\1\2" * 100)
    assert reelscope("export", broken, "--to", "txt").code == 1
    assert reelscope("export", tmp_path / "none.srt", "--to", "txt").code == 2


def test_a_video_without_subtitles_is_told(reelscope: Reelscope, sample_video: Path) -> None:
    done = reelscope("export", sample_video, "--to", "srt")
    assert done.code == 1
    assert "holds no text subtitles: analyse it" in done.err


def test_the_command_line_knows_every_format() -> None:
    assert list(RESULTS) == list(FORMATS)


def test_an_unknown_format_is_wrong_usage(reelscope: Reelscope, tmp_path: Path) -> None:
    document = tmp_path / "result.json"
    document.write_bytes(dump(FULL))
    done = reelscope("export", document, "--to", "docx")
    assert done.code == 2
    assert "srt" in done.err


def test_what_is_no_document_is_told(reelscope: Reelscope, tmp_path: Path) -> None:
    document = tmp_path / "result.json"
    document.write_bytes(b'{"schema": "reelscope/9"}')
    done = reelscope("export", document, "--to", "srt")
    assert done.code == 1
    assert "reelscope/9" in done.err


def test_selftest_tries_every_native_part(reelscope: Reelscope) -> None:
    done = reelscope("selftest")
    assert done.code == 0, done.out
    for part in ("decoding", "sound", "detection", "speech", "process"):
        assert f"ok    {part}" in done.out
    assert "seven six one" in done.out


@pytest.mark.parametrize("words", [("analyze",), ("frame", "x.mp4"), ("models", "fly")])
def test_incomplete_commands_are_wrong_usage(reelscope: Reelscope, words: tuple[str, ...]) -> None:
    assert reelscope(*words).code == 2


def test_help_and_version(reelscope: Reelscope) -> None:
    assert "analyze" in reelscope("--help").out
    assert reelscope("--version").out.startswith("reelscope ")


def test_a_model_that_is_no_detector_is_added_as_what_it_is(reelscope: Reelscope, models_dir: Path) -> None:
    done = reelscope("models", "add", models_dir / "osnet_x0_25.onnx")
    assert done.code == 0
    assert "osnet_x0_25 (encoder)" in done.out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_without_a_display_the_window_says_so(sample_video: Path, blank_environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", sample_video], env=blank_environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no display" in done.stderr
    assert "reelscope analyze" in done.stderr


def test_devices_say_what_can_be_used_and_why_not_the_rest(reelscope: Reelscope) -> None:
    done = reelscope("devices", "--json")
    assert done.code == 0, done.err
    lists = json.loads(done.out)
    assert lists["decoding"][0]["name"] == "software"
    assert {row["name"] for row in lists["decoding"][1:]} == set(known_devices())
    assert "cpu" in [row["name"] for row in lists["inference"] if row["available"]]
    assert all(row["reason"] for row in (*lists["decoding"], *lists["inference"], *lists["models"]))
    assert [(model["model"], model["chosen"]) for model in lists["models"]] == [("shapes", "cpu")]
    plain = reelscope("devices")
    assert plain.code == 0
    assert all(name in plain.out for name in known_devices())
    assert "runs it on cpu: this ONNX Runtime has nothing else" in plain.out


def test_devices_know_no_model_of_that_name(reelscope: Reelscope) -> None:
    done = reelscope("devices", "--model", "nothing")
    assert done.code == 2
    assert "There is no detector model 'nothing'" in done.err
